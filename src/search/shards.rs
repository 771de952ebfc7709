//! Files of a few kilobytes that each contain some of the items of an index, such as the texts of its pages.

use super::codec::{compress, packed_shard_script, write_varint};

/// A shard is full when it has this size before compression.
const SHARD_BYTES: usize = 8_000;

/// Items that are written one after the other, compressed as soon as they fill a shard.
#[derive(Default)]
pub(super) struct Shards {
    /// The bytes of the shard that is not full yet.
    open: Vec<u8>,
    /// The number of its items.
    open_items: u32,
    /// The number of items in each full shard, and its compressed bytes.
    full: Vec<(u32, Vec<u8>)>,
}

impl Shards {
    /// Adds an item, which `write` appends to the bytes of the shard.
    pub fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.open);
        self.open_items += 1;
        if self.open.len() >= SHARD_BYTES {
            self.close();
        }
    }

    fn close(&mut self) {
        self.full.push((self.open_items, compress(&self.open)));
        self.open.clear();
        self.open_items = 0;
    }

    /// Adds the shards to `files`, with names that begin with `letter`, and to `head` the number of items in each.
    pub fn finish(mut self, folder: &str, letter: char, head: &mut Vec<u8>, files: &mut Vec<(String, Vec<u8>)>) {
        if self.open_items > 0 {
            self.close();
        }
        write_varint(self.full.len() as u32, head);
        for (number, (items, packed)) in self.full.into_iter().enumerate() {
            write_varint(items, head);
            let name = format!("{letter}{number}");
            files.push((format!("{name}.js"), packed_shard_script(&format!("{folder}/{name}"), &packed)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_shards_are_closed() {
        let mut shards = Shards::default();
        for _ in 0..5 {
            shards.push(|bytes| bytes.extend([7; 3000]));
        }
        let (mut head, mut files) = (Vec::new(), Vec::new());
        shards.finish("en", 't', &mut head, &mut files);
        assert_eq!(head, [2, 3, 2]);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["t0.js", "t1.js"]);
        assert!(files[1].1.starts_with(b"makeDiscShard(\"en/t1\",\""));
        let mut head = Vec::new();
        Shards::default().finish("en", 't', &mut head, &mut Vec::new());
        assert_eq!(head, [0]);
    }
}
