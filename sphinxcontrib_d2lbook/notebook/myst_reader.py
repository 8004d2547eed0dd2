"""Read the text of a page as a `Notebook`, with the cells that MyST-NB makes of it and the lines that it does not keep.

The rules are those of `myst_nb.core.read`. A Markdown page is a notebook if its front matter says so. A cell is a fence
at the top level whose info string begins with `{code-cell}` or `{raw-cell}`. A test compares the cells of both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from markdown_it import MarkdownIt
from markdown_it.rules_block import make_fence_rule
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.attrs import attrs_block_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.field_list import fieldlist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from mdit_py_plugins.substitution import substitution_plugin

from ..common.errors import BookProblems
from .cells import Cell, CellKind, Notebook
from .directive_options import first_line, load_yaml, split_options
from .fast_scanner import Block, scan
from .ipynb_reader import read_ipynb
from .nested_cells import MARK, nested_fences

FENCES: Mapping[str, CellKind] = {"{code-cell}": "code", "{raw-cell}": "raw"}
KINDS: Mapping[str, Literal["front matter", "fence", "break"]] = {
    "front_matter": "front matter",
    "fence": "fence",
    "myst_block_break": "break",
}
"""Kinds of the parser's tokens that bound cells, by type of token."""


@dataclass(frozen=True)
class Syntax:
    """Options of MyST that decide where blocks begin and end, from the values `myst_…` of conf.py."""

    extensions: frozenset[str] = frozenset({"dollarmath", "amsmath", "colon_fence", "deflist", "attrs_block"})
    """Value of `myst_enable_extensions`; extensions that define no blocks are ignored."""
    disabled: tuple[str, ...] = ()
    """Value of `myst_disable_syntax`."""
    substitution_delimiters: tuple[str, str] = ("{", "}")
    """Value of `myst_sub_delimiters`."""
    exact_colon_fences: bool = False
    """Value of `myst_colon_fence_exact_match`."""


def read_notebook(
    text: str, docname: str, path: str, *, syntax: Syntax | None = None, folder: Path | None = None
) -> Notebook:
    """Read a page. ``path`` is for messages, and its suffix gives the format of ``text``.

    ``folder`` contains the file: the option `load` of a code cell names a file relative to it. Raise BookProblems with
    all faults of the page.
    """
    text = text.removeprefix("\ufeff")
    if path.endswith(".ipynb"):
        return read_ipynb(text, docname, path)
    if not (path.endswith((".md", ".myst")) and is_notebook(text)):
        return Notebook(docname, path, ())
    syntax = syntax or Syntax()
    blocks = None if syntax.disabled else scan(text, syntax.extensions)
    return _MystReader(text, path, folder, syntax).read(
        docname, parsed_blocks(text, syntax) if blocks is None else blocks
    )


def parsed_blocks(text: str, syntax: Syntax) -> list[Block]:
    """Return the blocks of a notebook's text, by MyST's own parser."""
    blocks = []
    nesting = 0
    for token in block_parser(syntax).parse(text + "\n"):
        nesting += token.nesting
        kind = KINDS.get(token.type)
        if kind and not nesting:
            first, end = (token.map[0], token.map[1]) if token.map else (0, 0)
            blocks.append(Block(kind, token.info, token.content, first, end))
    return blocks


def is_notebook(text: str) -> bool:
    """Return whether MyST-NB takes Markdown text for a notebook: its front matter has `file_format: mystnb`."""
    if not text.startswith("---"):
        return False
    lines = iter(text.splitlines())
    next(lines)
    matter = []
    for line in lines:
        if line.startswith(("---", "...")):
            break
        matter.append(line.rstrip() + "\n")
    try:
        metadata = load_yaml("".join(matter))
    except (yaml.YAMLError, ValueError):  # a date such as 2026-13-01 is a ValueError
        return False
    if not isinstance(metadata, dict):
        return False
    if metadata.get("file_format") == "mystnb":
        return True
    value: Any = metadata
    for key in ("jupytext", "text_representation", "format_name"):
        value = value.get(key) if isinstance(value, dict) else None
    return bool(value == "myst")


@lru_cache
def block_parser(syntax: Syntax) -> MarkdownIt:
    """Return MyST's parser with the rules for blocks only, configured as myst-parser does."""
    md = (
        MarkdownIt("commonmark")
        .enable("table")
        .use(front_matter_plugin)
        .use(myst_block_plugin)
        .use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)
    )
    if "dollarmath" in syntax.extensions:
        md.use(dollarmath_plugin)
    if "colon_fence" in syntax.extensions:
        rule = make_fence_rule(markers=(":",), token_type="colon_fence", exact_match=syntax.exact_colon_fences)  # noqa: S106
        interrupts = ["paragraph", "reference", "blockquote", "list", "footnote_def"]
        md.block.ruler.before("fence", "colon_fence", rule, {"alt": interrupts})
    if "amsmath" in syntax.extensions:
        md.use(amsmath_plugin)
    if "deflist" in syntax.extensions:
        md.use(deflist_plugin)
    if "fieldlist" in syntax.extensions:
        md.use(fieldlist_plugin)
    if "substitution" in syntax.extensions:
        md.use(substitution_plugin, *syntax.substitution_delimiters)
    if "attrs_block" in syntax.extensions:
        md.use(attrs_block_plugin)
    for name in (*syntax.disabled, "inline"):
        md.disable(name, True)
    return md


def _are_tags(value: Any) -> bool:
    are_texts = isinstance(value, list) and all(isinstance(tag, str) and tag and "," not in tag for tag in value)
    return are_texts and len(set(value)) == len(value)


