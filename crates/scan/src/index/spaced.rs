//! The engine that knows white space: 64 bytes at a time, in general registers.
//!
//! "The token after x", where white space may stand between, is an addition: with `x` moved up by
//! one, a carry runs through the white space to the bit behind it.
//!
//! ```text
//! after(x) = ((x << 1) + space) & !space
//! ```
//!
//! and so is "the closing quotes of these opening quotes", where the carry runs through the string.

use super::escapes::Escapes;
use super::{Classes, Classify, Controls, Index, Outline, line_ends, opaque, sixty_four};

impl Index {
    /// Index the line whose first byte other than white space, a bracket, stands at `origin`.
    #[inline(always)]
    pub(crate) fn spaced<C: Classify>(
        &mut self,
        classify: C,
        block: &[u8],
        origin: usize,
    ) -> Outline {
        self.count = 0;
        let mut state = State::default();
        let mut at = origin;
        let mut tail = [0; 64];
        for row in 0.. {
            let bytes = sixty_four(block, at, &mut tail);
            let classes = classify.classes(bytes);
            state.non_ascii |= classes.non_ascii;
            let (masks, tokens, newline) = if classes.has_control {
                let controls = Controls::new(classify, bytes);
                let (masks, tokens) = state.step(classify, classes, controls, block, at);
                (masks, tokens, controls.newline)
            } else {
                let (masks, tokens) = state.step(classify, classes, Controls::NONE, block, at);
                (masks, tokens, None)
            };
            self.reserve(row + 2, 2);
            let [quote, colon, comma, keyless] = masks;
            self.rows.quote[row] = quote;
            self.rows.colon[row] = colon;
            self.rows.comma[row] = comma;
            self.rows.keyless[row] = keyless;
            self.push(tokens, (at - origin) as u32);
            if let Some(length) = newline {
                self.rows.used = row + 1;
                at += length;
                break;
            }
            at += 64;
        }
        let (content_end, next) = line_ends(block, at);
        Outline {
            content_end,
            next,
            sound: state.wrong == 0 && state.in_string == 0 && state.escapes.sound(),
            has_non_ascii: state.non_ascii != 0,
            has_backslash: state.escapes.any(),
            has_escaped_key: state.escapes.any(),
            knows_space: true,
            has_space: state.space != 0,
        }
    }
}

/// What one block of 64 bytes leaves to the next.
struct State {
    /// All ones if a string is open.
    in_string: u64,
    escapes: Escapes,
    /// What the next token follows.
    carry: Carry,
    /// 1 if a string that could be a key is open.
    in_key: u64,
    /// 1 if a number or a literal is.
    in_scalar: u64,
    /// Where a rule is broken.
    wrong: u64,
    space: u64,
    non_ascii: u32,
}

/// 1 each if the token before stands right behind a block's last byte, or before the white space
/// that the block ends with.
struct Carry {
    colon: u64,
    item: u64,
    key: u64,
}

impl Default for State {
    /// A line starts as if after an opening bracket.
    fn default() -> State {
        State {
            in_string: 0,
            escapes: Escapes::default(),
            carry: Carry {
                colon: 0,
                item: 1,
                key: 0,
            },
            in_key: 0,
            in_scalar: 0,
            wrong: 0,
            space: 0,
            non_ascii: 0,
        }
    }
}

/// The tokens that follow `bits`, through white space; `carry` goes from block to block.
#[inline(always)]
fn after(bits: u64, space: u64, carry: &mut u64) -> u64 {
    // The compiler would make vectors of the like operations here, at twice the cost: the masks
    // come from general registers and have to go back there.
    let bits = opaque(bits);
    let next = bits << 1 | *carry;
    *carry = bits >> 63;
    if space == 0 {
        return next;
    }
    let (sum, overflow) = opaque(next).overflowing_add(space);
    *carry |= u64::from(overflow);
    sum & !space
}

impl State {
    /// Take in 64 bytes, which stand at `at` in the block: their masks for `Rows`, and the tokens to walk over.
    #[inline(always)]
    fn step<C: Classify>(
        &mut self,
        classify: C,
        classes: Classes,
        controls: Controls,
        block: &[u8],
        at: usize,
    ) -> ([u64; 4], u64) {
        let inside = controls.inside;
        let mut quote = classes.quote & inside;
        if classes.backslash | self.escapes.carry != 0 {
            quote &= !self.escapes.take(classes.backslash, inside, block, at);
        }
        let in_string = classify.prefix_xor(quote) ^ self.in_string;
        self.in_string = (in_string as i64 >> 63) as u64;
        self.wrong |= controls.control & (in_string | !controls.tab);

        let outside = inside & !(in_string | quote);
        let open = classes.open & outside;
        let close = classes.close & outside;
        let colon = classes.colon & outside;
        let comma = classes.comma & outside;
        let space = (classes.space | controls.tab) & outside;
        self.space |= space;
        let scalar = outside & !(open | close | colon | comma | space);
        let scalar_start = scalar & !(scalar << 1 | self.in_scalar);
        self.in_scalar = scalar >> 63;
        let opening_quote = quote & in_string;

        let after_colon = after(colon, space, &mut self.carry.colon);
        let item_start = after(comma | open, space, &mut self.carry.item);
        let key_start = item_start & opening_quote;
        let (key_sum, in_key) = in_string.overflowing_add(key_start | self.in_key);
        self.in_key = u64::from(in_key);
        let after_key = after(key_sum & !in_string, space, &mut self.carry.key);

        let value_start = opening_quote | open | scalar_start;
        let misplaced = ((after_colon | item_start) ^ value_start) & !close;
        self.wrong |= (misplaced | colon & !after_key) & inside;
        let keyless = after_key & !colon | item_start & !(opening_quote | close);
        let tokens = open | close | scalar_start | (after_key & comma);
        ([quote, colon, comma, keyless], tokens)
    }
}
