//! The third pass over a line: follow the paths to the slots, on the index of a line found clean.
//!
//! In an object the next colon belongs to the next key, as soon as containers among the values are
//! jumped over by their partner; so a key costs one bit to find, and a look at the bytes before
//! the colon tells whether it is wanted: they must be the key's own, between quotes.

use std::ops::Range;

use crate::index::{Classify, Rows, opaque};
use crate::line::{Kind, Slot};
use crate::paths::{Node, Paths};

/// A clean line and its index.
pub(crate) struct Follow<'a, C> {
    pub(crate) classify: C,
    pub(crate) line: &'a [u8],
    pub(crate) rows: &'a Rows,
    pub(crate) tokens: &'a [u32],
    pub(crate) partner: &'a [u32],
    pub(crate) paths: &'a Paths,
    /// What to add to a place in `line` for a slot's span.
    pub(crate) shift: usize,
    pub(crate) has_backslash: bool,
    pub(crate) has_escaped_key: bool,
    pub(crate) is_ascii: bool,
}

/// A line turned out to have a duplicate or an escaped key where the query looks.
pub(crate) struct OddKey;

impl<'a, C: Classify> Follow<'a, C> {
    /// Fill the slots, which are all unreached, from the record as a whole.
    #[inline]
    pub(crate) fn record(&self, slots: &mut [Slot]) -> Result<(), OddKey> {
        self.value(self.paths.node(0), 0, 0, slots).map(|_| ())
    }

    /// The value at `start`, which a node of the tree wants; `token` is not behind its token.
    /// Where the value ends, and the first token that is not before that.
    #[inline(always)]
    fn value(
        &self,
        node: &Node,
        start: usize,
        token: usize,
        slots: &mut [Slot],
    ) -> Result<(usize, usize), OddKey> {
        match self.line[start] {
            b'"' => {
                let end = self.next(start + 1, &self.rows.quote);
                let has_backslash = self.has_backslash
                    && memchr::memchr(b'\\', &self.line[start + 1..end]).is_some();
                self.fill(node, Kind::Str, start + 1..end, has_backslash, 0, slots);
                Ok((end + 1, token))
            }
            b'{' | b'[' => self.container_value(node, start, token, slots),
            _ => {
                let (kind, end) = self.scalar(start);
                self.fill(node, kind, start..end, false, 0, slots);
                Ok((end, token))
            }
        }
    }

    fn container_value(
        &self,
        node: &Node,
        start: usize,
        token: usize,
        slots: &mut [Slot],
    ) -> Result<(usize, usize), OddKey> {
        self.classify.enter(
            #[inline(always)]
            || {
                let (token, close) = self.container(start, token);
                let end = self.tokens[close] as usize + 1;
                let mut len = 0;
                let mut kind = Kind::Array;
                if self.line[start] == b'{' {
                    kind = Kind::Object;
                    if node.reads_keys() {
                        len = self.object(node, token, slots)?;
                    }
                } else if node.reads_elements() {
                    len = self.array(node, token, slots)?;
                }
                self.fill(node, kind, start..end, false, len, slots);
                Ok((end, close + 1))
            },
        )
    }

    /// Fill the slots of a node with the value at this span.
    #[inline(always)]
    fn fill(
        &self,
        node: &Node,
        kind: Kind,
        span: Range<usize>,
        escaped: bool,
        len: u32,
        slots: &mut [Slot],
    ) {
        for &index in &node.slots {
            slots[index] = Slot::Present {
                kind,
                start: (span.start + self.shift) as u32,
                end: (span.end + self.shift) as u32,
                escaped,
                ascii: self.is_ascii || self.line[span.clone()].is_ascii(),
                len: if node.counted { len } else { 0 },
            };
        }
    }

    /// Step over a value that nobody wants.
    #[inline(always)]
    fn skip(&self, start: usize, token: usize) -> (usize, usize) {
        match self.line[start] {
            b'{' | b'[' => {
                let (_, close) = self.container(start, token);
                (self.tokens[close] as usize + 1, close + 1)
            }
            _ => (start + 1, token),
        }
    }

