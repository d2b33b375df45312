//! Files whose bytes a Python object brings, chunk by chunk.
//!
//! ```text
//! origin.open(first_lines)              ->  feed with `size`, `modified_ns`, `read()` and `close()`
//! origin.open(first_lines, start, end)  ->  the same, from a byte on; about how far is told
//! feed.read()                           ->  the next bytes as they are stored; empty at the end
//! ```

use std::io::{Error, Read, Result};

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use satchel_scan::error::{Error as FileError, ErrorKind};
use satchel_scan::source::{Feed, Options, Origin};

/// A Python object that opens feeds.
#[derive(Debug)]
pub struct PythonOrigin(pub Py<PyAny>);

impl Origin for PythonOrigin {
    fn open(&self, options: Options) -> Result<Feed> {
        Python::attach(|py| {
            let origin = self.0.bind(py);
            let span = options.span;
            let feed = if span.is_whole() {
                origin.call_method1("open", (options.stream,))?
            } else {
                origin.call_method1("open", (options.stream, span.start, span.end))?
            };
            let size = feed.getattr("size")?.extract()?;
            let modified_ns = feed.getattr("modified_ns")?.extract::<i64>()?;
            let bytes = PythonFeed {
                feed: feed.unbind(),
                chunk: None,
                at: 0,
            };
            Ok(Feed {
                bytes: Box::new(bytes),
                size,
                modified_ns: modified_ns.into(),
            })
        })
        .map_err(carried)
    }
}

struct PythonFeed {
    feed: Py<PyAny>,
    chunk: Option<PyBackedBytes>,
    at: usize,
}

impl Read for PythonFeed {
    fn read(&mut self, room: &mut [u8]) -> Result<usize> {
        if self
            .chunk
            .as_ref()
            .is_none_or(|chunk| self.at == chunk.len())
        {
            self.at = 0;
            let next = Python::attach(|py| -> PyResult<PyBackedBytes> {
                self.chunk = None;
                let chunk = self.feed.bind(py).call_method0("read")?;
                Ok(chunk.extract()?)
            });
            self.chunk = Some(next.map_err(carried)?);
        }
        let rest = self
            .chunk
            .as_deref()
            .map_or(&[][..], |chunk| &chunk[self.at..]);
        let length = rest.len().min(room.len());
        room[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}

impl Drop for PythonFeed {
    fn drop(&mut self) {
        // An interpreter that is going away takes its feeds along.
        Python::try_attach(|py| {
            self.chunk = None;
            // What goes wrong while it ends is nobody's error any more.
            if let Err(error) = self.feed.bind(py).call_method0("close") {
                error.write_unraisable(py, None);
            }
        });
    }
}

/// An exception on its way through the kernel.
fn carried(error: PyErr) -> Error {
    Error::other(error)
}

/// The exception that a feed raised, if that is what went wrong with a file.
pub fn raised(error: FileError) -> Option<PyErr> {
    let ErrorKind::Io(error) = error.kind else {
        return None;
    };
    error.into_inner()?.downcast().ok().map(|error| *error)
}
