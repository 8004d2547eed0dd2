"""The website in a real Chromium: from a server and from a folder, light and dark, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

LONG = " + ".join(f"a_{{{number}}}" for number in range(60))
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15"/></svg>'

PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nfirst\nsecond\nlong\nmargin\n```\n",
    "first.md": (
        "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n(sec_first)=\n# Zebra\n\n"
        "Inline $\\sqrt{x}$.\n\n$$ \\sum_{i=1}^n x_i^2 $$ (eq_first)\n\n$$ " + LONG + " $$\n\n"
        "```{code-cell}\nfrom IPython.display import SVG\n\nSVG('" + DRAWING + "')\n```\n"
    ),
    "long.md": (
        "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n# Long\n\n"
        "```{code-cell}\nfor step in range(5_000): print('step', step)\n```\n\nBehind it.\n"
    ),
    "margin.md": "# Margin\n\n```{margin}\nA note.\n```\n\nText.\n",
    "second.md": "# Second\n\nBack to {numref}`sec_first` and {eq}`eq_first`.\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book as a website."""
    from tests.conftest import Project

    folder = tmp_path_factory.mktemp("browser")
    (folder / "book").mkdir()
    project = Project(folder)
    project.write(PAGES)
    done = project.run("html")
    assert (done.returncode, done.stderr) == (0, "")
    return project.build_folder / "html"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    yield tab
    context.close()


@pytest.fixture(params=["server", "folder"])
def address(request: pytest.FixtureRequest, site: Path) -> str:
    return request.getfixturevalue("server") if request.param == "server" else site.as_uri() + "/"


def test_nothing_comes_from_another_host(page: Page, address: str) -> None:
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: failed.append(request.url))
    for name in ("index.html", "first.html", "second.html", "search.html"):
        page.goto(address + name)
        page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert failed == []
    assert len(asked) > 12


def test_mathematics_is_native_and_large_enough(page: Page, address: str) -> None:
    page.goto(address + "first.html")
    assert page.locator("math").count() == 3
    root = page.locator("msqrt").first.bounding_box()
    assert root is not None
    assert root["height"] > 12
    assert "STIX" in page.evaluate("getComputedStyle(document.querySelector('math')).fontFamily")
    assert page.evaluate(
        "document.fonts.ready.then(() => [...document.fonts].some(f => /STIX/.test(f.family) && f.status == 'loaded'))"
    )
    assert page.get_by_text("(1.1)").first.is_visible()


def test_search_finds_a_word(page: Page, address: str) -> None:
    page.goto(address + "search.html?q=zebra")
    page.wait_for_selector("ul.search li a")
    assert "Zebra" in page.locator("ul.search").inner_text()


def test_references_lead_to_their_place(page: Page, address: str) -> None:
    page.goto(address + "second.html")
    page.get_by_role("link", name="Chapter 1").click()
    page.wait_for_url("**/first.html#sec-first")
    page.goto(address + "second.html")
    page.get_by_role("link", name="(1.1)").click()
    page.wait_for_url("**/first.html#equation-eq-first")
    assert page.locator("#equation-eq-first").is_visible()


def test_a_narrow_screen_scrolls_formulas_not_the_page(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    tab = context.new_page()
    tab.goto(address + "first.html")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_a_long_output_scrolls_in_its_own_box(page: Page, address: str) -> None:
    page.goto(address + "long.html")
    box = page.locator(".cell_output pre")
    shown = box.bounding_box()
    assert shown is not None
    assert shown["height"] < 700
    assert page.evaluate("document.documentElement.scrollHeight") < 3000
    assert "step 4999" in box.inner_text()
    box.hover()
    page.mouse.wheel(0, 200)
    page.wait_for_function("document.querySelector('.cell_output pre').scrollTop > 0")
    page.emulate_media(media="print")
    whole = box.bounding_box()
    assert whole is not None
    assert whole["height"] > 50_000


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_mathematics_and_figures_are_legible(page: Page, address: str, mode: str) -> None:
    page.goto(address + "first.html")
    page.evaluate(f"document.documentElement.dataset.theme = '{mode}'")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    ink = page.evaluate("getComputedStyle(document.querySelector('math')).color")
    assert contrast(ground, ink) > 7
    figure = page.evaluate("getComputedStyle(document.querySelector('.cell_output img')).backgroundColor")
    behind = ground if figure == "rgba(0, 0, 0, 0)" else figure
    assert contrast(behind, "rgb(0, 0, 0)") > 7


def test_the_notebook_button_gives_the_notebook(page: Page, server: str) -> None:
    page.goto(server + "first.html")
    page.locator("button.dropdown-toggle[aria-label*='Download']").click()
    with page.expect_download() as download:
        page.locator("a.btn-d2lbook-download-ipynb-button").click()
    assert download.value.suggested_filename == "first.ipynb"


def contrast(first: str, second: str) -> float:
    """WCAG 2's contrast ratio of two CSS colours, from 1 to 21."""
    lights = sorted((_luminance(first), _luminance(second)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_page_with_a_note_in_its_margin_and_without_contents_has_no_error(page: Page, address: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(f"{address}margin.html")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.locator("aside.margin").is_visible()
    assert faults == []
