"""The books of the corpus: their records, how they are built twice, and what is compared then."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from sphinx._cli.util.errors import strip_escape_sequences

from . import words
from .probe import FOLDER

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = ROOT / "sphinxcontrib_d2lbook"
BOOKS = HERE / "books"
RECORD = "BOOK.toml"
OUTPUTS = "html,pdf,notebooks"
OURS = """
extensions = [*globals().get("extensions", []), "sphinxcontrib_d2lbook", "tests.corpus.probe"]
"""
"""What is added to the conf.py of a book that is built by us."""
NAMED = (
    "//*[contains(@class, 'download-source-button')]//*[@class='btn__text-container']",
    "//*[contains(@class, 'download-notebook-button')]//*[@class='btn__text-container']",
)
"""XPaths of the texts of entries of the theme's download menu, of which ours says more."""
REPLACED = (*NAMED, "//*[contains(@class, 'download-pdf-button')]")
ADDED = (*NAMED, "//*[contains(@class, 'd2lbook-download-')]")
"""XPaths of what pages have in one of the websites only: ours offers a PDF in place of the printing of a page."""
OURS_ONLY = ("go/", "404.html")
"""How names of files begin that only our website has: permanent addresses, the page for addresses without a page."""


@dataclass(frozen=True)
class Difference:
    """Words that are others in our website than in that of ordinary Sphinx, and are meant to be."""

    stock: str
    ours: str
    reason: str
    page: str = "*"
    """A pattern of file names."""


@dataclass(frozen=True)
class Absence:
    """A text that an output does not have, and is not meant to have."""

    output: str
    """pdf or notebooks"""
    text: str
    """A regular expression of the whole piece, squeezed."""
    reason: str
    page: str = "*"
    """A pattern of docnames; in the PDF, "*"."""


@dataclass(frozen=True)
class Mutation:
    """A change of our code under which the book fails."""

    file: str
    """Below the package."""
    old: str
    new: str
    shows: str
    """What the fault that is found begins with: "html", "pdf", "notebooks", "exit code", "warning"."""


@dataclass(frozen=True)
class Book:
    """A record. Where it says nothing, builds end with 0, warn of nothing, and have the same words."""

    name: str
    structure: str
    mutation: Mutation
    quick: bool = False
    """Whether the fast suite builds it, too."""
    codes: Mapping[str, int] = field(default_factory=dict)
    """Exit codes of "stock" and "ours"."""
    warnings: Sequence[str] = ()
    """Regular expressions of the warnings of both."""
    stock_warnings: Sequence[str] = ()
    our_warnings: Sequence[str] = ()
    differs: Sequence[Difference] = ()
    absent: Sequence[Absence] = ()
    unprinted: Mapping[str, str] = field(default_factory=dict)
    """Pages that are not in the PDF, as docname -> reason."""

    @property
    def folder(self) -> Path:
        return BOOKS / self.name


def read(name: str) -> Book:
    """Return the record of a book. Raises TypeError and KeyError for one that is not as `Book` says."""
    values: dict[str, Any] = tomllib.loads((BOOKS / name / RECORD).read_text("utf-8"))
    values["mutation"] = Mutation(**values["mutation"])
    values["differs"] = [Difference(**one) for one in values.get("differs", ())]
    values["absent"] = [Absence(**one) for one in values.get("absent", ())]
    return Book(name=name, **values)


NAMES = sorted(path.parent.name for path in BOOKS.glob(f"*/{RECORD}"))


# Building -------------------------------------------------------------------------------------------------------------


