"""The manual as its tests read it: pages, their sections, and the files that a section shows."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
HEADING = re.compile(r"^#{1,4} +(?P<title>.+)$")
OPENING = re.compile(r"^ *(?P<mark>`{3,}|:{3,})\{(?P<name>[\w-]+)\} *(?P<argument>.*)$")
FENCE = re.compile(r"^ *(?P<mark>`{3,}|~{3,})")
CAPTION = re.compile(r"^:caption: +(?P<caption>.+)$")


@dataclass(frozen=True)
class Block:
    """A directive, as it is written."""

    name: str
    argument: str
    caption: str
    """In this manual, the name of the file that a code block shows, or words."""
    content: str


@dataclass(frozen=True)
class Section:
    title: str
    label: str
    text: str
    blocks: tuple[Block, ...]

    def files(self) -> dict[str, str]:
        """Return the files that the section shows, by name; a later block of a file takes the place of an earlier."""
        blocks = [
            block for block in self.blocks if block.name == "code-block" and block.caption and block.argument != "diff"
        ]
        return {block.caption: block.content for block in blocks if " " not in block.caption}

    def examples(self) -> list[str]:
        """Return the sources that the section shows together with what they give."""
        return [block.content for block in self.blocks if block.name == "example"]


def sections(page: str) -> list[Section]:
    """Return the sections of a page of the manual, the first being what stands before all subheadings."""
    lines = (DOCS / page).read_text("utf-8").splitlines()
    found: list[Section] = []
    label, title, start = "", "", 0
    starts: list[tuple[int, str, str]] = []
    mark = ""
    for number, line in enumerate(lines):
        if mark:
            mark = "" if line.strip() == mark else mark
            continue
        if fence := FENCE.match(line):
            mark = fence["mark"]
        elif heading := HEADING.match(line):
            above = lines[number - 1] if number else ""
            label = above[1:-2] if above.startswith("(") and above.endswith(")=") else ""
            starts.append((number, heading["title"], label))
    for (start, title, label), (end, *_) in zip(starts, [*starts[1:], (len(lines), "", "")], strict=True):
        own = lines[start:end]
        found.append(Section(title, label, "\n".join(own), tuple(_blocks(own))))
    return found


def _blocks(lines: list[str]) -> Iterator[Block]:
    number = 0
    while number < len(lines):
        opening = OPENING.match(lines[number])
        number += 1
        if opening is None:
            continue
        end = next(at for at in range(number, len(lines)) if lines[at].strip() == opening["mark"])
        body, shown = textwrap.dedent("\n".join(lines[number:end])).split("\n"), ""
        if body and (caption := CAPTION.match(body[0])):
            shown, body = caption["caption"], body[1:]
        yield Block(opening["name"], opening["argument"].strip(), shown, "\n".join(body).strip("\n") + "\n")
        number = end + 1


@dataclass(frozen=True)
class Sample:
    """A block of code that a page shows."""

    page: str
    line: int
    language: str
    """As written behind the fence; of a directive its name in braces, then its argument."""
    caption: str
    content: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def samples(page: str) -> list[Sample]:
    """Return the blocks of a page that stand behind a fence of backticks, those inside of others left out."""
    lines = (DOCS / page).read_text("utf-8").splitlines()
    found: list[Sample] = []
    number = 0
    while number < len(lines):
        opening = re.match(r" *(?P<mark>`{3,})(?P<language>[^`]+)$", lines[number])
        number += 1
        if opening is None:
            continue
        end = next(at for at in range(number, len(lines)) if lines[at].strip() == opening["mark"])
        body, shown = textwrap.dedent("\n".join(lines[number:end])).split("\n"), ""
        if body and (caption := CAPTION.match(body[0])):
            shown, body = caption["caption"], body[1:]
        content = "\n".join(body).strip("\n") + "\n"
        found.append(Sample(page, number, opening["language"].strip(), shown, content))
        number = end + 1
    return found


def pages() -> list[str]:
    """Return the pages of the manual."""
    return sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if "_build" not in path.parts)
