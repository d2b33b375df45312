//! Classes of 64 bytes with AVX2: two vectors, a compare and a movemask per class.

use std::arch::x86_64::{
    __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8, _mm_setr_epi8,
    _mm256_add_epi64, _mm256_and_si256, _mm256_andnot_si256, _mm256_blend_epi32,
    _mm256_broadcastsi128_si256, _mm256_castsi256_pd, _mm256_cmpeq_epi8, _mm256_cmpeq_epi64,
    _mm256_loadu_si256, _mm256_max_epu8, _mm256_min_epu8, _mm256_movemask_epi8, _mm256_movemask_pd,
    _mm256_or_si256, _mm256_permute4x64_epi64, _mm256_set_epi64x, _mm256_set1_epi8,
    _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi64,
    _mm256_srli_epi64, _mm256_storeu_si256, _mm256_xor_si256,
};

use super::compact::{self, Lanes, Masks, Wide, Words};
use super::{Classes, Classify, Index, Outline};

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

#[inline]
#[target_feature(enable = "avx2")]
fn masks(bytes: &[u8; 64]) -> Masks {
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
        non_ascii: _mm256_movemask_epi8(either) as u64,
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

/// Four words; to have one proves that the processor has AVX2.
#[derive(Clone, Copy)]
pub(crate) struct Four(__m256i);

impl Wide for Avx2 {
    type Lanes = Four;

    #[inline(always)]
    fn masks(self, bytes: &[u8; 64]) -> Masks {
        // SAFETY: `self` proves that the processor has AVX2.
        unsafe { masks(bytes) }
    }

    #[inline(always)]
    fn load(self, words: &Words, group: usize) -> Four {
        let four: &[u64; 4] = &words.as_chunks().0[group];
        // SAFETY: the load lies within the four words, and is of the unaligned kind; `self` proves
        // that the processor has AVX2.
        Four(unsafe { _mm256_loadu_si256(four.as_ptr().cast()) })
    }

    #[inline(always)]
    fn splat(self, word: u64) -> Four {
        // SAFETY: `self` proves that the processor has AVX2.
        Four(unsafe { _mm256_set1_epi64x(word as i64) })
    }

    /// `Four::highest_before` keeps the words turned by one lane.
    #[inline(always)]
    fn carry(self) -> Four {
        // SAFETY: `self` proves that the processor has AVX2.
        Four(unsafe { _mm256_set_epi64x(0, 0, 0, i64::MIN) })
    }

    /// Four at a time without looking at how many there are, which nothing could predict.
    #[inline(always)]
    fn positions(self, mut bits: u64, base: u32, room: &mut [u32; 64]) {
        for four in room.as_chunks_mut::<4>().0 {
            for place in four {
                *place = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            if bits == 0 {
                break;
            }
        }
    }
}

// SAFETY, of all below: a `Four` proves that the processor has AVX2.
impl Lanes for Four {
    const COUNT: usize = 4;

    #[inline(always)]
    fn store(self, words: &mut Words, group: usize) {
        let four: &mut [u64; 4] = &mut words.as_chunks_mut().0[group];
        // SAFETY: the store lies within the four words, and is of the unaligned kind.
        unsafe { _mm256_storeu_si256(four.as_mut_ptr().cast(), self.0) }
    }

    #[inline(always)]
    fn or(self, other: Four) -> Four {
        // SAFETY: as above.
        Four(unsafe { _mm256_or_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn and(self, other: Four) -> Four {
        // SAFETY: as above.
        Four(unsafe { _mm256_and_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn xor(self, other: Four) -> Four {
        // SAFETY: as above.
        Four(unsafe { _mm256_xor_si256(self.0, other.0) })
    }

    #[inline(always)]
    fn without(self, other: Four) -> Four {
        // SAFETY: as above.
        Four(unsafe { _mm256_andnot_si256(other.0, self.0) })
    }

    #[inline(always)]
    fn add(self, other: Four) -> Four {
        // SAFETY: as above.
        Four(unsafe { _mm256_add_epi64(self.0, other.0) })
    }

    #[inline(always)]
    fn doubled(self) -> Four {
        // SAFETY: as above.
        Four(unsafe { _mm256_slli_epi64::<1>(self.0) })
    }

    #[inline(always)]
    fn highest(self) -> Four {
        // SAFETY: as above.
        Four(unsafe { _mm256_srli_epi64::<63>(self.0) })
    }

    #[inline(always)]
    fn highest_before(self, last: &mut Four) -> Four {
        // SAFETY: as above.
        let turned = Four(unsafe { _mm256_permute4x64_epi64::<0b10_01_00_11>(self.0) });
        // SAFETY: as above.
        let before = Four(unsafe { _mm256_blend_epi32::<0b0000_0011>(turned.0, last.0) });
        *last = turned;
        before.highest()
    }

    #[inline(always)]
    fn filled(self) -> u32 {
        // SAFETY: as above.
        let empty = unsafe {
            let empty = _mm256_cmpeq_epi64(self.0, _mm256_setzero_si256());
            _mm256_movemask_pd(_mm256_castsi256_pd(empty))
        };
        !empty as u32 & 0b1111
    }
}
