"""Faults of printed pages: short pages, widows and orphans, headings and lines that are stranded or too wide."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from sphinxcontrib_d2lbook.common.pdf_reading import Ink
from tests.conftest import Project

CONF = """
extensions = ["sphinxcontrib_d2lbook"]
project = "Tales"
myst_enable_extensions = ["colon_fence"]
d2lbook_pdf_paper = "100x100mm"
d2lbook_pdf_notes = "foot"
d2lbook_pdf_page_faults = ["short", "orphan", "widow", "heading", "wide"]
"""
LINE = "Words that stand in a paragraph of the page and fill some lines of it. "
BOX = "```{{raw}} typst\n#block(height: {}mm, width: 10mm, fill: gray, breakable: false)\n```\n\n"
LOOSE = "```{raw} typst\n#set text(costs: (orphan: 0%, widow: 0%));\n```\n\n"
INDEX = "# Tales\n\nText.\n\n```{toctree}\n:numbered:\none\ntwo\n```\n"


def faults(project: Project, one: str, more: str = "") -> list[tuple[str, int, str]]:
    """Build the PDF of a page; return line, page and beginning of the text of each fault."""
    project.conf = CONF + more
    project.write({"index.md": INDEX, "one.md": one, "two.md": "# Two\n\nThe end.\n"})
    project.build("pdf")
    lines = [line for line in project.warnings.splitlines() if "d2lbook.page" in line]
    assert lines == project.warnings.splitlines()
    found = []
    for line in lines:
        match = re.search(r"one\.md:(\d+): WARNING: tales\S*\.pdf, page (\d+): (.{18})", line)
        assert match, line
        found.append((match[1], int(match[2]), match[3]))
    return found


def test_a_page_that_is_hardly_filled_is_told_but_for_the_end_of_a_chapter(project: Project) -> None:
    page = f"# One\n\n{BOX.format(20)}{BOX.format(79)}A line.\n\n{BOX.format(79)}The end of the chapter.\n"
    found = faults(project, page)
    assert [(line, text) for line, _page, text in found] == [("11", "3 % of this page a")]


@pytest.mark.parametrize(("words", "kinds"), [(2, {"the last line of a", "the first line of "})])
def test_lines_of_a_paragraph_that_stand_alone_are_told(project: Project, words: int, kinds: set[str]) -> None:
    # Somewhere along the page there is a height at which one line is left over on either side.
    seen: set[str] = set()
    paragraphs = "".join(f"{BOX.format(height)}{LINE * words}\n\n" for height in range(8, 64))
    seen |= {text for _line, _page, text in faults(project, f"# One\n\n{LOOSE}{paragraphs}")}
    assert kinds <= seen
    assert faults(project, f"# One\n\n{paragraphs}") == [], "the engine avoids them, unless it is told not to"


def test_a_heading_at_the_end_of_a_page_is_told(project: Project) -> None:
    apart = "```{raw} typst\n#pagebreak()\n```\n"
    found = faults(project, f"# One\n\n{LINE}\n\n{BOX.format(25)}## Alone\n\n{apart}\n{LINE * 6}\n")
    assert [(line, text) for line, _page, text in found] == [("15", "a heading is the l")]


def test_a_heading_with_nothing_below_it_ends_its_chapter(project: Project) -> None:
    assert faults(project, f"# One\n\n{LINE}\n\n## Alone\n\n```{{raw}} html\n<p>text</p>\n```\n") == []


def test_a_line_that_reaches_out_of_the_text_is_told_and_spaces_are_not(project: Project) -> None:
    raw = "```{raw} typst\n#place(dx: 60mm, box(width: 40mm)[far beyond the text])\n```\n"
    found = faults(project, f"# One\n\n{LINE}\n\n{raw}")
    assert [(line, text) for line, _page, text in found] == [("3", "a line reaches 8 m")]
    code = "".join(f"{'x' * count} `f(61, 12, 34, 56, 78, 90, 12, 34, 56, 78)` " for count in range(1, 20))
    assert faults(project, f"# One\n\n{code}\n") == []


def test_faults_are_chosen_by_kind(project: Project) -> None:
    raw = "```{raw} typst\n#place(dx: 60mm, box(width: 40mm)[far beyond the text])\n```\n"
    assert faults(project, f"# One\n\n{LINE}\n\n{raw}", "d2lbook_pdf_page_faults = ['short', 'widow']\n") == []


def test_each_edition_is_looked_at_with_its_own_measures(project: Project) -> None:
    raw = "```{raw} typst\n#place(dx: 60mm, box(width: 40mm)[far beyond the text])\n```\n"
    wide = "d2lbook_editions = {'wide': {'paper': 'a4', 'bleed': '3mm'}, 'bled': {'crop_marks': True}}\n"
    assert len(faults(project, f"# One\n\n{LINE}\n\n{raw}", wide)) == 2, "all but the wide one"


def test_ink_is_moved() -> None:
    assert Ink(1, 2, 3, 4, is_text=True).moved(10, 20) == Ink(11, 22, 13, 24, is_text=True)


def test_every_kind_has_a_text_and_is_an_option() -> None:
    from sphinxcontrib_d2lbook.config.pdf_options import PAGE_FAULTS
    from sphinxcontrib_d2lbook.outputs.paper.page_faults import FAULTS

    assert isinstance(FAULTS, Mapping)
    assert tuple(FAULTS) == PAGE_FAULTS
