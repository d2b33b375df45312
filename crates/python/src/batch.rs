//! Elements on their way to Python's half of a query: records are made one at a time, as they are
//! asked for, so that each is gone before the next one comes.

use std::sync::{Arc, Mutex};
use std::vec;

use pyo3::prelude::*;
use satchel_kernel::run::Place;

use crate::objects::Objects;

/// An element that Python has yet to take.
pub enum Item {
    /// A record's clean JSON text.
    Text(Box<str>),
    /// An object.
    Object(Py<PyAny>),
}

/// An iterator over delivered elements.
#[pyclass(module = "satchel._kernel")]
pub struct Batch {
    items: vec::IntoIter<Item>,
    places: Vec<Place>,
    objects: Arc<Mutex<Objects>>,
    host: Py<PyAny>,
    query: usize,
}

impl Batch {
    pub fn new(
        items: Vec<Item>,
        places: Vec<Place>,
        objects: Arc<Mutex<Objects>>,
        host: Py<PyAny>,
        query: usize,
    ) -> Batch {
        Batch {
            items: items.into_iter(),
            places,
            objects,
            host,
            query,
        }
    }
}

#[pymethods]
impl Batch {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    /// Where the element that was given out last is from, `(file, row, byte)`; `None` before the
    /// first one, and where elements are items of an earlier result.
    fn place(&self) -> Option<(u32, u64, u64)> {
        let given = self.places.len().checked_sub(self.items.len())?;
        let place = self.places.get(given.checked_sub(1)?)?;
        Some((place.file, place.row, place.offset))
    }

    fn __next__(&mut self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        match self.items.next() {
            None => Ok(None),
            Some(Item::Object(object)) => Ok(Some(object)),
            Some(Item::Text(text)) => {
                record(py, &text, &self.objects, self.host.bind(py), self.query).map(Some)
            }
        }
    }
}

/// The object of a record's text, by the user's loader where it is not clean.
pub fn record(
    py: Python<'_>,
    text: &str,
    objects: &Mutex<Objects>,
    host: &Bound<'_, PyAny>,
    query: usize,
) -> PyResult<Py<PyAny>> {
    let made = match objects.try_lock() {
        Ok(mut objects) => objects.object(py, text)?,
        // A finalizer that runs while a record is made may ask for another one.
        Err(_) => Objects::default().object(py, text)?,
    };
    match made {
        Some(object) => Ok(object.unbind()),
        None => Ok(host.call_method1("load", (query, text))?.unbind()),
    }
}
