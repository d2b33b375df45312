# The few commands people type. Each does all of its own set-up (a virtual environment, packages,
# the release build of the kernel) and repeats none of it: stamp files in the environment remember
# what is up to date. No sudo, nothing outside this folder.
#
#   make demo [DATA=PATH-OR-GLOB]   the document's analysis, on a generated sample or on your files
#   make test [TESTS=tests/expr]    every test, of Rust and of Python
#   make releases                   the tests of lowering under every CPython that can be had
#   make conformance                dask.bag's own tests, with satchel in its place
#   make fuzz [TRIPLES=1000000]     random pipelines on dask.bag and on satchel [SEED=0 JOBS=2]
#   make fuzz-scan [SECONDS=60]     coverage-guided fuzzing of the Rust side, each target [TARGETS=line]
#   make planted [FAULTS='topk']    plants known bugs, one after the other, for the fuzzer to find
#   make check                      formatting, lints, types, and the rules in tools/
#   make wheel                      dist/*.whl for any Linux of the last ten years
#   make rivals                     the benchmark against other engines; installs them first
#   make docs                       the documentation as a site, in site/
#   make clean                      back to a fresh clone
#
# PYTHON=... names the interpreter to build the environment with, VENV=... another environment.

VENV ?= .venv
BIN := $(VENV)/bin
PYTHONS := $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3)
DATA ?=
TESTS ?=
# Other interpreters for `make releases`, beside those that are found.
RELEASES ?=
export DATA

# rustup puts cargo here, and some shells do not look there.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin
# maturin wants to know the one environment that it builds for.
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
unexport CONDA_PREFIX
export PIP_QUIET := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Cargo's checks link no Python, but pyo3 asks which one it is for.
export PYO3_PYTHON := $(CURDIR)/$(BIN)/python

RUST_SOURCES := Cargo.toml Cargo.lock $(shell find crates -name target -prune -o -name fuzz -prune -o \( -name '*.rs' -o -name Cargo.toml \) -print)
PYTHON_SOURCES := $(shell find src -name '*.py' -o -name '*.pyi' -o -name py.typed)
PIP := $(BIN)/python -m pip install
# On Linux, zig's linker ties the wheel to the symbols of an old C library instead of this machine's.
PORTABLE := $(if $(filter Linux,$(shell uname)),--zig --compatibility manylinux_2_17)

.PHONY: help demo test releases conformance fuzz fuzz-scan planted check wheel rivals docs clean rust
.DELETE_ON_ERROR:

help:
	@sed -n 's/^#   //p' Makefile

demo: $(VENV)/.built
	@$(BIN)/python examples/document.py $${DATA:+"$$DATA"}

test: $(VENV)/.test $(VENV)/.built $(if $(TESTS),,dist/.built)
	$(if $(TESTS),,cargo test --quiet --workspace)
	$(BIN)/python -m pytest -n auto --dist loadgroup $(TESTS)

releases: $(VENV)/.test
	@tests/releases.sh $(BIN)/python $(RELEASES)

conformance: $(VENV)/.test $(VENV)/.built
	cd tests && PYTHONPATH=. ../$(BIN)/python -m upstream $(SCHEDULERS)

fuzz: $(VENV)/.test $(VENV)/.built
	cd tests && PYTHONPATH=. ../$(BIN)/python -m fuzz $(foreach option,TRIPLES SEED JOBS ONLY RECORD,\
		$(if $($(option)),--$(shell echo $(option) | tr A-Z a-z) $($(option))))

fuzz-scan: $(VENV)/.test $(VENV)/.built
	cd tests && PYTHONPATH=. ../$(BIN)/python -m bad_input.corpus ../target/corpus
	crates/fuzz/run.sh $(or $(SECONDS),60) "$(CURDIR)/target/corpus" $(TARGETS)

planted: $(VENV)/.test $(VENV)/.built
	cd tests && PYTHONPATH=. ../$(BIN)/python -m planted $(FAULTS)

check: $(VENV)/.lint $(VENV)/.built
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	cargo fmt --check
	cargo clippy --quiet --workspace --all-targets -- -D warnings
	@for rule in tools/*.py; do echo "$$rule"; $(BIN)/python "$$rule" || exit 1; done

wheel: dist/.built
	@ls -l dist/*.whl

rivals: $(VENV)/.built $(VENV)/.bench
	$(BIN)/python -m bench $(if $(DATA),"$$DATA")

docs: $(VENV)/.built $(VENV)/.docs
	$(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) target dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src -name '*.so' -delete
	find src tests tools bench examples -name __pycache__ -prune -exec rm -rf {} +

# ---- set-up, each step once ----

# What cannot be installed from here is missed in one sentence, before anything is made.
rust:
	@$(if $(shell PATH="$(PATH)" cargo --version 2>/dev/null | awk '{ split($$2, v, "."); if (v[1] > 1 || v[2] >= 89) print }'),:,\
	$(error satchel builds a Rust kernel and found no cargo of Rust 1.89 or newer: install one (https://rustup.rs), then run make again))

SUITS := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))

$(VENV)/.made: | rust
	$(eval FOUND := $(shell for python in $(PYTHONS); do "$$python" -c '$(SUITS)' 2>/dev/null && echo "$$python" && break; done))
	$(if $(FOUND),,$(error satchel needs Python 3.11 or newer with its venv module, which none of these is: $(PYTHONS); name yours with make PYTHON=/path/to/python3))
	"$(FOUND)" -m venv $(VENV)
	$(PIP) --upgrade pip 'maturin>=1.10,<2'
	@touch $@

# Cargo decides what to compile; the stamp decides whether to ask it.
$(VENV)/.built: $(VENV)/.made pyproject.toml $(RUST_SOURCES) | rust
	$(BIN)/maturin develop --release --quiet
	@touch $@

$(VENV)/.test $(VENV)/.lint $(VENV)/.docs: $(VENV)/.%: $(VENV)/.made pyproject.toml
	$(PIP) --group $*
	@touch $@

$(VENV)/.bench: $(VENV)/.made bench/requirements.txt
	$(PIP) -r bench/requirements.txt
	@touch $@

dist/.built: $(VENV)/.made pyproject.toml README.md LICENSE $(RUST_SOURCES) $(PYTHON_SOURCES) | rust
	$(if $(PORTABLE),$(PIP) 'maturin[zig]')
	rm -rf dist
	PATH="$(CURDIR)/$(BIN):$$PATH" maturin build --release --quiet --strip --out dist $(PORTABLE)
	@touch $@
