//! One partition's result of one query, as Python holds it: opaque, picklable, listable.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};
use satchel_kernel::partial;
use satchel_kernel::schema::Step;

use crate::convert::{Nothing, to_python};

/// One partition's result of one query.
#[pyclass(module = "satchel._kernel")]
pub struct Partial {
    pub inner: partial::Partial,
}

#[pymethods]
impl Partial {
    /// Why the kernel gave the partition up, or `None`.
    #[getter]
    fn demoted(&self) -> Option<&str> {
        self.inner.demoted()
    }

    /// Whether the elements went to the host, so that nothing is kept here.
    #[getter]
    fn delivered(&self) -> bool {
        matches!(self.inner, partial::Partial::Delivered)
    }

    /// Whether it is a group's entries, whose items are pairs.
    #[getter]
    fn kind(&self) -> &'static str {
        self.inner.kind()
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    /// Its items as Python objects, in first-seen order.
    fn items(&self, py: Python<'_>) -> PyResult<Py<PyList>> {
        let list = PyList::empty(py);
        let nothing = Nothing::default();
        for item in self.inner.items() {
            list.append(to_python(py, &item.to_owned(), &nothing)?)?;
        }
        Ok(list.unbind())
    }

    /// For groups, where each entry was first seen, `(partition, position)`; `None` for the rest.
    fn ranks(&self) -> Option<Vec<(u32, u32)>> {
        let table = self.inner.table()?;
        let ranks = (0..table.len()).map(|index| table.rank(index));
        Some(ranks.map(|rank| (rank.partition, rank.position)).collect())
    }

    /// For a schema: `(records, unreadable, is_cut, places)`, a place
    /// `(parent, step, types, records, example)`, parents first; step is `None` for the record and
    /// for list elements, else the key. `None` for the rest.
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let partial::Partial::Schema(schema) = &self.inner else {
            return Ok(None);
        };
        let places: Vec<_> = schema
            .places()
            .iter()
            .map(|place| {
                let step = match &place.step {
                    Step::Key(key) => Some(&**key),
                    Step::Root | Step::Element => None,
                };
                (
                    place.parent,
                    step,
                    place.types,
                    place.records,
                    &*place.example,
                )
            })
            .collect();
        let seen = (
            schema.records(),
            schema.unreadables(),
            schema.is_cut(),
            places,
        );
        seen.into_bound_py_any(py).map(Some)
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.inner.to_bytes());
        PyBytes::new(py, &bytes)
    }

    #[staticmethod]
    fn from_bytes(bytes: &[u8]) -> PyResult<Partial> {
        let inner = partial::Partial::from_bytes(bytes).map_err(crate::errors::program)?;
        Ok(Partial { inner })
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyBytes>,))> {
        Ok((
            slf.get_type().getattr("from_bytes")?,
            (slf.borrow().to_bytes(slf.py()),),
        ))
    }
}
