//! Classes of 64 bytes with AVX2: two vectors, a compare and a movemask per class.

use std::arch::x86_64::{
    __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8, _mm_setr_epi8,
    _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_max_epu8,
    _mm256_min_epu8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_shuffle_epi8,
};

use super::{Classes, Classify, Index, Outline, compact};

/// Proof that this processor has AVX2, PCLMULQDQ, BMI1, BMI2, LZCNT and POPCNT.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    /// The proof, if this processor gives it.
    pub(crate) fn detect() -> Option<Avx2> {
        let has = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("pclmulqdq")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt")
            && is_x86_feature_detected!("popcnt");
        has.then_some(Avx2(()))
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8; 64]) -> (__m256i, __m256i) {
    let start: *const __m256i = bytes.as_ptr().cast();
    // SAFETY: both loads lie within the 64 bytes, and are of the unaligned kind.
    unsafe { (_mm256_loadu_si256(start), _mm256_loadu_si256(start.add(1))) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn mask(low: __m256i, high: __m256i) -> u64 {
    let low = _mm256_movemask_epi8(low) as u32;
    let high = _mm256_movemask_epi8(high) as u32;
    u64::from(low) | u64::from(high) << 32
}

#[inline]
#[target_feature(enable = "avx2")]
fn equal(low: __m256i, high: __m256i, byte: u8) -> u64 {
    let byte = _mm256_set1_epi8(byte as i8);
    mask(_mm256_cmpeq_epi8(low, byte), _mm256_cmpeq_epi8(high, byte))
}

/// All bits of each byte that is below 0x20.
#[inline]
#[target_feature(enable = "avx2")]
fn below_space(bytes: __m256i) -> __m256i {
    let most = _mm256_set1_epi8(0x1f);
    _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, most), most)
}

#[inline]
#[target_feature(enable = "avx2")]
fn classes(bytes: &[u8; 64]) -> Classes {
    let (low, high) = load(bytes);
    // `[` and `{`, `]` and `}` differ only in this bit, and no other bytes become them.
    let case = _mm256_set1_epi8(0x20);
    let (low_lower, high_lower) = (_mm256_or_si256(low, case), _mm256_or_si256(high, case));
    Classes {
        quote: equal(low, high, b'"'),
        backslash: equal(low, high, b'\\'),
        open: equal(low_lower, high_lower, b'{'),
        close: equal(low_lower, high_lower, b'}'),
        colon: equal(low, high, b':'),
        comma: equal(low, high, b','),
        space: equal(low, high, b' '),
        has_control: _mm256_movemask_epi8(below_space(_mm256_min_epu8(low, high))) != 0,
        non_ascii: _mm256_movemask_epi8(_mm256_or_si256(low, high)) as u32,
    }
}

/// The classes that the compact engine asks for: three masks that tell four kinds of bytes apart.
pub(super) struct Masks {
    pub(super) quote: u64,
    pub(super) colon: u64,
    /// Commas and opening brackets.
    pub(super) item: u64,
    /// Opening and closing brackets (and `Y`, `y`, `_` and DEL, which the walk refuses).
    pub(super) bracket: u64,
    /// Whether there is a backslash or a control character.
    pub(super) special: bool,
    /// Bytes that have the high bit set, where one of these bytes, or of those 32 further on, is
    /// not ASCII.
    pub(super) non_ascii: __m256i,
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn masks(bytes: &[u8; 64]) -> Masks {
    let (low, high) = load(bytes);
    let either = _mm256_or_si256(low, high);
    let backslash = _mm256_set1_epi8(b'\\' as i8);
    let backslash = _mm256_or_si256(
        _mm256_cmpeq_epi8(low, backslash),
        _mm256_cmpeq_epi8(high, backslash),
    );
    let special = _mm256_or_si256(backslash, below_space(_mm256_min_epu8(low, high)));
    Masks {
        quote: equal(low, high, b'"'),
        colon: equal(low, high, b':'),
        item: mask(is_item(low), is_item(high)),
        bracket: mask(is_bracket(low), is_bracket(high)),
        special: _mm256_movemask_epi8(special) != 0,
        non_ascii: either,
    }
}

/// All bits of each `,`, `[` and `{`: the low four bits of a byte choose what it must be.
#[inline]
#[target_feature(enable = "avx2")]
fn is_item(bytes: __m256i) -> __m256i {
    let wanted = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b'{' as i8, b',' as i8, 0, 0, 0,
    ));
    let lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    _mm256_cmpeq_epi8(_mm256_shuffle_epi8(wanted, bytes), lower)
}

/// All bits of each `[`, `]`, `{`, `}`, `Y`, `y`, `_` and DEL.
#[inline]
#[target_feature(enable = "avx2")]
fn is_bracket(bytes: __m256i) -> __m256i {
    let differing = _mm256_or_si256(bytes, _mm256_set1_epi8(b'[' as i8 ^ b'}' as i8));
    _mm256_cmpeq_epi8(differing, _mm256_set1_epi8(0x7f))
}

#[inline]
#[target_feature(enable = "avx2")]
fn equal_in(bytes: &[u8; 64], byte: u8) -> u64 {
    let (low, high) = load(bytes);
    equal(low, high, byte)
}

#[inline]
#[target_feature(enable = "avx2")]
fn control(bytes: &[u8; 64]) -> u64 {
    let (low, high) = load(bytes);
    mask(below_space(low), below_space(high))
}

/// Bit `i` of the result is the exclusive or of bits 0 to `i`: a carry-less product with all ones.
#[inline]
#[target_feature(enable = "pclmulqdq")]
fn prefix_xor(bits: u64) -> u64 {
    let product =
        _mm_clmulepi64_si128::<0>(_mm_set_epi64x(0, bits as i64), _mm_set1_epi8(0xff_u8 as i8));
    _mm_cvtsi128_si64(product) as u64
}

#[target_feature(enable = "avx2,pclmulqdq,bmi1,bmi2,lzcnt,popcnt")]
fn enter<R>(work: impl FnOnce() -> R) -> R {
    work()
}

impl Classify for Avx2 {
    #[inline(always)]
    fn compact(self, index: &mut Index, block: &[u8], origin: usize) -> Option<Outline> {
        // SAFETY: `self` proves that the processor has these features.
        Some(unsafe { compact::line(self, index, block, origin) })
    }

    #[inline(always)]
    fn enter<R>(self, work: impl FnOnce() -> R) -> R {
        // SAFETY: `self` proves that the processor has these features.
        unsafe { enter(work) }
    }

    #[inline(always)]
    fn classes(self, bytes: &[u8; 64]) -> Classes {
        // SAFETY: `self` proves that the processor has AVX2.
        unsafe { classes(bytes) }
    }

    #[inline(always)]
    fn equal(self, bytes: &[u8; 64], byte: u8) -> u64 {
        // SAFETY: `self` proves that the processor has AVX2.
        unsafe { equal_in(bytes, byte) }
    }

    #[inline(always)]
    fn control(self, bytes: &[u8; 64]) -> u64 {
        // SAFETY: `self` proves that the processor has AVX2.
        unsafe { control(bytes) }
    }

    #[inline(always)]
    fn prefix_xor(self, bits: u64) -> u64 {
        // SAFETY: `self` proves that the processor has PCLMULQDQ.
        unsafe { prefix_xor(bits) }
    }
}
