//! libdeflate, which inflates a whole member faster than anything that streams.

use std::ptr::NonNull;

use libdeflate_sys as sys;

/// A libdeflate decompressor; it keeps its tables from call to call.
#[derive(Debug)]
pub(super) struct Inflater {
    raw: NonNull<sys::libdeflate_decompressor>,
}

// SAFETY: the decompressor is memory of its own that is tied to no thread, and it is only used
// through `&mut`.
unsafe impl Send for Inflater {}

/// How many bytes an inflated member took, and how many it gave.
pub(super) struct Inflated {
    pub(super) taken: usize,
    pub(super) given: usize,
}

impl Inflater {
    /// `None` if there is no memory for it.
    pub(super) fn new() -> Option<Inflater> {
        // SAFETY: the call has no preconditions; it returns null if there is no memory.
        let raw = unsafe { sys::libdeflate_alloc_decompressor() };
        NonNull::new(raw).map(|raw| Inflater { raw })
    }

    /// Inflate the deflate stream at the start of `input` into `room`.
    ///
    /// `None` if it does not fit, is damaged or is cut short: libdeflate does not say how far it
    /// came, so that the caller streams it instead.
    pub(super) fn inflate(&mut self, input: &[u8], room: &mut [u8]) -> Option<Inflated> {
        let mut taken = 0;
        let mut given = 0;
        // SAFETY: `raw` came from libdeflate_alloc_decompressor and is not freed before `drop`;
        // the pointers and lengths are those of two live slices that do not overlap, and the
        // counts are written to two live integers.
        let result = unsafe {
            sys::libdeflate_deflate_decompress_ex(
                self.raw.as_ptr(),
                input.as_ptr().cast(),
                input.len(),
                room.as_mut_ptr().cast(),
                room.len(),
                &mut taken,
                &mut given,
            )
        };
        (result == sys::libdeflate_result_LIBDEFLATE_SUCCESS).then_some(Inflated { taken, given })
    }
}

impl Drop for Inflater {
    fn drop(&mut self) {
        // SAFETY: `raw` came from libdeflate_alloc_decompressor and is freed only here.
        unsafe { sys::libdeflate_free_decompressor(self.raw.as_ptr()) }
    }
}

/// The checksum of `bytes`, continued from `start` (0 at first).
pub(super) fn crc32(start: u32, bytes: &[u8]) -> u32 {
    // SAFETY: the pointer and the length are those of a live slice.
    unsafe { sys::libdeflate_crc32(start, bytes.as_ptr().cast(), bytes.len()) }
}
