"""Find the toctrees in a page's text: fences of MyST, directives of reStructuredText."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,}|:{3,})\s*(?P<info>.*?)\s*$")
MYST_DIRECTIVE = re.compile(r"^\{(?P<name>[^}\s]+)\}")
RST_DIRECTIVE = re.compile(r"^(?P<indent>\s*)\.\. (?P<name>[\w.:+-]+)::")
RST_COMMENT = re.compile(r"^\s*\.\.(\s+[^_|\[\s]|\s*$)")
FIELD = re.compile(r"^\s*:(?P<name>[^:]+):(?P<value>.*)$")

LITERAL = frozenset(
    {"code", "code-block", "code-cell", "doctest", "graphviz", "literalinclude", "math", "mermaid", "parsed-literal"}
    | {"prompt", "raw", "raw-cell", "sourcecode", "testcode", "testoutput", "verbatim"}
)
"""Directives whose content is not markup, so that nothing in them is a toctree."""


@dataclass(frozen=True)
class Toctree:
    """Toctree as it is written in the page."""

    entries: tuple[str, ...]
    """Lines of the toctree: documents, "title <document>", URLs, patterns."""
    glob: bool = False
    reversed: bool = False


def find_toctrees(text: str, suffix: str = ".md") -> list[Toctree]:
    """Return all toctrees of a page, in order. ``suffix`` tells the format: `.rst`, `.ipynb`, or else Markdown."""
    if "toctree" not in text:
        return []
    if suffix == ".ipynb":
        return [tree for cell in _markdown_of_notebook(text) for tree in _myst_toctrees(cell.splitlines())]
    if suffix == ".rst":
        return list(_rst_toctrees(text.splitlines()))
    return list(_myst_toctrees(text.splitlines()))


def _markdown_of_notebook(text: str) -> Iterator[str]:
    try:
        cells = json.loads(text).get("cells", [])
    except (ValueError, AttributeError):
        return  # `read_notebook` reports what is wrong with it
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            source = cell.get("source", "")
            yield source if isinstance(source, str) else "".join(source)


def _myst_toctrees(lines: list[str]) -> Iterator[Toctree]:
    """Yield the toctrees in lines of MyST. Search the body of a directive too, unless it is literal."""
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.lstrip().startswith("<!--"):
            while index < len(lines) and "-->" not in lines[index]:
                index += 1
        opening = FENCE.match(line)
        if opening is None or (opening["mark"][0] == "`" and "`" in opening["info"]):
            index += 1
            continue
        end = _closing(lines, index + 1, opening["mark"])
        directive = MYST_DIRECTIVE.match(opening["info"])
        body = lines[index + 1 : end]
        if directive is None:
            is_container = opening["mark"][0] == ":"
        elif directive["name"] == "toctree":
            yield _toctree(body)
            is_container = False
        elif directive["name"] == "eval-rst":
            yield from _rst_toctrees(body)
            is_container = False
        else:
            is_container = directive["name"] not in LITERAL
        if is_container:
            yield from _myst_toctrees(body)
        index = end + 1


def _closing(lines: list[str], start: int, mark: str) -> int:
    """Return the line that closes a fence: the same character, at least as long, with nothing after it."""
    for index in range(start, len(lines)):
        bare = lines[index].strip()
        if len(bare) >= len(mark) and not bare.strip(mark[0]):
            return index
    return len(lines)


def _rst_toctrees(lines: list[str]) -> Iterator[Toctree]:
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        directive = RST_DIRECTIVE.match(line)
        name = directive["name"] if directive else ""
        if directive and name == "toctree":
            end = _dedent(lines, index, _indent(line))
            yield _toctree([item.strip() for item in lines[index:end]])
            index = end
        elif name in LITERAL or (not directive and (line.rstrip().endswith("::") or RST_COMMENT.match(line))):
            index = _dedent(lines, index, _indent(line))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _dedent(lines: list[str], start: int, indent: int) -> int:
    """Return the first line from ``start`` on that is not blank and not indented by more than ``indent``."""
    for index in range(start, len(lines)):
        if lines[index].strip() and _indent(lines[index]) <= indent:
            return index
    return len(lines)


def _toctree(body: list[str]) -> Toctree:
    """Return the toctree of a directive's body: options first (`:key:` lines, or YAML between `---`), then entries."""
    lines = [line.strip() for line in body]
    while lines and not lines[0]:
        lines.pop(0)
    options: dict[str, str] = {}
    if lines and lines[0].startswith("---"):
        end = next((index for index, line in enumerate(lines[1:], 1) if line.startswith("---")), len(lines))
        for line in lines[1:end]:
            key, _, value = line.partition(":")
            options[key.strip()] = value.strip()
        lines = lines[end + 1 :]
    else:
        while lines and (field := FIELD.match(lines[0])):
            options[field["name"].strip()] = field["value"].strip()
            lines.pop(0)
    return Toctree(tuple(line for line in lines if line), "glob" in options, "reversed" in options)
