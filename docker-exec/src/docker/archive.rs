//! Changes owner and mode of the entries of a tar archive while it passes by.
//!
//! Only headers are touched: names, links, contents, extended attributes and times go through as they came. Memory stays
//! constant, whatever the size of the archive; the records before one entry are the largest thing that is held.

use container_map::{FileKind, Mode};
use map_planner::engine::NumericOwner;
use tar::{EntryType, Header};
use thiserror::Error;

const BLOCK: usize = 512;
/// The largest set of records before one entry; the engine's own reader takes 1 MiB too.
const MOST_RECORDS: u64 = 1 << 20;
/// Offset of the type in a header.
const TYPE: usize = 156;
/// Offset of the flag in an old GNU sparse header that says that further blocks of the header follow.
const SPARSE_HEADER_FLAG: usize = 482;
/// The same in those further blocks.
const SPARSE_BLOCK_FLAG: usize = 504;

/// Why an archive cannot be read.
#[derive(Debug, Error)]
pub(super) enum ArchiveError {
    /// A header is not one.
    #[error("the engine's archive has an unreadable header")]
    Header(#[source] std::io::Error),
    /// The records before an entry are malformed or too long.
    #[error("the engine's archive has unreadable records")]
    Records,
}

/// What is changed in every entry.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    /// The new owner.
    pub(super) owner: Option<NumericOwner>,
    /// What is done to the mode. Symbolic links have none that counts.
    pub(super) mode: Option<Mode>,
}

/// What is known of an entry before it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryFacts {
    pub(super) is_directory: bool,
    /// Permission bits, special bits included.
    pub(super) mode: u32,
    pub(super) owner: NumericOwner,
}

/// Takes an archive in pieces and gives back the changed one.
#[derive(Debug)]
pub(super) struct Rewriter {
    change: Change,
    state: State,
    /// The part of a block, or of an entry's records, that has arrived.
    held: Vec<u8>,
    records: Records,
    first: Option<EntryFacts>,
    entries: u64,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Header,
    /// Bytes that pass unchanged, padding included.
    Data(u64),
    /// Records for the next entry: the length without padding.
    Records(usize),
    /// Further blocks of a sparse file's header, then its data.
    Sparse(u64),
    End,
}

/// What the records before an entry say in place of its header.
#[derive(Debug, Clone, Copy, Default)]
struct Records {
    size: Option<u64>,
    uid: Option<u32>,
    gid: Option<u32>,
}

impl Rewriter {
    pub(super) fn new(change: Change) -> Self {
        let held = Vec::with_capacity(BLOCK);
        Self { change, state: State::Header, held, records: Records::default(), first: None, entries: 0 }
    }

    /// Returns what the first entry was, once its header has passed.
    pub(super) fn first(&self) -> Option<EntryFacts> {
        self.first
    }

    /// Returns how many entries' headers have passed.
    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    /// Takes a piece and appends what it becomes.
    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<(), ArchiveError> {
        while !input.is_empty() {
            input = match self.state {
                State::Data(left) => self.pass(left, input, out),
                State::End => {
                    out.extend_from_slice(input);
                    &[]
                }
                State::Header | State::Records(_) | State::Sparse(_) => self.gather(input, out)?,
            };
        }
        Ok(())
    }

    /// Takes a piece up to and including the first entry's header, and returns whether that has passed.
    pub(super) fn push_first(&mut self, input: &[u8], out: &mut Vec<u8>) -> Result<bool, ArchiveError> {
        // Headers and records are whole blocks, so a block at a time never runs past the first entry's header.
        let mut rest = input;
        while !rest.is_empty() && self.first.is_none() {
            let missing = BLOCK - self.held.len() % BLOCK;
            let (piece, next) = rest.split_at(missing.min(rest.len()));
            self.push(piece, out)?;
            rest = next;
        }
        Ok(self.first.is_some())
    }