    /// The token of the bracket at `start`, and that of its partner.
    #[inline(always)]
    fn container(&self, start: usize, mut token: usize) -> (usize, usize) {
        while (self.tokens[token] as usize) < start {
            token += 1;
        }
        (token, self.partner[token] as usize)
    }

    /// Read an object's keys; `open` is its opening token.
    #[inline(always)]
    fn object(&self, node: &Node, open: usize, slots: &mut [Slot]) -> Result<u32, OddKey> {
        // Whatever the keys are, none may come twice where all count, or where so many are wanted
        // that a word does not hold which were found.
        let mut len = 0;
        if node.counted || node.keys.len() > 64 {
            len = self.distinct_keys(open)?;
        }
        let line = self.line;
        let keys = &node.keys[..];
        let mut token = open + 1;
        let mut at = self.tokens[open] as usize + 1;
        let end = self.tokens[self.partner[open] as usize] as usize;
        let mut found = 0u64;
        loop {
            let colon = self.next(at, &self.rows.colon);
            if colon >= end {
                break;
            }
            let quote = self.quote_before(colon);
            if self.has_escaped_key && self.key(quote).contains(&b'\\') {
                return Err(OddKey);
            }
            let start = self.after_space(colon + 1);
            let Some(wanted) = which(node, line, quote) else {
                if line[start] | 0x20 == b'{' {
                    (at, token) = self.skip(start, token);
                } else {
                    // A number or a literal is a token, a string is not.
                    token += usize::from(self.tokens[token] as usize == start);
                    at = start + 1;
                }
                continue;
            };
            let bit = 1u64.checked_shl(wanted as u32).unwrap_or(0);
            if found & bit != 0 {
                return Err(OddKey);
            }
            found |= bit;
            let child = self.paths.node(keys[wanted].node);
            (at, token) = self.value(child, start, token, slots)?;
        }
        if found.count_ones() as usize != keys.len() {
            self.miss_others(node, slots);
        }
        Ok(len)
    }

    /// The number of keys of an object, all of which must be different.
    #[inline(never)]
    fn distinct_keys(&self, open: usize) -> Result<u32, OddKey> {
        let end = self.tokens[self.partner[open] as usize] as usize;
        let mut keys: Vec<&[u8]> = Vec::new();
        let mut token = open + 1;
        let mut at = self.tokens[open] as usize + 1;
        loop {
            let colon = self.next(at, &self.rows.colon);
            if colon >= end {
                break;
            }
            keys.push(self.key(self.quote_before(colon)));
            (at, token) = self.skip(self.after_space(colon + 1), token);
        }
        keys.sort_unstable();
        let twice = keys.windows(2).any(|pair| pair[0] == pair[1]);
        if twice {
            Err(OddKey)
        } else {
            Ok(keys.len() as u32)
        }
    }

    /// The parent of these nodes is there, but those that were not reached are not.
    #[inline(never)]
    fn miss_others(&self, node: &Node, slots: &mut [Slot]) {
        for branch in &node.keys {
            self.miss(branch.node, slots);
        }
    }

    #[inline(always)]
    fn array(&self, node: &Node, open: usize, slots: &mut [Slot]) -> Result<u32, OddKey> {
        let mut token = open + 1;
        let mut start = self.after_space(self.tokens[open] as usize + 1);
        let end = self.tokens[self.partner[open] as usize] as usize;
        let mut wanted = node.indexes.iter().peekable();
        let mut len = 0;
        while start < end {
            let at;
            (at, token) = match wanted.next_if(|(index, _)| *index == len) {
                Some((_, child)) => self.value(self.paths.node(*child), start, token, slots)?,
                None => self.skip(start, token),
            };
            len += 1;
            if wanted.peek().is_none() && !node.counted {
                break;
            }
            let comma = self.next(at, &self.rows.comma);
            if comma >= end {
                break;
            }
            start = self.after_space(comma + 1);
        }
        for (_, child) in wanted {
            self.miss(*child, slots);
        }
        Ok(len as u32)
    }

