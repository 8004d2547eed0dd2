"""Make the pages of a site load the joined files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config

from ....upstream import theme_files
from ....upstream.sphinx.html import script_file, style_sheet_file
from .bundling import DEFERRED, SCRIPT, SHEET, Bundles, make_bundles
from .icons import icon_names

TEMPLATES = Path(__file__).parents[1] / "templates"
_bundles: WeakKeyDictionary[Sphinx, Bundles | None] = WeakKeyDictionary()


def add_templates(app: Sphinx, config: Config) -> None:
    """Put our templates behind those of the author and before those of the theme. Handle `config-inited`."""
    if config.d2lbook_bundle and theme_files.has_known_macros():
        config.templates_path = [*config.templates_path, str(TEMPLATES)]


def bundle_pages(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Make a page load the joined files, and what it needs beyond them. Handle `html-page-context`."""
    builder = app.builder
    if str(TEMPLATES) not in app.config.templates_path or not isinstance(builder, StandaloneHTMLBuilder):
        return
    if builder.embedded or not theme_files.is_pydata(builder):
        return
    if app not in _bundles:
        _bundles[app] = make_bundles(app, builder)
    bundles = context["d2lbook_bundles"] = _bundles[app]
    if bundles is None:
        return
    sheets = [sheet for sheet in context["css_files"] if str(sheet.filename) not in bundles.sheets]
    context["css_files"] = [style_sheet_file(SHEET), *sheets]
    scripts = [script for script in context["script_files"] if str(script.filename) not in bundles.scripts]
    joined = [script_file(SCRIPT, dict(bundles.attributes)), script_file(DEFERRED, {"defer": "defer"})]
    if bundles.icons is None:
        joined.append(script_file(theme_files.ICON_SCRIPT, {"defer": "defer"}))
    names = icon_names(str(context.get("body", ""))).union(*map(icon_names, _icons(context.get("header_buttons"))))
    rules = bundles.more_icons(names)
    context["d2lbook_more_icons"] = f"<style>\n{rules}</style>\n" if rules else ""
    context["script_files"] = [*joined, *scripts]


def _icons(buttons: Any) -> Iterator[str]:
    """Yield the classes of the icons of a page's buttons, which may be menus of buttons."""
    for button in buttons or ():
        yield str(button.get("icon", ""))
        yield from _icons(button.get("buttons"))


def remove_unused(app: Sphinx, error: Exception | None) -> None:
    """Remove the joined files of an earlier build if pages no longer load them. Handle `build-finished`."""
    if error is None and isinstance(app.builder, StandaloneHTMLBuilder) and not app.config.d2lbook_bundle:
        for name in (SHEET, SCRIPT, DEFERRED):
            Path(app.outdir, name).unlink(missing_ok=True)


def setup(app: Sphinx) -> None:
    app.connect("config-inited", add_templates)
    # Run after all others that add files to a page, the theme's and ours (up to 600).
    app.connect("html-page-context", bundle_pages, priority=950)
    app.connect("build-finished", remove_unused)
