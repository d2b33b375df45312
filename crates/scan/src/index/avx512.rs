//! Classes of 64 bytes with AVX-512: one vector, and a compare that gives the mask.
//!
//! Asked for are the features of Ice Lake, so that no processor has it that would slow its clock
//! down for it.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_add_epi64, _mm512_alignr_epi64, _mm512_and_si512,
    _mm512_andnot_si512, _mm512_broadcast_i32x4, _mm512_cmpeq_epi8_mask, _mm512_cmple_epu8_mask,
    _mm512_cvtepu8_epi32, _mm512_extracti32x4_epi32, _mm512_loadu_si512,
    _mm512_maskz_compress_epi8, _mm512_movepi8_mask, _mm512_or_si512, _mm512_set_epi64,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_epi64, _mm512_shuffle_epi8, _mm512_slli_epi64,
    _mm512_srli_epi64, _mm512_storeu_si512, _mm512_test_epi64_mask, _mm512_xor_si512,
};

use super::avx2::Avx2;
use super::compact::{self, Lanes, Masks, Wide, Words};
use super::{Classes, Classify, Index, Outline};

/// Proof that this processor has AVX-512 with VBMI2, and what `Avx2` proves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx512(Avx2);

impl Avx512 {
    /// The proof, if this processor gives it.
    pub(crate) fn detect() -> Option<Avx512> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi2");
        Avx2::detect().filter(|_| has).map(Avx512)
    }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8; 64]) -> __m512i {
    // SAFETY: the load lies within the 64 bytes, and is of the unaligned kind.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn equal(bytes: __m512i, byte: u8) -> u64 {
    _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte as i8))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn control(bytes: __m512i) -> u64 {
    _mm512_cmple_epu8_mask(bytes, _mm512_set1_epi8(0x1f))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn classes(bytes: &[u8; 64]) -> Classes {
    let bytes = load(bytes);
    // `[` and `{`, `]` and `}` differ only in this bit, and no other bytes become them.
    let lower = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
    let non_ascii = _mm512_movepi8_mask(bytes);
    Classes {
        quote: equal(bytes, b'"'),
        backslash: equal(bytes, b'\\'),
        open: equal(lower, b'{'),
        close: equal(lower, b'}'),
        colon: equal(bytes, b':'),
        comma: equal(bytes, b','),
        space: equal(bytes, b' '),
        has_control: control(bytes) != 0,
        non_ascii: (non_ascii | non_ascii >> 32) as u32,
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn masks(bytes: &[u8; 64]) -> Masks {
    let bytes = load(bytes);
    Masks {
        quote: equal(bytes, b'"'),
        colon: equal(bytes, b':'),
        item: is_item(bytes),
        bracket: is_bracket(bytes),
        special: equal(bytes, b'\\') | control(bytes) != 0,
        non_ascii: _mm512_movepi8_mask(bytes),
    }
}

/// Each `,`, `[` and `{`: the low four bits of a byte choose what it must be.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn is_item(bytes: __m512i) -> u64 {
    let wanted = _mm512_broadcast_i32x4(std::arch::x86_64::_mm_setr_epi8(
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b'{' as i8, b',' as i8, 0, 0, 0,
    ));
    let lower = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
    _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(wanted, bytes), lower)
}

/// Each `[`, `]`, `{`, `}`, `Y`, `y`, `_` and DEL.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn is_bracket(bytes: __m512i) -> u64 {
    let differing = _mm512_or_si512(bytes, _mm512_set1_epi8(b'[' as i8 ^ b'}' as i8));
    equal(differing, 0x7f)
}

/// The numbers from 0 to 63.
static PLACES: [u8; 64] = {
    let mut places = [0; 64];
    let mut place = 0;
    while place < 64 {
        places[place] = place as u8;
        place += 1;
    }
    places
};

/// Sixteen bytes of the compressed ones, as positions.
macro_rules! sixteen {
    ($places:expr, $base:expr, $room:expr, $nth:literal) => {{
        let sixteen = _mm512_extracti32x4_epi32::<$nth>($places);
        let sixteen = _mm512_add_epi32(_mm512_cvtepu8_epi32(sixteen), $base);
        // SAFETY: there are four times sixteen in the room, and the store is of the unaligned kind.
        unsafe { _mm512_storeu_si512($room.as_mut_ptr().add(16 * $nth).cast(), sixteen) }
    }};
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,popcnt")]
fn positions(bits: u64, base: u32, room: &mut [u32; 64]) {
    let places = _mm512_maskz_compress_epi8(bits, load(&PLACES));
    let base = _mm512_set1_epi32(base as i32);
    sixteen!(places, base, room, 0);
    if bits.count_ones() > 16 {
        sixteen!(places, base, room, 1);
        sixteen!(places, base, room, 2);
        sixteen!(places, base, room, 3);
    }
}

#[target_feature(
    enable = "avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt"
)]
fn enter<R>(work: impl FnOnce() -> R) -> R {
    work()
}

