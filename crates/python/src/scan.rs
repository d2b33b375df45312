//! Running a program over the partitions of a source.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use satchel_kernel::program::{Program, Sink};
use satchel_kernel::run;

use crate::errors;
use crate::host::{Kept, PythonHost};
use crate::partial::Partial;
use crate::spec::{File, spec};

/// What the threads of one run share: how far they are, and whether to stop.
#[pyclass(module = "satchel._kernel", frozen)]
#[derive(Default)]
pub struct Control {
    pub inner: run::Control,
}

#[pymethods]
impl Control {
    #[new]
    fn new() -> Control {
        Control::default()
    }

    /// Make every thread of the run stop soon.
    fn cancel(&self) {
        self.inner.cancel.store(true, Ordering::Relaxed);
    }

    /// Whether every thread of the run is to stop.
    #[getter]
    fn cancelled(&self) -> bool {
        self.inner.cancel.load(Ordering::Relaxed)
    }

    /// Compressed bytes, inflated bytes and rows read so far.
    fn progress(&self) -> (u64, u64, u64) {
        let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        (
            read(&self.inner.compressed),
            read(&self.inner.inflated),
            read(&self.inner.rows),
        )
    }
}

/// A program that is ready to run, on any thread.
#[pyclass(module = "satchel._kernel", frozen)]
pub struct Scan {
    pub inner: run::Scan,
    pub kept: Vec<Kept>,
    pub bytes: bool,
}

#[pymethods]
impl Scan {
    #[new]
    fn new(program: &str) -> PyResult<Scan> {
        let program = Arc::new(Program::parse(program).map_err(errors::program)?);
        let kept = program
            .queries
            .iter()
            .map(|query| match query.sink {
                Sink::Collect { .. } | Sink::Project { .. } => Kept::Objects,
                Sink::Columns { .. } => Kept::Cells,
                _ => Kept::Values,
            })
            .collect();
        Ok(Scan {
            bytes: program.bytes,
            inner: run::Scan::new(program).map_err(errors::program)?,
            kept,
        })
    }

    /// Run every query over one partition: its partials, one a query, and what was measured.
    fn partition<'py>(
        &self,
        py: Python<'py>,
        partition: u32,
        files: Vec<File>,
        host: Py<PyAny>,
        control: &Control,
    ) -> PyResult<(Vec<Partial>, Bound<'py, PyDict>)> {
        let files: Vec<_> = files.into_iter().map(spec).collect::<PyResult<_>>()?;
        let mut host = PythonHost::new(host, self.kept.clone(), self.bytes);
        let result = py
            .detach(|| {
                self.inner
                    .partition(partition, &files, &mut host, &control.inner)
            })
            .map_err(errors::run)?;
        let measured = measured(py, &result)?;
        Ok((
            result
                .partials
                .into_iter()
                .map(|inner| Partial { inner })
                .collect(),
            measured,
        ))
    }
}

fn measured<'py>(py: Python<'py>, result: &run::PartitionResult) -> PyResult<Bound<'py, PyDict>> {
    let stats = &result.stats;
    let dict = PyDict::new(py);
    dict.set_item("rows", stats.rows)?;
    dict.set_item("compressed", stats.compressed)?;
    dict.set_item("inflated", stats.inflated)?;
    dict.set_item("inflate_nanos", stats.inflate_nanos)?;
    dict.set_item("scan_nanos", stats.scan_nanos)?;
    dict.set_item("fold_nanos", stats.fold_nanos)?;
    dict.set_item("host_nanos", stats.host_nanos)?;
    dict.set_item("fallback", PyList::new(py, &stats.fallback)?)?;
    let examples = PyList::empty(py);
    for one in &stats.examples {
        examples.append((one.query, one.file, one.row, one.offset, &*one.reason))?;
    }
    dict.set_item("examples", examples)?;
    let stamps = PyDict::new(py);
    for (file, stamp) in &result.stamps {
        stamps.set_item(file, (stamp.size, stamp.modified_ns, stamp.trailer))?;
    }
    dict.set_item("stamps", stamps)?;
    Ok(dict)
}
