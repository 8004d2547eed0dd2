"""Pages load the style sheets and scripts of the theme and of extensions as few files, with the icons that they use."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from playwright.sync_api import Page

from sphinxcontrib_d2lbook.outputs.html.bundles import icons, joining
from sphinxcontrib_d2lbook.outputs.html.extension import STATIC

pytestmark = pytest.mark.browser

PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nfirst\n```\n",
    "first.md": (
        "# First\n\nZebra: an {fas}`anchor`, {far}`bell` and {fab}`linux`.\n\n$\\sqrt{x}$ is $\\boldsymbol{x}$.\n\n"
        "```python\nx = 1\n```\n"
    ),
    "plain.md": "---\norphan: true\n---\n# Plain\n",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book as a website, with a style sheet and a script of its author."""
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("bundles"))
    static = project.folder / "own"
    static.mkdir()
    (static / "own.css").write_text("h1 { color: rgb(1, 2, 3) !important; }\n", "utf-8")
    (static / "own.js").write_text("window.own = document.readyState;\n", "utf-8")
    project.conf += (
        f"html_static_path = [{str(static)!r}]\nhtml_css_files = ['own.css']\nhtml_js_files = ['own.js']\n"
        "html_theme_options = {'use_download_button': True}\n"
    )
    return project.website(PAGES)


def opened(page: Page, address: str) -> tuple[list[str], list[str]]:
    """Open a page -> the names of the files that it loads, and all messages that should not come."""
    loaded: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.partition("?")[0].rpartition("/")[2]))
    page.on("requestfailed", lambda request: messages.append(f"failed: {request.url}"))
    page.on("console", lambda message: messages.append(message.text) if message.type != "log" else None)
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return [name for name in loaded if name], messages


@pytest.mark.parametrize("place", ["server", "folder"])
def test_a_page_loads_few_files(page: Page, site: Path, server: str, place: str) -> None:
    address = server if place == "server" else site.as_uri() + "/"
    loaded, messages = opened(page, f"{address}first.html")
    assert messages == []
    assert sorted(name for name in loaded if not name.startswith("data:") and name != "favicon.ico") == [
        "d2lbook-all.css",
        "d2lbook-all.js",
        "d2lbook-deferred.js",
        "first.html",
        "own.css",
        "own.js",
        "stix-two-math-bold-italic.woff2",
        "stix-two-math.woff2",
    ]
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(1, 2, 3)"
    assert page.evaluate("window.own")