    fn pass<'a>(&mut self, left: u64, input: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let (now, rest) =
            input.split_at(usize::try_from(left).map_or(input.len(), |left| left.min(input.len())));
        out.extend_from_slice(now);
        let left = left - now.len() as u64;
        self.state = if left == 0 { State::Header } else { State::Data(left) };
        rest
    }

    /// Collects a block, or all of an entry's records, and handles it when it is complete.
    fn gather<'a>(&mut self, input: &'a [u8], out: &mut Vec<u8>) -> Result<&'a [u8], ArchiveError> {
        let wanted = match self.state {
            State::Records(length) => BLOCK + length.next_multiple_of(BLOCK),
            _ => BLOCK,
        };
        let (now, rest) = input.split_at((wanted - self.held.len()).min(input.len()));
        self.held.extend_from_slice(now);
        if self.held.len() == wanted {
            match self.state {
                State::Records(length) => self.end_records(length, out)?,
                State::Sparse(data) => self.sparse_block(data, out),
                _ => self.header(out)?,
            }
        }
        Ok(rest)
    }

    fn header(&mut self, out: &mut Vec<u8>) -> Result<(), ArchiveError> {
        if self.held.iter().all(|byte| *byte == 0) {
            out.append(&mut self.held);
            self.state = State::End;
            return Ok(());
        }
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(&self.held);
        let size = header.entry_size().map_err(ArchiveError::Header)?;
        let kind = header.entry_type();
        match kind {
            // The header stays in `held` until the records show what of them is left.
            EntryType::XHeader | EntryType::XGlobalHeader => {
                let length = usize::try_from(size).ok().filter(|_| size <= MOST_RECORDS);
                let length = length.ok_or(ArchiveError::Records)?;
                self.state = State::Records(length);
                if length == 0 {
                    self.end_records(0, out)?;
                }
                return Ok(());
            }
            EntryType::GNULongName | EntryType::GNULongLink => self.state = data(size),
            _ => {
                let records = std::mem::take(&mut self.records);
                self.note(&header, records)?;
                self.change.apply(&mut header)?;
                let size = records.size.unwrap_or(size);
                let has_data = !kind.is_dir() && !kind.is_symlink() && !kind.is_hard_link();
                let is_extended = kind == EntryType::GNUSparse && self.held[SPARSE_HEADER_FLAG] == 1;
                self.state = match (is_extended, has_data) {
                    (true, _) => State::Sparse(size),
                    (false, true) => data(size),
                    (false, false) => State::Header,
                };
            }
        }
        out.extend_from_slice(header.as_bytes());
        self.held.clear();
        Ok(())
    }

    fn note(&mut self, header: &Header, records: Records) -> Result<(), ArchiveError> {
        let number = |field: std::io::Result<u64>| {
            field.map(|value| u32::try_from(value).unwrap_or(u32::MAX)).map_err(ArchiveError::Header)
        };
        self.entries += 1;
        if self.first.is_none() {
            let uid = records.uid.map_or_else(|| number(header.uid()), Ok)?;
            let gid = records.gid.map_or_else(|| number(header.gid()), Ok)?;
            self.first = Some(EntryFacts {
                is_directory: header.entry_type().is_dir(),
                mode: header.mode().map_err(ArchiveError::Header)? & 0o7777,
                owner: NumericOwner { uid, gid },
            });
        }
        Ok(())
    }

    fn sparse_block(&mut self, size: u64, out: &mut Vec<u8>) {
        if self.held[SPARSE_BLOCK_FLAG] != 1 {
            self.state = data(size);
        }
        out.append(&mut self.held);
    }

    /// Lets an entry's records pass, without those that would override the new owner.
    fn end_records(&mut self, length: usize, out: &mut Vec<u8>) -> Result<(), ArchiveError> {
        self.state = State::Header;
        let held = std::mem::take(&mut self.held);
        let (start, body) = held.split_at(BLOCK);
        let is_for_one = start[TYPE] == b'x';
        let mut kept = Vec::with_capacity(length);
        let mut rest = &body[..length];
        while !rest.is_empty() {
            let (record, next) = split_record(rest).ok_or(ArchiveError::Records)?;
            rest = next;
            if is_for_one {
                self.records.take(&record)?;
            }
            let is_owner = matches!(record.key, b"uid" | b"gid" | b"uname" | b"gname");
            if !(is_owner && self.change.owner.is_some()) {
                kept.extend_from_slice(record.whole);
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        let mut header = Header::new_old();
        header.as_mut_bytes().copy_from_slice(start);
        header.set_size(kept.len() as u64);
        header.set_cksum();
        out.extend_from_slice(header.as_bytes());
        kept.resize(kept.len().next_multiple_of(BLOCK), 0);
        out.append(&mut kept);
        Ok(())
    }
}

fn data(size: u64) -> State {
    match size.checked_next_multiple_of(BLOCK as u64) {
        Some(0) => State::Header,
        Some(padded) => State::Data(padded),
        None => State::Data(u64::MAX),
    }
}

impl Change {
    fn apply(&self, header: &mut Header) -> Result<(), ArchiveError> {
        let kind = header.entry_type();
        if let Some(owner) = self.owner {
            header.set_uid(owner.uid.into());
            header.set_gid(owner.gid.into());
            // The names would win over the numbers where the reader knows them.
            if let Some(header) = header.as_ustar_mut() {
                header.uname.fill(0);
                header.gname.fill(0);
            } else if let Some(header) = header.as_gnu_mut() {
                header.uname.fill(0);
                header.gname.fill(0);
            }
        }
        if let Some(mode) = self.mode.as_ref().filter(|_| !kind.is_symlink()) {
            let file = if kind.is_dir() { FileKind::Directory } else { FileKind::Other };
            let current = header.mode().map_err(ArchiveError::Header)?;
            header.set_mode(mode.apply(current, file));
        }
        header.set_cksum();
        Ok(())
    }
}

impl Records {
    fn take(&mut self, record: &Record<'_>) -> Result<(), ArchiveError> {
        match record.key {
            b"size" => self.size = Some(record.number()?),
            b"uid" => self.uid = Some(u32::try_from(record.number()?).unwrap_or(u32::MAX)),
            b"gid" => self.gid = Some(u32::try_from(record.number()?).unwrap_or(u32::MAX)),
            _ => {}
        }
        Ok(())
    }
}

/// One record: `<length of the whole> <key>=<value>\n`. The value may be of any bytes.
struct Record<'a> {
    whole: &'a [u8],
    key: &'a [u8],
    value: &'a [u8],
}

impl Record<'_> {
    fn number(&self) -> Result<u64, ArchiveError> {
        let text = std::str::from_utf8(self.value).ok();
        text.and_then(|text| text.parse().ok()).ok_or(ArchiveError::Records)
    }
}

fn split_record(text: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let space = text.iter().position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&text[..space]).ok()?.parse().ok()?;
    let (whole, rest) = text.split_at_checked(length)?;
    let line = whole.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = line.iter().position(|byte| *byte == b'=')?;
    Some((Record { whole, key: &line[..equals], value: &line[equals + 1..] }, rest))
}

#[cfg(test)]
mod tests;
