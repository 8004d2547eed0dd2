"""What it costs to set a large book, by Typst and by XeLaTeX. Run by `make bench`, not by the tests.

The book is that of numbered.py: each page has two figures, formulas, a table, code and statements, and nothing runs.
Its sources are read before, which is not counted. Then each engine sets it from nothing, and Typst once more after an
edit of a sentence. CPU time and memory are those of the command and of all that it starts (see usage.py). Rows go to
`_build/bench/pdf.json`. A PDF that lacks a figure or the edited sentence ends the benchmark with an error.

    --pages N            pages of the book's sources; 280 of them give about 600 of paper
    --without-latex      leave XeLaTeX out
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import numbered
import rows
from pypdf import PdfReader
from rows import Row
from usage import Usage, measure

EDITED = 7
SENTENCE = "A sentence more."
CPU, MEMORY = 20.0, 1600.0
"""Goal: seconds and megabytes for a book of 600 printed pages, which is the size of the default."""
SHARE = 1 / 3
"""Goal: share of XeLaTeX's CPU time."""
CAPTION = re.compile(r"Figure (\d+(?:\.\d+)+)")


class Book:
    """The generated book, and its builds."""

    def __init__(self, folder: Path, pages: int) -> None:
        self.folder, self.pages = folder, pages
        self.log = folder.parent / "log.txt"
        numbered.write_book(folder, pages)

    def build(self, builder: str, *options: str) -> Usage:
        """Build by the command. Raise SystemExit if it fails."""
        command = [sys.executable, "-m", "sphinx", "-M", builder, "book", "_build", "-c", ".", "-q", *options]
        used = measure(command, self.folder, os.environ, self.log)
        if used.code:
            raise SystemExit(self.log.read_text("utf-8"))
        return used

    def printed(self, sentence: str = "") -> int:
        """Return the pages of the PDF. Raise SystemExit if it lacks a figure or the sentence."""
        (file,) = (self.folder / "_build" / "pdf").glob("*.pdf")
        pages = [page.extract_text() for page in PdfReader(file).pages]
        text = " ".join(" ".join(pages).split())
        figures = len(set(CAPTION.findall(text)))
        if figures < 2 * self.pages or sentence not in text:
            raise SystemExit(f"the PDF has {figures} figures of {2 * self.pages}, or it lacks {sentence!r}")
        return len(pages)

    def from_nothing(self, engine: str) -> Usage:
        """Set the book where it was not set before."""
        shutil.rmtree(self.folder / "_build" / "pdf", ignore_errors=True)
        return self.build("pdf", "-D", f"d2lbook_pdf_engine={engine}")


def bench(folder: Path, pages: int, *, latex: bool) -> list[Row]:
    """Return the rows. Raise SystemExit if a build fails or a PDF lacks something."""
    book = Book(folder, pages)
    book.build("html")  # reads the sources
    print("Typst", flush=True)
    first = book.from_nothing("typst")
    printed = book.printed()
    size = f"{printed} printed pages, {2 * pages} figures"
    numbered.edit_prose(folder, EDITED)
    edited = book.build("pdf", "-D", "d2lbook_pdf_engine=typst")
    book.printed(SENTENCE)
    found = [
        Row(f"PDF by Typst, {size}, CPU", first.cpu, "s", "the goal", CPU, f"{CPU:.0f} s"),
        Row(f"PDF by Typst, {size}, memory", first.memory / 1e6, "MB", "the goal", MEMORY, f"{MEMORY:.0f} MB"),
        Row("the same after an edit of a sentence, CPU", edited.cpu, "s", "the first time", first.cpu, "ratio 1"),
    ]
    if latex:
        print("XeLaTeX", flush=True)
        other = book.from_nothing("latex")
        there = f"by XeLaTeX, {book.printed(SENTENCE)} printed pages"
        found.append(Row("PDF by Typst, CPU", first.cpu, "s", there, other.cpu, f"ratio {SHARE:.2f}"))
        found.append(Row("PDF by Typst, memory", first.memory / 1e6, "MB", there, other.memory / 1e6))
    return found


def main() -> None:
    """Measure, and write and show the rows."""
    parser = argparse.ArgumentParser(description="Measure what setting a large book costs.")
    parser.add_argument("--pages", type=int, default=280)
    parser.add_argument("--without-latex", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="d2lbook-bench-") as name:
        found = bench(Path(name).resolve() / "book", given.pages, latex=not given.without_latex)
    rows.show(found)
    rows.write(found, "pdf")


if __name__ == "__main__":
    main()
