//! The Python module `satchel._kernel`: it takes arguments apart, lets go of the interpreter,
//! calls the kernel, and turns what comes back into Python objects. No decision is made here.
//!
//! `spec` names files, `lines` reads them for Python, `convert` maps values, `objects` makes them of JSON text, `feed` brings the bytes of files
//! that are not opened by a path, `host` and `batch` carry the kernel's calls and elements to the
//! user's functions, `records` makes those that were set aside, `scan` and `merge` are the two
//! classes that Python drives, `errors` is the one place that maps errors.

mod batch;
mod column;
mod convert;
mod errors;
mod feed;
mod host;
mod inflate;
mod lines;
mod merge;
mod objects;
mod partial;
mod records;
mod scan;
mod spec;

use pyo3::prelude::*;

/// The compiled half of satchel; private, its surface is documented in `_kernel.pyi`.
#[pymodule]
fn _kernel(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add(
        "DamagedError",
        module.py().get_type::<errors::DamagedError>(),
    )?;
    module.add(
        "CancelledError",
        module.py().get_type::<errors::CancelledError>(),
    )?;
    module.add_class::<scan::Scan>()?;
    module.add_class::<scan::Control>()?;
    module.add_class::<partial::Partial>()?;
    module.add_class::<records::Records>()?;
    module.add_class::<merge::Merge>()?;
    module.add_class::<lines::Blocks>()?;
    module.add_function(wrap_pyfunction!(lines::count, module)?)?;
    module.add_function(wrap_pyfunction!(merge::run_items, module)?)?;
    module.add_function(wrap_pyfunction!(inflate::inflate_only, module)?)?;
    Ok(())
}
