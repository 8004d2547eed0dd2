"""What a build does not need it does not import, and what MyST-NB needs for itself is there when it asks."""

from __future__ import annotations

import subprocess
import sys

import pytest

PARTS = ("elements.extension", "execution.extension", "library.extension", "outputs.book.extension")
RUN_CELLS = ("IPython.terminal", "dask", "jupyter_cache", "jupyter_client", "nbclient", "sqlalchemy", "zmq")


def printed(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_build_that_runs_no_cell_imports_nothing_that_runs_cells() -> None:
    parts = ", ".join(f"sphinxcontrib_d2lbook.{part}" for part in PARTS)
    assert printed(f"import sys, {parts}; print(sorted(set({RUN_CELLS!r}) & sys.modules.keys()))") == "[]"


@pytest.mark.parametrize(
    ("mode", "module"), [("force", "direct"), ("cache", "cache"), ("inline", "inline"), ("off", "base")]
)
@pytest.mark.parametrize("first", ["sphinxcontrib_d2lbook.upstream.myst_nb", "myst_nb"])
def test_myst_nb_creates_its_own_client(mode: str, module: str, first: str) -> None:
    code = f"""
import {first}, sphinxcontrib_d2lbook.upstream.myst_nb
import nbformat
from myst_nb.core.config import NbParserConfig
from myst_nb.core.execute import create_client
client = create_client(nbformat.v4.new_notebook(), "<string>", NbParserConfig(execution_mode={mode!r}), None)
print(type(client).__module__)
import myst_nb.core.execute.{module} as module
print(isinstance(client, getattr(module, type(client).__name__)))
"""
    assert printed(code).split() == [f"myst_nb.core.execute.{module}", "True"]
