"""Tabs of frameworks: by mouse and keys, on all pages, remembered, by address; without scripts all are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.conftest import NOTEBOOK, Project

pytestmark = pytest.mark.browser

CONF = """\
extensions = ["sphinxcontrib_d2lbook"]
project = "Tabs"
nb_execution_mode = "off"
d2lbook_frameworks = {"one": {"label": "One"}, "two": {"label": "Two"}, "three": {"label": "Three"}}
"""
CELLS = "".join(f"```{{code-cell}}\n:framework: {name}\nprint('{name}')\n```\n\n" for name in ("one", "two", "three"))
FIGURES = "".join(
    f"````{{framework}} {name}\n```{{figure}} dot.svg\n:name: {label}\n\nThe figure of {name}.\n```\n````\n\n"
    for name, label in (("one", "fig_both"), ("two", "fig_both"))
)
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nfirst\nsecond\n```\n",
    "first.md": f"{NOTEBOOK}# First\n\n{CELLS}Between them.\n\n{FIGURES}The end: {{numref}}`fig_both`.\n",
    "second.md": f"{NOTEBOOK}# Second\n\n{CELLS}````{{framework}} three\n```{{figure}} dot.svg\n:name: fig_three\n\n"
    "Only in three.\n```\n````\n\nSee {numref}`fig_both`.\n",
    "dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15"/></svg>',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("tabs"))
    project.conf = CONF
    return project.website(PAGES)


@pytest.fixture(scope="module")
def viewport() -> ViewportSize:
    return {"width": 1000, "height": 700}


def shown(page: Page) -> list[str]:
    """The frameworks whose cells a reader sees."""
    texts: list[str] = page.locator(".d2lbook-framework .cell_input:visible").all_inner_texts()
    return [name for name in ("one", "two", "three") if any(f"'{name}'" in text for text in texts)]


def selected(page: Page) -> list[str]:
    return page.locator('[role="tab"][aria-selected="true"]').all_inner_texts()


def test_the_first_is_shown_until_a_reader_chooses(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    assert shown(page) == ["one"]
    assert selected(page) == ["One", "One"]
    page.get_by_role("tab", name="Two").first.click()
    assert shown(page) == ["two"]
    assert selected(page) == ["Two", "Two"]


def test_a_choice_holds_on_other_pages_and_is_remembered(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    page.get_by_role("tab", name="Three").first.click()
    # The second place has nothing for it: its tabs stay, and none is chosen.
    assert selected(page) == ["Three"]
    page.goto(f"{server}second.html")
    assert shown(page) == ["three"]
    page.reload()
    assert shown(page) == ["three"]


def test_two_windows_follow_each_other(page: Page, server: str) -> None:
    other = page.context.new_page()
    other.goto(f"{server}second.html")
    page.goto(f"{server}first.html")
    page.get_by_role("tab", name="Two").first.click()
    other.wait_for_function("document.documentElement.dataset.d2lbookFramework === 'two'")
    assert shown(other) == ["two"]


def test_keys_move_and_choose_as_in_other_tabs(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    page.get_by_role("tab", name="One").first.focus()
    for key, name in [
        ("ArrowRight", "Two"),
        ("End", "Three"),
        ("ArrowRight", "One"),
        ("ArrowLeft", "Three"),
        ("Home", "One"),
    ]:
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent") == name
        assert selected(page)[0] == name
    page.keyboard.press("Tab")  # out of the tabs, as only the chosen one is in the order of the keys
    assert page.evaluate("document.activeElement.getAttribute('role')") != "tab"


def test_each_tab_names_its_panels_and_each_panel_its_tabs(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    for tab in page.locator('[role="tab"]').all():
        panels = (tab.get_attribute("aria-controls") or "").split()
        assert panels
        for panel in panels:
            of = page.locator(f"#{panel}")
            assert of.get_attribute("role") == "tabpanel"
            assert (tab.get_attribute("id") or "") in (of.get_attribute("aria-labelledby") or "").split()
    ids = page.evaluate("Array.from(document.querySelectorAll('[id]')).map(e => e.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", ["first.html?framework=two", "first.html#framework=two"])
def test_an_address_leads_to_a_choice(page: Page, server: str, address: str) -> None:
    page.goto(f"{server}{address}")
    assert shown(page) == ["two"]
    page.goto(f"{server}second.html")
    assert shown(page) == ["two"]


@pytest.mark.parametrize("asked", ["?framework=four", "#framework=four", "#framework=%E0%A4%A", "#%E0%A4%A"])
def test_a_name_that_the_page_lacks_changes_nothing(page: Page, server: str, asked: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(f"{server}first.html{asked}")
    assert shown(page) == ["one"]
    assert faults == []


def test_a_link_to_what_only_another_shows_chooses_that(page: Page, server: str) -> None:
    page.goto(f"{server}second.html#fig-three")
    assert shown(page) == ["three"]
    assert page.locator("#fig-three").is_visible()


def test_a_link_to_a_figure_leads_to_that_of_the_choice(page: Page, server: str) -> None:
    page.goto(f"{server}second.html?framework=two")
    page.get_by_role("link", name="Fig").last.click()
    page.wait_for_url("**/first.html#*")
    assert shown(page) == ["two"]
    assert page.get_by_text("The figure of two.").is_visible()
    assert page.get_by_text("The figure of two.").bounding_box()["y"] < 700


def test_choosing_does_not_move_the_place_of_the_reader(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    tab = page.get_by_role("tab", name="Two").last
    tab.scroll_into_view_if_needed()
    before = tab.bounding_box()["y"]
    tab.click()
    assert abs(tab.bounding_box()["y"] - before) < 2


def test_without_scripts_all_are_shown_with_their_names(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}first.html")
    assert shown(page) == ["one", "two", "three"]
    assert not page.locator(".d2lbook-tabs").first.is_visible()
    labels = page.locator("p.d2lbook-framework-label:visible").all_inner_texts()
    assert labels == ["One", "Two", "Three", "One", "Two"]
    context.close()


def test_paper_has_the_choice_and_its_name(page: Page, server: str) -> None:
    page.goto(f"{server}first.html?framework=two")
    page.emulate_media(media="print")
    assert shown(page) == ["two"]
    assert not page.locator(".d2lbook-tabs").first.is_visible()
    assert page.locator("p.d2lbook-framework-label:visible").all_inner_texts() == ["Two", "Two"]


def test_search_finds_what_is_not_shown(site: Path) -> None:
    index = (site / "searchindex.js").read_text("utf-8")
    assert '"three"' in index or "three:" in index
