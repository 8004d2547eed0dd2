"""Write one style sheet and two scripts for a site, and make its pages load them.

They hold what every page loads: of Sphinx, of the theme and of extensions. What an author adds in conf.py
(`html_css_files`, `html_js_files`), and what single pages add, is loaded as before, after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from ....common.files import stable_text, write_if_changed
from ....upstream import theme_files
from ..previews import SCRIPT as PREVIEWS
from ..previews import has_previews
from . import icons, joining

SHEET, SCRIPT, DEFERRED = "_static/d2lbook-all.css", "_static/d2lbook-all.js", "_static/d2lbook-deferred.js"
OF_AUTHORS = 800
"""Priority of the files that conf.py lists, in Sphinx; those of extensions have a lower number."""
COLOUR_MODE = "_static/colour-mode.js"
"""Script that runs first."""
JOINED = {
    "documentation_options.js",
    "doctools.js",
    "sphinx_highlight.js",
    "translations.js",
    "clipboard.min.js",
    "copybutton.js",
    "design-tabs.js",
    "scripts/sphinx-book-theme.js",
}
"""Scripts of Sphinx and of extensions that are known to work in one file, in the order in which pages load them."""
JOINED_DEFERRED = {"math-copy.js", "folding.js", "long-outputs.js", "margin-notes.js", PREVIEWS}
"""Scripts of ours that run when a page has been read; those that only some pages need are small."""


@dataclass(frozen=True)
class Bundles:
    """What the pages of a site load as few files."""

    sheets: frozenset[str]
    """Style sheets in the joined one."""
    scripts: frozenset[str]
    """Scripts in the two joined ones."""
    attributes: tuple[tuple[str, str], ...]
    """`data-` attributes that joined scripts read from their element."""
    icons: icons.IconSet | None
    """None if pages load the script of all icons, since a script of the author adds to it."""
    shown: frozenset[str]
    """Names of icons in the style sheet."""
    families: Mapping[str, str]
    """Names of the families of fonts of icons, by style."""
    searches_while_typing: bool

    def without_search(self, head: str) -> str:
        """Return a page's head without the scripts of the search, unless results are shown while the reader types."""
        return head if self.searches_while_typing else theme_files.without_search_scripts(head)

    def more_icons(self, names: set[str]) -> str:
        """Return the style sheet of a page that has icons of these names, beyond what all pages load."""
        if self.icons is None:
            return ""
        more = names - self.shown
        codes = self.icons.codes(more) - self.icons.codes(self.shown)
        return self.icons.rules(more) + self.icons.faces(codes, self.families)


def make_bundles(app: Sphinx, builder: StandaloneHTMLBuilder) -> Bundles | None:
    """Write the files, when the site's other static files are there. Raise OSError, UpstreamChanged.

    Return None, and write nothing, if the theme's own style sheets cannot be joined: then only speed is lost.
    """
    theme_files.write_code_colours(app)
    folder = Path(builder.outdir)
    sheets = dict(_sheets(builder, folder))
    if not sheets.keys() >= {*theme_files.HEAD_SHEETS}:
        theme_files.report_unknown_sheets()
        return None
    scripts = sorted(theme_files.scripts_of_all_pages(builder), key=lambda script: script.priority)
    joined = [script for script in scripts if _is_joined(script, JOINED, deferred=False)]
    deferred = [script for script in scripts if _is_joined(script, JOINED_DEFERRED, deferred=True)]
    names = [str(script.filename) for script in joined], [str(script.filename) for script in deferred]
    wanted = JOINED_DEFERRED if has_previews(builder) else JOINED_DEFERRED - {PREVIEWS}
    ours = [name for name in sorted(f"_static/{name}" for name in wanted) if (folder / name).is_file()]
    late = [*dict.fromkeys([*names[1], *ours]), *theme_files.BODY_SCRIPTS]
    others = [str(script.filename) for script in scripts if script.filename and str(script.filename) not in names[0]]
    found = None if _add_icons(folder, others) else icons.read_icons(_read(folder, theme_files.ICON_SCRIPT))
    if found is not None and not found.is_complete:
        theme_files.report_unknown_icons()
        found = None
    shown = _icon_names(app, builder, [*names[0], *late, *others])
    text = joining.join_sheets(sheets.items(), "_static")
    families = icons.icon_families(text)
    if found is not None:
        text = icons.without_other_icons(text, shown)
        codes = found.codes(shown) | icons.shown_codes(text)
        text += found.faces(codes, families) + icons.THEME_SIZES
    write_if_changed(folder / SHEET, text)
    first = [COLOUR_MODE, *names[0]]
    write_if_changed(folder / SCRIPT, joining.join_scripts(_read(folder, name) for name in first))
    write_if_changed(folder / DEFERRED, joining.join_scripts(_read(folder, name) for name in late))
    return Bundles(
        frozenset(sheets),
        frozenset([*names[0], *late]),
        tuple(pair for script in joined for pair in script.attributes.items()),
        found,
        frozenset(shown),
        families,
        bool(builder.theme_options.get("search_as_you_type")) if hasattr(builder, "theme_options") else True,
    )


def _sheets(builder: StandaloneHTMLBuilder, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield names and texts of the style sheets to be joined, in the order in which pages load them."""
    plain = {("rel", "stylesheet"), ("type", "text/css")}
    others = sorted(theme_files.sheets_of_all_pages(builder), key=lambda sheet: sheet.priority)
    names = [
        str(sheet.filename) for sheet in others if sheet.priority < OF_AUTHORS and {*sheet.attributes.items()} == plain
    ]
    for name in (*theme_files.HEAD_SHEETS, *names):
        if (folder / name).is_file():
            parts = list(joining.imported_first(name, partial(_read, folder)))
            if all(joining.is_joinable_sheet(text) for _name, text in parts):
                yield from parts


def _is_joined(script: Any, known: set[str], *, deferred: bool) -> bool:
    attributes = {name for name in script.attributes if not name.startswith("data-")}
    name = str(script.filename or "").removeprefix("_static/")
    return name in known and script.priority < OF_AUTHORS and attributes == ({"defer"} if deferred else set())


def _read(folder: Path, name: str) -> str:
    return (folder / name).read_text("utf-8-sig")


def _add_icons(folder: Path, scripts: list[str]) -> bool:
    """Return whether one of these scripts adds icons to Font Awesome's."""
    files = [folder / name for name in scripts if "://" not in name]
    return any(theme_files.ICON_LIBRARY in file.read_text("utf-8", "replace") for file in files if file.is_file())


def _icon_names(app: Sphinx, builder: StandaloneHTMLBuilder, scripts: list[str]) -> set[str]:
    """Return the icons that templates, settings and scripts name."""
    names = set(theme_files.CODED_ICONS.split())
    own = [Path(app.confdir, folder) for folder in app.config.templates_path]
    for root in [*theme_files.theme_folders(builder), *own]:
        for file in root.rglob("*.html"):
            names |= icons.icon_names(file.read_text("utf-8", "replace"))
    for name in scripts:
        file = Path(builder.outdir, name)
        if "://" not in name and file.is_file():
            names |= icons.icon_names(file.read_text("utf-8", "replace"))
    settings = stable_text([app.config.html_theme_options, app.config.html_context])
    return names | icons.icon_names(settings)
