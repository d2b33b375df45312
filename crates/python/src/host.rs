//! The kernel's calls for rows that it cannot prove, carried to `satchel.run.host.Host`.

use std::sync::{Arc, Mutex};

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyTuple};
use satchel_kernel::run::{Damage, Element, Filled, Flow, Host, HostError, Place, Row, Stepped};
use satchel_kernel::value::Owned;

use crate::batch::{self, Batch, Item};
use crate::column;
use crate::convert::{Resolve, to_cell, to_owned, to_python, whole};
use crate::objects::Objects;

/// A Python `Host`, and the objects that the kernel holds handles to.
pub struct PythonHost {
    object: Py<PyAny>,
    /// For each query, what becomes of its values.
    kept: Vec<Kept>,
    /// Whether lines go to Python as bytes.
    bytes: bool,
    handles: Vec<Py<PyAny>>,
    objects: Arc<Mutex<Objects>>,
}

/// What becomes of the values that Python answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The kernel's values.
    Values,
    /// The cells of columns.
    Cells,
    /// They stay objects, since they are delivered to Python.
    Objects,
}

impl PythonHost {
    pub fn new(object: Py<PyAny>, kept: Vec<Kept>, bytes: bool) -> PythonHost {
        PythonHost {
            object,
            kept,
            bytes,
            handles: Vec::new(),
            objects: Arc::new(Mutex::new(Objects::default())),
        }
    }

    /// The kernel's answers for a reply `(answers, exception or None)`.
    fn answers(&mut self, query: usize, reply: &Bound<'_, PyAny>) -> PyResult<Vec<Filled>> {
        let (answers, raised): (Bound<'_, PyList>, Bound<'_, PyAny>) = reply.extract()?;
        let kept = self.kept[query];
        let mut filled = Vec::with_capacity(answers.len() + 1);
        for answer in answers.iter() {
            filled.push(if answer.is_none() {
                Filled::Dropped
            } else if let Ok(several) = answer.cast::<PyList>() {
                let several: PyResult<Vec<_>> = several
                    .iter()
                    .map(|answer| match answer.cast::<PyTuple>() {
                        Ok(answer) => self.row(answer, kept),
                        // The exception that the next element raised.
                        Err(_) => Ok(Filled::Raised(Box::new(PyErr::from_value(answer)))),
                    })
                    .collect();
                Filled::Several(several?)
            } else {
                self.row(&answer.cast_into::<PyTuple>()?, kept)?
            });
        }
        if !raised.is_none() {
            filled.push(Filled::Raised(Box::new(PyErr::from_value(raised))));
        }
        Ok(filled)
    }

    fn row(&mut self, answer: &Bound<'_, PyTuple>, kept: Kept) -> PyResult<Filled> {
        let value = answer.get_item(1)?;
        if kept == Kept::Objects {
            let handle =
                u32::try_from(self.handles.len()).expect("fewer rows than 2^32 in a batch");
            self.handles.push(value.unbind());
            return Ok(Filled::Row {
                key: None,
                value: Some(Owned::Host(handle)),
            });
        }
        let key = match to_owned(&answer.get_item(0)?) {
            Ok(key) => key,
            Err(why) => return Ok(Filled::Demote(why)),
        };
        if kept == Kept::Cells {
            return Ok(match to_cell(&value) {
                Ok(cells) => Filled::Row {
                    key: Some(key),
                    value: Some(cells),
                },
                Err(why) => Filled::Demote(why),
            });
        }
        // A value that the kernel cannot hold matters only to a sink that keeps it.
        Ok(Filled::Row {
            key: Some(key),
            value: whole(&value).ok(),
        })
    }

    /// A line as Python is given it.
    fn line<'py>(&self, py: Python<'py>, row: &Row<'_>) -> PyResult<Bound<'py, PyAny>> {
        if self.bytes {
            Ok(PyBytes::new(py, row.line).into_any())
        } else {
            row.text().into_bound_py_any(py)
        }
    }

    fn resolver(&self, query: usize) -> Resolver<'_> {
        Resolver { host: self, query }
    }
}

