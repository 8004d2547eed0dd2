"""Long outputs of cells are shown in part, and a button shows them whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

CELLS = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n"
PAGES = {
    "index.md": (
        f"{CELLS}# Root\n\n```{{code-cell}}\nfor step in range(2_000): print('step', step)\n```\n\nBehind it.\n\n"
        "```{code-cell}\nprint('short')\n```\n\n"
        "```{code-cell}\n:tags: [hide-output]\nprint('folded')\n```\n"
    ),
    "plain.md": "---\norphan: true\n---\n# Plain\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a long output, a short one and a folded one."""
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("long"))
    project.conf += "language = 'de'\n"
    return project.website(PAGES)


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    tab = context.new_page()
    tab.goto(f"{server}index.html")
    yield tab
    context.close()


def height(page: Page) -> float:
    box = page.locator(".cell_output pre").first.bounding_box()
    assert box is not None
    return box["height"]


def test_a_button_shows_a_long_output_whole(page: Page) -> None:
    button = page.get_by_role("button", name="Alle 2.000 Zeilen zeigen")
    assert button.get_attribute("aria-expanded") == "false"
    assert height(page) < 450
    button.focus()
    page.keyboard.press("Enter")
    assert height(page) > 10_000
    less = page.get_by_role("button", name="Weniger zeigen")
    assert less.get_attribute("aria-expanded") == "true"
    less.click()
    assert height(page) < 450
    assert page.locator(".d2lbook-long-button").count() == 1


def test_the_box_is_reached_by_the_keyboard(page: Page) -> None:
    box = page.locator(".cell_output pre").first
    box.focus()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('.cell_output pre').scrollTop > 1000")


def test_all_is_printed(page: Page) -> None:
    page.emulate_media(media="print")
    assert height(page) > 10_000
    assert page.locator(".d2lbook-long-button").is_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.get_by_text("folded", exact=True).is_visible()


def test_pages_without_outputs_have_no_words_for_it(site: Path) -> None:
    assert "d2lbook-long-outputs" in (site / "index.html").read_text("utf-8")
    assert "d2lbook-long-outputs" not in (site / "plain.html").read_text("utf-8")
