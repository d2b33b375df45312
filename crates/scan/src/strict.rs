//! The whole scan of a line, fast: index, walk, check the UTF-8, follow the paths.
//!
//! This says only that a line is clean, and what its slots are. Any other line is left to the
//! plain twin, which finds out what is wrong with it.

use std::sync::LazyLock;

use crate::follow::Follow;
use crate::index::{Classify, Index, Outline};
use crate::line::{Scanned, Slot, Verdict};
use crate::paths::Paths;
use crate::plain;
use crate::walk::walk;

/// The scratch of the fast scan.
#[derive(Debug, Default)]
pub(crate) struct Strict {
    index: Index,
    /// Whether the line before had white space outside of strings.
    pub(crate) spaced: bool,
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

    /// Check one value that someone has cut out of a line.
    pub(crate) fn check<C: Classify>(&mut self, classify: C, value: &[u8]) -> Verdict {
        static NOTHING: LazyLock<Paths> = LazyLock::new(|| Paths::new(&[]));
        self.scan(classify, &NOTHING, value, 0, &mut []).verdict
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
        let mut spaced = self.spaced;
        loop {
            let compact = if spaced {
                None
            } else {
                classify.compact(&mut self.index, block, origin)
            };
            spaced = compact.is_none();
            let outline = compact.unwrap_or_else(
                #[inline(always)]
                || self.index.spaced(classify, block, origin),
            );
            let Outline {
                content_end, next, ..
            } = outline;
            let clean = self.finish(classify, paths, block, at, origin, &outline, slots);
            if spaced {
                // The next line will be like this one.
                self.spaced = outline.has_space;
            }
            if clean || spaced {
                let verdict = if clean {
                    Verdict::Clean
                } else {
                    plain::judge(paths, &block[at..content_end], slots)
                };
                return Scanned {
                    content_end,
                    next,
                    verdict,
                };
            }
            spaced = true;
        }
    }

    /// What is left to do with an indexed line; whether it is clean.
    #[inline(always)]
    #[expect(clippy::too_many_arguments)]
    fn finish<C: Classify>(
        &mut self,
        classify: C,
        paths: &Paths,
        block: &[u8],
        at: usize,
        origin: usize,
        outline: &Outline,
        slots: &mut [Slot],
    ) -> bool {
        let line = &block[origin..outline.content_end];
        let Index { rows, .. } = &self.index;
        let tokens = self.index.tokens();
        let clean = outline.sound
            && u32::try_from(outline.content_end - at).is_ok()
            && walk(
                classify,
                line,
                rows,
                tokens,
                outline.knows_space,
                &mut self.partner,
            )
            && (!outline.has_non_ascii || simdutf8::basic::from_utf8(line).is_ok());
        let slots = &mut slots[..paths.slots()];
        if !clean || slots.is_empty() {
            return clean;
        }
        slots.fill(Slot::Unreached);
        let follow = Follow {
            classify,
            line,
            rows,
            tokens,
            partner: &self.partner,
            paths,
            shift: origin - at,
            has_backslash: outline.has_backslash,
            has_escaped_key: outline.has_escaped_key,
            is_ascii: !outline.has_non_ascii,
        };
        follow.record(slots).is_ok()
    }
}
