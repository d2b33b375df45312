//! Files as Python names them.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use satchel_kernel::run::FileSpec;
use satchel_scan::source::{Compression, Origin, Span};

use crate::feed::PythonOrigin;

/// Path, compression, number, what opens a feed of it, and the span if it is not all of it.
pub type File = (
    PathBuf,
    Option<String>,
    u32,
    Option<Py<PyAny>>,
    Option<(u64, Option<u64>)>,
);

pub fn spec((path, compression, index, origin, span): File) -> PyResult<FileSpec> {
    let (start, end) = span.unwrap_or_default();
    Ok(FileSpec {
        path,
        origin: origin.map(|object| Arc::new(PythonOrigin(object)) as Arc<dyn Origin>),
        compression: named(compression.as_deref())?,
        span: Span { start, end },
        index,
    })
}

fn named(compression: Option<&str>) -> PyResult<Compression> {
    match compression {
        None => Ok(Compression::None),
        Some("gzip") => Ok(Compression::Gzip),
        Some("zstd") => Ok(Compression::Zstd),
        Some(other) => Err(PyValueError::new_err(format!(
            "the kernel does not read {other}"
        ))),
    }
}
