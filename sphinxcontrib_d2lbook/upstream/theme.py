"""Use pydata-sphinx-theme, and sphinx-book-theme, which is based on it, beyond their documented interfaces."""

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
"""Name of the theme's template function that makes the sidebar of a page."""
SLOWER = "the theme makes the sidebar of each page, which takes long for books of many pages"
MODULE = "pydata_sphinx_theme.toctree"
Sidebar = Callable[..., Any]


def add_margin(app: Sphinx) -> None:
    """Register sphinx-book-theme's directive `margin` if another theme is in use. Handle `builder-inited`.

    A theme that is based on sphinx-book-theme has registered it by then.
    """
    if not is_directive_registered("margin"):
        with BOOK.imports("pages have notes in the margin, whatever their theme"):
            from sphinx_book_theme.directives import Margin
        app.add_directive("margin", Margin)


def has_sidebar() -> bool:
    """Return whether this build uses pydata-sphinx-theme or a theme based on it, which is then imported."""
    return MODULE in sys.modules


def connect_behind_sidebar(app: Sphinx, handler: Callable[..., None]) -> None:
    """Connect a handler of `html-page-context` directly after the one in which the theme offers its sidebar.

    The theme has no option to replace the sidebar. pydata-sphinx-theme 0.15 to 0.20 put the function into the context
    of each page in `toctree.add_toctree_functions`. If that handler is not found, or the function is not in the context
    (see `sidebar_of`), only speed is lost.
    """
    theirs = getattr(sys.modules.get(MODULE), "add_toctree_functions", None)
    if theirs is None or not connect_behind(app, "html-page-context", theirs, handler):
        PYDATA.do_without("toctree.add_toctree_functions", SLOWER)


def sidebar_of(context: MutableMapping[str, Any]) -> Sidebar | None:
    """Return the theme's function for the sidebar of a page, without its cache; None if there is none.

    Its cache (`functools.cache`) goes by the arguments alone, but it is called for two pages here.
    """
    function: Sidebar | None = context.get(FUNCTION)
    if function is None:
        PYDATA.do_without(FUNCTION, SLOWER)
        return None
    plain: Sidebar = getattr(function, "__wrapped__", function)
    return plain


def replace_sidebar(context: MutableMapping[str, Any], function: Sidebar) -> None:
    """Make the templates of one page call ``function`` instead of the theme's."""
    context[FUNCTION] = function


def download_menus(context: MutableMapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the menus of downloads among a page's buttons; the value `buttons` of a menu lists its entries.

    sphinx-book-theme 1.1 to 1.4 document the buttons as dictionaries in `header_buttons`, and label the menu
    "download-buttons". In another theme, or under another label, there is none: then the downloads exist, and no page
    links to them.
    """
    for button in context.get("header_buttons", ()):
        if button.get("label") == "download-buttons":
            yield button


def escape_title(context: MutableMapping[str, Any]) -> None:
    """Escape the title that the theme prints above the contents of a page on paper, since it may contain `<`.

    sphinx-book-theme 1.1 to 1.4 put the bare text into `pagetitle`, and their template does not escape it. A template
    that does escape it leaves this one as it is.
    """
    title = context.get("pagetitle")
    if isinstance(title, str):
        context["pagetitle"] = escape(title)


DOWNLOAD_PDF = "download-pdf-button"
"""Label of the button, in a menu of downloads, that prints the page."""


def is_launch_handler(handler: Callable[..., Any]) -> bool:
    """Return whether a handler of `html-page-context` is the one that makes the theme's launch buttons.

    sphinx-book-theme 1.1 to 1.4 connect `header_buttons.launch.add_launch_buttons`. If the handler has another name,
    the theme's own buttons stay.
    """
    place = (getattr(handler, "__module__", ""), getattr(handler, "__name__", ""))
    return place == ("sphinx_book_theme.header_buttons.launch", "add_launch_buttons")


def add_launch_menu(context: MutableMapping[str, Any], tooltip: str, buttons: list[dict[str, str]]) -> None:
    """Add a launch menu to a page's buttons, in the form of sphinx-book-theme 1.1 to 1.4. Raise UpstreamChanged."""
    if not isinstance(context.get("header_buttons"), list):
        raise BOOK.changed("header_buttons in the context of a page", "launch buttons open readers' notebooks")
    menu = {"type": "group", "tooltip": tooltip, "icon": "fas fa-rocket", "buttons": buttons, "label": "launch-buttons"}
    context["header_buttons"].append(menu)
