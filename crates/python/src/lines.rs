//! The inflated lines of one file, for Python to read where it has to.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use satchel_kernel::run::FileSpec;
use satchel_scan::source::{Options, Reader};

use crate::errors;
use crate::spec::{File, spec};

/// The lines of a file, or of a span of it, block by block: an iterator of `bytes`.
#[pyclass(module = "satchel._kernel")]
pub struct Blocks {
    spec: FileSpec,
    /// None before the first block; nobody waits for the lock.
    reader: Mutex<Option<Reader>>,
}

#[pymethods]
impl Blocks {
    #[new]
    fn new(file: File) -> PyResult<Blocks> {
        Ok(Blocks {
            spec: spec(file)?,
            reader: Mutex::default(),
        })
    }

    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let spec = &self.spec;
        let reader = self
            .reader
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let block = py.detach(move || {
            let reader = match reader {
                Some(reader) => reader,
                // Python reads line by line, so that a block is wanted soon.
                None => reader.insert(spec.open(Options {
                    stream: true,
                    span: spec.span,
                    ..Options::default()
                })?),
            };
            reader.next_block()
        });
        let file = self.spec.index;
        let block = block.map_err(|error| errors::file(file, error))?;
        Ok(block.map(|block| PyBytes::new(py, block.bytes)))
    }

    /// Behind an error of a damaged file, what there is of the line that the damage has cut in two.
    fn cut_line<'py>(&mut self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let reader = self
            .reader
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let bytes = reader
            .as_mut()
            .map_or(&[][..], |reader| reader.cut_line().bytes);
        PyBytes::new(py, bytes)
    }
}

/// How many lines, and inflated bytes, a file has, or a span of it.
#[pyfunction]
pub fn count(py: Python<'_>, file: File) -> PyResult<(u64, u64)> {
    let spec = spec(file)?;
    let file = spec.index;
    py.detach(|| spec.count(spec.span))
        .map_err(|error| errors::file(file, error))
}
