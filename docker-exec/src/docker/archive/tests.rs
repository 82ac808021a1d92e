use std::io::Read;

use super::*;

fn header(kind: EntryType, mode: u32, owner: u64) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(owner);
    header.set_gid(owner);
    header.set_size(0);
    header.as_ustar_mut().unwrap().set_username("somebody").unwrap();
    header
}

/// An archive with everything that a volume can hold and the engine's writer makes of it.
fn archive() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_data(&mut header(EntryType::Directory, 0o755, 1), "v/", &[][..]).unwrap();
    let content = vec![b'x'; 1300];
    let mut file = header(EntryType::Regular, 0o4644, 2);
    file.set_size(1300);
    tar.append_data(&mut file, "v/file", content.as_slice()).unwrap();
    tar.append_data(&mut header(EntryType::Regular, 0o755, 3), "v/tool", &[][..]).unwrap();
    tar.append_link(&mut header(EntryType::Link, 0o4644, 2), "v/hard", "v/file").unwrap();
    tar.append_link(&mut header(EntryType::Symlink, 0o777, 2), "v/soft", "file").unwrap();
    let long = format!("v/{}", "n".repeat(150));
    tar.append_data(&mut Header::new_gnu().clone_from_kind(), &long, &b"long"[..]).unwrap();
    tar.append_pax_extensions([
        ("uid", b"5000000".as_slice()),
        ("mtime", b"1.5"),
        ("SCHILY.xattr.user.x", b"a=b"),
        ("size", b"3"),
    ])
    .unwrap();
    // The size is in the record alone, as for files of more than eight gigabytes.
    let mut file = header(EntryType::Regular, 0o600, 0);
    file.set_path("v/pax").unwrap();
    file.set_cksum();
    tar.get_mut().extend_from_slice(file.as_bytes());
    tar.get_mut().extend_from_slice(b"abc");
    tar.get_mut().extend_from_slice(&[0; 509]);
    tar.append_data(&mut header(EntryType::Fifo, 0o640, 4), "v/fifo", &[][..]).unwrap();
    tar.into_inner().unwrap()
}

trait Kinds {
    fn clone_from_kind(&self) -> Header;
}

impl Kinds for Header {
    fn clone_from_kind(&self) -> Header {
        let mut header = self.clone();
        header.set_mode(0o666);
        header.set_uid(7);
        header.set_gid(7);
        header.set_size(4);
        header
    }
}

fn change(owner: Option<(u32, u32)>, mode: Option<&str>) -> Change {
    Change {
        owner: owner.map(|(uid, gid)| NumericOwner { uid, gid }),
        mode: mode.map(|mode| mode.parse().unwrap()),
    }
}

fn rewrite(input: &[u8], piece: usize, change: Change) -> Vec<u8> {
    let (mut rewriter, mut out) = (Rewriter::new(change), Vec::new());
    for piece in input.chunks(piece) {
        rewriter.push(piece, &mut out).unwrap();
    }
    out
}

/// Lists an archive as another reader sees it.
fn list(tar: &[u8]) -> String {
    let mut archive = tar::Archive::new(tar);
    let mut lines = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let extensions: Vec<String> = entry
            .pax_extensions()
            .unwrap()
            .into_iter()
            .flatten()
            .map(|found| found.unwrap())
            .map(|found| {
                format!("{}={:?}", found.key().unwrap(), String::from_utf8_lossy(found.value_bytes()))
            })
            .collect();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        let header = entry.header();
        lines.push(format!(
            "{} {}:{} {:o} {:?} {} {} {}",
            entry.path().unwrap().display().to_string().replace(&"n".repeat(150), "long"),
            header.uid().unwrap(),
            header.gid().unwrap(),
            header.mode().unwrap(),
            entry.header().entry_type(),
            entry.link_name().unwrap().map(|name| name.display().to_string()).unwrap_or_default(),
            content.len(),
            extensions.join(" "),
        ));
    }
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

#[test]
fn nothing_to_change_changes_nothing() {
    let input = archive();
    for piece in [1, 511, 512, 513, 4096, input.len()] {
        assert_eq!(list(&rewrite(&input, piece, Change::default())), list(&input));
    }
}

