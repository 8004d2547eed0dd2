"""After any sequence of edits, the pages that run are those that must, and all outputs are those of a clean build."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.execution.file_states import States, state
from sphinxcontrib_d2lbook.execution.freshness import Judge
from sphinxcontrib_d2lbook.execution.mystnb_settings import NbSettings
from sphinxcontrib_d2lbook.execution.plan import BuildContext, PlannedPage, make_plan
from sphinxcontrib_d2lbook.execution.session import BuildExecution, Finished
from sphinxcontrib_d2lbook.execution.store import Store
from sphinxcontrib_d2lbook.execution.tasks import Limits, Result, Started, Task
from sphinxcontrib_d2lbook.library import About, PackageNames, build_library
from sphinxcontrib_d2lbook.notebook import read_notebook
from sphinxcontrib_d2lbook.notebook.save_marks import MarkGrammar, default_patterns

pytestmark = pytest.mark.long

LIMITS = Limits(60, 60, 0, 0)
FRONT = "---\nfile_format: mystnb\nkernelspec: {{name: python3}}\n{extra}---\n# Page\n\nProse {prose}.\n\n"
PAGES = ("maker", "user", "wild", "plain", "data", "globbed", "module", "writer", "reader")

World = dict[str, int]
"""What an author can change, each by a small number."""
START: World = dict.fromkeys(
    [
        *("leaf", "middle", "rewired", "other", "user", "plain", "data", "second", "helper", "writer", "reader"),
        *("variable", "comment", "docstring", "prose", "look"),
    ],
    0,
)


def texts(world: World) -> dict[str, str]:
    """Name of a file -> its text."""

    def page(*cells: str, extra: str = "", tags: str = "") -> str:
        blocks = [f"```{{code-cell}}\n{tags}{cell}\n```\n" for cell in cells]
        return FRONT.format(extra=extra, prose=world["prose"]) + "\n".join(blocks)

    leaf = f"#@save\ndef leaf(x):\n    '''Docs {world['docstring']}.'''\n    return x * 10 + {world['leaf']}"
    call = "leaf(x)" if world["rewired"] else "x"
    files = {
        "maker.md": page(
            f"{leaf}  # {world['comment']}",
            f"#@save\ndef middle(x):\n    return {call} + {world['middle']}",
            f"#@save\ndef other(): return {world['other']}",
        ),
        "user.md": page(f"import pkg\nprint(pkg.middle({world['user']}))"),
        "wild.md": page("import pkg\nprint(getattr(pkg, 'le' + 'af')(1), getattr(pkg, 'other')())"),
        "plain.md": page(f"print({world['plain']})", tags=":tags: [hide-input]\n" if world["look"] else ""),
        "data.md": page("print(open('data/' + 'first.txt').read())"),
        "globbed.md": page(
            "import os\nfor name in sorted(os.listdir('data')):\n"
            "    handle = os.open('data/' + name, os.O_RDONLY)\n"
            "    print(name, os.read(handle, 9))\n    os.close(handle)",
            extra="d2lbook: {reads: data/*.txt}\n",
        ),
        "module.md": page("import helper\nprint(helper.value)"),
        "writer.md": page(f"print(open('out.txt', 'w').write('{world['writer']}' * 3))"),
        "reader.md": page(f"print(open('out.txt').read(), {world['reader']})", extra="d2lbook: {depends: writer}\n"),
        "data/first.txt": str(world["data"]),
        "helper.py": f"value = {world['helper']}\n",
    }
    return files | ({"data/second.txt": str(world["second"])} if world["second"] else {})


def signature(page: str, world: World) -> tuple[object, ...]:
    """What a page's outputs depend on."""
    saved = {"leaf", "middle", "rewired", "other"}
    names: dict[str, set[str]] = {
        "maker": saved | {"comment", "docstring"},
        "user": {"user", "middle", "rewired"} | ({"leaf"} if world["rewired"] else set()),
        "wild": saved,
        "plain": {"plain"},
        "data": {"data"},
        "globbed": {"data", "second"},
        "module": {"helper"},
        "writer": {"writer"},
        "reader": {"writer", "reader"},
    }
    shown = world | {"rewired": bool(world["rewired"])}  # one call, whatever the number
    return tuple(shown[name] for name in sorted(names[page] | {"variable"}))


