"""Write the conf.py of a migrated book."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

LINE = 100
"""Longest line of conf.py, in characters."""
REPLACED = {
    "sphinx_inline_tabs": "sphinx-inline-tabs",
    "sphinx_togglebutton": "sphinx-togglebutton",
    "sphinx_thebe": "sphinx-thebe",
    "sphinx_comments": "sphinx-comments",
    "sphinxext.opengraph": "sphinxext-opengraph",
    "sphinxcontrib.mermaid": "sphinxcontrib-mermaid",
    "autoapi.extension": "sphinx-autoapi",
}
"""Distribution of an extension by its module, where the names differ."""


@dataclass
class Conf:
    """Contents of a conf.py that is to be written."""

    values: dict[str, Any] = field(default_factory=dict)
    theme: dict[str, Any] = field(default_factory=dict)
    extensions: list[str] = field(default_factory=lambda: ["myst_nb", "sphinxcontrib_d2lbook"])
    paths: list[str] = field(default_factory=list)
    """Folders with the book's own extensions, relative to conf.py."""
    only_listed: bool = False
    """Whether pages that the table of contents does not list are excluded."""

    def requirements(self) -> list[str]:
        """Return the distributions that the book needs now, in place of what built it."""
        found = ["sphinxcontrib-d2lbook"]
        if "linkify" in self.values.get("myst_enable_extensions", ()):
            found.append("linkify-it-py")
        own = {"myst_nb", "sphinxcontrib_d2lbook"}
        extra = [
            name
            for name in self.extensions
            if name not in own and not name.startswith("sphinx.ext.") and not self.paths
        ]
        return found + [REPLACED.get(name, name.partition(".")[0].replace("_", "-")) for name in extra]


def text(conf: Conf, root: str, excluded: Sequence[str]) -> str:
    """Return conf.py. ``root`` is the root page, ``excluded`` are patterns of pages that stay out of the book."""
    values = {name: item for name, item in conf.values.items() if name != "exclude_patterns"}
    exclude = [*conf.values.get("exclude_patterns", ()), *excluded]
    lines = ['"""The configuration of the book."""', ""]
    if conf.paths:
        lines += ["import sys", "from pathlib import Path", ""]
        lines += [f"sys.path.insert(0, str(Path(__file__).parent / {path!r}))" for path in conf.paths] + [""]
    order = ["project", "author", "copyright"]
    lines += [_assign(name, values.pop(name)) for name in order if name in values]
    lines += [
        "",
        _assign("extensions", conf.extensions),
        _assign("root_doc", root),
        _assign("exclude_patterns", exclude),
    ]
    lines += [_assign(name, item) for name, item in values.items()]
    if conf.theme:
        lines += ["", _assign("html_theme_options", conf.theme)]
    return "\n".join(lines) + "\n"


def _assign(name: str, value: Any) -> str:
    return f"{name} = {literal(value, len(name) + 3, 0)}"


def literal(value: Any, column: int = 0, indent: int = 0) -> str:
    """Return a value as Python, on one line where it fits behind ``column``."""
    inner = " " * (indent + 4)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        items = [f"{literal(key, 0, 0)}: {literal(item, indent + 8, indent + 4)}" for key, item in value.items()]
        opening, closing = "{", "}"
    elif isinstance(value, list | tuple):
        items = [literal(item, indent + 4, indent + 4) for item in value]
        opening, closing = "[", "]"
    else:
        return repr(value)
    flat = f"{opening}{', '.join(items)}{closing}"
    if column + len(flat) <= LINE and "\n" not in flat:
        return flat
    return "\n".join([opening, *(f"{inner}{item}," for item in items), f"{' ' * indent}{closing}"])
