//! Read a file to its end in bounded memory: how soon its first lines come, and how fast the rest.
//!
//! `cargo run --release -p satchel-scan --example lines -- FILE`

use std::time::Instant;

use satchel_scan::source::{Compression, Options, Reader};

fn main() {
    let path = std::env::args().nth(1).expect("a file");
    let compression = if path.ends_with(".gz") {
        Compression::Gzip
    } else {
        Compression::None
    };
    let started = Instant::now();
    let options = Options {
        stream: true,
        ..Options::default()
    };
    let mut reader = Reader::open(&path, compression, options).expect("opens");
    let (mut lines, mut bytes) = (0, 0);
    while let Some(block) = reader.next_block().expect("reads") {
        if bytes == 0 {
            println!(
                "first {} bytes after {:?}",
                block.bytes.len(),
                started.elapsed()
            );
        }
        lines += memchr::memchr_iter(b'\n', block.bytes).count();
        bytes += block.bytes.len();
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{lines} lines, {bytes} bytes, {:.2} GB/s",
        bytes as f64 / seconds / 1e9
    );
}
