"""What was found right is not read again; whatever changed, is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.numbering.agreement import read_html
from sphinxcontrib_d2lbook.numbering.agreement.expected_numbers import ExpectedEntry, ExpectedNumbers
from sphinxcontrib_d2lbook.numbering.agreement.read_html import BuiltSite, readable_pages
from sphinxcontrib_d2lbook.numbering.agreement.readback import differences
from sphinxcontrib_d2lbook.numbering.agreement.verified_files import VerifiedFiles

ENTRY = ExpectedEntry("page", ("sec-units",), "section", "8.2", "Gated Units", "sec_units", optional=False)
TABLE = ExpectedNumbers({"page": (ENTRY,)}, {"section": ("Section",)}, frozenset({"page"}))
OTHER = ExpectedNumbers({"page": (replace(ENTRY, number="8.3"),)}, TABLE.words, TABLE.in_toctree)
PAGE = '<section id="sec-units"><h1><span class="section-number">8.2. </span>Gated Units</h1></section>'
Check = Callable[..., tuple[int, int]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Checks the page in a build of its own; how many differences there are, and how many pages were read."""
    opened: list[str] = []

    class Counted(read_html.HtmlPage):
        def __init__(self, table: ExpectedNumbers, docname: str, places: read_html.Places, content: bytes) -> None:
            opened.append(docname)
            super().__init__(table, docname, places, content)

    monkeypatch.setattr(read_html, "HtmlPage", Counted)

    def checked(text: str, table: ExpectedNumbers = TABLE, *others: str) -> tuple[int, int]:
        opened.clear()
        (tmp_path / "page.html").write_text(text, "utf-8")
        memory = VerifiedFiles(tmp_path, "html", table, *others)
        found = list(
            differences(table, readable_pages(table, BuiltSite(tmp_path, {"page": "page.html"}), ["page"]), memory)
        )
        memory.keep()
        return len(found), len(opened)

    return checked


def test_a_page_that_was_right_is_not_read_again(check: Check) -> None:
    assert check(PAGE) == (0, 1)
    assert check(PAGE) == (0, 0)


def test_another_text_table_or_address_is(check: Check) -> None:
    check(PAGE)
    assert check(PAGE.replace("8.2", "8.4")) == (1, 1)
    assert check(PAGE) == (0, 0)
    assert check(PAGE, OTHER) == (1, 1)
    assert check(PAGE) == (0, 1)  # as the memory is of one table
    assert check(PAGE, TABLE, "another address") == (0, 1)


def test_what_was_wrong_is_told_again(check: Check) -> None:
    for _ in range(2):
        assert check(PAGE.replace("8.2", "8.4")) == (1, 1)


def test_a_memory_that_was_cut_short_is_none(check: Check, tmp_path: Path) -> None:
    check(PAGE)
    file = tmp_path / "remembered" / "agreement" / "html.json"
    file.write_text(file.read_text("utf-8")[:40], "utf-8")
    assert check(PAGE) == (0, 1)


def test_a_wrong_entry_of_a_sidebar_is_found_on_each_page_that_has_it(tmp_path: Path) -> None:
    entry = '<li class="toctree-l1"><a class="reference internal" href="page.html#sec-units">8.{} Gated Units</a></li>'
    names = ["one", "page", "three"]
    table = ExpectedNumbers({"one": (), "page": (ENTRY,), "three": ()}, TABLE.words, frozenset(names))
    for name, number in zip(names, (2, 2, 3), strict=True):
        body = PAGE if name == "page" else ""
        (tmp_path / f"{name}.html").write_text(f"<ul>{entry.format(number)}</ul>{body}", "utf-8")
    site = BuiltSite(tmp_path, {name: f"{name}.html" for name in names})
    found = list(differences(table, readable_pages(table, site, names)))
    assert [(one.file.name, one.found) for one in found] == [("three.html", "8.3")]
