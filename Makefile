# The commands: `make book`, `make docs` and `make test`. Each sets up what it needs on its first run.
#
#   make book PYTHON=python3.12        another interpreter for the virtual environment
#   make book SPHINXOPTS="-W"          options for sphinx-build
#   make test-matrix ROWS=3.13-newest              one row of the matrix
#   make test PYTESTOPTS="-n 0"        the suite in one process, in one order
#   make bench PUBLISH=book/appendix-tools           also write the tables of the book
#   make bench BENCHOPTS="--sizes 40"                without the large books
#   make compat COMPATOPTS="--package sphinx --only test-ext-*"     some of the roots of one package

PYTHON ?= python3
VENV ?= .venv
BUILD ?= _build
SPHINXOPTS ?=
BENCHOPTS ?=
COMPATOPTS ?=
PUBLISH ?=
ROWS ?=
PYTESTOPTS ?= -n auto --dist loadscope

RUN = $(VENV)/bin/python -m

.PHONY: book html pdf notebooks package docs test test-long test-exhaustive test-matrix test-gpu check compat bench lock clean help

help:
	@echo "make book       website, PDF, notebooks and package, into $(BUILD)/book"
	@echo "make html       only the website; likewise: pdf, notebooks, package"
	@echo "make docs       the manual, into $(BUILD)/docs/book; it needs no MXNet"
	@echo "make test       the test suite"
	@echo "make test-long  what takes longer: whole books, every kind of page, clusters, killed builds, random edits"
	@echo "make test-exhaustive  every way to read a file, every kind of damage, a thousand edits, the whole book with cold kernels; two hours"
	@echo "make test-matrix  lowest and newest versions of all dependencies, on each Python that is here"
	@echo "make test-gpu   run the pages that use a GPU, where there is one, into $(BUILD)/gpu"
	@echo "make compat     build the test roots of Sphinx and others with the extension, into $(BUILD)/compat"
	@echo "make check      style, types and layering"
	@echo "make bench      what the build costs, into $(BUILD)/bench"
	@echo "make lock       resolve requirements.lock anew"
	@echo "make clean      remove $(BUILD)"

book html pdf notebooks package:
	@$(PYTHON) .ci/bootstrap.py $(VENV) --book
	$(RUN) sphinx -M $@ book $(BUILD) -c . $(SPHINXOPTS)

docs:
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	$(RUN) sphinx -M book docs $(BUILD)/docs $(SPHINXOPTS)

test:
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	@bash .ci/system-packages --if-possible
	$(RUN) pytest $(PYTESTOPTS)

test-long:
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	@bash .ci/system-packages --if-possible
	$(RUN) pytest $(PYTESTOPTS) -m "long and not exhaustive"

test-exhaustive:
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	$(RUN) pytest $(PYTESTOPTS) --dist load -m exhaustive

test-matrix:
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	$(VENV)/bin/python .ci/matrix.py $(BUILD)/matrix $(ROWS)

test-gpu:
	@$(PYTHON) .ci/bootstrap.py $(VENV) --book
	$(VENV)/bin/python .ci/gpu_pages.py

check:
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) pytest -n 0 -q tests/test_architecture.py

compat:
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	$(VENV)/bin/python .ci/compat.py $(BUILD)/compat $(COMPATOPTS)

bench:
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	$(VENV)/bin/python tests/bench/bench_library.py
	$(VENV)/bin/python tests/bench/bench_planning.py $(if $(PUBLISH),--publish $(PUBLISH))
	$(VENV)/bin/python tests/bench/bench_numbering.py
	$(VENV)/bin/python tests/bench/bench_watching.py
	$(VENV)/bin/python tests/bench/bench_preview.py
	$(VENV)/bin/python tests/bench/bench_pdf.py
	[ ! -d $(BUILD)/book/html ] || $(VENV)/bin/python tests/bench/bench_website.py $(BUILD)/book/html
	$(VENV)/bin/python tests/bench/bench_execution.py $(if $(PUBLISH),--publish $(PUBLISH)) $(BENCHOPTS)

lock:
	@$(PYTHON) .ci/bootstrap.py $(VENV)
	$(RUN) uv pip compile --quiet --upgrade --universal --python-version 3.11 --extra dev --generate-hashes \
	    --no-emit-package sphinxcontrib-d2lbook --custom-compile-command "make lock" -o requirements.lock pyproject.toml

clean:
	rm -rf $(BUILD)