METADATA: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "tags": (_are_tags, "write a list of different words, such as `[hide-input]`"),
    "name": (lambda value: isinstance(value, str) and bool(value), "write a word"),
    "collapsed": (lambda value: isinstance(value, bool), "write `true` or `false`"),
    "scrolled": (lambda value: isinstance(value, bool) or value == "auto", "write `true`, `false` or `auto`"),
    "jupyter": (lambda value: isinstance(value, dict), "write names and values, such as `{source_hidden: true}`"),
    "execution": (lambda value: isinstance(value, dict), "remove it: it holds the times of a run"),
}
"""Checks and remedies for a cell's metadata by the schema of notebooks (nbformat 4.5); other keys take any value."""


class _MystReader:
    """Reader of the cells of one text. It is used once."""

    def __init__(self, text: str, path: str, folder: Path | None, syntax: Syntax) -> None:
        self.syntax = syntax
        self.text = text
        self.lines = text.splitlines()
        self.path = path
        self.folder = folder
        self.cells: list[Cell] = []
        self.starts: list[int] = []
        self.problems: list[str] = []

    def read(self, docname: str, blocks: Sequence[Block]) -> Notebook:
        metadata: dict[str, Any] = {}
        start = 0
        if blocks and blocks[0].kind == "front matter":
            matter, *blocks = blocks
            start = matter.end
            try:
                metadata = deepcopy(load_yaml(matter.content)) or {}
            except (yaml.YAMLError, ValueError) as err:
                self._problem(2, f"the front matter is not valid YAML ({first_line(err)})", "correct it")
        self._read_blocks(blocks, start)
        if self.problems:
            raise BookProblems(self.problems)
        return Notebook(docname, self.path, tuple(self.cells), metadata, executable=True, starts=tuple(self.starts))

    def _read_blocks(self, blocks: Sequence[Block], start: int) -> None:
        """Append the cells. ``start`` is the 0-based line after the front matter."""
        metadata: Mapping[str, Any] = {}
        for block in blocks:
            kind = next((kind for mark, kind in FENCES.items() if block.info.startswith(mark)), None)
            if block.kind == "fence" and kind:
                self._add_markdown(start, block.first, metadata)
                self._add_fence(kind, block.content, block.first)
                metadata, start = {}, block.end
            elif block.kind == "break":
                self._add_markdown(start, block.first, metadata)
                metadata, start = self._break_metadata(block.content, block.first), block.end
        self._add_markdown(start, len(self.lines), metadata)

    def _add_markdown(self, start: int, end: int, metadata: Mapping[str, Any]) -> None:
        text = "\n".join(self.lines[start:end]).rstrip()
        source = text.lstrip("\n")
        if source:
            line = start + 1 + len(text) - len(source)
            self.cells.append(Cell("markdown", source, line, len(self.cells), metadata))
            self.starts.append(start)
            if MARK.search(source):  # most pages have no such cell, and are read without the parser
                for fence in nested_fences(source, block_parser(self.syntax), line - 1):
                    self._add_fence(FENCES[fence.kind], fence.content, fence.first, nested=True)

    def _add_fence(self, kind: CellKind, content: str, first: int, *, nested: bool = False) -> None:
        """Append the cell of a fence. ``first`` is the 0-based line of the opening fence."""
        try:
            options, body, offset = split_options(content)
        except ValueError as err:
            self._problem(
                first + 1,
                f"the options of this {kind} cell cannot be read: {err}",
                "write them as `:key: value` lines, or as YAML between two lines `---`",
            )
            options, body, offset = {}, [], 0
        self._check_metadata(options, first, f"this {kind} cell")
        if kind == "code" and "load" in options and self.folder is not None:
            body = self._loaded(self.folder / str(options["load"]), first)
        self.cells.append(Cell(kind, "\n".join(body), first + 2 + offset, len(self.cells), options, nested))
        self.starts.append(first + 1)

    def _loaded(self, file: Path, first: int) -> list[str]:
        try:
            return file.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as err:
            self._problem(
                first + 1, f"`load` names a file that cannot be read ({err})", "name a file relative to the page"
            )
            return []

    def _break_metadata(self, content: str, first: int) -> Mapping[str, Any]:
        if not content:
            return {}
        try:
            value = json.loads(content.strip())
        except ValueError as err:
            self._problem(
                first + 1, f"what follows `+++` is not JSON ({err})", 'write an object, such as `+++ {"tags": []}`'
            )
            return {}
        if not isinstance(value, dict):
            self._problem(first + 1, "what follows `+++` is not a JSON object", 'write one, such as `+++ {"tags": []}`')
            return {}
        self._check_metadata(value, first, "this text cell")
        return value

    def _check_metadata(self, metadata: Mapping[str, Any], first: int, cell: str) -> None:
        for name, (is_right, remedy) in METADATA.items():
            if name in metadata and not is_right(metadata[name]):
                self._problem(
                    first + 1, f"`{name}` of {cell} is {metadata[name]!r}, which no notebook can hold", remedy
                )
        try:
            json.dumps(metadata)
        except (TypeError, ValueError) as err:  # a date, or a set
            self._problem(
                first + 1, f"the options of {cell} are more than JSON can hold ({err})", "put quotes around it"
            )

    def _problem(self, line: int, fault: str, remedy: str) -> None:
        self.problems.append(f"{self.path}:{line}: {fault}; {remedy}")


__all__ = ["Syntax", "block_parser", "is_notebook", "read_notebook"]
