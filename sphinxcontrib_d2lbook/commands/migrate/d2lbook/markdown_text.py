"""Convert Markdown of d2lbook to MyST: labels, figures, tables and equations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..page_notes import PageNotes
from . import inline_markup
from .markdown_elements import GRID, HEADING, Element, attach, parse, split_image
from .notedown_blocks import Lines

BIBLIOGRAPHY = re.compile(r"(?P<indent>[ \t]*):bibliography:`(?P<file>[^`]+)`")
ATTRIBUTES = re.compile(r"[ \t]*\{(?P<inside>[^{}]*)\}[ \t]*$")
"""Attributes at the end of a heading, as pandoc reads them: its id and classes."""
TOPIC = re.compile(r"https?://(?P<host>[\w.-]+)/t/(?:[\w%-]+/)?(?P<id>\d+)(?:/\d+)?/?")
DISCUSSION = re.compile(
    rf"(?P<heading>#+[ \t]+)?(?P<before>[^\[\]]*)\[(?P<text>[^\]]*)\]\((?P<url>{TOPIC.pattern})\)[ \t]*"
)
CODE_OF_ADDRESS = re.compile(r"!\[[^\]]*\]\([^()]*\bqr[_-][^()]*\)")
"""Image of a QR code, as it follows a link to a discussion."""


@dataclass
class Page:
    """Page whose text is being converted."""

    docname: str
    notes: PageNotes
    docnames: frozenset[str] = frozenset()
    title: str = ""
    """Title in the first heading."""
    label: str = ""
    """Label of the first heading."""
    labels: list[str] = field(default_factory=list)
    """All labels of the page."""
    topic: tuple[str, int] | None = None
    """URL of the forum, and number of the page's topic."""
    wanted_label: str = ""
    """Label to give to the first heading if it has none and needs one."""


def text(lines: Lines, page: Page) -> Iterator[str]:
    """Yield the lines as MyST."""
    lines = inline_markup.without_slides(lines, page.notes)
    elements, lost = attach(parse(lines))
    for mark in lost:
        todo = "describes nothing before it; put it behind a heading, an image, a table or an equation"
        page.notes.ask(mark.line, f":{mark.kind}:`{mark.value}`", todo)
    skip_code = False
    for one in elements:
        if skip_code and one.kind in ("image", "plain") and CODE_OF_ADDRESS.search(one.text):
            page.notes.note(one.line, "picture of a QR code", "is left out: the build draws the codes of discussions")
            skip_code = False
            continue
        skip_code = skip_code and one.kind == "blank"
        if one.kind in ("plain", "heading") and (found := _discussion(one, page)) is not None:
            yield from found
            skip_code = True
            continue
        yield from _element(one, page)
    for mark in lost:
        yield from ("", f":{mark.kind}:`{mark.value}`")


def _element(one: Element, page: Page) -> Iterator[str]:
    if one.kind == "heading":
        yield from _heading(one, page)
    elif one.kind == "image":
        yield from _figure(one, page)
    elif one.kind == "table":
        yield from _table(one, page)
    elif one.kind == "equation":
        yield from _equation(one, page)
    elif one.kind in ("comment", "blank"):
        yield from (line for _, line in one.lines)
    else:
        yield from _plain(one, page)


def _inline(words: str, line: int, page: Page) -> str:
    words = inline_markup.links(words, line, page.docname, page.docnames, page.notes)
    return inline_markup.roles(words, line, page.notes)


def _targets(labels: list[str], line: int, page: Page, indent: str = "") -> Iterator[str]:
    for label in labels:
        page.notes.note(line, ":label:", "a target, or the name of its directive")
        page.labels.append(label)
        yield f"{indent}({label})="


def _heading(one: Element, page: Page) -> Iterator[str]:
    first = one.lines[0][1]
    labels = list(one.labels)
    attributes = ATTRIBUTES.search(first)
    words = first
    if attributes and (
        attributes["inside"].strip() == "-" or attributes["inside"].lstrip().startswith(("#", ".", "-"))
    ):
        words = first[: attributes.start()]
        labels += [name[1:] for name in attributes["inside"].split() if name.startswith("#")]
        others = [name for name in attributes["inside"].split() if not name.startswith("#")]
        if others:
            todo = f"{' '.join(others)} has no place here; numbers are what the toctree says (`:matter:`)"
            page.notes.ask(one.line, first.strip(), todo)
    if not page.title:
        match = HEADING.fullmatch(words)
        page.title = re.sub(r"[`*]", "", match["text"] if match else words).strip()
        if not labels and page.wanted_label:
            labels = [page.wanted_label]
            page.notes.note(
                one.line, "heading without a label", f"`{page.wanted_label}`, to which its discussion belongs"
            )
        page.label = labels[0] if labels else ""
    yield from _targets(labels, one.line, page)
    yield _inline(words, one.line, page)
    yield from (line for _, line in one.lines[1:])


