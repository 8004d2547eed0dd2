"""Where a reader stops on a reference, what it leads to is shown; nothing is asked of other hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sphinxcontrib_d2lbook.outputs.html.preview_texts import preview_texts

pytestmark = pytest.mark.browser

PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nfirst\nin/second\n```\n",
    "first.md": (
        "# First\n\nSee {numref}`sec_second`, {eq}`eq_sum`, {numref}`fig_dot`, {prf:ref}`thm-p`, a note[^one], "
        "[the page](in/second.md) and [far](https://example.org/).\n\n[^one]: The text of a footnote.\n"
    ),
    "in/second.md": (
        "(sec_second)=\n# Second\n\nIts *first* paragraph.\n\nIts second.\n\n$$\\sum_i x_i$$ (eq_sum)\n\n"
        "(fig_dot)=\n```{figure} dot.svg\nA dot.\n```\n\n:::{prf:theorem} Pythagoras\n:label: thm-p\n\nSquares.\n:::\n"
    ),
    "in/dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle r="15"/></svg>',
}
BEGINNING = '<div><p class="d2lbook-excerpt-title">T</p><p>One.</p></div>'
TABLE = "<table><tr><td>1</td></tr></table>"
SOLUTION = '<div class="solution"><p>Of 1</p></div>'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages, of which one refers to the other."""
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("previews"))
    return project.website(PAGES)


def link(page: Page, words: str) -> Locator:
    if words == "1":
        return page.locator("a.footnote-reference")
    return page.locator("article p").get_by_role("link", name=words, exact=True)


@pytest.mark.parametrize("place", ["server", "folder"])
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Chapter 2", "Its first paragraph."),
        ("(2.1)", "(2.1)"),
        ("Fig. 2.1", "A dot."),
        ("Figure 2.1", "A dot."),
        ("Theorem 2.1", "Squares."),
        ("1", "The text of a footnote."),
        ("the page", "Its first paragraph."),
    ],
)
def test_the_pointer_shows_what_a_reference_leads_to(
    page: Page, site: Path, server: str, place: str, words: str, shown: str
) -> None:
    page.goto((server if place == "server" else site.as_uri() + "/") + "first.html")
    if words.startswith("Fig") and not link(page, words).count():
        words = "Figure 2.1" if words == "Fig. 2.1" else "Fig. 2.1"  # as the language of Sphinx has it
    link(page, words).hover()
    box = page.get_by_role("tooltip")
    expect(box).to_contain_text(shown)
    assert "Its second." not in box.inner_text()
    assert box.locator("[id], .headerlink").count() == 0
    inside = box.bounding_box()
    assert inside is not None
    assert inside["x"] >= 0
    assert inside["x"] + inside["width"] <= 1200


def test_pictures_of_another_folder_are_shown(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    page.locator("article p a[href$='#fig-dot']").hover()
    image = page.get_by_role("tooltip").locator("img")
    image.wait_for()
    page.wait_for_function("document.querySelector('.d2lbook-excerpt img').naturalWidth == 40")


def test_the_keyboard_shows_and_escape_hides_it(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    reference = link(page, "Chapter 2")
    while not reference.evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    box = page.get_by_role("tooltip")
    box.wait_for()
    assert reference.get_attribute("aria-describedby") == box.get_attribute("id")
    page.keyboard.press("Escape")
    assert box.count() == 0
    assert reference.get_attribute("aria-describedby") is None
    page.keyboard.press("Enter")
    page.wait_for_url("**/in/second.html#sec-second")


def test_the_pointer_may_go_into_it(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    link(page, "Theorem 2.1").hover()
    box = page.get_by_role("tooltip")
    box.wait_for()
    box.hover()
    assert box.get_by_text("Squares.").is_visible()
    page.mouse.move(5, 700)
    box.wait_for(state="detached")


def test_a_first_tap_shows_it_and_a_second_follows(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    tab = context.new_page()
    tab.goto(f"{server}first.html")
    link(tab, "Chapter 2").tap()
    box = tab.get_by_role("tooltip")
    box.wait_for()
    assert tab.url.endswith("first.html")
    inside = box.bounding_box()
    assert inside is not None
    assert inside["x"] + inside["width"] <= 390
    link(tab, "Chapter 2").tap()
    tab.wait_for_url("**/in/second.html#sec-second")
    context.close()


@pytest.mark.parametrize(
    ("name", "address", "shown"),
    [
        ("first.html", "./", "Root"),
        ("in/second.html", "../#root", "Root"),
        ("first.html", "in/second.html#constructor", ""),
        ("first.html", "in/second.html#%E0%A4%A", ""),
        ("first.html", "%E0%A4%A.html", ""),
        ("first.html", "in/dot.svg", ""),
        ("first.html", "_downloads/data", ""),
    ],
)
def test_addresses_of_folders_are_pages_and_other_files_are_none(
    page: Page, server: str, name: str, address: str, shown: str
) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 400 else None)
    page.goto(server + name)
    page.evaluate(
        "address => document.querySelector('article p').insertAdjacentHTML('afterbegin',"
        "`<a class='reference internal' href='${address}'>There</a>`)",
        address,
    )
    page.locator("article p").get_by_role("link", name="There").hover()
    page.wait_for_timeout(700)
    assert page.get_by_role("tooltip").all_inner_texts() == ([shown] if shown else [])
    assert faults == []


def test_a_link_stays_as_it_was_where_previews_cannot_load(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    tab = context.new_page()
    tab.route("**/_previews/**", lambda route: route.abort())
    tab.goto(f"{server}first.html")
    link(tab, "Chapter 2").tap()
    tab.wait_for_url("**/in/second.html#sec-second")
    tab.unroute("**/_previews/**")
    tab.go_back()
    link(tab, "Chapter 2").hover()
    tab.get_by_role("tooltip").wait_for()
    context.close()


def test_previews_go_with_their_page_and_with_the_option(project: Any) -> None:
    project.write(PAGES)
    project.build()
    folder = project.build_folder / "html" / "_previews"
    assert sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.js")) == [
        "first.js",
        "in/second.js",
        "index.js",
    ]
    assert "example.org" not in (folder / "in/second.js").read_text("utf-8")
    project.conf += "d2lbook_previews = False\n"
    project.build()
    assert not folder.exists()
    assert "_previews" not in (project.build_folder / "html/_static/d2lbook-deferred.js").read_text("utf-8")


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("", {}),
        (
            '<section id="a"><span id="b"></span><h1>T<a class="headerlink">#</a></h1><p>One.</p><p>Two.</p></section>',
            dict.fromkeys(("", "a", "b"), BEGINNING),
        ),
        (
            '<dl><dt class="sig" id="f">f(x)</dt><dd><p>Gives.</p><p>More.</p></dd></dl>',
            {"f": '<div><div class="sig">f(x)</div><p>Gives.</p></div>'},
        ),
        (
            '<div class="solution" id="s"><p>Of 1</p><details>Secret</details></div>',
            {"s": SOLUTION},
        ),
        (
            '<span id="x"></span><span id="y"></span><table id="t"><tr><td>1</td></tr></table>',
            dict.fromkeys("xyt", TABLE),
        ),
        (f'<table id="t"><tr><td>{"long" * 4000}</td></tr></table>', {}),
        ('<p id="p">A paragraph.</p>', {}),
    ],
)
def test_texts_are_taken_from_pages(body: str, wanted: dict[str, str]) -> None:
    assert preview_texts(body) == wanted
