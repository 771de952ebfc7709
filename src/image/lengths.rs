//! Files that have lengths and no bytes: what hadris plans with, and what it writes over, where the bytes
//! are put straight into the extents that it planned.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use hadris_fs::sync::{FileSystem, Volume, read_tree};
use hadris_fs::{
    Capabilities, CaseRule, Charset, Content, DirCursor, DirEntry, ErrorKind, FileType, FsResult, FsStats, Metadata,
    Name, NodeId, OpenMode, PathError, Permissions,
};

/// A content of each length.
pub(super) fn contents(lengths: impl IntoIterator<Item = u64>) -> Result<BTreeMap<u64, Content>, PathError> {
    let lengths = BTreeSet::from_iter(lengths);
    let tree = read_tree(&Volume::new(Lengths(lengths.iter().copied().collect())), "/")?;
    let content = |number| tree.get(name(number)).and_then(|node| node.content()).cloned();
    lengths
        .into_iter()
        .enumerate()
        .map(|(number, length)| {
            let content = content(number).ok_or_else(|| PathError::new(ErrorKind::NotFound, "a length was lost"))?;
            Ok((length, content))
        })
        .collect()
}

/// A file's name: its number, so that the order of names is that of numbers.
fn name(number: usize) -> String {
    format!("{number:010}")
}

/// One folder of such files. The root is node 1, the files are those that follow.
struct Lengths(Vec<u64>);

const ROOT: u64 = 1;

impl Lengths {
    fn node(number: usize) -> FsResult<NodeId, Infallible> {
        NodeId::new(ROOT + 1 + number as u64).ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn metadata(&self, number: u64) -> FsResult<Metadata, Infallible> {
        let length = usize::try_from(number).ok().and_then(|number| self.0.get(number)).copied();
        let length = length.ok_or(ErrorKind::NotFound)?;
        Ok(Metadata::new(FileType::File, Permissions::new(0o444)).with_len(length))
    }
}

impl FileSystem for Lengths {
    type DeviceError = Infallible;

    fn capabilities(&self) -> Capabilities {
        Capabilities::new(CaseRule::Sensitive, Charset::Bytes, 255)
    }

    fn root(&self) -> NodeId {
        const NODE: NodeId = match NodeId::new(ROOT) {
            Some(node) => node,
            None => unreachable!(),
        };
        NODE
    }

    fn statfs(&mut self) -> FsResult<FsStats, Infallible> {
        Ok(FsStats::new(0, 0, 2048))
    }

    fn label<'b>(&mut self, _: &'b mut [u8]) -> FsResult<Option<&'b str>, Infallible> {
        Ok(None)
    }

    fn lookup(&mut self, _: NodeId, name: &Name) -> FsResult<NodeId, Infallible> {
        let number = std::str::from_utf8(name.as_bytes()).ok().and_then(|name| name.parse().ok());
        Self::node(number.filter(|number| *number < self.0.len()).ok_or(ErrorKind::NotFound)?)
    }

    fn forget(&mut self, _: NodeId, _: u64) {}

    fn parent(&mut self, _: NodeId) -> FsResult<NodeId, Infallible> {
        Ok(self.root())
    }

    fn stat(&mut self, node: NodeId) -> FsResult<Metadata, Infallible> {
        match node.get().checked_sub(ROOT + 1) {
            None => Ok(Metadata::new(FileType::Dir, Permissions::new(0o555))),
            Some(number) => self.metadata(number),
        }
    }

    fn readdir(&mut self, _: NodeId, from: DirCursor) -> FsResult<Option<DirEntry>, Infallible> {
        let number = from.into_raw() as usize;
        if number >= self.0.len() {
            return Ok(None);
        }
        let metadata = self.metadata(number as u64)?;
        let next = DirCursor::from_raw(number as u64 + 1);
        Ok(Some(DirEntry::new(Name::new(&name(number)), Self::node(number)?, metadata, next)?))
    }

    fn readlink<'b>(&mut self, _: NodeId, _: &'b mut [u8]) -> FsResult<&'b [u8], Infallible> {
        Err(ErrorKind::InvalidInput.into())
    }

    fn open(&mut self, _: NodeId, _: OpenMode) -> FsResult<(), Infallible> {
        Ok(())
    }

    fn close(&mut self, _: NodeId) -> FsResult<(), Infallible> {
        Ok(())
    }

    /// Says that it has read, and leaves the buffer as it is: nobody will look at it.
    fn read(&mut self, node: NodeId, offset: u64, buf: &mut [u8]) -> FsResult<usize, Infallible> {
        let left = self.stat(node)?.len().saturating_sub(offset);
        Ok(left.min(buf.len() as u64) as usize)
    }
}