def _indent(one: Element) -> str:
    line = one.lines[0][1]
    return line[: len(line) - len(line.lstrip())]


def _figure(one: Element, page: Page) -> Iterator[str]:
    caption, path, title = split_image(one.text) or ("", "", "")
    indent = _indent(one)
    if not caption.strip() and not one.labels and not one.sizes:
        yield from (line for _, line in one.lines)
        return
    name = "figure" if caption.strip() else "image"
    page.notes.note(one.line, "image in a paragraph of its own", f"a `{name}` directive")
    if title:
        page.notes.ask(
            one.line, f'"{title}"', "the title of an image has no place in a directive; put it into the text"
        )
    yield from _targets(one.labels[1:], one.line, page, indent)
    yield f"{indent}```{{{name}}} {path}"
    if one.labels:
        page.notes.note(one.line, ":label:", "a target, or the name of its directive")
        page.labels.append(one.labels[0])
        yield f"{indent}:name: {one.labels[0]}"
    for size, value in one.sizes.items():
        page.notes.note(one.line, f":{size}:", "an option of the image")
        yield f"{indent}:{size}: {value}"
    if caption.strip():
        yield ""
        for line in _inline(caption, one.line, page).split("\n"):
            yield f"{indent}{line.strip()}".rstrip()
    yield f"{indent}```"


def _table(one: Element, page: Page) -> Iterator[str]:
    indent = _indent(one)
    rows = [line for _, line in one.lines]
    rows[1] = rows[1].replace("+", "|")
    body = _inline("\n".join(rows), one.line, page).split("\n")
    if one.caption is None and not one.labels:
        yield from body
        return
    page.notes.note(one.line, "table with a caption or label", "a `table` directive")
    words = " ".join(line.strip() for _, line in one.caption.lines) if one.caption else ""
    words = re.sub(r"^(?:Table)?:[ \t]*", "", words)
    words = _inline(words, one.caption.line, page) if one.caption else ""
    yield from _targets(one.labels[1:], one.line, page, indent)
    yield f"{indent}:::{{table}} {words}".rstrip()
    if one.labels:
        page.notes.note(one.line, ":label:", "a target, or the name of its directive")
        page.labels.append(one.labels[0])
        yield f"{indent}:name: {one.labels[0]}"
    yield ""
    yield from body
    yield f"{indent}:::"


def _equation(one: Element, page: Page) -> Iterator[str]:
    lines = [line for _, line in one.lines]
    if one.labels:
        page.notes.note(one.line, ":eqlabel:", "the label behind the equation")
        page.labels += one.labels
        lines[-1] = f"{lines[-1].rstrip()} ({one.labels[0]})"
    for label in one.labels[1:]:
        page.notes.ask(one.line, f":eqlabel:`{label}`", f"an equation has one label; refer to {one.labels[0]}")
    yield from lines


def _plain(one: Element, page: Page) -> Iterator[str]:
    grid = next((number for number, line in one.lines if GRID.fullmatch(line)), 0)
    if grid:
        page.notes.ask(grid, "grid table", "MyST has none; write it with `|`, or as a `list-table` directive")
    if (file := BIBLIOGRAPHY.fullmatch(one.lines[0][1])) is not None:
        page.notes.note(one.line, ":bibliography:", "a `bibliography` directive")
        yield f"{file['indent']}```{{bibliography}} {file['file'].strip()}"
        yield f"{file['indent']}```"
        return
    words = inline_markup.dollars(one.text, one.line, page.notes)
    yield from _inline(words, one.line, page).split("\n")


def _discussion(one: Element, page: Page) -> list[str] | None:
    """Return a directive for a line that links to the page's thread, or None for any other text."""
    found = DISCUSSION.fullmatch(one.text.strip()) if len(one.lines) == 1 else None
    if found is None or not (found["heading"] or not found["before"].strip()):
        return None
    if page.topic is not None:
        page.notes.ask(one.line, found["url"], "a page has one discussion; see which of the two it is")
        return None
    page.topic = (f"{found['url'].partition('://')[0]}://{found['host']}", int(found["id"]))
    page.notes.note(one.line, "link to a discussion", "a `discussion` directive, its topic in forum-topics.json")
    return ["```{discussion}", "```"]