#[test]
fn owner_and_mode_of_every_entry() {
    let input = archive();
    let wanted = change(Some((2_000_000_000, 33)), Some("u=rwX,g=rX,o="));
    let whole = rewrite(&input, input.len(), wanted.clone());
    insta::assert_snapshot!(list(&whole));
    for piece in [1, 100, 512, 777] {
        assert_eq!(rewrite(&input, piece, wanted.clone()), whole, "in pieces of {piece}");
    }
    assert!(!whole.windows(8).any(|window| window == b"somebody"), "a name would win over the number");
}

#[test]
fn mode_alone_leaves_the_owner() {
    let listed = list(&rewrite(&archive(), 512, change(None, Some("0700"))));
    assert!(listed.contains("uid=\"5000000\"") && listed.contains("v/tool 3:3 700"), "{listed}");
}

#[test]
fn first_entry_alone() {
    let input = archive();
    for piece in [1, 512, 1000, input.len()] {
        let (mut rewriter, mut out) = (Rewriter::new(change(Some((5, 6)), None)), Vec::new());
        let mut pieces = input.chunks(piece);
        while !rewriter.push_first(pieces.next().unwrap(), &mut out).unwrap() {}
        out.extend_from_slice(&[0; 1024]);
        assert_eq!(list(&out), "v/ 5:6 755 Directory  0");
        let owner = NumericOwner { uid: 1, gid: 1 };
        assert_eq!(rewriter.first(), Some(EntryFacts { is_directory: true, mode: 0o755, owner }));
    }
}

#[test]
fn counts_entries() {
    let mut rewriter = Rewriter::new(Change::default());
    rewriter.push(&archive(), &mut Vec::new()).unwrap();
    assert_eq!(rewriter.entries(), 8);
}

#[test]
fn old_sparse_headers_pass() {
    let mut sparse = Header::new_gnu();
    sparse.set_entry_type(EntryType::GNUSparse);
    sparse.set_size(512);
    sparse.set_mode(0o644);
    sparse.set_uid(1);
    sparse.set_gid(1);
    sparse.as_mut_bytes()[SPARSE_HEADER_FLAG] = 1;
    sparse.set_cksum();
    let mut input = sparse.as_bytes().to_vec();
    // One block of the header that says another follows, that one, then the data, which looks like anything.
    let mut block = [0; BLOCK];
    block[SPARSE_BLOCK_FLAG] = 1;
    input.extend_from_slice(&block);
    input.extend_from_slice(&[0; BLOCK]);
    input.extend_from_slice(&[b'7'; BLOCK]);
    let mut next = header(EntryType::Regular, 0o644, 9);
    next.set_path("v/next").unwrap();
    next.set_cksum();
    input.extend_from_slice(next.as_bytes());
    input.extend_from_slice(&[0; 1024]);
    let out = rewrite(&input, 300, change(Some((5, 6)), None));
    assert_eq!(out.len(), input.len());
    assert_eq!(out[BLOCK..4 * BLOCK], input[BLOCK..4 * BLOCK]);
    let last = Header::from_byte_slice(&out[4 * BLOCK..5 * BLOCK]);
    assert_eq!((last.uid().unwrap(), last.gid().unwrap()), (5, 6));
}

#[test]
fn nonsense_is_an_error() {
    let mut rewriter = Rewriter::new(Change::default());
    assert!(rewriter.push(&[b'z'; 1024], &mut Vec::new()).is_err());
    let mut records = Header::new_ustar();
    records.set_entry_type(EntryType::XHeader);
    records.set_size(512);
    records.set_cksum();
    let mut input = records.as_bytes().to_vec();
    input.extend_from_slice(&[b'9'; 512]);
    assert!(Rewriter::new(Change::default()).push(&input, &mut Vec::new()).is_err());
}

#[test]
fn records_hold_any_bytes() {
    let text = b"13 key=a=b\nc\n9 size=3\n";
    let (record, rest) = split_record(text).unwrap();
    assert_eq!((record.key, record.value), (&b"key"[..], &b"a=b\nc"[..]));
    assert_eq!(split_record(rest).unwrap().0.number().unwrap(), 3);
    for nonsense in [&b"9"[..], b"99 a=b\n", b"3 a\n", b"0 a=b\n", b"5 a=b"] {
        assert!(split_record(nonsense).is_none());
    }
}
