//! Elements as the text of a file: one after another, a newline between each two.
//!
//! What goes out is whole blocks, deflated where the file is to be gzip: each block is a member of
//! its own, which every reader of gzip takes as one file.

use satchel_scan::deflate::Deflater;

use super::Take;
use crate::program::NodeId;

/// So many bytes of text make a block: few enough to be deflated out of the cache.
const BLOCK: usize = 1 << 18;

/// A file in the making.
#[derive(Debug)]
pub struct Lines {
    /// The expression that is written.
    pub element: NodeId,
    gzip: bool,
    last_endline: bool,
    deflater: Option<Deflater>,
    started: bool,
    /// Whether a block was made: a gzip file has one, even if it is empty.
    wrote: bool,
    text: Vec<u8>,
    blocks: Vec<Vec<u8>>,
}

impl Lines {
    /// A file without lines; `last_endline` is whether a newline ends it.
    pub fn new(element: NodeId, gzip: bool, last_endline: bool) -> Lines {
        Lines {
            element,
            gzip,
            last_endline,
            deflater: None,
            started: false,
            wrote: false,
            text: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Write one more element.
    #[inline]
    pub fn push(&mut self, element: &str) -> Take {
        if self.started {
            self.text.push(b'\n');
        }
        self.started = true;
        self.text.extend_from_slice(element.as_bytes());
        if self.text.len() < BLOCK || self.block() {
            Take::More
        } else {
            Take::Demoted("no memory to deflate with".into())
        }
    }

    /// There are no more elements; false if there is no memory for the last block.
    pub fn close(&mut self) -> bool {
        if self.last_endline {
            self.text.push(b'\n');
        }
        (self.wrote && self.text.is_empty()) || self.block()
    }

    /// Whether there is something to write.
    pub fn has_blocks(&self) -> bool {
        !self.blocks.is_empty()
    }

    /// What there is to write, which is then gone from here.
    pub fn blocks(&mut self) -> impl Iterator<Item = Vec<u8>> {
        self.blocks.drain(..)
    }

    /// Make a block of the text; false if there is no memory for it.
    fn block(&mut self) -> bool {
        let mut block = Vec::new();
        if self.gzip {
            if self.deflater.is_none() {
                self.deflater = Deflater::new();
            }
            let Some(deflater) = &mut self.deflater else {
                return false;
            };
            deflater.member(&self.text, &mut block);
            self.text.clear();
        } else {
            std::mem::swap(&mut block, &mut self.text);
        }
        self.wrote = true;
        self.blocks.push(block);
        true
    }
}
