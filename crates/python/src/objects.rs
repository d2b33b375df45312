//! Python objects of clean JSON text: what `json.loads` makes of it, without `json.loads`.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString};
use satchel_scan::tree::{self, Build};

/// How many keys are remembered.
const KEYS: usize = 2048;

/// Makes objects, and keeps the keys that it has made: records have few, again and again.
#[derive(Default)]
pub struct Objects {
    keys: Vec<Option<Known>>,
}

/// A key, and what tells it from others.
struct Known {
    print: Print,
    key: Py<PyString>,
    text: Box<str>,
}

/// The first eight bytes of a text, the last eight, and its length: all of it up to 16 bytes.
#[derive(Clone, Copy, PartialEq)]
struct Print(u64, u64, usize);

impl Print {
    fn of(text: &[u8]) -> Print {
        let word = |part: Option<&[u8]>| {
            let part = part.and_then(|part| part.try_into().ok());
            u64::from_le_bytes(part.unwrap_or_default())
        };
        let length = text.len();
        if length >= 8 {
            return Print(word(text.get(..8)), word(text.get(length - 8..)), length);
        }
        let short = text.iter().rev();
        Print(
            short.fold(0, |word, byte| word << 8 | u64::from(*byte)),
            0,
            length,
        )
    }

    fn place(self) -> usize {
        let mixed = self.0 ^ self.1.rotate_left(29) ^ self.2 as u64;
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 53) as usize % KEYS
    }
}

impl Objects {
    /// The object of a text; `None` where the text is not what a scan calls clean.
    pub fn object<'py>(
        &mut self,
        py: Python<'py>,
        text: &str,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.keys.is_empty() {
            self.keys.resize_with(KEYS, || None);
        }
        tree::build(text, &mut Builder { objects: self, py })
    }

    fn key(&mut self, py: Python<'_>, text: &str) -> &Py<PyString> {
        let print = Print::of(text.as_bytes());
        let place = &mut self.keys[print.place()];
        let known = place.as_ref().is_some_and(|known| {
            known.print == print && (text.len() <= 16 || *known.text == *text)
        });
        if !known {
            *place = None;
        }
        let known = place.get_or_insert_with(|| Known {
            print,
            key: PyString::new(py, text).unbind(),
            text: text.into(),
        });
        &known.key
    }
}

struct Builder<'a, 'py> {
    objects: &'a mut Objects,
    py: Python<'py>,
}

impl<'py> Build for Builder<'_, 'py> {
    type Value = Bound<'py, PyAny>;
    type Object = Bound<'py, PyDict>;
    type Error = PyErr;

    fn null(&mut self) -> PyResult<Self::Value> {
        Ok(self.py.None().into_bound(self.py))
    }

    fn boolean(&mut self, value: bool) -> PyResult<Self::Value> {
        Ok(PyBool::new(self.py, value).to_owned().into_any())
    }

    fn int(&mut self, value: i64) -> PyResult<Self::Value> {
        Ok(PyInt::new(self.py, value).into_any())
    }

    fn float(&mut self, value: f64) -> PyResult<Self::Value> {
        Ok(PyFloat::new(self.py, value).into_any())
    }

    fn text(&mut self, value: &str) -> PyResult<Self::Value> {
        Ok(PyString::new(self.py, value).into_any())
    }

    fn array(&mut self, elements: Vec<Self::Value>) -> PyResult<Self::Value> {
        Ok(PyList::new(self.py, elements)?.into_any())
    }

    fn object(&mut self) -> PyResult<Self::Object> {
        Ok(PyDict::new(self.py))
    }

    fn insert(&mut self, object: &Self::Object, key: &str, value: Self::Value) -> PyResult<()> {
        object.set_item(self.objects.key(self.py, key), value)
    }

    fn filled(&mut self, object: Self::Object) -> Self::Value {
        object.into_any()
    }
}
