"""Use the HTML builder: replace parts of it by versions with a memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jinja2
from pygments.formatters import HtmlFormatter
from sphinx.builders import Builder
from sphinx.highlighting import PygmentsBridge

from .versions import SPHINX

BUILD_INFO_LINES = 4
"""Number of lines of `.buildinfo`, in which Sphinx 9.0 to 9.2 note the settings with which a site was written."""


def is_cut_short(build_info: Path) -> bool:
    """Return whether a `.buildinfo` is incomplete, as after a full disk; Sphinx 9.0 to 9.2 fail with an empty one."""
    return len(build_info.read_text("utf-8", errors="replace").splitlines()) < BUILD_INFO_LINES


def template_environment(builder: Builder) -> jinja2.Environment | None:
    """Return the Jinja environment of a builder's templates; None for builders without templates.

    Sphinx has no setting for it. In Sphinx 9.0 to 9.2 it is `environment` of `Builder.templates`. Without it,
    templates are compiled in each build: only speed is lost.
    """
    templates = getattr(builder, "templates", None)
    if templates is None:
        return None
    environment = getattr(templates, "environment", None)
    if not isinstance(environment, jinja2.Environment):
        SPHINX.do_without(f"{type(templates).__name__}.environment", "templates are compiled in each build")
        return None
    return environment


def replace_formatter(builder: Builder, make: Callable[..., HtmlFormatter]) -> bool:
    """Make a builder format code with the result of ``make`` for Pygments' options; return whether it writes HTML.

    Sphinx 9.0 to 9.2 make a formatter for each block from the class in `PygmentsBridge.formatter`, and have no option
    for another class. Raise UpstreamChanged if a bridge has none, since links in code would be missing.
    """
    is_html = False
    for name in ("highlighter", "dark_highlighter"):
        bridge = getattr(builder, name, None)
        if isinstance(bridge, PygmentsBridge) and bridge.dest == "html":
            SPHINX.method(bridge, "formatter", "code links to the objects that it uses")
            setattr(bridge, "formatter", make)  # noqa: B010  (a function that makes one replaces the class)
            is_html = True
    return is_html


def index_words(builder: Builder) -> Iterator[dict[str, Any]]:
    """Yield the tables of a builder's search index, for texts and for titles: pages by word.

    `IndexBuilder.prune` removes pages and leaves their words. Sphinx 9.0 to 9.2 have `_mapping` and `_title_mapping`.
    Raise UpstreamChanged without them: a site would differ from one that is built from nothing.
    """
    indexer = getattr(builder, "indexer", None)
    if indexer is not None:
        for name in ("_mapping", "_title_mapping"):
            yield SPHINX.attribute(indexer, name, dict, "words of removed pages leave the search index")


def call_after_pages(builder: Builder, then: Callable[[], None]) -> None:
    """Call ``then`` when a builder has written all pages, before it makes indices and copies files.

    Sphinx has no event there: `html-collect-pages` comes after the general index. Sphinx 9.0 to 9.2 call
    `Builder.finish` at that moment, so this method of the one builder is replaced by a function that calls both.
    Without it, only the preview is slower.
    """
    finish = getattr(builder, "finish", None)
    if not callable(finish):
        SPHINX.do_without("Builder.finish", "the preview shows pages when all else is written")
        return

    def call_and_finish() -> None:
        then()
        finish()

    setattr(builder, "finish", call_and_finish)  # noqa: B010  (mypy takes no assignment to a method)


FIRST = 0
"""Priority of files that pages load before all others; Sphinx sorts by it when it writes a page."""


def style_sheet_file(name: str) -> Any:
    """Return a style sheet as Sphinx lists it in the context of a page, to be loaded before all others.

    Extensions can add style sheets, but not replace those of a page, which Sphinx 9.0 to 9.2 list as
    `_CascadingStyleSheet`. Raise UpstreamChanged without that class.
    """
    with SPHINX.imports("style sheets are joined into one"):
        from sphinx.builders.html._assets import _CascadingStyleSheet
    return _CascadingStyleSheet(name, priority=FIRST)


def script_file(name: str, attributes: Mapping[str, str]) -> Any:
    """Return a script as Sphinx lists it in the context of a page, to be loaded before all others.

    Sphinx 9.0 to 9.2 list scripts as `_JavaScript`. Raise UpstreamChanged without that class.
    """
    with SPHINX.imports("scripts are joined into one"):
        from sphinx.builders.html._assets import _JavaScript
    return _JavaScript(name, priority=FIRST, **attributes)
