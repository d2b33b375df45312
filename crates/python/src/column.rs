//! Columns of the kernel as Python holds them: buffers in the layout of Arrow.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};
use satchel_kernel::column::{Bits, Column, Data};
use satchel_kernel::run::Chunk;

/// `(rows, [column, ...])`, a column `(kind, length, nulls, inexact, valid, buffers, children)`
/// and a child `(name, column)`; of a list's items the name is `None`.
pub fn chunk(py: Python<'_>, chunk: &Chunk) -> PyResult<Py<PyAny>> {
    let columns = PyList::empty(py);
    for one in &chunk.columns {
        columns.append(column(py, one)?)?;
    }
    (chunk.rows, columns).into_py_any(py)
}

fn column<'py>(py: Python<'py>, column: &Column) -> PyResult<Bound<'py, PyAny>> {
    let children = PyList::empty(py);
    let (kind, buffers) = match &column.data {
        Data::Null => ("null", Vec::new()),
        Data::Bool(values) => ("bool", vec![bits(py, values)]),
        Data::Int(ints) => (
            "int",
            vec![words(py, ints.iter().map(|int| int.to_le_bytes()))?],
        ),
        Data::Float(floats) => {
            let values = floats.iter().map(|float| float.to_le_bytes());
            ("float", vec![words(py, values)?])
        }
        Data::Text { ends, bytes } => {
            let text = PyBytes::new(py, bytes);
            ("text", vec![offsets(py, ends)?, text])
        }
        Data::List { ends, items } => {
            children.append((py.None(), self::column(py, items)?))?;
            ("list", vec![offsets(py, ends)?])
        }
        Data::Struct(fields) => {
            for (name, field) in fields {
                children.append((&**name, self::column(py, field)?))?;
            }
            ("struct", Vec::new())
        }
    };
    let valid = (column.nulls > 0).then(|| bits(py, &column.valid));
    let buffers = PyTuple::new(py, buffers)?;
    let (length, nulls, inexact) = (column.length, column.nulls, column.inexact);
    (kind, length, nulls, inexact, valid, buffers, children).into_bound_py_any(py)
}

fn bits<'py>(py: Python<'py>, bits: &Bits) -> Bound<'py, PyBytes> {
    PyBytes::new(py, bits.bytes())
}

/// Where each text or list begins, and where the last one ends.
fn offsets<'py>(py: Python<'py>, ends: &[i64]) -> PyResult<Bound<'py, PyBytes>> {
    let zero = std::iter::once([0; 8]);
    words(py, zero.chain(ends.iter().map(|end| end.to_le_bytes())))
}

/// Eight bytes after eight bytes.
fn words<'py>(
    py: Python<'py>,
    words: impl Iterator<Item = [u8; 8]>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (length, _) = words.size_hint();
    PyBytes::new_with(py, length * 8, |bytes| {
        for (room, word) in bytes.chunks_exact_mut(8).zip(words) {
            room.copy_from_slice(&word);
        }
        Ok(())
    })
}
