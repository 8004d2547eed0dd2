"""Headings stay with what follows, and the build tells of one that does not, and of pages that are nearly empty."""

from __future__ import annotations

import re

import pytest

from sphinxcontrib_d2lbook.outputs.latex.builder import read_marks
from sphinxcontrib_d2lbook.outputs.paper.page_faults import PageMark
from tests.conftest import Project

LATEX = {"d2lbook_pdf_engine": "latex", "d2lbook_outputs": ["pdf"], "d2lbook_pdf_page_faults": ["heading", "short"]}
THINGS = (
    "Text of one line.",
    "### Below\n\nText.",
    "```python\nprint(1)\nprint(2)\n```",
    "```{note}\nA note.\n```",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "* One\n* Two",
    "$$ a = b $$",
    "> A quotation.",
    "```{prf:theorem}\nTrue.\n```",
    "```{figure} a.svg\nA figure.\n```",
)
ROOT = "# Book\n\n```{toctree}\n:numbered:\n\none\n```\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="90"><rect width="40" height="90" fill="#c30"/></svg>'


def test_marks_are_read_with_their_places() -> None:
    marks = read_marks("opens - 3 52000000\nhead one:a 4 6578176\n", 800.0, {"one:a": "one:7"})
    assert marks[0] == PageMark("opens", "", 3, pytest.approx(800 - 52000000 / 65536 * 72 / 72.27))
    assert (marks[1].kind, marks[1].place, marks[1].page) == ("head", "one:7", 4)


@pytest.mark.long
@pytest.mark.latex
def test_headings_are_never_stranded(project: Project) -> None:
    """Before everything that can follow, at many heights of the page."""
    filler = (
        "Words that fill a line and a half, so that the heading after them stands at another height each time. " * 2
    )
    parts = [f"{filler}\n\n## Heading {n}\n\n{THINGS[n % len(THINGS)]}" for n in range(90)]
    project.write({"index.md": ROOT, "one.md": "# One\n\n" + "\n\n".join(parts) + "\n", "a.svg": SVG})
    project.build("pdf", confoverrides=LATEX)
    assert [line for line in project.warnings.splitlines() if "heading" in line] == []


@pytest.mark.latex
def test_a_stranded_heading_and_a_short_page_are_told_with_their_lines(project: Project) -> None:
    torn = "```{raw} latex\n\\par\\pagebreak\n```"
    text = "Text.\n\n" * 30
    project.write({"index.md": ROOT, "one.md": f"# One\n\n{text}## Torn\n\n{torn}\n\nNext.\n\n{torn}\n\n{text}\n"})
    project.build("pdf", confoverrides=LATEX)
    told = "\n".join(line for line in project.warnings.splitlines() if "d2lbook.page" in line)
    assert re.search(r"one\.md:63: WARNING: a-book\.pdf, page 6: a heading is the last on its page", told)
    assert re.search(r"one\.md:63: WARNING: a-book\.pdf, page 6: \d+ % of this page are filled", told)


@pytest.mark.long
@pytest.mark.latex
def test_what_a_visitor_forgets_is_told(project: Project) -> None:
    project.conf += (
        "def forget(self, node):\n    from docutils import nodes\n    raise nodes.SkipNode\n"
        "def setup(app):\n    from docutils import nodes\n"
        "    for kind in (nodes.block_quote, nodes.image):\n"
        "        app.add_node(kind, override=True, latex=(forget, None))\n"
    )
    body = "# One\n\nBefore.\n\n> A quotation that is lost, with $x^2$.\n\n![A wave](a.svg)\n\n[Out](https://x.example/a)\n"
    project.write({"index.md": ROOT, "one.md": body, "a.svg": SVG})
    project.build("pdf", confoverrides=LATEX)
    told = [line for line in project.warnings.splitlines() if " lacks " in line]
    assert re.search(
        r"one\.md:5: WARNING: a-book\.pdf lacks what the page has, .*text 'A quotation that is lost", told[0]
    )
    assert re.search(r"one\.md:7: WARNING: a-book\.pdf lacks what the page has, .*image 'a\.svg'", told[1])
    assert len(told) == 2


@pytest.mark.long
@pytest.mark.latex
def test_a_note_on_the_lines_of_the_text_is_not_taken_for_lost(project: Project) -> None:
    note = "```{margin}\nPeople call it *monkey patching* when a program changes a module of others.\n```"
    text = (
        "A paragraph of some lines, beside which a note stands in the margin, so that both are on the same lines. " * 3
    )
    project.write({"index.md": ROOT, "one.md": f"# One\n\n{text}\n\n{note}\n\n{text}\n"})
    project.build("pdf", confoverrides=LATEX)
    assert project.warnings == ""
