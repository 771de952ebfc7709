//! Files with a length but no data. hadris plans the image with them; the device later puts the actual bytes
//! into the planned extents.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use hadris_fs::sync::{FileSystem, Volume, read_tree};
use hadris_fs::{
    Capabilities, CaseRule, Charset, Content, DirCursor, DirEntry, ErrorKind, FileType, FsResult, FsStats, Metadata,
    Name, NodeId, OpenMode, PathError, Permissions,
};

/// Makes one placeholder for each distinct length, by length.
pub(super) fn placeholders(lengths: impl IntoIterator<Item = u64>) -> Result<BTreeMap<u64, Content>, PathError> {
    let lengths = BTreeSet::from_iter(lengths);
    let tree = read_tree(&Volume::new(PlaceholderFs(lengths.iter().copied().collect())), "/")?;
    let content = |index| tree.get(file_name(index)).and_then(|node| node.content()).cloned();
    lengths
        .into_iter()
        .enumerate()
        .map(|(index, length)| {
            let content = content(index).ok_or_else(|| PathError::new(ErrorKind::NotFound, "no such placeholder"))?;
            Ok((length, content))
        })
        .collect()
}

/// The name of a placeholder: its index, with leading zeros so that names sort like indices.
fn file_name(index: usize) -> String {
    format!("{index:010}")
}

/// A file system with one directory, of placeholders with these lengths. The root is node 1; the files follow.
struct PlaceholderFs(Vec<u64>);

const ROOT: u64 = 1;

impl PlaceholderFs {
    fn node(index: usize) -> FsResult<NodeId, Infallible> {
        NodeId::new(ROOT + 1 + index as u64).ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn metadata(&self, index: u64) -> FsResult<Metadata, Infallible> {
        let length = usize::try_from(index).ok().and_then(|index| self.0.get(index)).copied();
        let length = length.ok_or(ErrorKind::NotFound)?;
        Ok(Metadata::new(FileType::File, Permissions::new(0o444)).with_len(length))
    }
}

impl FileSystem for PlaceholderFs {
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
        let index = std::str::from_utf8(name.as_bytes()).ok().and_then(|name| name.parse().ok());
        Self::node(index.filter(|index| *index < self.0.len()).ok_or(ErrorKind::NotFound)?)
    }

    fn forget(&mut self, _: NodeId, _: u64) {}

    fn parent(&mut self, _: NodeId) -> FsResult<NodeId, Infallible> {
        Ok(self.root())
    }

    fn stat(&mut self, node: NodeId) -> FsResult<Metadata, Infallible> {
        match node.get().checked_sub(ROOT + 1) {
            None => Ok(Metadata::new(FileType::Dir, Permissions::new(0o555))),
            Some(index) => self.metadata(index),
        }
    }

    fn readdir(&mut self, _: NodeId, from: DirCursor) -> FsResult<Option<DirEntry>, Infallible> {
        let index = from.into_raw() as usize;
        if index >= self.0.len() {
            return Ok(None);
        }
        let metadata = self.metadata(index as u64)?;
        let next = DirCursor::from_raw(index as u64 + 1);
        Ok(Some(DirEntry::new(Name::new(&file_name(index)), Self::node(index)?, metadata, next)?))
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

    /// Reports the bytes as read without touching the buffer: the device replaces them.
    fn read(&mut self, node: NodeId, offset: u64, buf: &mut [u8]) -> FsResult<usize, Infallible> {
        let remaining = self.stat(node)?.len().saturating_sub(offset);
        Ok(remaining.min(buf.len() as u64) as usize)
    }
}
