"""Load the other extensions that a book needs, and set default values that conf.py leaves out."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from functools import partial
from os.path import relpath
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from ..config import lists_myst_nb
from ..upstream.sphinx.application import given_values
from ..upstream.sphinx.events import listeners, wrap_handlers
from ..upstream.theme import add_margin
from .build_folders import build_folders

EXTENSIONS = (
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_proof",
    "sphinx_exercise",
    "sphinx_book_theme",
    "sphinxcontrib.bibtex",
)

LOOK: Mapping[str, Any] = {
    "html_theme": "sphinx_book_theme",
    "myst_enable_extensions": {"amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"},
    "myst_heading_anchors": 3,
    "bibtex_reference_style": "author_year",
    # Pages need no copies hosted elsewhere: everything is served with the book.
    "nb_ipywidgets_js": {},
}
"""Defaults for projects that leave it to this extension to load others. One that lists MyST-NB keeps its own."""
OWNERS: Mapping[str, str] = {
    "myst_enable_extensions": "myst_parser",
    "myst_heading_anchors": "myst_parser",
    "bibtex_reference_style": "sphinxcontrib.bibtex",
}
"""Extensions that own some of these values. A project that lists such an extension keeps its own values for it."""
DEFAULTS: Mapping[str, Any] = {"copybutton_exclude": ".linenos, .gp, .go"}
"""Defaults for all projects."""
HEADING = re.compile(r"^#\s+(.+?)\s*#*$", re.MULTILINE)
RST_HEADING = re.compile(r"^(\S.*)\n([=\-~^*#+\"'`:.])\2{2,}$", re.MULTILINE)


def has_our_theme(config: Config) -> bool:
    """Return whether a project uses this extension's theme: by default, by name, or as a listed extension.

    Loaded beside another theme, it would put its script, its templates and its words into the pages of that theme.
    Sphinx itself loads it for a theme that is based on it.
    """
    given = given_values(config)
    theme = given.get("html_theme", "" if lists_myst_nb(config) else LOOK["html_theme"])
    return LOOK["html_theme"] in (theme, *given.get("extensions", ()))


def set_defaults(app: Sphinx, config: Config) -> None:
    """Set the default of every value that neither conf.py nor the command line sets. Handle `config-inited`."""
    given = given_values(config)
    defaults = DEFAULTS if lists_myst_nb(config) else {**DEFAULTS, **LOOK}
    listed = given.get("extensions", ())
    for name, value in defaults.items():
        if name not in given and OWNERS.get(name) not in listed:
            config[name] = value
    if "project" not in given:
        config.project = title_of_root(Path(app.srcdir), config) or config.project
    if "html_title" not in given and not lists_myst_nb(config):
        config.html_title = config.project
    if config.html_theme == "sphinx_book_theme" and not lists_myst_nb(config):
        # The theme's sidebar has the search field; its parent theme would show a second one in the navigation bar.
        config.html_theme_options = {"navbar_persistent": [], **config.html_theme_options}
    if "bibtex_bibfiles" not in given:
        written = tuple(build_folders(Path(app.srcdir)))
        config.bibtex_bibfiles = sorted(
            Path(relpath(path, app.confdir)).as_posix()
            for path in Path(app.srcdir).rglob("*.bib")
            if not any(path.is_relative_to(folder) for folder in written)
        )


def title_of_root(folder: Path, config: Config) -> str:
    """Return the heading of the root page, which names a book without `project`; "" if it is not a plain heading."""
    for file in (folder / f"{config.root_doc}{suffix}" for suffix in (".md", ".rst", ".ipynb")):
        if file.is_file():
            text = file.read_text("utf-8", errors="replace")
            if file.suffix == ".ipynb":
                notebook_cells = json.loads(text).get("cells", [])
                text = "\n\n".join(
                    "".join(cell["source"]) for cell in notebook_cells if cell.get("cell_type") == "markdown"
                )
            pattern = RST_HEADING if file.suffix == ".rst" else HEADING
            heading = pattern.search(re.sub(r"\A---\n.*?\n---\n", "", text, count=1, flags=re.DOTALL))
            return " ".join(re.sub("[`*]", "", heading[1]).split()) if heading else ""
    return ""


def styles_before_pages(app: Sphinx) -> None:
    """Run handlers that copy style sheets after a build before it instead, and for HTML only. Handle `builder-inited`.

    Pages name the checksums of their style sheets, which would not exist yet in a first build.
    """
    wrap_handlers(app, "build-finished", _if_styled)
    for listener in listeners(app, "build-finished"):
        if _is_for_html(listener.handler):
            listener.handler(app, None)


STYLED = frozenset({"sphinx_proof", "sphinx_exercise", "myst_nb.sphinx_ext"})
"""Modules of extensions that copy style sheets when they handle `build-finished`."""


def _if_styled(handler: Callable[..., Any]) -> Callable[..., Any] | None:
    return partial(_for_html, handler) if getattr(handler, "__module__", "") in STYLED else None


def _is_for_html(handler: Callable[..., Any]) -> bool:
    return isinstance(handler, partial) and handler.func is _for_html


def _for_html(handler: Callable[..., Any], app: Sphinx, error: Exception | None) -> None:
    if app.builder.format == "html":
        folder = Path(app.outdir, "_static")
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)  # the time of the file system's own clock, after which new files are written
        start = folder.stat().st_mtime_ns
        try:
            handler(app, error)
        except OSError:
            # The next build would take a partial copy for the author's own file. A complete copy has the time of its
            # source, and each build writes the other new files again.
            for path in folder.rglob("*"):
                if path.is_file() and path.stat().st_mtime_ns >= start:
                    path.unlink()
            raise


def setup(app: Sphinx) -> None:
    for name in EXTENSIONS:
        if name != LOOK["html_theme"] or has_our_theme(app.config):
            app.setup_extension(name)
        else:
            app.connect("builder-inited", add_margin)
    app.connect("builder-inited", styles_before_pages)
    # First of all handlers, because the extensions check and convert their values in theirs.
    app.connect("config-inited", set_defaults, priority=1)
