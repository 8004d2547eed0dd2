"""Make the sidebar once for all pages of a folder, and mark the current page in it.

Themes that show the whole table of contents beside each page (pydata-sphinx-theme, and sphinx-book-theme on it)
resolve, render and parse it anew for each page, which takes time by the square of the number of pages. Here the theme
makes it once in a folder, for a page that is in no toctree; what the theme writes differently around the entry of the
current page (`current`, `active`, an open branch, a link to itself) is then put in place. For the first page of each
folder, the theme makes the sidebar too; where the two differ, it makes all sidebars of that folder.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment.adapters.toctree import global_toctree_for_doc
from sphinx.util import logging

from ...upstream.theme import replace_sidebar, sidebar_of

NOWHERE = "-in-no-toctree"
"""Name of a page that no book has, for which the theme makes a sidebar without marks."""
MARKED = ["a", "details", "li", "ul"]
"""Elements that may differ around the entry of the current page."""

logger = logging.getLogger(__name__)
EMPTY = BeautifulSoup("", "html.parser")


@dataclass
class Sidebar:
    """Sidebar of a folder, in pieces of HTML, with what replaces some of them."""

    pieces: list[str] = field(default_factory=list)
    entries: dict[str, list[SidebarEntry]] = field(default_factory=dict)
    """Entries by the `href` of their links."""
    compared: set[str] = field(default_factory=set)
    """Kinds of pages whose sidebar was compared with the one that the theme makes."""
    is_like_themes: bool = True

    def replacing(self, replaced: Mapping[int, str]) -> str:
        """Return the HTML, with other text in place of some pieces."""
        pieces = self.pieces.copy()
        for number, piece in replaced.items():
            pieces[number] = piece
        return "".join(pieces)


@dataclass(frozen=True)
class SidebarEntry:
    """Replacements of pieces, by their number, around an entry that is current."""

    itself: Mapping[int, str]
    """Replacements on the page to which the entry leads."""
    above: Mapping[int, str]
    """Replacements on a page below the depth of the sidebar, for which this entry is the nearest ancestor."""


def take_apart(soup: BeautifulSoup) -> Sidebar:
    """Split a sidebar without marks into pieces."""
    sidebar = Sidebar()
    numbers: dict[int, int] = {}

    def walk(element: Tag) -> None:
        for child in element.children:
            if isinstance(child, Tag) and (child.name in MARKED or child.find(MARKED)):
                numbers[id(child)] = len(sidebar.pieces)
                sidebar.pieces.append(_opening(child, child.attrs))
                walk(child)
                sidebar.pieces.append(f"</{child.name}>")
            else:
                sidebar.pieces.append(child.output_ready() if isinstance(child, NavigableString) else str(child))

    walk(soup)
    for link in soup.find_all("a", href=True):
        around = [link, *link.parents, *link.find_next_siblings("details")]
        marked = {numbers[id(tag)]: _opening(tag, _marked(tag)) for tag in around if tag.name in MARKED}
        above = {number: text for number, text in marked.items() if number != numbers[id(link)]}
        sidebar.entries.setdefault(str(link["href"]), []).append(SidebarEntry(marked, above))
    return sidebar


def name_toggles(soup: BeautifulSoup) -> BeautifulSoup:
    """Name the buttons that unfold entries after the entries, for readers who do not see the arrow. Return the soup."""
    for toggle in soup.find_all("summary"):
        entry = toggle.parent.find_previous_sibling("a") if toggle.parent is not None else None
        if entry is not None and not toggle.get_text(strip=True):
            texts = (text for text in entry.strings if text.parent is None or text.parent.name != "annotation")
            toggle["aria-label"] = " ".join("".join(texts).split())
    return soup


def _opening(tag: Tag, attributes: Mapping[str, Any]) -> str:
    return str(EMPTY.new_tag(tag.name, attrs=dict(attributes))).removesuffix(f"</{tag.name}>")


def _marked(tag: Tag) -> Mapping[str, Any]:
    """Return the attributes of an element around the current entry, as Sphinx and the theme set them."""
    classes = list(tag.get("class") or [])
    if tag.name == "details":
        is_part = tag.parent is not None and "toctree-l0" in (tag.parent.get("class") or [])
        return {**tag.attrs, "open": None if is_part else "open"}
    # The theme adds these elements around parts, without marks.
    if "toctree-l0" in classes or "list-caption" in classes:
        return tag.attrs
    if tag.name == "li":
        end = classes.index("has-children") if "has-children" in classes else len(classes)
        return {**tag.attrs, "class": [*classes[:end], "current", "active", *classes[end:]]}
    itself = {"href": "#"} if tag.name == "a" else {}
    return {**tag.attrs, "class": ["current", *classes], **itself}


class Sidebars:
    """Sidebars of one builder, kept for as long as it writes."""

    def __init__(self, builder: StandaloneHTMLBuilder) -> None:
        self.builder = builder
        self._sidebars: dict[tuple[Any, ...], Sidebar] = {}

    def replace(self, app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
        """Let templates call our function in place of the theme's. Handle `html-page-context`."""
        themes = sidebar_of(context)
        if themes is None:
            return

        def theme(**wanted: Any) -> Any:
            """Return what the theme makes, with names for its buttons. It is called for two pages, so not cached."""
            made = themes(**wanted)
            return name_toggles(made) if isinstance(made, BeautifulSoup) else made

        # Where the address of each page is a folder of its own, no two pages have the same links.
        folders = {posixpath.dirname(self.builder.get_target_uri(name)) for name in (pagename, _nowhere(pagename))}
        if len(folders) > 1:
            replace_sidebar(context, cache(theme))
            return

        @cache
        def generate_toctree_html(kind: str, startdepth: int = 1, show_nav_level: int = 1, **options: Any) -> Any:
            """Return the HTML of a toctree, with the arguments of the theme's function."""
            wanted = {"kind": kind, "startdepth": startdepth, "show_nav_level": show_nav_level, **options}
            is_usual = kind == "sidebar" and startdepth == 0 and options.get("titles_only")
            if not is_usual or options.get("collapse", True):
                return theme(**wanted)
            key = (posixpath.dirname(pagename), *sorted(wanted.items()))
            if key not in self._sidebars:
                self._sidebars[key] = take_apart(
                    self._without_marks(pagename, context, partial(theme, **wanted), options)
                )
            return self._for_page(self._sidebars[key], pagename, partial(theme, **wanted))

        replace_sidebar(context, generate_toctree_html)

    def _without_marks(
        self, pagename: str, context: dict[str, Any], theme: Callable[[], BeautifulSoup], options: Mapping[str, Any]
    ) -> BeautifulSoup:
        """Return the sidebar that the theme makes for a page beside ``pagename`` that is in no toctree."""
        tree = global_toctree_for_doc(
            self.builder.env, _nowhere(pagename), self.builder, tags=self.builder.tags, **options
        )
        html = self.builder.render_partial(tree)["fragment"]
        of_page = context["toctree"]
        context["toctree"] = lambda **_: html
        try:
            return theme()
        finally:
            context["toctree"] = of_page

    def _for_page(self, sidebar: Sidebar, pagename: str, theme: Callable[[], BeautifulSoup]) -> str | BeautifulSoup:
        ancestry = self._line(pagename)
        if not sidebar.is_like_themes or ancestry is None:
            return theme()
        kind = "without an entry"
        replaced: Mapping[int, str] = {}
        for name in ancestry:
            entries = sidebar.entries.get(self.builder.get_relative_uri(_nowhere(pagename), name), ())
            if len(entries) > 1:
                return theme()
            if entries:
                kind, replaced = ("itself", entries[0].itself) if name == pagename else ("above", entries[0].above)
                break
        html = sidebar.replacing(replaced)
        if kind not in sidebar.compared:
            sidebar.compared.add(kind)
            themes = theme()
            if str(themes) != html:
                sidebar.is_like_themes = False
                logger.info("the theme makes the sidebar of each page: how it shows %s there is not known", pagename)
                return themes
        return html

    def _line(self, pagename: str) -> list[str] | None:
        """Return the page, the page whose toctree lists it, and so on; None if more than one page lists one of them."""
        line = [pagename]
        while parents := self._parents.get(line[-1]):
            if len(parents) > 1 or parents[0] in line:
                return None
            line.append(parents[0])
        return line

    @cached_property
    def _parents(self) -> Mapping[str, list[str]]:
        parents: dict[str, list[str]] = {}
        for parent, names in self.builder.env.toctree_includes.items():
            for name in names:
                if name != parent:
                    parents.setdefault(name, []).append(parent)
        return parents


def _nowhere(pagename: str) -> str:
    return posixpath.join(posixpath.dirname(pagename), NOWHERE)