    fn miss(&self, child: usize, slots: &mut [Slot]) {
        for &slot in &self.paths.node(child).slots {
            if slots[slot] == Slot::Unreached {
                slots[slot] = Slot::Missing;
            }
        }
    }

    /// The next place, from `at` on, whose bit is set in this mask; something behind the line if
    /// there is none.
    ///
    /// The place is most often in this row or the next, and which of them cannot be predicted, so
    /// there is no branch between these two.
    #[inline(always)]
    fn next(&self, at: usize, mask: &[u64]) -> usize {
        let row = at / 64;
        let Some(&[here, there]) = mask[row..].first_chunk::<2>() else {
            return usize::MAX;
        };
        let here = here >> (at % 64);
        if here | there == 0 {
            return self.next_far(row + 2, mask);
        }
        let near = at + here.trailing_zeros() as usize;
        let far = (row + 1) * 64 + there.trailing_zeros() as usize;
        let is_far = opaque(u64::from(here == 0)).wrapping_neg() as usize;
        near ^ ((near ^ far) & is_far)
    }

    #[inline(never)]
    fn next_far(&self, row: usize, mask: &[u64]) -> usize {
        let rows = mask.iter().enumerate().take(self.rows.used).skip(row);
        let mut found = rows.filter(|(_, bits)| **bits != 0);
        found.next().map_or(usize::MAX, |(row, bits)| {
            row * 64 + bits.trailing_zeros() as usize
        })
    }

    #[inline(always)]
    fn after_space(&self, at: usize) -> usize {
        if self.line[at] > b' ' {
            return at;
        }
        let space = self.line[at..]
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'));
        at + space.count()
    }

    /// The closing quote of the key before this colon.
    #[inline(always)]
    fn quote_before(&self, colon: usize) -> usize {
        if self.line[colon - 1] == b'"' {
            return colon - 1;
        }
        self.line[..colon]
            .iter()
            .rposition(|byte| *byte == b'"')
            .unwrap_or(0)
    }

    /// The text of the key whose closing quote stands here.
    #[inline]
    fn key(&self, quote: usize) -> &'a [u8] {
        let mut row = quote / 64;
        let mut bits = self.rows.quote[row] & ((1 << (quote % 64)) - 1);
        while bits == 0 {
            row -= 1;
            bits = self.rows.quote[row];
        }
        let open = row * 64 + 63 - bits.leading_zeros() as usize;
        &self.line[open + 1..quote]
    }

    fn scalar(&self, start: usize) -> (Kind, usize) {
        match self.line[start] {
            b't' => (Kind::True, start + 4),
            b'f' => (Kind::False, start + 5),
            b'n' => (Kind::Null, start + 4),
            _ => {
                let mut kind = Kind::Int;
                let mut end = start;
                loop {
                    match self.line[end] {
                        b'0'..=b'9' | b'-' | b'+' => {}
                        b'.' | b'e' | b'E' => kind = Kind::Float,
                        _ => return (kind, end),
                    }
                    end += 1;
                }
            }
        }
    }
}

/// Which of these keys is the string whose closing quote stands here.
///
/// Most often it is none, and the ends of the keys tell so, all of them compared without a branch.
#[inline(always)]
fn which(node: &Node, line: &[u8], quote: usize) -> Option<usize> {
    if let Some(text) = line[..=quote].last_chunk::<8>() {
        let text = u64::from_le_bytes(*text);
        let mut matching = 0;
        for four in &node.tails {
            for (index, tail) in four.iter().enumerate() {
                matching |= u32::from(tail.matches(text)) << index;
            }
            if matching != 0 {
                break;
            }
        }
        if matching == 0 {
            return None;
        }
    }
    node.keys
        .iter()
        .position(|branch| branch.ends_at(line, quote))
}
