"""Check readers' notebooks in the tests of any book, and define the contracts of extensions by other distributions.

`executors`, `outputs` and `providers` have a class of tests each. A distribution derives a class from it, and pytest
checks what an executor, an output or a forum must do. They need pytest, which no other module of the package imports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

_ROLE = re.compile(r"\{[A-Za-z][\w:+.-]*\}$")
_LINES = (
    ("a directive", re.compile(r"^:::|^\{[A-Za-z][\w:+.-]*\}(?:\s|$)")),
    ("a target", re.compile(r"^\([^()\s]+\)=$")),
    ("a comment", re.compile(r"^%(?:\s|$)")),
    ("a block break", re.compile(r"^\+\+\+(?:\s|$)")),
    ("an option", re.compile(r"^:[a-z][\w-]*:(?:\s|$)")),
)
_ANYWHERE = (
    ("a footnote", re.compile(r"\[\^[^\]\s]+\]")),
    ("attributes", re.compile(r"\{[#.][A-Za-z][^{}]*\}")),
    ("a substitution", re.compile(r"\{\{.*?\}\}")),
)


def markdown_parser() -> MarkdownIt:
    """Return a parser of Markdown as in notebooks: CommonMark, pipe tables and `$`."""
    parser = MarkdownIt("commonmark").enable("table")
    return parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)


def myst_left_over(markdown: str) -> list[str]:
    """Return syntax of MyST in a notebook's Markdown, which readers would see. Code and formulas do not count."""
    remains = []
    for token in markdown_parser().parse(markdown):
        if token.type == "fence" and token.info.strip().startswith("{"):
            remains.append(f"a directive: {token.info.strip()}")
        elif token.type == "inline":
            remains += _in_line(token.children or [])
    return remains


def _in_line(children: list[Token]) -> Iterator[str]:
    for before, after in pairwise(children):
        if before.type == "text" and after.type == "code_inline" and _ROLE.search(before.content):
            yield f"a role: {before.content[-40:]}`{after.content}`"
    for line in _text(children).split("\n"):
        for kind, pattern in _LINES:
            if pattern.search(line.strip()):
                yield f"{kind}: {line.strip()[:60]}"
        for kind, pattern in _ANYWHERE:
            match = pattern.search(line)
            if match:
                yield f"{kind}: {match.group()[:60]}"


def _text(children: list[Token]) -> str:
    """Return the visible text, with a no-break space for each code or formula."""
    parts = []
    for child in children:
        if child.type in ("text", "text_special"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("code_inline", "math_inline", "math_inline_double"):
            parts.append("\N{NO-BREAK SPACE}")
    return "".join(parts)


def notebook_faults(path: Path) -> list[str]:
    """Return what is wrong with a reader's notebook: format, MyST in it, missing attachments. Raise OSError."""
    notebook: dict[str, Any] = json.loads(path.read_text("utf-8"))
    faults = []
    try:
        nbformat.validate(nbformat.from_dict(notebook))
    except nbformat.ValidationError as err:
        faults.append(f"{path}: not valid: {str(err).splitlines()[0]}")
    for position, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "markdown":
            continue
        source = "".join(cell["source"])
        faults += [f"{path}: cell {position}: {fault}" for fault in myst_left_over(source)]
        for name in re.findall(r"\(attachment:([^)\s]+)\)", source):
            if name not in cell.get("attachments", {}):
                faults.append(f"{path}: cell {position}: no attachment {name}")
    return faults
