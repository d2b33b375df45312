//! Any bytes as a line: every fast scan says of it what the plain one says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use satchel_scan::text;
use satchel_scan::ways::check;

fuzz_target!(|data: &[u8]| {
    // Lines do not start where a row of the index does: the first byte says how far from one.
    let Some((&before, line)) = data.split_first() else {
        return;
    };
    let before = usize::from(before % 130);
    let block = [&vec![b' '; before][..], b"\n", line].concat();
    check(&block, before + 1);
    // What reads spans must bear any bytes.
    let _ = (text::unescape(line), text::int(line), text::float(line));
    let _ = text::elements(line).count() + text::fields(line).count();
});
