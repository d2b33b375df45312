//! What tests of files share: files of their own, gzip members, the ways to read, and reading.

#![allow(dead_code)] // Each file of tests uses some of it.

use std::path::{Path, PathBuf};

use satchel_scan::error::Error;
use satchel_scan::source::{Compression, Options, Reader};
use zlib_rs::{Deflate, DeflateFlush};

/// A file of its own for each test, removed when the test ends.
pub struct File(pub PathBuf);

impl File {
    pub fn new(name: &str, bytes: &[u8]) -> File {
        let path = std::env::temp_dir().join(format!("satchel-scan-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        File(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A gzip member with these header flags, and what they announce.
pub fn member(text: &[u8], flags: u8, extra: &[u8]) -> Vec<u8> {
    let mut deflate = Deflate::new(6, false, 15);
    let mut body = vec![0; text.len() + text.len() / 100 + 1000];
    deflate
        .compress(text, &mut body, DeflateFlush::Finish)
        .unwrap();
    body.truncate(deflate.total_out() as usize);
    let mut member = vec![0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255];
    member.extend_from_slice(extra);
    member.extend_from_slice(&body);
    member.extend_from_slice(&zlib_rs::crc32::crc32(0, text).to_le_bytes());
    member.extend_from_slice(&(text.len() as u32).to_le_bytes());
    member
}

pub fn gzip(text: &[u8]) -> Vec<u8> {
    member(text, 0, &[])
}

/// The ways to read a file of this length: whole, streamed, in blocks of next to nothing.
pub fn ways(length: usize) -> Vec<Options> {
    let mut ways = vec![
        Options::default(),
        Options {
            stream: true,
            ..Options::default()
        },
    ];
    let tiny = [1, 2, 3, 7, 64, 1000];
    for budget in tiny.into_iter().filter(|budget| budget * 1000 > length) {
        ways.extend([false, true].map(|stream| Options {
            budget,
            stream,
            ..Options::default()
        }));
    }
    ways
}

/// Read a file to its end, or to the damage, and check how it is cut.
pub fn read(path: &Path, compression: Compression, options: Options) -> (Vec<u8>, Option<Error>) {
    let mut text: Vec<u8> = Vec::new();
    let mut reader = Reader::open(path, compression, options).unwrap();
    let error = loop {
        match reader.next_block() {
            Err(error) => break Some(error),
            Ok(None) => break None,
            Ok(Some(block)) => {
                assert_eq!(block.offset, text.len() as u64);
                assert!(!block.bytes.is_empty());
                let before = text.last().copied();
                assert!(
                    matches!(before, None | Some(b'\n' | b'\r')),
                    "not at a line start"
                );
                assert!(
                    before != Some(b'\r') || block.bytes[0] != b'\n',
                    "a \\r\\n cut in two"
                );
                text.extend_from_slice(block.bytes);
            }
        }
    };
    assert!(
        reader.next_block().unwrap().is_none(),
        "nothing follows the end"
    );
    let cut = reader.cut_line();
    assert_eq!(cut.offset, text.len() as u64);
    assert!(error.is_some() || cut.bytes.is_empty());
    let (_, settled) = cut.bytes.split_last().unwrap_or((&0, &[]));
    assert!(!settled.contains(&b'\r') && !cut.bytes.contains(&b'\n'));
    if error.is_none() {
        assert_eq!(reader.compressed_bytes_read(), reader.stamp().size);
    }
    (text, error)
}
