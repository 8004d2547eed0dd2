"""Tries the ways in which a cell comes by information: which edits are seen.

`python -m tests.execution.attack OUTPUT.csv` builds a book with one page for each way, makes the edits, builds it again
and writes what was seen: the table in the book's appendix on how the book is made. The tests do the same.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sphinxcontrib_d2lbook.execution.store import Store
from tests.execution.ways import WAYS, Content, Way


@dataclass
class Seen:
    """What became of one way."""

    way: Way
    first: str = ""
    """How its page ran in the first build."""
    needless: bool = False
    """Whether it ran again though nothing of it had changed."""
    again: bool = False
    """Whether it ran after its edit."""
    differs: bool = False
    """Whether the page shows something else then."""
    told: bool = False
    """Whether the build said that it cannot see what the page uses."""
    reason: str | None = None

    @property
    def found(self) -> str:
        """What is to be compared with `Way.expected`, or a word that says what went wrong."""
        if self.first != "ran":
            return f"not run ({self.first})"
        if self.needless:
            return "needless"
        if self.again:
            return "seen"
        return "told" if self.told else "stale"


class AttackedBook:
    """A book with a page for each way."""

    def __init__(self, folder: Path, ways: Sequence[Way], conf: str = "") -> None:
        self.ways = ways
        self.folder = folder / "project"
        self.seen = {way.page: Seen(way) for way in ways}
        self.log = ""
        source = self.folder / "book"
        for one in ways:
            lay_out(one, source / one.name)
            put(source / one.name, {"page.md": one.text()})
        toctree = "\n".join(one.page for one in ways)
        put(source, {"index.md": f"# Ways\n\n```{{toctree}}\n{toctree}\n```\n"})
        head = "extensions = ['sphinxcontrib_d2lbook']\nproject = 'Ways'\nhtml_theme = 'alabaster'\n"
        put(self.folder, {"conf.py": f"{head}d2lbook_outputs = ['html']\n{conf}"})

    def build(self) -> dict[str, str | None]:
        """Build by the command; the pages that ran, and why."""
        command = [sys.executable, "-m", "sphinx", "-M", "book", "book", "_build", "-c", "."]
        environment = {**os.environ, "NO_COLOR": "1"}
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, env=environment, timeout=3600
        )
        self.log = done.stdout + done.stderr
        if done.returncode > 1:
            raise RuntimeError(self.log)
        self.pages: dict[str, dict[str, object]] = json.loads(
            (self.folder / "_build/book/report.json").read_text("utf-8")
        )["pages"]
        return {
            name: str(page["reason"])
            for name, page in self.pages.items()
            if page["execution"] not in ("cached", "none")
        }

    def shown(self, docname: str) -> str:
        """The page as the website has it."""
        return (self.folder / f"_build/book/html/{docname}.html").read_text("utf-8")

    def stale(self) -> list[str]:
        """The pages that a book of the same sources shows otherwise, if it is built from nothing."""
        folder = self.folder.parent / "clean"
        clean = AttackedBook(folder, ())
        shutil.rmtree(clean.folder)
        shutil.copytree(self.folder, clean.folder, ignore=shutil.ignore_patterns("_build"), symlinks=True)
        given = {f"book/{one.name}/{name}" for one in self.ways for name in one.files}
        for name in Store(self.folder / "_build/doctrees/d2lbook/execution").written() - given:
            (clean.folder / name).unlink(missing_ok=True)  # what pages have written is none of the sources
        clean.build()
        found = [
            name
            for name in self.seen
            if self.shown(name).replace(str(self.folder), "") != clean.shown(name).replace(str(clean.folder), "")
        ]
        shutil.rmtree(folder)
        return found

    def attack(self, *, singly: bool = False) -> list[Seen]:
        """Build, build again, change what concerns no page, then what concerns each: what was seen of it.

        ``singly``: each edit has a build of its own, so that none is seen by help of another.
        """
        self.build()
        for name, seen in self.seen.items():
            seen.first = str(self.pages[name]["execution"])
            seen.told = bool(self.pages[name].get("unseen"))
        before = {name: self.shown(name) for name in self.seen}
        put(self.folder, {"other/notes.txt": "x", "book/none.txt": "y"})
        self._needless(self.build())
        for ways in [[one] for one in self.ways] if singly else [self.ways]:
            for one in ways:
                make_edit(one, self.folder / "book" / one.name)
            ran = self.build()
            self._note(ran, before, ways)
            self._needless(ran.keys() - {one.page for one in ways})
        self._needless(self.build())
        return list(self.seen.values())

    def _needless(self, docnames: Iterable[str]) -> None:
        for name in docnames:
            self.seen[name].needless = True

    def _note(self, ran: Mapping[str, str | None], before: Mapping[str, str], ways: Iterable[Way]) -> None:
        for one in ways:
            seen = self.seen[one.page]
            seen.again, seen.reason = one.page in ran, ran.get(one.page)
            seen.differs = self.shown(one.page) != before[one.page]


def lay_out(one: Way, folder: Path) -> None:
    """Make the files of a way in the folder of its page."""
    put(folder, one.files)
    if one.prepare is not None:
        one.prepare(folder)


def make_edit(one: Way, folder: Path) -> None:
    """Make the edit of a way in the folder of its page."""
    if callable(one.edit):
        one.edit(folder)
    else:
        put(folder, one.edit)


def put(folder: Path, files: Mapping[str, Content]) -> None:
    """Write files, and remove those whose content is None."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = Path(os.path.normpath(folder / name))
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def rows(seen: Iterable[Seen]) -> list[tuple[str, str, str, str, str]]:
    """The table, with a head: kind, way, expected, found, why the page ran again."""
    head = ("kind", "way", "expected", "found", "reason")
    return [head, *((one.way.kind, one.way.name, one.way.expected, one.found, one.reason or "") for one in seen)]


def summary(table: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The table of `rows`, in one row for each kind of ways: how many there are, and how many of them are seen."""
    kinds: dict[str, Counter[str]] = {}
    for kind, _, _, found, _ in table[1:]:
        kinds.setdefault(kind, Counter())[found] += 1
    made = [(kind, str(count.total()), str(count["seen"]), str(count["told"])) for kind, count in sorted(kinds.items())]
    every = sum(kinds.values(), Counter())
    last = ("All", str(every.total()), str(every["seen"]), str(every["told"]))
    return [("Information comes by", "Ways", "Seen", "Told"), *made, last]


def main(output: str, *names: str) -> None:
    """Write the table as CSV; with names, of those ways alone. Beside it, the summary has `-kinds` in its name."""
    ways = [one for one in WAYS if one.possible and (not names or one.name in names)]
    with tempfile.TemporaryDirectory() as folder:
        seen = []
        for singly in (True, False):
            chosen = [one for one in ways if (one.kind == "Places") == singly]
            if chosen:
                seen += AttackedBook(Path(folder).resolve() / str(singly), chosen).attack(singly=singly)
        table = [tuple(text.replace(str(Path(folder).resolve()), "") for text in row) for row in rows(seen)]
    write(Path(output), table)
    write(kinds_file(Path(output)), summary(table))
    print(f"{len(table) - 1} ways, of which {sum(row[2] != row[3] for row in table[1:])} are not as expected")


def kinds_file(file: Path) -> Path:
    """Where the summary of a table stands."""
    return file.with_stem(f"{file.stem}-kinds")


def write(file: Path, table: Iterable[Sequence[str]]) -> None:
    """Write a table as CSV."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
