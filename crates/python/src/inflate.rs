//! Inflating alone: what a scan is measured against.

use std::path::PathBuf;
use std::time::Instant;

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use satchel_scan::source::{Compression, Options, Reader};

/// Read and inflate a gzip file with the kernel's own reader: inflated bytes, and seconds.
#[pyfunction]
pub fn inflate_only(py: Python<'_>, path: PathBuf) -> PyResult<(u64, f64)> {
    py.detach(|| {
        let start = Instant::now();
        let mut reader = Reader::open(&path, Compression::Gzip, Options::default())?;
        let mut bytes = 0;
        while let Some(block) = reader.next_block()? {
            bytes += block.bytes.len() as u64;
        }
        Ok((bytes, start.elapsed().as_secs_f64()))
    })
    .map_err(|error: satchel_scan::error::Error| PyOSError::new_err(error.to_string()))
}
