"""The tools that are compared: how each is told of the generated book, and the command that builds its website."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import generated

JUPYTER_BOOK = "jupyter-book==1.0.4.post1"
KEEP_TIME = ("OMP_NUM_THREADS", "1")
"""For all alike: a library that waits in two threads for two processors costs more CPU time for the same work."""

OURS = f"""\
project = "Bench"
extensions = ["sphinxcontrib_d2lbook"]
html_theme = "sphinx_book_theme"
d2lbook_package = "{generated.PACKAGE}"
d2lbook_default_module = "mxnet"
d2lbook_outputs = ["html"]
"""
PLAIN = """\
project = "Bench"
extensions = ["myst_nb"]
html_theme = "sphinx_book_theme"
myst_enable_extensions = ["amsmath", "dollarmath"]
nb_execution_mode = "cache"
nb_execution_timeout = 300
numfig = True
"""
JUPYTER_BOOK_CONFIG = """\
title: Bench
author: Bench
only_build_toc_files: true
execute: {execute_notebooks: cache, timeout: 300}
parse: {myst_enable_extensions: [amsmath, dollarmath]}
"""


@dataclass(frozen=True)
class Contender:
    """One tool."""

    name: str
    write: Callable[[Path, int], None]
    """Writes the book of so many pages into an empty folder."""
    command: tuple[str, ...]
    """Builds it, from that folder."""
    python: str
    """The environment in which its notebooks run."""

    def environment(self, folder: Path) -> Mapping[str, str]:
        """The variables of a build: those of this process, without what would tell one tool of another's settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MPL", "JUPYTER"))}
        path = f"{Path(self.python).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        own = {} if self.name == "ours" else {"PYTHONPATH": str(folder)}
        return {**kept, "PATH": path, "NO_COLOR": "1", **dict([KEEP_TIME]), **own}


def _write_ours(folder: Path, pages: int) -> None:
    generated.write_pages(folder / "book", pages)
    (folder / "conf.py").write_text(OURS, "utf-8")


def _write_plain(folder: Path, pages: int) -> None:
    generated.write_pages(folder / "book", pages)
    generated.write_package(folder / generated.PACKAGE, pages)
    (folder / "conf.py").write_text(PLAIN, "utf-8")


def _write_jupyter_book(folder: Path, pages: int) -> None:
    generated.write_pages(folder / "book", pages)
    generated.write_package(folder / generated.PACKAGE, pages)
    (folder / "book" / "_config.yml").write_text(JUPYTER_BOOK_CONFIG, "utf-8")
    # There the table of contents is a file of its own.
    (folder / "book" / "index.md").write_text("# Bench\n", "utf-8")
    chapters = "".join(f"- file: {generated.name(n)}\n" for n in range(pages))
    toc = f"format: jb-book\nroot: index\noptions: {{numbered: true}}\nchapters:\n{chapters}"
    (folder / "book" / "_toc.yml").write_text(toc, "utf-8")


def ours() -> Contender:
    command = (sys.executable, "-m", "sphinx", "-M", "book", "book", "_build", "-c", ".")
    return Contender("ours", _write_ours, command, sys.executable)


def plain() -> Contender:
    """MyST-NB as it is, on the same Sphinx, with its cache."""
    command = (sys.executable, "-m", "sphinx", "-M", "html", "book", "_build", "-c", ".")
    return Contender("myst-nb", _write_plain, command, sys.executable)


def jupyter_book(environments: Path) -> Contender:
    """In an environment of its own, made on the first call: it wants an older Sphinx."""
    folder = environments / "jupyter-book"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        packages = [JUPYTER_BOOK, "mxnet==1.9.1", "numpy<2", "matplotlib"]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
        done.touch()
    command = (str(folder / "bin" / "jupyter-book"), "build", "book", "--path-output", ".")
    return Contender("jupyter-book", _write_jupyter_book, command, str(python))


def site(folder: Path, contender: Contender) -> Path:
    """Where a build puts its pages."""
    return folder / "_build" / ("book/html" if contender.name == "ours" else "html")
