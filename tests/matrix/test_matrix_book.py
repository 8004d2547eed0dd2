"""Build a small book that uses every directive, in all outputs.

`make test-matrix` runs this with the lowest and the newest versions of what the plugin depends on; the ordinary suite
runs it with those of the lock.
"""

from __future__ import annotations

import json
import pickle
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from tests.warm_builds import sphinx_build

pytestmark = pytest.mark.long

PROJECT = Path(__file__).parent / "project"
PAGES = sorted(
    path.relative_to(PROJECT / "book").with_suffix("").as_posix() for path in PROJECT.rglob("book/**/*.[mr][ds]*")
)
IN_FRAMEWORKS = "code/frameworks"
"""Page that has a notebook for each framework."""
WARNINGS = (
    "code/index.md:62: WARNING: an output of this cell is HTML only; the PDF shows its text",
    "code/index.md:31: WARNING: no font of the PDF has U+2705 (WHITE HEAVY CHECK MARK); it prints as a box",
)
"""What the PDF says that it cannot show: a raw cell of HTML, and the table of `nb-exec-table`."""


@dataclass(frozen=True)
class Built:
    """A project that was built, and how."""

    folder: Path
    processes: str

    @property
    def out(self) -> Path:
        return self.folder / "_build" / "book"

    def build(self) -> subprocess.CompletedProcess[str]:
        return command(self.folder, "-D", f"d2lbook_processes={self.processes}")


def command(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return sphinx_build(["-M", "book", "book", "_build", "-c", ".", *options], folder)


@pytest.fixture(scope="module", params=["auto", "spawn"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The project, built once with forked and once with spawned processes."""
    folder = tmp_path_factory.mktemp("matrix") / "project"
    shutil.copytree(PROJECT, folder)
    project = Built(folder, request.param)
    done = project.build()
    assert done.returncode == 0, done.stdout + done.stderr
    warnings = re.findall(r"^.*(?:WARNING|ERROR):.*$", done.stderr, re.MULTILINE)
    unexpected = [line for line in warnings if not any(known in line for known in WARNINGS)]
    assert unexpected == []
    return project


def test_every_output_is_there(built: Built) -> None:
    out = built.out
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert {name: entry["state"] for name, entry in report["outputs"].items()} == dict.fromkeys(
        ("html", "pdf", "notebooks", "package"), "written"
    )
    assert [page for page in PAGES if not (out / "html" / f"{page}.html").is_file()] == []
    notebooks = {*PAGES, *(f"{framework}/{IN_FRAMEWORKS}" for framework in ("lists", "signs"))} - {IN_FRAMEWORKS}
    assert [name for name in sorted(notebooks) if not (out / "notebooks" / f"{name}.ipynb").is_file()] == []
    assert (out / "pdf" / "a-book-of-every-directive.pdf").read_bytes().startswith(b"%PDF")
    assert list((out / "package").glob("pocket_book-*.whl"))


def test_a_second_build_has_nothing_to_do(built: Built) -> None:
    done = built.build()
    report = json.loads((built.out / "report.json").read_text("utf-8"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert {entry["state"] for entry in report["outputs"].values()} == {"unchanged"}
    assert {page["execution"] for page in report["pages"].values()} == {"cached", "none"}


class _Classes(pickle.Unpickler):
    """Unpickler that notes the classes that it meets."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.names: set[str] = set()

    def find_class(self, module: str, name: str) -> Any:
        self.names.add(f"{module}.{name}")
        return super().find_class(module, name)


def test_the_environment_holds_no_page(built: Built) -> None:
    """A node that is kept with its document brings the whole page into each build."""
    with (built.out.parent / "doctrees" / "environment.pickle").open("rb") as file:
        classes = _Classes(file)
        env = classes.load()
    assert "sphinx.environment.BuildEnvironment" in classes.names
    assert env.sphinx_exercise_registry
    assert "docutils.nodes.document" not in classes.names


def test_an_edit_is_in_every_output(built: Built) -> None:
    page = built.folder / "book" / "preface.md"
    page.write_text(page.read_text("utf-8").replace("Words before", "Sentences before"), encoding="utf-8")
    done = built.build()
    assert done.returncode == 0, done.stdout + done.stderr
    out = built.out
    assert "Sentences before" in (out / "html" / "preface.html").read_text("utf-8")
    assert "Sentences before" in (out / "notebooks" / "preface.ipynb").read_text("utf-8")


OLDER = {"accordion", "aside", "card-footer", "card-header", "step", "steps", "div"}
UNUSED = {
    *("default-domain", "eval", "footbibliography", "moduleauthor"),  # say nothing, or what other tests hold
    "d2lbook-cell",  # which no author writes
    "errata",  # which needs the record of a printing; test_printings.py has it
    *("version-added", "version-changed", "version-deprecated", "version-removed"),  # other names of what is used
}
"""Directives that the book does without. Those of `OLDER` are not in every version of the range."""


def test_every_directive_is_used(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# Title\n", encoding="utf-8")
    shutil.copy(PROJECT / "conf.py", tmp_path)
    with patch_docutils(), docutils_namespace():
        app = Sphinx(tmp_path, tmp_path, tmp_path / "_o", tmp_path / "_d", "html", status=None)
        known = {name for name in directives._directives if not name.startswith("_")}
        ours = {f"prf:{name}" for name in app.env.domains["prf"].directives}
        ours |= {f"glue:{name}" for name in app.env.domains["glue"].directives if name}
    text = "\n".join(path.read_text("utf-8") for path in PROJECT.rglob("book/**/*.[mr][ds]*"))
    used = set(re.findall(r"^[`:]{3,}\{([\w:-]+)\}|^\.\. ([\w-]+)::", text, re.MULTILINE))
    names = {name for pair in used for name in pair if name}
    assert (known | ours) - names - UNUSED - OLDER == set()
