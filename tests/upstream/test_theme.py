"""What we rely on in pydata-sphinx-theme and sphinx-book-theme, held against the versions that are installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import pytest
from bs4 import BeautifulSoup
from packaging.specifiers import SpecifierSet
from sphinx.application import Sphinx

from sphinxcontrib_d2lbook.upstream import theme
from sphinxcontrib_d2lbook.upstream.relied import Upstream
from tests.conftest import Project

PAGES = {"index.md": "# Root\n\n```{toctree}\none\n```\n", "one.md": "# One\n"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    missing: list[str] = []
    monkeypatch.setattr(Upstream, "do_without", lambda _self, what, _loss: missing.append(what))
    return missing


@pytest.fixture
def app(project: Project) -> Iterator[Sphinx]:
    project.write(PAGES)
    with project.app() as made:
        yield made


@pytest.mark.parametrize("upstream", [theme.PYDATA, theme.BOOK], ids=lambda one: one.name)
def test_the_version_is_one_that_is_known(upstream: Upstream) -> None:
    assert SpecifierSet(upstream.holds).contains(upstream.version)


def test_the_sidebar_is_in_the_context_at_once(app: Sphinx) -> None:
    seen: list[theme.Sidebar | None] = []

    def behind(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
        seen.append(theme.sidebar_of(context))

    assert theme.has_sidebar()
    theme.connect_behind_sidebar(app, behind)
    app.build()
    assert seen
    assert all(callable(function) for function in seen)


def test_what_is_put_there_is_what_templates_call(app: Sphinx) -> None:
    def behind(_app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
        theme.replace_sidebar(context, lambda **_: BeautifulSoup("<p>of another making</p>", "html.parser"))

    theme.connect_behind_sidebar(app, behind)
    app.build()
    assert "<p>of another making</p>" in (app.outdir / "one.html").read_text("utf-8")


def test_without_the_theme_s_handler(app: Sphinx, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, theme.MODULE, ModuleType(theme.MODULE))
    theme.connect_behind_sidebar(app, print)
    assert told == ["toctree.add_toctree_functions"]


def test_with_a_handler_that_is_not_connected(app: Sphinx, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType(theme.MODULE)
    vars(module)["add_toctree_functions"] = print
    monkeypatch.setitem(sys.modules, theme.MODULE, module)
    theme.connect_behind_sidebar(app, repr)
    assert told == ["toctree.add_toctree_functions"]


def test_without_the_theme_s_function(told: list[str]) -> None:
    assert theme.sidebar_of({}) is None
    assert told == [theme.FUNCTION]


def test_the_function_is_taken_without_its_memory() -> None:
    def plain(**_: Any) -> str:
        return ""

    assert theme.sidebar_of({theme.FUNCTION: cache(plain)}) is plain
    assert theme.sidebar_of({theme.FUNCTION: plain}) is plain


def test_pages_have_a_menu_of_downloads(project: Project) -> None:
    project.write(PAGES)
    project.conf += "html_theme_options = {'use_download_button': True}\n"
    menus: list[dict[str, Any]] = []
    with project.app() as app:
        app.connect("html-page-context", lambda *args: menus.extend(theme.download_menus(args[3])), priority=599)
        app.build()
    assert menus
    assert theme.DOWNLOAD_PDF in {button["label"] for menu in menus for button in menu["buttons"]}


def test_other_themes_have_none() -> None:
    assert list(theme.download_menus({})) == []
    assert list(theme.download_menus({"header_buttons": [{"label": "other"}, {}]})) == []