def build(books: Iterable[Book], folder: Path, packages: Mapping[str, Path] | None = None) -> None:
    """Build each book by ordinary Sphinx and by us, in ``folder``/name/stock and …/ours.

    ``packages``: name of a book -> a folder with a copy of our package that takes its place there.
    """
    jobs = []
    for book in books:
        package = str((packages or {}).get(book.name, ""))
        # Builds may start processes of their own, which are to take the same package.
        path = os.pathsep.join(filter(None, (package, str(ROOT))))
        for way, command in (("stock", "html"), ("ours", "book")):
            project = folder / book.name / way
            shutil.copytree(book.folder, project, ignore=shutil.ignore_patterns(RECORD, "__pycache__", "_build"))
            if way == "ours":
                conf = project / "conf.py"
                conf.write_text(conf.read_text("utf-8") + OURS, encoding="utf-8")
            own = ["-D", f"d2lbook_outputs={OUTPUTS}"] if way == "ours" else []
            jobs.append(
                {
                    "folder": str(project),
                    "command": ["-M", command, ".", "_build", *own],
                    "variables": {FOLDER: str(folder / book.name / "pieces"), "PYTHONPATH": path},
                    "package": package,
                    "log": str(folder / book.name / f"{way}.log"),
                    "code": str(folder / book.name / f"{way}.code"),
                }
            )
    file = folder / "jobs.json"
    file.write_text(json.dumps(jobs), encoding="utf-8")
    subprocess.run(
        [sys.executable, str(HERE / "builds.py"), str(file)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
    )


def mutated(book: Book, folder: Path) -> Path:
    """Return a folder, below ``folder``, with a copy of our package under the mutation that a book names."""
    home = folder / f"{book.name}-package"
    copy = home / PACKAGE.name
    shutil.copytree(PACKAGE, copy)  # with what is compiled, which holds for files of the same time and size
    file = copy / book.mutation.file
    file.write_text(file.read_text("utf-8").replace(book.mutation.old, book.mutation.new), encoding="utf-8")
    return home


# Comparing ------------------------------------------------------------------------------------------------------------


def faults(book: Book, folder: Path) -> list[str]:
    """Return what is not as the record says, in the two builds of a book."""
    home = folder / book.name
    found = []
    for way in ("stock", "ours"):
        code = (home / f"{way}.code").read_text() if (home / f"{way}.code").is_file() else "none"
        if code != str(book.codes.get(way, 0)):
            found.append(f"exit code: {way} ended with {code}:\n{(home / f'{way}.log').read_text('utf-8')[-3000:]}")
        found += _wrong_warnings(book, way, home)
    stock, ours = home / "stock" / "_build" / "html", home / "ours" / "_build" / "book"
    found += _other_words(book, home, stock, ours / "html")
    texts = {
        str(path.relative_to(home / "pieces").with_suffix("")): json.loads(path.read_text("utf-8"))
        for path in sorted((home / "pieces").rglob("*.json"))
    }
    return found + _missing(book, texts, ours)


def _wrong_warnings(book: Book, way: str, home: Path) -> list[str]:
    log = strip_escape_sequences((home / f"{way}.log").read_text("utf-8")).replace(f"{home / way}/", "")
    told = re.findall(r"^.*(?:WARNING|ERROR|CRITICAL): .*$", log, re.MULTILINE)
    expected = [*book.warnings, *(book.stock_warnings if way == "stock" else book.our_warnings)]
    found = [f"warning: {way}: {line}" for line in told if not any(re.search(one, line) for one in expected)]
    return found + [
        f"warning: {way} does not warn of {one!r}" for one in expected if not any(re.search(one, t) for t in told)
    ]


def _other_words(book: Book, home: Path, stock: Path, ours: Path) -> list[str]:
    """Return where the pages of two websites differ."""
    pages = [{file.relative_to(site).as_posix() for file in site.rglob("*.html")} for site in (stock, ours)]
    pages[1] = {name for name in pages[1] if not name.startswith(OURS_ONLY)}
    found = [f"html: {name} is missing" for name in sorted(pages[0] - pages[1])]
    found += [f"html: {name} is there, too" for name in sorted(pages[1] - pages[0])]
    unused = set(range(len(book.differs)))
    for name in sorted(pages[0] & pages[1]):
        for read in (words.page_words, words.page_links):
            theirs = " ".join(read(stock / name, REPLACED)).replace(str(home / "stock"), str(home / "ours"))
            for position, one in enumerate(book.differs):
                if fnmatch(name, one.page) and one.stock in theirs:
                    unused.discard(position)
                    theirs = theirs.replace(one.stock, one.ours)
            different = words.differences(" ".join(read(ours / name, ADDED)).split(), theirs.split())
            found += [f"html: {name}: {one}" for one in different]
    return found + [f"html: nothing reads {book.differs[position].stock!r}" for position in sorted(unused)]


def _missing(book: Book, texts: Mapping[str, Mapping[str, Sequence[str]]], ours: Path) -> list[str]:
    unused = set(range(len(book.absent)))

    def allowed(piece: str, output: str, page: str) -> bool:
        for position, one in enumerate(book.absent):
            if one.output == output and fnmatch(page, one.page) and re.fullmatch(one.text, piece, re.DOTALL):
                unused.discard(position)
                return True
        return False

    found = [f"pdf: {name} has no texts to compare with" for name, text in texts.items() if not text["pieces"]]
    found += [] if texts else ["pdf: there is nothing to compare with"]
    pdfs = sorted((ours / "pdf").glob("*.pdf"))
    pages = words.pdf_pages(pdfs[0]) if pdfs else []
    printed = [text for docname, text in texts.items() if docname not in book.unprinted]
    everything = [piece for text in printed for piece in (*text["pieces"], *text["captions"])]
    found += [
        f"pdf: {piece!r} is missing" for piece in words.missing(everything, pages) if not allowed(piece, "pdf", "*")
    ]
    for docname, text in texts.items():
        file = ours / "notebooks" / f"{docname}.ipynb"
        read = [words.notebook_text(file)] if file.is_file() else []
        found += [
            f"notebooks: {docname}: {piece!r} is missing"
            for piece in words.missing(text["pieces"], read)
            if not allowed(piece, "notebooks", docname)
        ]
    return found + [f"{book.absent[n].output}: nothing is {book.absent[n].text!r}" for n in sorted(unused)]