def test_theme_and_extensions_work(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    page.get_by_role("button", name="Color mode").click()
    page.locator("button[data-mode=dark]:visible").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    shown = page.evaluate("getComputedStyle(document.querySelector('.highlight .mi, .highlight .n')).color")
    assert max(map(int, re.findall(r"\d+", shown)[:3])) > 150
    page.locator(".highlight").hover()
    assert page.locator("button.copybtn").count() == 1
    page.locator("button.search-button-field, button.search-button__button").first.click()
    page.get_by_role("searchbox").fill("zebra")
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_selector("ul.search li a")
    assert page.locator("ul.search li a").first.inner_text() == "1. First"


def test_icons_are_drawn_by_fonts_in_the_style_sheets(page: Page, server: str) -> None:
    page.goto(f"{server}first.html")
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate(
        "[...document.fonts].filter(font => font.status == 'loaded' && /Awesome/.test(font.family))"
        ".map(font => [font.family.replaceAll('\"', '').slice(-6), font.weight, font.unicodeRange != 'U+0-10FFFF'])"
    )
    # All that is loaded is ours, with a range; the theme's own fonts are not.
    assert {tuple(font) for font in loaded} == {
        ("Brands", "400", True),
        ("7 Free", "400", True),
        ("7 Free", "900", True),
    }
    boxes = [page.locator(f"article .fa-{name}").bounding_box() for name in ("anchor", "bell", "linux")]
    assert all(box is not None and box["width"] > 15 for box in boxes)


def test_only_pages_with_more_icons_have_more_styles(site: Path) -> None:
    assert ".fa-anchor{" in (site / "first.html").read_text("utf-8").partition("</head>")[0]
    assert "data:font" not in (site / "plain.html").read_text("utf-8")
    sheet = (site / "_static/d2lbook-all.css").read_text("utf-8")
    assert ".fa-magnifying-glass" in sheet
    assert ".fa-volcano" not in sheet


def test_a_first_build_gives_the_bytes_of_a_later_one(project: Any) -> None:
    project.write(PAGES)
    project.build()
    site = project.build_folder / "html"
    first = {file.name: file.read_bytes() for file in [*site.glob("*.html"), *site.glob("_static/d2lbook-*")]}
    project.build(freshenv=True)
    assert {
        name for name, data in first.items() if (site / name).exists() and (site / name).read_bytes() != data
    } == set()
    assert all((site / "_static" / name).read_bytes() == data for name, data in first.items() if "d2lbook" in name)


def test_it_can_be_switched_off(project: Any) -> None:
    project.write(PAGES)
    project.build()
    joined = project.build_folder / "html/_static/d2lbook-all.css"
    assert joined.is_file()
    project.conf += "d2lbook_bundle = False\n"
    project.build()
    text = (project.build_folder / "html/first.html").read_text("utf-8")
    assert "d2lbook-all" not in text
    assert "scripts/fontawesome.js" in text
    assert "searchindex.js" in text
    assert not joined.exists()


def test_an_author_who_adds_icons_to_the_script_keeps_it(project: Any) -> None:
    static = project.folder / "own"
    static.mkdir()
    (static / "icons.js").write_text("FontAwesome.library.add({});\n", "utf-8")
    project.conf += f"html_static_path = [{str(static)!r}]\nhtml_js_files = ['icons.js']\n"
    project.write(PAGES)
    project.build()
    text = (project.build_folder / "html/first.html").read_text("utf-8")
    assert "d2lbook-all.css" in text
    assert "scripts/fontawesome.js" in text


def test_results_while_typing_need_the_index(project: Any) -> None:
    project.conf += "html_theme_options = {'search_as_you_type': True}\n"
    project.write(PAGES)
    project.build()
    assert "searchindex.js" in (project.build_folder / "html/first.html").read_text("utf-8")


SCRIPT = (
    'var b={"square-x":[448,512,["x-square","y"],"f001","M0 0h448v512H0z"],ox:[1,2,[],"f002","M3z"]};'
    'f(function(){p("fab",b),p("fa-brands",b)});var b={bell:[4,4,[9,"ring"],"f003","M4z"]};'
    'f(function(){p("far",b),p("fa-regular",b)});var b={bell:[512,512,[],"f003","M64 448H0V64h64c9 0 9 9 9 9z"]};'
    'f(function(){p("fas",b),p("fa-solid",b)})'
)


def test_icons_are_read_by_style_and_by_all_their_names() -> None:
    read = icons.read_icons(SCRIPT)
    assert read.is_complete
    assert {style: sorted(found) for style, found in read.by_style.items()} == {
        "fab": ["ox", "square-x", "x-square", "y"],
        "far": ["bell", "ring"],
        "fas": ["bell"],
    }
    assert read.by_style["fab"]["y"] == icons.Icon("square-x", 448, "f001", "M0 0h448v512H0z")
    assert read.codes({"bell", "y", "lg"}) == {"f001", "f003"}
    assert read.rules({"ring", "ox", "lg"}) == '.fa-ox{--fa:"\\f002"}\n.fa-ring{--fa:"\\f003"}\n'
    assert not icons.read_icons("var b={}").is_complete


def test_a_font_of_icons_has_their_outlines() -> None:
    icon = icons.read_icons(SCRIPT).by_style["fas"]["bell"]
    data = icons.icon_font([icon])
    assert data == icons.icon_font([icon])
    font = TTFont(io.BytesIO(data))
    assert list(font.getBestCmap()) == [0xF003]
    name = font.getBestCmap()[0xF003]
    glyph = font["glyf"][name]
    assert (glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax) == (0, 0, 73, 384)
    assert font["hmtx"][name] == (512, 0)


def test_fonts_are_added_for_the_icons_that_a_style_has() -> None:
    sheet = (
        "@font-face{font-display:block;font-family:Some\\ Free;font-weight:900;src:url(../x/fa-solid-900.woff2)}"
        "@font-face{font-family:Brands;src:url(fa-brands-400.woff2)}@font-face{font-family:Other;src:url(o.woff2)}"
        '.note{content:"\\f003"}.tip{content:"\uf002"}.dot{content:"\\25b8"}'
    )
    families = icons.icon_families(sheet)
    assert families == {"fas": "Some\\ Free", "fab": "Brands"}
    assert icons.shown_codes(sheet) == {"f002", "f003"}
    faces = icons.read_icons(SCRIPT).faces({"f003"}, families).splitlines()
    assert len(faces) == 1
    assert "font-family:Some\\ Free;" in faces[0]
    assert "unicode-range:U+f003}" in faces[0]


def test_rules_of_other_icons_are_left_out() -> None:
    sheet = '.fa-lg{font-size:1.25em}.fa-glass,.fa-search{--fa:"\\f002"}.fa-ox{--fa:"\\f1"}'
    assert icons.without_other_icons(sheet, {"search"}) == '.fa-lg{font-size:1.25em}.fa-glass,.fa-search{--fa:"\\f002"}'


@pytest.mark.parametrize(
    ("written", "joined"),
    [
        ("a{b:url(../x/y.woff2)}", 'a{b:url("x/y.woff2")}'),
        ("a{b:url('z.png')}", 'a{b:url("styles/z.png")}'),
        ("a{b:url(data:image/png;base64,AA==)}", "a{b:url(data:image/png;base64,AA==)}"),
        ("a{b:url(https://example.org/x)}", "a{b:url(https://example.org/x)}"),
        ("a{b:url(#c)}", "a{b:url(#c)}"),
        ("a{}\n/*# sourceMappingURL=a.css.map*/", "a{}"),
    ],
)
def test_addresses_in_a_moved_style_sheet_lead_to_the_same_place(written: str, joined: str) -> None:
    assert joining.join_sheets([("_static/styles/a.css", written)], "_static") == f"{joined}\n"


def test_imported_sheets_stand_before_their_importer() -> None:
    texts = {
        "_static/styles/a.css": '@import "../b.css";\n@import url(https://example.org/c.css);a{}',
        "_static/b.css": '@charset "utf-8";b{}',
    }
    parts = list(joining.imported_first("_static/styles/a.css", texts.__getitem__))
    assert parts == [("_static/b.css", "b{}"), ("_static/styles/a.css", "\n@import url(https://example.org/c.css);a{}")]
    assert not joining.is_joinable_sheet(parts[1][1])


@pytest.mark.parametrize(
    ("text", "joinable"),
    [
        ('a{content:"}"}/* { */', True),
        ("@media print{a{}", False),
        ("@layer a;", False),
        ("", True),
    ],
)
def test_a_sheet_that_would_change_others_is_loaded_by_itself(text: str, joinable: bool) -> None:
    assert joining.is_joinable_sheet(text) == joinable


def test_our_own_sheets_can_be_joined() -> None:
    sheets = {file.name: file.read_text("utf-8") for file in STATIC.glob("*.css")}
    assert len(sheets) > 3
    assert [name for name, text in sheets.items() if not joining.is_joinable_sheet(text)] == []


def test_a_later_script_does_not_go_on_with_an_earlier_one() -> None:
    assert (
        joining.join_scripts(["a = b", "(function(){})()\n//# sourceMappingURL=x.map"])
        == "a = b\n;\n(function(){})()\n"
    )