impl Classify for Avx512 {
    #[inline(always)]
    fn compact(self, index: &mut Index, block: &[u8], origin: usize) -> Option<Outline> {
        let line = || compact::line(self, index, block, origin);
        // SAFETY: `self` proves that the processor has these features.
        Some(unsafe { enter(line) })
    }

    #[inline(always)]
    fn enter<R>(self, work: impl FnOnce() -> R) -> R {
        // SAFETY: `self` proves that the processor has these features.
        unsafe { enter(work) }
    }

    #[inline(always)]
    fn classes(self, bytes: &[u8; 64]) -> Classes {
        // SAFETY: `self` proves that the processor has these features.
        unsafe { classes(bytes) }
    }

    #[inline(always)]
    fn equal(self, bytes: &[u8; 64], byte: u8) -> u64 {
        // SAFETY: `self` proves that the processor has these features.
        unsafe { equal(load(bytes), byte) }
    }

    #[inline(always)]
    fn control(self, bytes: &[u8; 64]) -> u64 {
        // SAFETY: `self` proves that the processor has these features.
        unsafe { control(load(bytes)) }
    }

    #[inline(always)]
    fn prefix_xor(self, bits: u64) -> u64 {
        self.0.prefix_xor(bits)
    }
}

/// Eight words; to have one proves that the processor has AVX-512.
#[derive(Clone, Copy)]
pub(crate) struct Eight(__m512i);

impl Wide for Avx512 {
    type Lanes = Eight;

    #[inline(always)]
    fn masks(self, bytes: &[u8; 64]) -> Masks {
        // SAFETY: `self` proves that the processor has these features.
        unsafe { masks(bytes) }
    }

    #[inline(always)]
    fn load(self, words: &Words, group: usize) -> Eight {
        let eight: &[u64; 8] = &words.as_chunks().0[group];
        // SAFETY: the load lies within the eight words, and is of the unaligned kind; `self` proves
        // that the processor has AVX-512.
        Eight(unsafe { _mm512_loadu_si512(eight.as_ptr().cast()) })
    }

    #[inline(always)]
    fn splat(self, word: u64) -> Eight {
        // SAFETY: `self` proves that the processor has AVX-512.
        Eight(unsafe { _mm512_set1_epi64(word as i64) })
    }

    #[inline(always)]
    fn carry(self) -> Eight {
        // SAFETY: `self` proves that the processor has AVX-512.
        Eight(unsafe { _mm512_set_epi64(i64::MIN, 0, 0, 0, 0, 0, 0, 0) })
    }

    #[inline(always)]
    fn positions(self, bits: u64, base: u32, room: &mut [u32; 64]) {
        // SAFETY: `self` proves that the processor has these features.
        unsafe { positions(bits, base, room) }
    }
}

// SAFETY, of all below: an `Eight` proves that the processor has AVX-512.
impl Lanes for Eight {
    const COUNT: usize = 8;

    #[inline(always)]
    fn store(self, words: &mut Words, group: usize) {
        let eight: &mut [u64; 8] = &mut words.as_chunks_mut().0[group];
        // SAFETY: the store lies within the eight words, and is of the unaligned kind.
        unsafe { _mm512_storeu_si512(eight.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn or(self, other: Eight) -> Eight {
        // SAFETY: as above.
        Eight(unsafe { _mm512_or_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Eight) -> Eight {
        // SAFETY: as above.
        Eight(unsafe { _mm512_and_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Eight) -> Eight {
        // SAFETY: as above.
        Eight(unsafe { _mm512_xor_si512(self.0, other.0) })
    }

    #[inline(always)]
    fn without(self, other: Eight) -> Eight {
        // SAFETY: as above.
        Eight(unsafe { _mm512_andnot_si512(other.0, self.0) })
    }

    #[inline(always)]
    fn add(self, other: Eight) -> Eight {
        // SAFETY: as above.
        Eight(unsafe { _mm512_add_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn doubled(self) -> Eight {
        // SAFETY: as above.
        Eight(unsafe { _mm512_slli_epi64::<1>(self.0) })
    }

    #[inline(always)]
    fn highest(self) -> Eight {
        // SAFETY: as above.
        Eight(unsafe { _mm512_srli_epi64::<63>(self.0) })
    }

    #[inline(always)]
    fn highest_before(self, last: &mut Eight) -> Eight {
        // SAFETY: as above.
        let before = Eight(unsafe { _mm512_alignr_epi64::<7>(self.0, last.0) });
        *last = self;
        before.highest()
    }

    #[inline(always)]
    fn filled(self) -> u32 {
        // SAFETY: as above.
        u32::from(unsafe { _mm512_test_epi64_mask(self.0, self.0) })
    }
}
