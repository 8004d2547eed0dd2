"""A book of seven hundred printed pages, with figures, formulas, tables, code and statements: no page has a fault."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from sphinxcontrib_d2lbook.config.pdf_options import DESIGNS
from tests.bench.numbered import write_book
from tests.conftest import Project

SOURCES = 340
"""Pages of the book's sources: about 720 of paper in the design of the textbook."""
CONF = f"""
d2lbook_outputs = ["pdf"]
d2lbook_checks = []
d2lbook_pdf_page_faults = ["short", "heading", "wide"]
d2lbook_editions = { ({name: {"theme": name} for name in DESIGNS[1:]})!r}
"""


@pytest.mark.long
def test_a_large_book_has_no_short_page_no_stranded_heading_and_no_wide_line(tmp_path: Path) -> None:
    folder = tmp_path / "large"
    write_book(folder, SOURCES)
    project = Project(folder)
    project.conf = (folder / "conf.py").read_text("utf-8") + CONF
    built = project.run("pdf")
    assert (built.returncode, built.stderr) == (0, "")
    printed = {}
    for file in (project.build_folder / "pdf").glob("*.pdf"):
        with pypdfium2.PdfDocument(file) as document:
            printed[file.stem.removeprefix("bench").removeprefix("-")] = len(document)
    assert printed.keys() == {"", *DESIGNS[1:]}
    assert printed[""] >= 700
