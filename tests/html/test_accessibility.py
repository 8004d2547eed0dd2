"""Nothing keeps readers out of any page of a book that uses every directive.

axe-core finds nothing serious, light and dark, wide and narrow; pages fit on narrow screens; the keyboard has a place.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.conftest import NOTEBOOK, Project

pytestmark = [pytest.mark.browser, pytest.mark.long]

EVERY_DIRECTIVE = Path(__file__).parents[1] / "matrix" / "project"
FOCUS = """() => {
  const element = document.activeElement;
  const drawn = one => {
    const style = getComputedStyle(one);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return (outlined || style.boxShadow !== 'none') && style.opacity > 0 && one.offsetHeight > 0;
  };
  const name = element.getAttribute('aria-label') || element.textContent.trim();
  return [element.tagName + ' ' + name, drawn(element) || [...element.querySelectorAll('*')].some(drawn)];
}"""
"""Name of what has the focus, and whether something is drawn around it."""
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
SERIOUS = {"serious", "critical"}
ALSO = {"region", "landmark-unique", "landmark-no-duplicate-banner"}
"""Rules about landmarks, by which readers who hear a page get about in it."""
PAGES = [
    "index",
    "preface",
    "basics/index",
    "basics/boxes",
    "basics/figures",
    "basics/mathematics",
    "basics/old",
    "code/index",
    "code/frameworks",
    "layout/index",
    "objects/index",
    "library",
    "references",
    "genindex",
    "py-modindex",
    "prf-prf",
    "404",
    "search",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The website of the book of every directive."""
    folder = tmp_path_factory.mktemp("accessible") / "project"
    shutil.copytree(EVERY_DIRECTIVE, folder)
    project = Project(folder)
    project.conf = (folder / "conf.py").read_text("utf-8")
    done = project.run("html")
    assert done.returncode == 0, done.stderr
    return project.build_folder / "html"


def test_all_kinds_of_pages_are_looked_at(site: Path) -> None:
    pages = {file.relative_to(site).with_suffix("").as_posix() for file in site.rglob("*.html")}
    assert {name for name in pages if not name.startswith(("_", "go/"))} == {*PAGES}


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_serious_keeps_a_reader_out(browser: Browser, server: str, name: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    if name == "404":  # it names the site's permanent address as its base
        page.route("https://book.example/**", lambda route: route.fulfill(response=_from(page, server, route)))
    page.goto(f"{server}{name}.html" + ("?q=loss" if name == "search" else ""))
    if name == "search":
        page.wait_for_selector("ul.search li")
    page.evaluate(AXE_SCRIPT)
    faults = [(theme, *fault) for theme in ("light", "dark") for fault in found(page, theme)]
    context.close()
    assert faults == []


STYLED = """\
# Styled

```{code-cell}
from IPython.display import HTML

cell = "<td style='color:#000;background:#9e9'>2</td>"
HTML(f"<table><caption>Counts of two years</caption><tr><th>1</th>{cell}</tr></table>")
```
"""


def test_a_table_with_colours_of_its_own_has_a_legible_caption(
    browser: Browser, tmp_path: Path, serving: Callable[[Any], AbstractContextManager[str]]
) -> None:
    site = Project(tmp_path / "styled").website({"index.md": NOTEBOOK + STYLED})
    context = browser.new_context(viewport={"width": 1200, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    with serving(partial(SimpleHTTPRequestHandler, directory=str(site))) as address:
        page.goto(f"{address}index.html")
        page.evaluate(AXE_SCRIPT)
        faults = [fault for theme in ("light", "dark") for fault in found(page, theme)]
    context.close()
    assert faults == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_on_the_narrowest_screen(browser: Browser, server: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    if name == "404":
        page.route("https://book.example/**", lambda route: route.fulfill(response=_from(page, server, route)))
    page.goto(f"{server}{name}.html")
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 320


def test_the_keyboard_shows_where_it_is(page: Page, server: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{server}code/frameworks.html")
    reached = []
    for _press in range(200):
        page.keyboard.press("Tab")
        page.evaluate(TWO_FRAMES)
        name, shown = page.evaluate(FOCUS)
        if name.startswith("BODY"):
            break
        reached.append(name)
        assert shown, name
    assert (
        len([name for name in reached if name.startswith("SUMMARY")]) == page.locator(".bd-links summary").count() > 0
    )
    assert any(name.startswith("BUTTON Copy") for name in reached)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_tabs_are_told_apart_where_a_reader_chooses_the_colours(browser: Browser, server: str, scheme: Any) -> None:
    context = browser.new_context(forced_colors="active", color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server}code/frameworks.html")
    lines = page.locator(".d2lbook-tabs > button").evaluate_all(
        "tabs => tabs.map(tab => [tab.getAttribute('aria-selected'), getComputedStyle(tab).borderBottomColor])"
    )
    context.close()
    assert len({*map(tuple, lines)}) == 2
    assert len({line for _selected, line in lines}) == 2


def _from(page: Page, server: str, route: Any) -> Any:
    return page.request.get(route.request.url.replace("https://book.example/", server))


def found(page: Page, theme: str) -> list[tuple[str, str, str]]:
    """What axe-core calls serious or critical in a theme, or says of landmarks: its rule, the place, and why."""
    page.evaluate(
        "theme => { const root = document.documentElement; root.dataset.mode = theme; root.dataset.theme = theme; }",
        theme,
    )
    # Colours change by transitions, which begin with the next frame and are short for readers who want no motion.
    page.evaluate(TWO_FRAMES)
    page.wait_for_function("document.getAnimations().every(one => one.playState === 'finished')")
    violations = page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then(result => result.violations)")
    return [
        (violation["id"], str(node["target"]), node["failureSummary"])
        for violation in violations
        if violation["impact"] in SERIOUS or violation["id"] in ALSO
        for node in violation["nodes"]
    ]
