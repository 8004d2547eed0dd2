"""What is used of pydata-sphinx-theme, and of sphinx-book-theme on it, beyond their documented interfaces."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.util.docutils import is_directive_registered

from .relied import Upstream
from .sphinx.events import connect_behind

PYDATA = Upstream("pydata-sphinx-theme", ">=0.15,<0.21")
"""The tests run with 0.20."""
BOOK = Upstream("sphinx-book-theme", ">=1.1.4,<2")
"""The tests run with 1.4."""
FUNCTION = "generate_toctree_html"
"""The theme's function for templates that makes the sidebar of a page."""
SLOWER = "the theme makes the sidebar of each page, which takes long for books of many pages"
MODULE = "pydata_sphinx_theme.toctree"
Sidebar = Callable[..., Any]


def add_margin(app: Sphinx) -> None:
    """Register sphinx-book-theme's directive `margin` where another theme is in use. Handler of `builder-inited`.

    By then a theme that is made on sphinx-book-theme has registered it itself.
    """
    if not is_directive_registered("margin"):
        with BOOK.imports("pages have notes in the margin, whatever their theme"):
            from sphinx_book_theme.directives import Margin
        app.add_directive("margin", Margin)


def has_sidebar() -> bool:
    """Whether the theme of this build is pydata-sphinx-theme or one on it: it is imported when it is in use."""
    return MODULE in sys.modules


def connect_behind_sidebar(app: Sphinx, handler: Callable[..., None]) -> None:
    """Have a handler of `html-page-context` called right after the one in which the theme offers its sidebar.

    The theme has no option for who makes the sidebar. pydata-sphinx-theme 0.15 to 0.20 put the function into the
    context of each page in `toctree.add_toctree_functions`. Where the
    handler is not found, or the function is not in the context (see `sidebar_of`), only speed is lost.
    """
    theirs = getattr(sys.modules.get(MODULE), "add_toctree_functions", None)
    if theirs is None or not connect_behind(app, "html-page-context", theirs, handler):
        PYDATA.do_without("toctree.add_toctree_functions", SLOWER)


def sidebar_of(context: MutableMapping[str, Any]) -> Sidebar | None:
    """Return the theme's function for the sidebar of one page, as it is without memory; None where there is none.

    It remembers what it returned by its arguments alone (`functools.cache`), and is asked for two pages here.
    """
    function: Sidebar | None = context.get(FUNCTION)
    if function is None:
        PYDATA.do_without(FUNCTION, SLOWER)
        return None
    plain: Sidebar = getattr(function, "__wrapped__", function)
    return plain


def replace_sidebar(context: MutableMapping[str, Any], function: Sidebar) -> None:
    """Let the templates of one page call ``function`` in the place of the theme's."""
    context[FUNCTION] = function


def download_menus(context: MutableMapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the menus of downloads among a page's buttons; `buttons` is the list of what is in one.

    sphinx-book-theme 1.1 to 1.4 document the buttons as dictionaries in `header_buttons`, and name the menu
    "download-buttons". In another theme, or where the menu is named otherwise, there is none: the downloads are at
    their addresses, and no page leads there.
    """
    for button in context.get("header_buttons", ()):
        if button.get("label") == "download-buttons":
            yield button


def escape_title(context: MutableMapping[str, Any]) -> None:
    """Escape the title that the theme prints above the contents of a page on paper, for it may have `<` in it.

    sphinx-book-theme 1.1 to 1.4 put the bare text into `pagetitle`, and their template does not escape it. A template
    that does leaves this as it is.
    """
    title = context.get("pagetitle")
    if isinstance(title, str):
        context["pagetitle"] = escape(title)


DOWNLOAD_PDF = "download-pdf-button"
"""Label of the button, in such a menu, that prints the page."""


def is_launch_handler(handler: Callable[..., Any]) -> bool:
    """Return whether a handler of `html-page-context` is the one that makes the theme's launch buttons.

    sphinx-book-theme 1.1 to 1.4 connect `header_buttons.launch.add_launch_buttons`. Where the handler has another name,
    the theme's own buttons stay.
    """
    place = (getattr(handler, "__module__", ""), getattr(handler, "__name__", ""))
    return place == ("sphinx_book_theme.header_buttons.launch", "add_launch_buttons")


def add_launch_menu(context: MutableMapping[str, Any], tooltip: str, buttons: list[dict[str, str]]) -> None:
    """Add a menu to the buttons of a page, as sphinx-book-theme 1.1 to 1.4 name and show that for launching."""
    if not isinstance(context.get("header_buttons"), list):
        raise BOOK.changed("header_buttons in the context of a page", "launch buttons open readers' notebooks")
    menu = {"type": "group", "tooltip": tooltip, "icon": "fas fa-rocket", "buttons": buttons, "label": "launch-buttons"}
    context["header_buttons"].append(menu)
