"""Serve the libraries that draw interactive outputs from the packages that are installed, on pages that need them.

A library is copied into the site once, and a page loads it when the first of its outputs comes into view. Nothing is
loaded from another host.
"""

from __future__ import annotations

import html
import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from ...common.files import json_in_script, write_if_changed
from ...common.translations import _
from ...common.warning_types import Warn, warn

FOLDER = "_static/interactive"
"""Folder of the site with the libraries."""
SCRIPT, SHEET = "interactive.js", "interactive.css"
WIDGETS_SCRIPT = "interactive-widgets.js"
ELEMENT = re.compile(r'<div class="d2lbook-interactive" data-kind="(\w+)"')
REMOTE_IMPORT = re.compile(r"@import\s+(?:url\([^)]*//[^)]*\)|(\\?[\"'])(?:https?:)?//.*?\1)\s*;?")
"""Matches what makes a style sheet load another one from another host."""
MISSING = (
    "outputs of %s are shown as still pictures or text: the package %s, whose script the site would serve, is not "
    "installed; install it where the book is built"
)


@dataclass(frozen=True)
class BrowserLibrary:
    """Library for browsers that comes with a package of Python."""

    title: str
    package: str
    """Distribution that holds the library."""
    files: Mapping[str, str | Callable[[], str]]
    """Name in the site's folder -> file in the environment, or a function that returns its text."""
    extras: tuple[str, ...] = ()
    """Names of those files that only some outputs need; the script that loads them knows which."""


def vega_bundle() -> str:
    """Return Vega, Vega-Lite and their display as one script. Raise ImportError without vl-convert."""
    # As a function, so that the names of its parts are no names of the page.
    return f"(() => {{{importlib.import_module('vl_convert').javascript_bundle()}\n}})();\n"


BOKEH = "bokeh/server/static/js/"
LIBRARIES: Mapping[str, BrowserLibrary] = {
    "plotly": BrowserLibrary("Plotly", "plotly", {"plotly.js": "plotly/package_data/plotly.min.js"}),
    "vega": BrowserLibrary("Vega and Altair", "vl-convert-python", {"vega.js": vega_bundle}),
    "bokeh": BrowserLibrary(
        "Bokeh",
        "bokeh",
        {
            "bokeh.js": f"{BOKEH}bokeh.min.js",
            "bokeh-widgets.js": f"{BOKEH}bokeh-widgets.min.js",
            "bokeh-tables.js": f"{BOKEH}bokeh-tables.min.js",
            "bokeh-gl.js": f"{BOKEH}bokeh-gl.min.js",
            "bokeh-mathjax.js": f"{BOKEH}bokeh-mathjax.min.js",
        },
        extras=("bokeh-widgets.js", "bokeh-tables.js", "bokeh-gl.js", "bokeh-mathjax.js"),
    ),
    "widget": BrowserLibrary(
        "ipywidgets", "widgetsnbextension", {"widgets.js": "widgetsnbextension/static/extension.js"}
    ),
}
"""Kind of an output -> library that draws it."""
_served: WeakKeyDictionary[Sphinx, dict[str, list[str]]] = WeakKeyDictionary()
"""For each build, kind of an output -> names of the files of its library."""


def add_libraries(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Let a page load the libraries of its outputs. Handle `html-page-context`."""
    builder = app.builder
    if not isinstance(builder, StandaloneHTMLBuilder) or builder.embedded:
        return
    kinds = sorted(set(ELEMENT.findall(str(context.get("body", "")))))
    if not kinds:
        return
    addresses: dict[str, list[str]] = {}
    for kind in kinds:
        library = LIBRARIES.get(kind)
        if library is None:  # HTML, which needs none
            continue
        names = _copied(app, kind, library)
        if not names:
            warn(Warn.REMOTE, MISSING, library.title, library.package, location=pagename)
            continue
        addresses[kind] = [context["pathto"](f"{FOLDER}/{name}", resource=True) for name in names]
    words = html.escape(_("Show, and load files from {hosts}"), quote=True)
    content = html.escape(json_in_script(addresses), quote=True)
    tag = f'<meta name="d2lbook-interactive" content="{content}" data-show="{words}" />'
    context["metatags"] = f"{context.get('metatags', '')}\n{tag}"
    app.add_css_file(SHEET)
    app.add_js_file(SCRIPT, loading_method="defer")
    if "widget" in kinds:
        app.add_js_file(WIDGETS_SCRIPT, loading_method="defer")


def _copied(app: Sphinx, kind: str, library: BrowserLibrary) -> list[str]:
    """Copy a library into the site, once a build; return the names of its files, or none if there is no package."""
    copied = _served.setdefault(app, {})
    if kind not in copied:
        texts = _texts(library)
        for name, text in texts.items():
            write_if_changed(Path(app.outdir, FOLDER, name), text)
        copied[kind] = list(texts)
    return copied[kind]


def _texts(library: BrowserLibrary) -> dict[str, bytes]:
    """Return the files of a library, by their names in the site; none if its package is not installed."""
    try:
        distribution = metadata.distribution(library.package)
        return {
            name: REMOTE_IMPORT.sub(
                "", file() if callable(file) else Path(str(distribution.locate_file(file))).read_text("utf-8")
            ).encode()
            for name, file in library.files.items()
        }
    except (metadata.PackageNotFoundError, ImportError, FileNotFoundError):
        return {}


def bring_up_to_date(app: Sphinx, error: Exception | None) -> None:
    """Copy libraries again that pages of earlier builds load, after an upgrade. Handle `build-finished`."""
    folder = Path(app.outdir, FOLDER)
    if error is None and isinstance(app.builder, StandaloneHTMLBuilder) and folder.is_dir():
        for library in LIBRARIES.values():
            if any((folder / name).is_file() for name in library.files):
                for name, text in _texts(library).items():
                    write_if_changed(folder / name, text)


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", add_libraries)
    app.connect("build-finished", bring_up_to_date)
