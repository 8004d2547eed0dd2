"""Results of a search have the numbers of sections; excerpts have formulas once, and no table of contents."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nfirst\nsecond\nfourth\nthird\n```\n",
    "first.md": "# First\n\nZebra: $\\frac{a}{b}$ and more.\n\n## Striped animals\n\nOne.\n\n## Others\n\nTwo.\n",
    "second.md": "# Striped paper\n\nText.\n\n```{figure} dot.svg\n:name: fig_tail\n\nA tail and its tassel\n```\n\n"
    ":::{prf:theorem} Pythagoras & sons\n:label: thm_sum\n\nSquares.\n:::\n\n$$a^2 = b$$ (eq_area)\n\n"
    "$$a = b$$ (eq_side)\n\n## Three\n\nWords.\n",
    "third.md": "# Beyond\n\nThis is a *gnu*. It has hooves, and hooves.\n",
    "fourth.md": "# Coda\n\nLike the gnu, the horse has hooves.\n",
    "dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="4"/></svg>',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book with numbers."""
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("search"))
    return project.website(PAGES)


@pytest.mark.parametrize(
    ("query", "title"), [("striped+animals", "1. First > 1.1. Striped animals"), ("striped+paper", "2. Striped paper")]
)
def test_results_name_the_numbers_of_sections(page: Page, server: str, query: str, title: str) -> None:
    page.goto(f"{server}search.html?q={query}")
    page.locator("#search-results").get_by_role("link", name=title, exact=True).wait_for()
    assert all(found[0].isdigit() for found in page.locator("ul.search li a").all_inner_texts() if found != "Root")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("figure 2.1", "second.html#fig-tail"),
        ("fig. 2.1", "second.html#fig-tail"),
        ("tassel", "second.html#fig-tail"),
        ("pythagoras", "second.html#thm_sum"),
        ("theorem 2.1", "second.html#thm_sum"),
        ("(2.2)", "second.html#equation-eq-side"),
        ("equation 2.2", "second.html#equation-eq-side"),
        ("2.1", "second.html#three"),
        ("section 2.1", "second.html#three"),
        ("gnu", "third.html"),
        ("what is a gnu", "third.html"),
        ("striped gazelle paper", "second.html"),
    ],
)
def test_numbers_captions_and_terms_are_found(page: Page, site: Path, query: str, place: str) -> None:
    page.goto(f"{site.as_uri()}/search.html?q={quote_plus(query)}")
    page.wait_for_selector("ul.search li a")
    first = page.locator("ul.search li a").first.get_attribute("href") or ""
    assert re.sub(r"\?[^#]*", "", first) == place


def test_the_lens_stands_before_the_words(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}/search.html?q=zebra")
    lens = page.locator("main form.bd-search i").bounding_box()
    field = page.locator("main form.bd-search input")
    words = field.bounding_box()
    assert lens is not None
    assert words is not None
    padding = field.evaluate("field => parseFloat(getComputedStyle(field).paddingLeft)")
    assert lens["x"] + lens["width"] <= words["x"] + padding


def test_excerpts_have_formulas_once_and_no_contents(page: Page, server: str) -> None:
    page.goto(f"{server}search.html?q=zebra")
    page.wait_for_selector("ul.search li p")
    text = page.locator("ul.search li p").inner_text()
    assert "Zebra" in text
    assert "frac" not in text
    assert "Contents" not in text
    assert text.count("Others") == 1


def test_a_search_in_a_folder_has_results_and_no_errors(page: Page, site: Path) -> None:
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text) if message.type != "log" else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(f"{site.as_uri()}/search.html?q=zebra")
    page.wait_for_selector("ul.search li a")
    assert page.locator("ul.search li a").inner_text() == "1. First"
    assert messages == []


def test_only_the_page_of_results_has_the_numbers(site: Path) -> None:
    assert "window.d2lbookSectionNumbers" in (site / "search.html").read_text("utf-8")
    assert "window.d2lbookSectionNumbers" not in (site / "first.html").read_text("utf-8")
