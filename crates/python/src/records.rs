//! Records whose text was set aside, made when they are wanted.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::objects::Objects;

/// Makes the objects of clean JSON texts, and remembers their keys from one to the next.
#[pyclass(module = "satchel._kernel")]
pub struct Records {
    objects: Objects,
    load: Py<PyAny>,
}

#[pymethods]
impl Records {
    #[new]
    fn new(load: Py<PyAny>) -> Records {
        Records {
            objects: Objects::default(),
            load,
        }
    }

    /// The object of each text, by the user's loader where it is not clean.
    fn made<'py>(&mut self, texts: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
        let py = texts.py();
        let made = PyList::empty(py);
        for text in texts.iter() {
            let text = text.cast_into::<PyString>()?;
            let object = match self.objects.object(py, text.to_str()?)? {
                Some(object) => object,
                None => self.load.bind(py).call1((text,))?,
            };
            made.append(object)?;
        }
        Ok(made)
    }
}
