"""The headings of MyST text, and labels written above them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig, TopmatterReadError, merge_file_level, read_topmatter
from myst_parser.parsers.mdit import create_md_parser

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
ATTRIBUTES = re.compile(r" {0,3}\{.*\}[ \t]*")


@dataclass(frozen=True)
class SourceHeading:
    """The title of a section."""

    title: str
    """As plain text."""
    line: int
    """Where it stands, from 0."""
    above: int
    """The line that a label goes above: that of the heading's attributes where it has some in lines of their own."""
    labelled: bool


class CannotLabel(Exception):
    """A label above a heading would change what the page says."""


def parser_for(text: str, config: MdParserConfig) -> MarkdownIt:
    """The parser that Sphinx would read a page with, by the values of conf.py and its own front matter."""
    try:
        topmatter = read_topmatter(text)
    except TopmatterReadError:
        topmatter = None
    if topmatter:
        config = merge_file_level(config, topmatter, lambda *_: None)
    return create_md_parser(config, RendererHTML)


def headings(text: str, parser: MarkdownIt) -> list[SourceHeading]:
    """The sections of a text, those in fences, comments, quotes and lists left out."""
    lines = split(text)
    found: list[SourceHeading] = []
    before: Token | None = None
    end = 0
    tokens = parser.parse(text)
    for token, inside in zip(tokens, [*tokens[1:], None], strict=False):
        if token.type == "heading_open" and token.level == 0 and token.map and inside is not None:
            labelled = (before is not None and before.type == "myst_target") or bool(token.attrs.get("id"))
            line = token.map[0]
            found.append(SourceHeading(_plain(inside), line, _above(lines, line, end), labelled))
        if token.map:
            end = max(end, token.map[1])
        before = token
    return found


def split(text: str) -> list[str]:
    """The lines of a text as Markdown counts them, ends included."""
    return [line for line in LINE.findall(text) if line]


def _above(lines: Sequence[str], line: int, end: int) -> int:
    """The first line of attributes above a heading, which the parser has taken into it; definitions may lie between."""
    found = (number for number in range(end, line) if ATTRIBUTES.fullmatch(lines[number].rstrip("\r\n")))
    return next(found, line)


def _plain(inline: Token) -> str:
    children = inline.children or []
    return " ".join("".join(" " if child.type.endswith("break") else child.content for child in children).split())


def additions(text: str, labels: Mapping[int, str], parser: MarkdownIt) -> dict[int, str]:
    """Offset in the text -> what goes there, so that each heading that ``labels`` names by its line has a label.

    Nothing else changes its meaning: the result is parsed and compared. Raises CannotLabel.
    """
    found = headings(text, parser)
    wanted = _shape(parser.parse(text))
    for gap in (False, True):  # most often the line before may be anything
        added = _additions(text, {head.above: labels[head.line] for head in found if head.line in labels}, gap=gap)
        changed = put(text, added)
        if _shape(parser.parse(changed)) == wanted:
            after = headings(changed, parser)
            if all(new.labelled for old, new in zip(found, after, strict=True) if old.line in labels):
                return added
    raise CannotLabel


def put(text: str, added: Mapping[int, str]) -> str:
    """The text with additions at their offsets."""
    pieces, done = [], 0
    for offset, addition in sorted(added.items()):
        pieces += [text[done:offset], addition]
        done = offset
    return "".join([*pieces, text[done:]])


def _additions(text: str, labels: Mapping[int, str], *, gap: bool) -> dict[int, str]:
    lines = split(text)
    found = {}
    offset = 0
    for number, line in enumerate(lines):
        if number in labels:
            end = _line_end(lines, number)
            space = end if gap and number and lines[number - 1].strip() else ""
            found[offset] = f"{space}({labels[number]})={end}"
        offset += len(line)
    return found


def _line_end(lines: Sequence[str], number: int) -> str:
    """As the lines around end."""
    for line in (lines[number], *lines):
        end = line[len(line.rstrip("\r\n")) :]
        if end:
            return end
    return "\n"


def _shape(tokens: Sequence[Token]) -> list[tuple[Any, ...]]:
    """What a text says, without its labels."""
    return [
        (one.type, one.tag, one.level, one.hidden, one.info, one.content, sorted(one.attrs.items(), key=str))
        for one in tokens
        if one.type != "myst_target"
    ]
