//! The whole scan of a line, fast: index, walk, check the UTF-8, follow the paths.
//!
//! This says only that a line is clean, and what its slots are. Any other line is left to the
//! plain twin, which finds out what is wrong with it.

use crate::follow::Follow;
use crate::index::{Classify, Index};
use crate::line::{Scanned, Slot, Verdict, line_end};
use crate::paths::Paths;
use crate::plain;
use crate::walk::walk;

/// The scratch of the fast scan.
#[derive(Debug, Default)]
pub(crate) struct Strict {
    index: Index,
    partner: Vec<u32>,
}

impl Strict {
    /// Scan the line at `at`, every byte of it.
    #[inline]
    pub(crate) fn scan<C: Classify>(
        &mut self,
        classify: C,
        paths: &Paths,
        block: &[u8],
        at: usize,
        slots: &mut [Slot],
    ) -> Scanned {
        classify.enter(
            #[inline(always)]
            || self.scan_inside(classify, paths, block, at, slots),
        )
    }

    #[inline(always)]
    fn scan_inside<C: Classify>(
        &mut self,
        classify: C,
        paths: &Paths,
        block: &[u8],
        at: usize,
        slots: &mut [Slot],
    ) -> Scanned {
        let mut origin = at;
        while matches!(block.get(origin), Some(b' ' | b'\t')) {
            origin += 1;
        }
        if !matches!(block.get(origin), Some(b'{' | b'[')) {
            return plain::scan(paths, block, at, slots);
        }
        let outline = self.index.line(classify, block, origin);
        let content_end = outline.content_end;
        let line = &block[origin..content_end];
        let clean = outline.sound
            && u32::try_from(content_end - at).is_ok()
            && walk(
                line,
                &self.index.rows,
                self.index.tokens(),
                &mut self.partner,
            )
            && (!outline.has_non_ascii || simdutf8::basic::from_utf8(line).is_ok());
        if clean {
            let slots = &mut slots[..paths.slots()];
            slots.fill(Slot::Unreached);
            let follow = Follow {
                classify,
                line,
                rows: &self.index.rows,
                tokens: self.index.tokens(),
                partner: &self.partner,
                paths,
                shift: origin - at,
                has_backslash: outline.has_backslash,
                has_escaped_key: outline.has_escaped_key,
                is_ascii: !outline.has_non_ascii,
            };
            if slots.is_empty() || follow.record(slots).is_ok() {
                return Scanned {
                    content_end,
                    next: outline.next,
                    verdict: Verdict::Clean,
                };
            }
        }
        debug_assert_eq!(line_end(block, at), (content_end, outline.next));
        let verdict = plain::judge(paths, &block[at..content_end], slots);
        Scanned {
            content_end,
            next: outline.next,
            verdict,
        }
    }
}
