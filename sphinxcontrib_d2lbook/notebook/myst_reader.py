"""Read the text of a page as a `Notebook`, with the cells that MyST-NB makes of it and the lines that it does not keep.

The rules are those of `myst_nb.core.read`. A Markdown page is a notebook if its front matter says so. A cell is a fence
at the top level whose info string begins with `{code-cell}` or `{raw-cell}`. A test compares the cells of both.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
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
from .cells import Cell, CellKind, FrameworkBlock, IncludedText, Notebook
from .directive_options import first_line, load_yaml, split_options
from .fast_scanner import Block, scan
from .framework_marks import marked_cells, named_frameworks
from .frameworks import OPTION, framework_blocks
from .included_files import file_of, selected_text
from .ipynb_reader import read_ipynb
from .nested_cells import BLOCK, MARK, MARK_OR_INCLUDE, NestedFence, NestedInclude, nested_fences

NAMES_FRAMEWORKS = re.compile(rf"[\s>]*:?{OPTION}\s*:")
"""Matches the line of the option of a cell that names frameworks."""
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
    frameworks: tuple[str, ...] = ()
    """Names of `d2lbook_frameworks`, in order."""


def read_notebook(
    text: str,
    docname: str,
    path: str,
    *,
    syntax: Syntax | None = None,
    folder: Path | None = None,
    sources: Path | None = None,
) -> Notebook:
    """Read a page. ``path`` is for messages, and its suffix gives the format of ``text``.

    ``folder`` contains the file: the option `load` of a code cell and `{include}` name files relative to it; without
    it, no other file is read. ``sources`` is the book's source folder, in which included files with cells must lie.
    Raise BookProblems with all faults of the page.
    """
    text = text.removeprefix("\ufeff")
    if path.endswith(".ipynb"):
        return read_ipynb(text, docname, path, (syntax or Syntax()).frameworks)
    if not (path.endswith((".md", ".myst")) and is_notebook(text)):
        return Notebook(docname, path, ())
    syntax = syntax or Syntax()
    blocks = None if syntax.disabled else scan(text, syntax.extensions)
    return _MystReader(text, path, folder, syntax, sources).read(
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

    def __init__(self, text: str, path: str, folder: Path | None, syntax: Syntax, sources: Path | None) -> None:
        self.syntax = syntax
        self.text = text
        self.lines = text.splitlines()
        self.path = path
        self.folder = folder
        self.sources = sources
        self.included: list[IncludedText] = []
        self.open: list[tuple[Path, int]] = []
        """File and index of each included text that is being read, outermost first."""
        self.files: set[str] = set()
        self.cells: list[Cell] = []
        self.starts: list[int] = []
        self.blocks: list[FrameworkBlock] = []
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
        cells, problems = marked_cells(self.cells, self.blocks, self.syntax.frameworks, self.included)
        for cell, fault in problems:
            path = self.path if cell.included is None else self.included[cell.included].path
            self.problems.append(f"{path}:{self._mark_line(cell)}: {fault}")
        if self.problems:
            raise BookProblems(self.problems)
        return Notebook(
            docname,
            self.path,
            tuple(cells),
            metadata,
            executable=True,
            starts=tuple(self.starts),
            frameworks=named_frameworks(cells, self.blocks, self.syntax.frameworks),
            blocks=tuple(self.blocks),
            included=tuple(self.included),
            files=tuple(sorted(self.files)),
        )

    def _mark_line(self, cell: Cell) -> int:
        """Return the line of the option that names the frameworks of a cell; that of its code if it has none."""
        text = None if cell.included is None else self.included[cell.included]
        lines, before = (self.lines, 0) if text is None else (text.text.splitlines(), text.first - 1)
        options = range(self.starts[cell.index], cell.line - 1)
        return next((line + 1 for line in options if NAMES_FRAMEWORKS.match(lines[line - before])), cell.line)

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
            self._add_framework_blocks(source, line - 1)
            self._add_nested(source, line - 1)

    def _add_framework_blocks(self, text: str, offset: int) -> None:
        """Append the blocks of a text that are for some frameworks only."""
        if not BLOCK.search(text):
            return
        for block in framework_blocks(text, block_parser(self.syntax), self.syntax.frameworks, offset):
            if isinstance(block, FrameworkBlock):
                self.blocks.append(replace(block, included=self._inside))
            else:
                self.problems.append(f"{self._path}:{block[0]}: {block[1]}")

    @property
    def _path(self) -> str:
        """Path of the file that is being read."""
        return self.path if self._inside is None else self.included[self._inside].path

    @property
    def _inside(self) -> int | None:
        """Index of the included text that is being read; None in the page itself."""
        return self.open[-1][1] if self.open else None

    def _add_nested(self, text: str, offset: int, around: tuple[str, ...] = ()) -> None:
        """Append the cells inside a text, and those of the files that it includes; ``around`` as in `nested_fences`."""
        if not MARK_OR_INCLUDE.search(text):
            return  # most pages have no such cell, and are read without the parser
        for fence in nested_fences(text, block_parser(self.syntax), offset, around):
            if isinstance(fence, NestedFence):
                self._add_fence(FENCES[fence.kind], fence.content, fence.first, nested=True, around=fence.around)
            elif self.folder is not None:
                self._include(fence, self.folder)

    def _include(self, directive: NestedInclude, folder: Path) -> None:
        """Append the cells of the part of a file that a directive includes."""
        file = file_of(directive.name, folder, self.sources)
        if file is None:
            return
        self.files.add(str(file))
        selected = selected_text(file, directive)
        if selected is None:
            return
        path = os.path.relpath(file, folder)
        path = Path(os.path.normpath(Path(self.path).parent / path)).as_posix()
        if path == self.path or any(file == other for other, _ in self.open):
            self._problem(
                directive.first + 1, f"{directive.name} includes itself", "remove one of these directives `{include}`"
            )
            return
        if self.sources and not file.is_relative_to(self.sources) and MARK.search(selected.text):
            self._problem(
                directive.first + 1,
                f"{directive.name} has code cells and lies outside of the source folder, so they cannot be the page's",
                "move the file into the source folder",
            )
            return
        parent = self._inside
        self.open.append((file, len(self.included)))
        self.included.append(IncludedText(path, selected.text, selected.first, directive.first + 1, parent))
        self._add_framework_blocks(selected.text, selected.first - 1)
        self._add_nested(selected.text, selected.first - 1, directive.around)
        self.open.pop()

    def _add_fence(
        self, kind: CellKind, content: str, first: int, *, nested: bool = False, around: tuple[str, ...] = ()
    ) -> None:
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
        line, index = first + 2 + offset, len(self.cells)
        self.cells.append(Cell(kind, "\n".join(body), line, index, options, nested, around, self._inside))
        self.starts.append(first + 1)

    def _loaded(self, file: Path, first: int) -> list[str]:
        self.files.add(str(file))
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
        self.problems.append(f"{self._path}:{line}: {fault}; {remedy}")


__all__ = ["Syntax", "block_parser", "is_notebook", "read_notebook"]
