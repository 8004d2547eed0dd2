"""Find the headings of MyST text, and write labels above them."""

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
    """Heading of a section in a source."""

    title: str
    """Title as plain text."""
    line: int
    """Line of the heading in the source, counted from 0."""
    above: int
    """Line that a label goes above: the heading's own, or that of its attributes if they have lines of their own."""
    labelled: bool


class CannotLabel(Exception):
    """Raised if a label above a heading would change the meaning of the page."""


def parser_for(text: str, config: MdParserConfig) -> MarkdownIt:
    """Return the parser that Sphinx would read a page with, from conf.py and the page's own front matter."""
    try:
        topmatter = read_topmatter(text)
    except TopmatterReadError:
        topmatter = None
    if topmatter:
        config = merge_file_level(config, topmatter, lambda *_: None)
    return create_md_parser(config, RendererHTML)


def headings(text: str, parser: MarkdownIt) -> list[SourceHeading]:
    """Return the headings of a text, without those in fences, comments, quotes and lists."""
    lines = split(text)
    source_headings: list[SourceHeading] = []
    before: Token | None = None
    end = 0
    tokens = parser.parse(text)
    for token, inline in zip(tokens, [*tokens[1:], None], strict=False):
        if token.type == "heading_open" and token.level == 0 and token.map and inline is not None:
            labelled = (before is not None and before.type == "myst_target") or bool(token.attrs.get("id"))
            line = token.map[0]
            source_headings.append(SourceHeading(_plain(inline), line, _above(lines, line, end), labelled))
        if token.map:
            end = max(end, token.map[1])
        before = token
    return source_headings


def split(text: str) -> list[str]:
    """Return the lines of a text as Markdown counts them, with their ends."""
    return [line for line in LINE.findall(text) if line]


def _above(lines: Sequence[str], line: int, end: int) -> int:
    """Return the first line of attributes above a heading, which the parser has merged into the heading.

    Definitions may lie between the two. ``end`` is the line where the block before the heading ends.
    """
    candidates = (number for number in range(end, line) if ATTRIBUTES.fullmatch(lines[number].rstrip("\r\n")))
    return next(candidates, line)


def _plain(inline: Token) -> str:
    children = inline.children or []
    return " ".join("".join(" " if child.type.endswith("break") else child.content for child in children).split())


def additions(text: str, labels: Mapping[int, str], parser: MarkdownIt) -> dict[int, str]:
    """Return offset in the text -> insertion, so that each heading whose line is in ``labels`` gets that label.

    The changed text is parsed again and compared. Raise CannotLabel if anything else in it would change its meaning.
    """
    before = headings(text, parser)
    wanted = _shape(parser.parse(text))
    for gap in (False, True):  # an empty line is added only if the label has no effect without one
        added = _additions(text, {head.above: labels[head.line] for head in before if head.line in labels}, gap=gap)
        changed = put(text, added)
        if _shape(parser.parse(changed)) == wanted:
            after = headings(changed, parser)
            if all(new.labelled for old, new in zip(before, after, strict=True) if old.line in labels):
                return added
    raise CannotLabel


def put(text: str, added: Mapping[int, str]) -> str:
    """Return the text with insertions at their offsets."""
    pieces, done = [], 0
    for offset, addition in sorted(added.items()):
        pieces += [text[done:offset], addition]
        done = offset
    return "".join([*pieces, text[done:]])


def _additions(text: str, labels: Mapping[int, str], *, gap: bool) -> dict[int, str]:
    lines = split(text)
    insertions = {}
    offset = 0
    for number, line in enumerate(lines):
        if number in labels:
            end = _line_end(lines, number)
            space = end if gap and number and lines[number - 1].strip() else ""
            insertions[offset] = f"{space}({labels[number]})={end}"
        offset += len(line)
    return insertions


def _line_end(lines: Sequence[str], number: int) -> str:
    """Return the line ending of a line, or that of the other lines if it has none."""
    for line in (lines[number], *lines):
        end = line[len(line.rstrip("\r\n")) :]
        if end:
            return end
    return "\n"


def _shape(tokens: Sequence[Token]) -> list[tuple[Any, ...]]:
    """Return the content of a text without its labels, for comparison."""
    return [
        (
            token.type,
            token.tag,
            token.level,
            token.hidden,
            token.info,
            token.content,
            sorted(token.attrs.items(), key=str),
        )
        for token in tokens
        if token.type != "myst_target"
    ]
