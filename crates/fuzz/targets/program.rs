//! Any text as a program: it is refused with an error, or it can be prepared.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use satchel_kernel::program::Program;
use satchel_kernel::run::Scan;

fuzz_target!(|text: &str| {
    if let Ok(program) = Program::parse(text) {
        let _ = Scan::new(Arc::new(program));
    }
});