@dataclass
class Here:
    """An executor in this process, which notes what pages open by `open`."""

    ran: list[str] = field(default_factory=list)

    def run(self, tasks: Sequence[Task]) -> Iterator[Started | Result | None]:
        waiting = list(tasks)
        while waiting:
            names = {task.docname for task in waiting}
            task = next(task for task in waiting if not names & set(task.after))
            waiting.remove(task)
            self.ran.append(task.docname)
            yield Started(task.docname)
            yield self._run(task)

    def _run(self, task: Task) -> Result:
        reads: dict[str, str] = {}
        writes: set[str] = set()

        def note(name: str, mode: str = "r") -> Any:
            path = Path(task.folder, name)
            inside = path.relative_to(task.root).as_posix()
            (writes.add(inside) if "w" in mode else reads.setdefault(inside, state(path)))
            return io.open(path, mode)  # noqa: UP020

        namespace: dict[str, Any] = {"open": note, "__name__": "__main__"}
        notebook = json.loads(json.dumps(task.notebook))
        before, here = set(sys.modules), Path.cwd()
        sys.path[:0] = [task.folder, task.environment["PYTHONPATH"]]
        try:
            os.chdir(task.folder)
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code":
                    printed = io.StringIO()
                    with contextlib.redirect_stdout(printed):
                        exec(cell["source"], namespace)  # noqa: S102
                    if printed.getvalue():
                        output = {"output_type": "stream", "name": "stdout", "text": printed.getvalue()}
                        cell["outputs"].append(output)
        finally:
            os.chdir(here)
            del sys.path[:2]
            for name in set(sys.modules) - before:
                del sys.modules[name]
        reads = {name: value for name, value in reads.items() if name not in writes}
        return Result(task.docname, notebook, None, 0.1, None, reads, tuple(sorted(writes)))


class Book:
    """A folder with the pages of a world."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, world: World) -> None:
        files = texts(world)
        for old in [*self.root.glob("data/*.txt"), *self.root.rglob("__pycache__")]:
            if old.is_dir():
                shutil.rmtree(old)
            else:
                old.unlink()
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def build(self, world: World, store: Path) -> tuple[set[str], dict[str, str]]:
        """The pages that ran, and for each page what it printed."""
        session = BuildExecution(Store(store, keep=100))
        states = States(self.root)
        session.decide(self.plans(world, states, store), states)
        executor = Here()
        for event in session.run(executor):
            assert not isinstance(event, Finished) or event.result.failure is None
        session.note_uses()
        return set(executor.ran), {page: self.printed(session, page) for page in PAGES}

    def plans(self, world: World, states: States, store: Path) -> dict[str, PlannedPage]:
        pages = {name: read_notebook((self.root / f"{name}.md").read_text(), name, f"{name}.md") for name in PAGES}
        about = About("Book", "1", PackageNames("pkg"))
        library = build_library(list(pages.values()), MarkGrammar(default_patterns("pkg")), about)
        around = BuildContext(
            library=library,
            root=self.root,
            unobserved=(),
            search_path=str(library.snapshot(store / "packages")),
            environment={"VARIABLE": str(world["variable"])},
            limits=LIMITS,
            settings=NbSettings(),
            states=states,
        )
        plans = {}
        for name, page in pages.items():
            plans[name], faults = make_plan(page, self.root / f"{name}.md", around)
            assert faults == []
        return plans

    def printed(self, session: BuildExecution, page: str) -> str:
        entry = session.entry(page)
        assert entry is not None
        cells = session.store.load(entry[1])["notebook"]["cells"]
        return "".join(output["text"] for cell in cells for output in cell.get("outputs", ()))


EDITS = st.lists(st.dictionaries(st.sampled_from(sorted(START)), st.integers(0, 2), max_size=3), min_size=1, max_size=8)


@settings(max_examples=15, deadline=None)
@given(EDITS)
def test_what_runs_is_what_must_run(edits: list[World]) -> None:
    with tempfile.TemporaryDirectory() as name:
        root, store, clean = Path(name, "book"), Path(name, "store"), Path(name, "clean")
        root.mkdir()
        book = Book(root)
        seen: set[tuple[object, ...]] = set()
        world = dict(START)
        for edit in [{}, *edits, {}]:
            world |= edit
            book.write(world)
            must = {page for page in PAGES if (page, *signature(page, world)) not in seen}
            if "reader" in must and (root / "out.txt").exists() and "writer" not in must:
                written = str(world["writer"]) * 3
                must |= {"writer"} if (root / "out.txt").read_text() != written else set()
            ran, printed = book.build(world, store)
            assert ran == must
            seen |= {(page, *signature(page, world)) for page in PAGES}
            other = Book(Path(name, "other"))
            shutil.rmtree(other.root, ignore_errors=True)
            shutil.rmtree(clean, ignore_errors=True)
            other.root.mkdir()
            other.write(world)
            assert other.build(world, clean)[1] == printed


def test_the_model_itself_finds_a_wrong_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The property is not empty: without the states of files, a changed file would go unnoticed."""
    book = Book(tmp_path)
    book.write(START)
    book.build(START, tmp_path / "store")
    monkeypatch.setattr(Judge, "_files", lambda _self, _docname, run, _written: dict(run.files))
    book.write(START | {"data": 1})
    ran, _ = book.build(START, tmp_path / "store")
    assert "data" not in ran
