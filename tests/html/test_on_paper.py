"""A page of the website that a reader prints has all of its content and nothing else; proofs end with a mark."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.conftest import Project

pytestmark = pytest.mark.browser

LINES = "\n".join(f"line_{number} = {number}" for number in range(90))
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nfirst\n```\n",
    "first.md": (
        "# First $x^2$\n\nWords.\n\n```python\n"
        + LINES
        + "\n```\n\n```python\nlong = '"
        + "many words " * 40
        + "'\n```\n\n::::{tab-set}\n:::{tab-item} One\nOf one.\n:::\n:::{tab-item} Two\nOf two.\n:::\n::::\n\n"
        "## In\n\n:::{prf:theorem}\n:label: thm_a\n\nSquares.\n:::\n\n:::{prf:proof}\nBy hand.\n\nAnd so on.\n:::\n\n"
        ":::{prf:proof}\nBy a formula:\n\n$$a = b$$\n:::\n\n:::{note}\n:class: dropdown\n\nFolded.\n:::\n"
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("paper"))
    return project.website(PAGES)


def test_paper_has_the_text_with_its_number_and_nothing_around(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    page.emulate_media(media="print")
    assert page.locator("h1:visible").count() == 1
    assert page.locator("article h1").inner_text().startswith("1. First")
    for around in (".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", ".prev-next-footer"):
        assert page.locator(f"{around}:visible").count() == 0, around
    for text in ("Of one.", "Of two.", "Folded."):
        assert page.get_by_text(text, exact=True).is_visible()


def test_code_wraps_and_goes_on_over_the_end_of_a_page(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format="A5"))).pages]
    assert "line_0 =" in sheets[0]
    assert "line_9 =" in sheets[0]
    assert "line_89 =" not in sheets[0]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 600, "height": 800})
    for code in page.locator("pre").all():
        assert code.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_a_dark_page_is_light_on_paper(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    for event, theme in (("beforeprint", "light"), ("afterprint", "dark")):
        page.evaluate("name => window.dispatchEvent(new Event(name))", event)
        assert page.evaluate("document.documentElement.dataset.theme") == theme


def test_each_proof_ends_with_one_mark(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    marks = page.evaluate(
        "[...document.querySelectorAll('div.proof, div.proof *')].map(element => [element.tagName,"
        "getComputedStyle(element, '::after').content]).filter(([_, content]) => content.includes('\\u220e'))"
    )
    assert [tag for tag, _content in marks] == ["P", "DIV"]
    assert "∎" not in page.locator("article").inner_text()
