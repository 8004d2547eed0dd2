"""Write toctrees into the pages, in place of `_toc.yml` and of `{tableofcontents}`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from .toc_file import TocEntry, TocSubtree

SHOWN = re.compile(r"^(`{3,}|:{3,})\{tableofcontents\}[^\n]*\n(?:(?!\1).*\n)*?\1[ \t]*$", re.MULTILINE)
"""Directive in Markdown that lists the pages below this one."""
SHOWN_RST = re.compile(r"^\.\. tableofcontents::.*$", re.MULTILINE)


def with_toctrees(text: str, suffix: str, trees: Sequence[TocSubtree]) -> tuple[str, list[int]]:
    """Return the source of a page with its toctrees, and the lines at which it asked for a list of its children.

    The list is where the page asks for it, else the toctrees go to its end, hidden as they were. ``suffix`` is that of
    the page: .md, .ipynb, or that of reStructuredText. Raises ValueError for a notebook that cannot be read.
    """
    if suffix == ".ipynb":
        return _notebook(text, trees)
    if suffix == ".md":
        return _text(text, SHOWN, trees, markdown)
    return _text(text, SHOWN_RST, trees, restructured)


def _text(text: str, shown: re.Pattern[str], trees: Sequence[TocSubtree], write: Any) -> tuple[str, list[int]]:
    lines = [text.count("\n", 0, match.start()) + 1 for match in shown.finditer(text)]
    if lines:
        before, after = shown.split(text, maxsplit=1)[:: shown.groups + 1]
        blocks = "\n\n".join(write(tree, hidden=False) for tree in trees)
        return before + blocks + shown.sub("", after), lines
    if not trees:
        return text, []
    blocks = "\n\n".join(write(tree, hidden=tree.hidden) for tree in trees)
    return f"{text.rstrip()}\n\n{blocks}\n", []


def _notebook(text: str, trees: Sequence[TocSubtree]) -> tuple[str, list[int]]:
    """Do the same for a notebook; lines are numbers of cells."""
    notebook = json.loads(text)
    found: list[int] = []
    for number, cell in enumerate(notebook["cells"], 1):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and SHOWN.search(source):
            changed, _lines = _text(source, SHOWN, [] if found else trees, markdown)
            cell["source"] = changed.splitlines(keepends=True)
            found.append(number)
    if trees and not found:
        blocks = "\n\n".join(markdown(tree, hidden=tree.hidden) for tree in trees)
        cell = {"cell_type": "markdown", "metadata": {}, "source": blocks.splitlines(keepends=True)}
        if (notebook.get("nbformat", 4), notebook.get("nbformat_minor", 0)) >= (4, 5):
            cell["id"] = "toctree"
        notebook["cells"].append(cell)
    elif not found:
        return text, []
    indent = re.search(r"^\{\r?\n( +)", text)
    return json.dumps(notebook, indent=len(indent[1]) if indent else 1, ensure_ascii=False) + "\n", found


def markdown(tree: TocSubtree, *, hidden: bool) -> str:
    """Return a toctree as a directive of MyST."""
    return "\n".join(["```{toctree}", *_options(tree, hidden), "", *_entries(tree), "```"])


def restructured(tree: TocSubtree, *, hidden: bool) -> str:
    """Return a toctree as a directive of reStructuredText."""
    return "\n".join(
        [
            ".. toctree::",
            *(f"   {line}" for line in _options(tree, hidden)),
            "",
            *(f"   {line}" for line in _entries(tree)),
        ]
    )


def _options(tree: TocSubtree, hidden: bool) -> list[str]:
    lines = [":hidden:"] if hidden else []
    if tree.caption:
        lines.append(f":caption: {' '.join(tree.caption.split())}")
    if tree.numbered is not None:
        lines.append(f":numbered: {tree.numbered}" if tree.numbered else ":numbered:")
    if tree.maxdepth:
        lines.append(f":maxdepth: {tree.maxdepth}")
    if tree.titlesonly:
        lines.append(":titlesonly:")
    if tree.reversed:
        lines.append(":reversed:")
    if any(entry.kind == "glob" for entry in tree.entries):
        lines.append(":glob:")
    return lines


def _entries(tree: TocSubtree) -> list[str]:
    return [_entry(entry) for entry in tree.entries]


def _entry(entry: TocEntry) -> str:
    target = entry.target if entry.kind == "url" else f"/{entry.target.lstrip('/')}"
    title = " ".join(entry.title.split())
    return f"{title} <{target}>" if title else target
