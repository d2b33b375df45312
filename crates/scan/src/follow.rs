//! The third pass over a line: follow the paths to the slots, on the index of a line found clean.
//!
//! In an object the next colon belongs to the next key, as soon as containers among the values are
//! jumped over by their partner; so a key costs one bit to find, and a look at the bytes before
//! the colon tells whether it is wanted: they must be the key's own, between quotes.

use crate::index::{Classify, Rows};
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
    fn value(
        &self,
        node: &Node,
        start: usize,
        token: usize,
        slots: &mut [Slot],
    ) -> Result<(usize, usize), OddKey> {
        self.classify.enter(
            #[inline(always)]
            || self.value_inside(node, start, token, slots),
        )
    }

    #[inline(always)]
    fn value_inside(
        &self,
        node: &Node,
        start: usize,
        token: usize,
        slots: &mut [Slot],
    ) -> Result<(usize, usize), OddKey> {
        let mut len = 0;
        let (kind, end, token) = match self.line[start] {
            b'{' => {
                let (token, close) = self.container(start, token);
                if node.reads_keys() {
                    len = self.object(node, token, slots)?;
                }
                (Kind::Object, self.tokens[close] as usize + 1, close + 1)
            }
            b'[' => {
                let (token, close) = self.container(start, token);
                if node.reads_elements() {
                    len = self.array(node, token, slots)?;
                }
                (Kind::Array, self.tokens[close] as usize + 1, close + 1)
            }
            b'"' => (
                Kind::Str,
                self.next(start + 1, &self.rows.quote[..self.rows.used]) + 1,
                token,
            ),
            _ => {
                let (kind, end) = self.scalar(start);
                (kind, end, token)
            }
        };
        if !node.slots.is_empty() {
            let quote = usize::from(kind == Kind::Str);
            let span = start + quote..end - quote;
            let text = &self.line[span.clone()];
            let slot = Slot::Present {
                kind,
                start: (span.start + self.shift) as u32,
                end: (span.end + self.shift) as u32,
                escaped: kind == Kind::Str
                    && self.has_backslash
                    && memchr::memchr(b'\\', text).is_some(),
                ascii: self.is_ascii || text.is_ascii(),
                len: if node.counted { len } else { 0 },
            };
            for &index in &node.slots {
                slots[index] = slot;
            }
        }
        Ok((end, token))
    }

    /// Step over a value that nobody wants.
    #[inline]
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
    #[inline]
    fn container(&self, start: usize, mut token: usize) -> (usize, usize) {
        while (self.tokens[token] as usize) < start {
            token += 1;
        }
        (token, self.partner[token] as usize)
    }

    #[inline(always)]
    fn object(&self, node: &Node, open: usize, slots: &mut [Slot]) -> Result<u32, OddKey> {
        let mut token = open + 1;
        let end = self.tokens[self.partner[open] as usize] as usize;
        let mut found = Found::default();
        let mut keys: Vec<&[u8]> = Vec::new();
        let mut len = 0;
        let mut colons = Bits::from(
            &self.rows.colon[..self.rows.used],
            self.tokens[open] as usize + 1,
        );
        loop {
            let colon = colons.next().unwrap_or(end);
            if colon >= end {
                break;
            }
            let quote = self.quote_before(colon);
            if self.has_backslash && self.key(quote).contains(&b'\\') {
                return Err(OddKey);
            }
            if node.counted {
                keys.push(self.key(quote));
            }
            len += 1;
            let start = self.after_space(colon + 1);
            let at;
            match node
                .keys
                .iter()
                .position(|branch| branch.ends_at(self.line, quote))
            {
                None if !matches!(self.line[start], b'{' | b'[') => continue,
                None => (at, token) = self.skip(start, token),
                Some(branch) => {
                    if found.again(branch) {
                        return Err(OddKey);
                    }
                    let child = self.paths.node(node.keys[branch].node);
                    (at, token) = self.value(child, start, token, slots)?;
                }
            }
            colons.seek(at);
        }
        for (index, branch) in node.keys.iter().enumerate() {
            if !found.has(index) {
                self.miss(branch.node, slots);
            }
        }
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair[0] == pair[1]) {
            Err(OddKey)
        } else {
            Ok(len)
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
            let comma = self.next(at, &self.rows.comma[..self.rows.used]);
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
            slots[slot] = Slot::Missing;
        }
    }

    /// The next place, from `at` on, whose bit is set in this mask; the line's end if there is none.
    #[inline(always)]
    fn next(&self, at: usize, mask: &[u64]) -> usize {
        Bits::from(mask, at).next().unwrap_or(self.line.len())
    }

    #[inline]
    fn after_space(&self, mut at: usize) -> usize {
        while matches!(self.line[at], b' ' | b'\t') {
            at += 1;
        }
        at
    }

    /// The closing quote of the key before this colon.
    #[inline]
    fn quote_before(&self, colon: usize) -> usize {
        let mut at = colon - 1;
        while self.line[at] != b'"' {
            at -= 1;
        }
        at
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

/// The places whose bits are set in a mask.
struct Bits<'a> {
    mask: &'a [u64],
    row: usize,
    bits: u64,
}

impl<'a> Bits<'a> {
    /// The places from `at` on.
    #[inline(always)]
    fn from(mask: &'a [u64], at: usize) -> Bits<'a> {
        let mut bits = Bits {
            mask,
            row: 0,
            bits: 0,
        };
        bits.seek(at);
        bits
    }

    /// Go on with the places from `at` on.
    #[inline(always)]
    fn seek(&mut self, at: usize) {
        self.row = at / 64;
        let bits = self.mask.get(self.row).map_or(0, |bits| *bits);
        self.bits = bits & (u64::MAX << (at % 64));
    }

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            self.row += 1;
            self.bits = *self.mask.get(self.row)?;
        }
        let place = self.row * 64 + self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(place)
    }
}

/// Which of the wanted keys of an object were found.
#[derive(Default)]
struct Found {
    first: u64,
    more: Vec<usize>,
}

impl Found {
    fn has(&self, branch: usize) -> bool {
        if branch < 64 {
            self.first >> branch & 1 != 0
        } else {
            self.more.contains(&branch)
        }
    }

    /// Note a key; true if it was found before.
    fn again(&mut self, branch: usize) -> bool {
        let again = self.has(branch);
        if branch < 64 {
            self.first |= 1 << branch;
        } else {
            self.more.push(branch);
        }
        again
    }
}
