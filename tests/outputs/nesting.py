"""An extension for tests: puts a node of every kind, with a node of every kind inside, on the pages of a book.

A page `nest-<kind>` gets a node of the kind with one of every kind in it. The nodes come when references are resolved,
which is the last moment at which an extension can put any.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx


class strange_block(nodes.General, nodes.Element):
    """No output knows it."""


class strange_text(nodes.General, nodes.TextElement):
    """Nor this text."""


class strange_inline(nodes.Inline, nodes.TextElement):
    """Nor this one in a line."""


ABSTRACT = {"Element", "TextElement", "FixedTextElement", "Text", "document", "pending", "start_of_file", "toctree"}
SILENT = {
    "colspec",
    "comment",
    "decoration",
    "docinfo",
    "footer",
    "header",
    "highlightlang",
    "image",
    "index",
    "label",
    "math",
    "math_block",
    "meta",
    "raw",
    "substitution_definition",
    "system_message",
    "tabular_col_spec",
    "target",
    "transition",
}
"""Kinds whose text no reader is to see, or whose text is something else than text."""
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "image": {"uri": "nowhere.png", "alt": "", "candidates": {}},
    "raw": {"format": "nothing"},
    "desc": {"objtype": "function", "domain": "py"},
    "versionmodified": {"type": "added"},
    "tgroup": {"cols": 1},
    "colspec": {"colwidth": 1},
    "start_of_file": {"docname": "index"},
    "math_block": {"nowrap": False, "number": None, "label": None, "no-wrap": False},
    "math": {},
    "index": {"entries": []},
    "highlightlang": {"lang": "none", "force": False, "linenothreshold": 10},
    "production": {"tokenname": "x"},
    "system_message": {"level": 1, "type": "INFO", "source": ""},
    "reference": {"refuri": "https://example.org/"},
    "number_reference": {"refuri": "https://example.org/"},
    "title_reference": {},
    "download_reference": {"reftarget": "x"},
    "footnote_reference": {"refid": "nowhere"},
    "citation_reference": {"refid": "nowhere"},
    "pending_xref": {"reftype": "x", "refdomain": "std", "reftarget": "x"},
    "meta": {"content": "x"},
    "enumerated_list": {"enumtype": "arabic"},
    "literal_block": {"language": "none"},
    "option_argument": {"delimiter": " "},
    "desc_parameterlist": {"multi_line_parameter_list": False, "multi_line_trailing_comma": False},
    "desc_type_parameter_list": {"multi_line_parameter_list": False, "multi_line_trailing_comma": False},
    "acks": {},
}


def kinds() -> dict[str, type[nodes.Element]]:
    """Return every class of docutils and Sphinx that a doctree can have, by name."""
    found = {
        name: kind
        for module in (nodes, addnodes)
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, nodes.Element) and name not in ABSTRACT and name[0].islower()
    }
    return found | {kind.__name__: kind for kind in (strange_block, strange_text, strange_inline)}


def make(kind: type[nodes.Element], *children: nodes.Node) -> nodes.Element:
    arguments = ("", "") if issubclass(kind, nodes.TextElement) else ("",)
    return kind(*arguments, *children, **ATTRIBUTES.get(kind.__name__, {}))


def token(outer: str, inner: str) -> str:
    return "Q" + "".join(part.title().replace("_", "") for part in (outer, inner)) + "Q"


def nested(outer: str) -> Iterator[nodes.Element]:
    """Yield a node of a kind with each kind inside."""
    for inner, kind in kinds().items():
        yield make(kinds()[outer], make(kind, nodes.Text(token(outer, inner))))


def put(_app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Handler of `doctree-resolved`."""
    if docname.startswith("nest-"):
        section = next(doctree.findall(nodes.section))
        for node in nested(docname.removeprefix("nest-")):
            node.line = 3
            section += node


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-resolved", put)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
