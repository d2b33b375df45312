//! Combining partial results, and running a query over the items of a merged one.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use satchel_kernel::merge;
use satchel_kernel::partial;
use satchel_kernel::program::Program;

use crate::convert::whole;
use crate::errors;
use crate::host::PythonHost;
use crate::partial::Partial;
use crate::scan::{Control, Scan};

/// Drives dask.bag's tree for one query: partials are pushed in any order.
#[pyclass(module = "satchel._kernel")]
pub struct Merge {
    inner: Option<merge::Merge>,
}

/// What `Merge.finish` returns: `(kind, partial, reason, parts)`.
type Finished = (
    &'static str,
    Option<Partial>,
    Option<String>,
    Vec<(u32, u32, Partial)>,
);

#[pymethods]
impl Merge {
    /// `combine` is the text of a combine's program; `in_python` says that it has none.
    #[new]
    #[pyo3(signature = (program, query, partitions, split_every, combine=None, initial=None, in_python=false))]
    fn new(
        program: &str,
        query: usize,
        partitions: u32,
        split_every: u32,
        combine: Option<&str>,
        initial: Option<(Bound<'_, PyAny>,)>,
        in_python: bool,
    ) -> PyResult<Merge> {
        let program = Arc::new(Program::parse(program).map_err(errors::program)?);
        let initial = initial
            .map(|(initial,)| whole(&initial).map_err(PyValueError::new_err))
            .transpose()?;
        let combine = match combine {
            Some(text) => {
                let program = Arc::new(Program::parse(text).map_err(errors::program)?);
                merge::Combine::Native { program, initial }
            }
            None if in_python => merge::Combine::Python,
            None => merge::Combine::None,
        };
        let inner = merge::Merge::new(&program, query, partitions, split_every, combine);
        Ok(Merge { inner: Some(inner) })
    }

    /// Add the partial of one partition. It is taken over, and left empty, unless `keep`.
    #[pyo3(signature = (partition, partial, keep=false))]
    fn push(
        &mut self,
        py: Python<'_>,
        partition: u32,
        mut partial: PyRefMut<'_, Partial>,
        keep: bool,
    ) -> PyResult<()> {
        let merge = self.inner.as_mut().ok_or_else(finished)?;
        let inner = if keep {
            partial.inner.clone()
        } else {
            std::mem::replace(&mut partial.inner, partial::Partial::Delivered)
        };
        py.detach(|| merge.push(partition, inner));
        Ok(())
    }

    /// The merged result, or the parts that remain for Python to merge.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Finished> {
        let merge = self.inner.take().ok_or_else(finished)?;
        Ok(match py.detach(|| merge.finish()) {
            merge::Outcome::Done(inner) => ("done", Some(Partial { inner }), None, Vec::new()),
            merge::Outcome::Empty => ("empty", None, None, Vec::new()),
            merge::Outcome::Python { reason, parts } => {
                let parts = parts
                    .into_iter()
                    .map(|part| {
                        (
                            part.level,
                            part.index,
                            Partial {
                                inner: part.partial,
                            },
                        )
                    })
                    .collect();
                ("python", None, Some(reason), parts)
            }
        })
    }
}

fn finished() -> PyErr {
    PyValueError::new_err("the merge is finished already")
}

/// Run query `query` of a program over the items of an earlier result.
#[pyfunction]
pub fn run_items(
    py: Python<'_>,
    scan: &Scan,
    query: usize,
    items: &Partial,
    host: Py<PyAny>,
    control: &Control,
) -> PyResult<Partial> {
    let mut host = PythonHost::new(host, scan.kept.clone(), scan.bytes);
    let inner = py
        .detach(|| merge::run_items(&scan.inner, query, &items.inner, &mut host, &control.inner))
        .map_err(errors::run)?;
    Ok(Partial { inner })
}
