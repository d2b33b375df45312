//! Values between Python and the kernel. Only exact builtin types cross towards the kernel: a
//! `bool` is not an `int`, and a subclass of `str` is an object of the user's own.

use std::cell::RefCell;

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use satchel_kernel::value::Owned;

use crate::objects::Objects;

/// The kernel's value for a Python object; the type's name where it has none.
pub fn to_owned(object: &Bound<'_, PyAny>) -> Result<Owned, String> {
    let unknown = || {
        let name = object
            .get_type()
            .name()
            .map_or_else(|_| "?".into(), |name| name.to_string());
        format!("a value of type {name}")
    };
    if object.is_none() {
        return Ok(Owned::None);
    }
    if let Ok(text) = object.cast_exact::<PyString>() {
        // A lone surrogate has no UTF-8.
        return text
            .to_str()
            .map(|text| Owned::Str(text.into()))
            .map_err(|_| "a lone surrogate".into());
    }
    if let Ok(value) = object.cast_exact::<PyBool>() {
        return Ok(Owned::Bool(value.is_true()));
    }
    if object.cast_exact::<PyInt>().is_ok() {
        return object
            .extract()
            .map(Owned::Int)
            .map_err(|_| "an int beyond 64 bits".into());
    }
    if let Ok(value) = object.cast_exact::<PyFloat>() {
        let value = value.value();
        return if value.is_nan() {
            Err("a NaN".into())
        } else {
            Ok(Owned::Float(value))
        };
    }
    if let Ok(items) = object.cast_exact::<PyTuple>() {
        let items: Result<Vec<_>, _> = items.iter().map(|item| to_owned(&item)).collect();
        return Ok(Owned::Tuple(items?.into()));
    }
    Err(unknown())
}

/// How deep lists and dicts may be nested that cross towards the kernel.
const DEEPEST: usize = 64;

/// The same, where lists and dicts cross as well: whoever made the object does not change it later.
pub fn whole(object: &Bound<'_, PyAny>) -> Result<Owned, String> {
    nested(object, DEEPEST, &to_owned)
}

/// The same for a cell of a column, in which a NaN is as good as any other float.
pub fn to_cell(object: &Bound<'_, PyAny>) -> Result<Owned, String> {
    nested(
        object,
        DEEPEST,
        &|object| match object.cast_exact::<PyFloat>() {
            Ok(float) => Ok(Owned::Float(float.value())),
            Err(_) => to_owned(object),
        },
    )
}

fn nested(
    object: &Bound<'_, PyAny>,
    depth: usize,
    scalar: &dyn Fn(&Bound<'_, PyAny>) -> Result<Owned, String>,
) -> Result<Owned, String> {
    let below = depth.checked_sub(1).ok_or("a value that is nested deep")?;
    let inner = |item: Bound<'_, PyAny>| nested(&item, below, scalar);
    if let Ok(items) = object.cast_exact::<PyList>() {
        let items: Result<Vec<_>, _> = items.iter().map(inner).collect();
        return Ok(Owned::List(items?));
    }
    if let Ok(items) = object.cast_exact::<PyTuple>() {
        let items: Result<Vec<_>, _> = items.iter().map(inner).collect();
        return Ok(Owned::Tuple(items?.into()));
    }
    if let Ok(pairs) = object.cast_exact::<PyDict>() {
        let pairs = pairs
            .iter()
            .map(|(key, value)| Ok((to_owned(&key)?, inner(value)?)));
        return Ok(Owned::Dict(pairs.collect::<Result<_, String>>()?));
    }
    scalar(object)
}

/// What turns the kernel's handles and JSON texts into objects.
pub trait Resolve {
    fn handle(&self, py: Python<'_>, handle: u32) -> PyResult<Py<PyAny>>;
    fn text(&self, py: Python<'_>, text: &str) -> PyResult<Py<PyAny>>;
}

/// The Python object of a kernel value.
pub fn to_python(py: Python<'_>, value: &Owned, resolve: &dyn Resolve) -> PyResult<Py<PyAny>> {
    Ok(match value {
        Owned::None => py.None(),
        Owned::Bool(value) => value.into_py_any(py)?,
        Owned::Int(value) => value.into_py_any(py)?,
        Owned::Float(value) => value.into_py_any(py)?,
        Owned::Str(text) => PyString::new(py, text).into_any().unbind(),
        Owned::Tuple(items) => {
            let items: PyResult<Vec<_>> = items
                .iter()
                .map(|item| to_python(py, item, resolve))
                .collect();
            PyTuple::new(py, items?)?.into_any().unbind()
        }
        Owned::List(items) => {
            let items: PyResult<Vec<_>> = items
                .iter()
                .map(|item| to_python(py, item, resolve))
                .collect();
            PyList::new(py, items?)?.into_any().unbind()
        }
        Owned::Dict(pairs) => {
            let dict = PyDict::new(py);
            for (key, value) in pairs {
                dict.set_item(to_python(py, key, resolve)?, to_python(py, value, resolve)?)?;
            }
            dict.into_any().unbind()
        }
        Owned::Raw(text) => resolve.text(py, text)?,
        Owned::Host(handle) => resolve.handle(py, *handle)?,
    })
}

/// Resolves nothing: for results, whose values are all the kernel's own.
#[derive(Default)]
pub struct Nothing(RefCell<Objects>);

impl Resolve for Nothing {
    fn handle(&self, _: Python<'_>, handle: u32) -> PyResult<Py<PyAny>> {
        Err(crate::errors::program(format!(
            "handle {handle} outside its scan"
        )))
    }

    fn text(&self, py: Python<'_>, text: &str) -> PyResult<Py<PyAny>> {
        if let Some(object) = self.0.borrow_mut().object(py, text)? {
            return Ok(object.unbind());
        }
        let loads = py.import("json")?.getattr("loads")?;
        Ok(loads.call1((text,))?.unbind())
    }
}
