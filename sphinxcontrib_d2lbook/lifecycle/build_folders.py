"""Mark the folders that builds write, so that nothing in them is read as source.

Outputs and doctrees may lie among the pages: `sphinx-build -M book . _build`. If a website with its readers' notebooks
were read as source, it would be published again and grow with each build. So each folder that our builds write into
gets a file by which later builds recognise it, even if it belongs to another output or somebody has renamed it.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.project import Project

from ..common.files import write_if_changed
from ..upstream.myst_nb import config_of

MARK = ".d2lbook-build"
"""Name of the file that marks a folder."""
TEXT = "sphinx-build writes this folder. Nothing in it is read as source by a build with sphinxcontrib-d2lbook.\n"


class BookProject(Project):
    """Sphinx's list of source files, without the files that builds have written."""

    def discover(self, exclude_paths: Iterable[str] = (), include_paths: Iterable[str] = ("**",)) -> set[str]:
        written = [_pattern(folder.relative_to(self.srcdir)) for folder in build_folders(Path(self.srcdir))]
        return super().discover([*exclude_paths, *written], include_paths)


def build_folders(source: Path) -> Iterator[Path]:
    """Yield the folders below ``source`` that a build has marked. Do not search inside of them."""
    for top, names, files in os.walk(source, followlinks=True):  # as Sphinx looks for pages
        if MARK in files and Path(top) != source:
            names.clear()
            yield Path(top)


def _pattern(path: Path) -> str:
    """Return the pattern by which Sphinx's matcher finds exactly this path."""
    # Escaped within its brackets, since Python warns of a regular expression with a bare `[` there.
    return re.sub(r"[*?[]", r"[\\\g<0>]", unicodedata.normalize("NFC", path.as_posix()))


def mark(app: Sphinx, _config: Config | None = None) -> None:
    """Mark the folders that this build writes. Handle `config-inited` and `builder-inited`."""
    outputs, doctrees = Path(app.outdir), Path(app.doctreedir)
    for folder in (outputs, doctrees):
        if folder == outputs or not folder.is_relative_to(outputs):
            write_if_changed(folder / MARK, TEXT)


def mark_executed(app: Sphinx, env: BuildEnvironment) -> None:
    """Mark the folder in which MyST-NB puts images and notebooks. Handle `env-check-consistency`."""
    folder = Path(config_of(env).output_folder)
    if folder.is_dir():
        write_if_changed(folder / MARK, TEXT)


def replace_project(app: Sphinx) -> None:
    """Make Sphinx search pages with `BookProject`. Handle `builder-inited`, before which nothing is searched."""
    if not isinstance(app.project, BookProject):
        ours = BookProject(app.srcdir, app.config.source_suffix)
        ours.restore(app.project)
        app.project = app.env.project = ours


def setup(app: Sphinx) -> None:
    # First of all handlers, because those that search for other files skip marked folders. An output that is written
    # for the book has a folder of its own at its `builder-inited`.
    app.connect("config-inited", mark, priority=0)
    app.connect("builder-inited", mark, priority=0)
    # Before pages are collected (400).
    app.connect("builder-inited", replace_project, priority=0)
    app.connect("env-check-consistency", mark_executed)