impl Host for PythonHost {
    fn fill(&mut self, query: usize, rows: &[Row<'_>]) -> Result<Vec<Filled>, HostError> {
        Python::attach(|py| {
            let list = PyList::empty(py);
            for row in rows {
                list.append((row.file, row.row, row.offset, self.line(py, row)?))?;
            }
            let reply = self.object.bind(py).call_method1("fill", (query, list))?;
            self.answers(query, &reply)
        })
        .map_err(boxed)
    }

    fn step(&mut self, query: usize, row: &Row<'_>, acc: &Owned) -> Result<Stepped, HostError> {
        Python::attach(|py| {
            let acc = to_python(py, acc, &self.resolver(query))?;
            let row = (row.file, row.row, row.offset, self.line(py, row)?);
            let next = self
                .object
                .bind(py)
                .call_method1("step", (query, row, acc))?;
            Ok(whole(&next).map_or_else(Stepped::Demote, Stepped::Acc))
        })
        .map_err(boxed)
    }

    fn fill_items(&mut self, query: usize, items: &[Owned]) -> Result<Vec<Filled>, HostError> {
        Python::attach(|py| {
            let list = PyList::empty(py);
            for item in items {
                list.append(to_python(py, item, &self.resolver(query))?)?;
            }
            let reply = self
                .object
                .bind(py)
                .call_method1("fill_items", (query, list))?;
            self.answers(query, &reply)
        })
        .map_err(boxed)
    }

    fn step_item(&mut self, query: usize, item: &Owned, acc: &Owned) -> Result<Stepped, HostError> {
        Python::attach(|py| {
            let resolver = self.resolver(query);
            let (item, acc) = (
                to_python(py, item, &resolver)?,
                to_python(py, acc, &resolver)?,
            );
            let next = self
                .object
                .bind(py)
                .call_method1("step_item", (query, item, acc))?;
            Ok(whole(&next).map_or_else(Stepped::Demote, Stepped::Acc))
        })
        .map_err(boxed)
    }

    fn deliver(
        &mut self,
        query: usize,
        elements: Vec<Element>,
        places: Vec<Place>,
    ) -> Result<Flow, HostError> {
        Python::attach(|py| {
            let resolver = self.resolver(query);
            let items: PyResult<Vec<Item>> = elements
                .into_iter()
                .map(|element| {
                    Ok(match element {
                        Element::Value(value) => Item::Object(to_python(py, &value, &resolver)?),
                        Element::Text(text) => Item::Text(text),
                        Element::Keyed(key, text) => {
                            let key = to_python(py, &key, &resolver)?;
                            Item::Object((key, &*text).into_py_any(py)?)
                        }
                        Element::Host(handle) => Item::Object(resolver.handle(py, handle)?),
                        Element::Chunk(chunk) => Item::Object(column::chunk(py, &chunk)?),
                        Element::Bytes(bytes) => {
                            Item::Object(PyBytes::new(py, &bytes).into_any().unbind())
                        }
                    })
                })
                .collect();
            let batch = Batch::new(
                items?,
                places,
                Arc::clone(&self.objects),
                self.object.clone_ref(py),
                query,
            );
            self.handles.clear();
            let more = self
                .object
                .bind(py)
                .call_method1("deliver", (query, batch))?;
            Ok(if more.is_truthy()? {
                Flow::Continue
            } else {
                Flow::Stop
            })
        })
        .map_err(boxed)
    }

    fn damaged(&mut self, damage: &Damage<'_>) -> Result<(), HostError> {
        Python::attach(|py| {
            let Place { file, row, offset } = damage.place;
            let row = (file, row, offset, PyBytes::new(py, damage.line));
            let host = self.object.bind(py);
            host.call_method1("damaged", (row, damage.error.to_string()))
                .map(|_| ())
        })
        .map_err(boxed)
    }

    fn poll(&mut self) -> Result<(), HostError> {
        Python::attach(|py| py.check_signals()).map_err(boxed)
    }
}

fn boxed(error: PyErr) -> HostError {
    Box::new(error)
}

struct Resolver<'a> {
    host: &'a PythonHost,
    query: usize,
}

impl Resolve for Resolver<'_> {
    fn handle(&self, py: Python<'_>, handle: u32) -> PyResult<Py<PyAny>> {
        let object = usize::try_from(handle)
            .ok()
            .and_then(|index| self.host.handles.get(index));
        object
            .map(|object| object.clone_ref(py))
            .ok_or_else(|| crate::errors::program(format!("no handle {handle}")))
    }

    fn text(&self, py: Python<'_>, text: &str) -> PyResult<Py<PyAny>> {
        let host = &self.host.object;
        batch::record(py, text, &self.host.objects, host.bind(py), self.query)
    }
}
