//! Any bytes as a partial result: they are refused, or mean the same when they are written again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use satchel_kernel::partial::Partial;

fuzz_target!(|data: &[u8]| {
    if let Ok(partial) = Partial::from_bytes(data) {
        let bytes = partial.to_bytes();
        let again = Partial::from_bytes(&bytes).expect("what was written can be read");
        // Not the partials themselves: a NaN in one is not equal to itself.
        assert_eq!(again.to_bytes(), bytes);
    }
});
