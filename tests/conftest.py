"""Small Sphinx projects, made from text in the test and built in this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sphinx import locale
from sphinx._cli.util.errors import strip_escape_sequences
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinxcontrib_d2lbook.common.files import write_if_changed
from tests.warm_builds import sphinx_build

settings.register_profile("patient", deadline=None)  # a busy machine is no fault
settings.register_profile("reproducible", deadline=None, derandomize=True)
settings.load_profile("patient")
if "CI" in os.environ:  # a landing depends on the change, not on chance; everywhere else the search goes on
    settings.load_profile("reproducible")

pytest_plugins = ["tests.system_programs"]

NOTEBOOK = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n"
"""The front matter that makes a Markdown page a notebook."""


@contextmanager
def own_imports(folder: Path) -> Iterator[None]:
    """Forget afterwards what conf.py imports from beside it: another project may have other modules of those names."""
    path = list(sys.path)
    try:
        yield
    finally:
        sys.path[:] = path
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            if file and Path(file).is_relative_to(folder):
                del sys.modules[name]


def take_interrupts() -> None:
    """For `preexec_fn` of a process to interrupt: what a shell starts in the background ignores interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Project:
    """A folder with conf.py and a source folder, as a book has them; both are made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "book"
        self.source.mkdir(parents=True, exist_ok=True)
        self.build_folder = folder / "_build"
        self.conf = "extensions = ['sphinxcontrib_d2lbook']\nproject = 'A Book'\n"
        self.status = StringIO()
        self.warning = StringIO()

    def write(self, files: Mapping[str, str]) -> None:
        """Write pages, names relative to the source folder."""
        for name, text in files.items():
            path = self.source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def _write_conf(self) -> None:
        write_if_changed(self.folder / "conf.py", self.conf)

    @contextmanager
    def app(self, builder: str = "html", **options: Any) -> Iterator[Sphinx]:
        """An application, as `sphinx-build -M builder book _build -c .` makes it, but without notebooks beside a site.

        Those, and whole books, are written by further processes: tests of them use `run`.
        """
        # Themes add to Sphinx's own default of `templates_path`: a second application would have another configuration.
        own = {} if "templates_path" in self.conf else {"templates_path": []}
        options.setdefault("confoverrides", {"d2lbook_outputs": ["html"], **own})
        self._write_conf()
        self.status, self.warning = StringIO(), StringIO()
        with patch_docutils(str(self.folder)), docutils_namespace():
            yield Sphinx(
                srcdir=str(self.source),
                confdir=str(self.folder),
                outdir=str(self.build_folder / builder),
                doctreedir=str(self.build_folder / "doctrees"),
                buildername=builder,
                status=self.status,
                warning=self.warning,
                **options,
            )

    def build(self, builder: str = "html", **options: Any) -> Sphinx:
        """Build and return the application; what it wrote lies in `build_folder / builder`."""
        with self.app(builder, **options) as app:
            app.build()
        return app

    def run(self, builder: str = "html", *options: str, warm: bool = True) -> subprocess.CompletedProcess[str]:
        """Build by the command, in a process of its own; it has imported nothing unless it is ``warm``."""
        self._write_conf()
        return sphinx_build(["-M", builder, "book", "_build", "-c", ".", *options], self.folder, warm=warm)

    def website(self, files: Mapping[str, str]) -> Path:
        """Write pages, build the website by the command without any warning, and return its folder."""
        self.write(files)
        done = self.run("html", "-W", "--keep-going")
        assert (done.returncode, done.stderr) == (0, "")
        return self.build_folder / "html"

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Take back what is changed inside, in conf.py and in the sources: a book that was built serves many tests.

        Files that did not change keep their times.
        """
        conf, sources = self.conf, self._sources()
        try:
            yield
        finally:
            self.conf = conf
            for path in self._sources().keys() - sources.keys():
                path.unlink()
            for path, data in sources.items():
                write_if_changed(path, data)

    def _sources(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.source.rglob("*") if path.is_file()}

    @property
    def warnings(self) -> str:
        """What the last build warned of, without colours."""
        return strip_escape_sequences(self.warning.getvalue())


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Forget the translations of applications before: Sphinx keeps those of extensions for the whole process."""
    locale.translators.clear()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project."""
    return Project(tmp_path / "project")


@pytest.fixture
def page() -> Callable[[str], str]:
    """Text -> the text of a page that is a notebook."""
    return lambda text: NOTEBOOK + text
