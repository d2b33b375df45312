//! From the kernel's errors to Python's exceptions, in one `match`.

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;
use satchel_kernel::run::RunError;
use satchel_scan::error::Error;

use crate::feed;

create_exception!(
    _kernel,
    DamagedError,
    PyException,
    "A file that cannot be read to its end: `(file number, what and where)`."
);
create_exception!(
    _kernel,
    CancelledError,
    PyException,
    "The run was cancelled through its `Control`."
);

pub fn run(error: RunError) -> PyErr {
    match error {
        RunError::Host(error) => match error.downcast::<PyErr>() {
            Ok(error) => *error,
            Err(error) => PyValueError::new_err(error.to_string()),
        },
        RunError::BadUtf8 { file, row, offset } => DamagedError::new_err((
            file,
            format!("line {} (byte {offset}, inflated) is not UTF-8", row + 1),
        )),
        RunError::Source { file, row, error } => {
            let said = format!("after line {row}: {error}");
            damaged(file, said, error)
        }
        RunError::Cancelled => CancelledError::new_err("the run was cancelled"),
    }
}

/// A file that cannot be read to its end, where nobody has counted its lines.
pub fn file(file: u32, error: Error) -> PyErr {
    let said = error.to_string();
    damaged(file, said, error)
}

fn damaged(file: u32, said: String, error: Error) -> PyErr {
    feed::raised(error).unwrap_or_else(|| DamagedError::new_err((file, said)))
}

/// A program that the kernel cannot read: a bug of ours.
pub fn program(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(format!("the kernel cannot read its program: {error}"))
}
