"""Divide the text of a notedown page into fences, tab blocks and the text between, each line with its number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Lines = list[tuple[int, str]]
"""Lines with their 1-based numbers in the file."""

FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`]*?)[ \t]*$")
BEGIN_TAB = re.compile(r"^:begin_tab:[ \t]*`?(?P<names>[^`]*?)`?[ \t]*$")
END_TAB = re.compile(r"^:end_tab:[ \t]*$")
INPUT = re.compile(r"\.input\b")
OUTPUT = re.compile(r"\.output\b")


@dataclass(frozen=True)
class Fence:
    """Fenced block."""

    line: int
    """1-based line of the opening mark."""
    indent: str
    mark: str
    info: str
    """Text after the opening mark: `python`, `{.python .input  n=3}`, `toc`."""
    body: Lines

    @property
    def is_cell(self) -> bool:
        return self.info.startswith("{") and bool(INPUT.search(self.info))

    @property
    def is_output(self) -> bool:
        return self.info.startswith("{") and bool(OUTPUT.search(self.info))

    @property
    def text(self) -> str:
        return "\n".join(line for _, line in self.body)


@dataclass(frozen=True)
class Tab:
    """Text between `:begin_tab:` and `:end_tab:`."""

    line: int
    names: tuple[str, ...]
    blocks: tuple[Block, ...]
    is_closed: bool = True


@dataclass(frozen=True)
class Text:
    """Markdown outside of fences."""

    lines: Lines


Block = Fence | Tab | Text


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a page, in order; all lines are in one of them but those that begin or end one."""
    return _blocks(list(enumerate(text.split("\n"), 1)))


def _blocks(lines: Lines) -> list[Block]:
    found: list[Block] = []
    plain: Lines = []
    index = 0

    def flush() -> None:
        if plain:
            found.append(Text(list(plain)))
            plain.clear()

    while index < len(lines):
        number, line = lines[index]
        if "<!--" in line and "-->" not in line:  # a comment may hold what looks like a fence
            end = next((at for at in range(index, len(lines)) if "-->" in lines[at][1]), index)
            plain += lines[index : end + 1]
            index = end + 1
        elif fence := FENCE.match(line):
            end = _closing(lines, index + 1, fence["mark"])
            flush()
            body = lines[index + 1 : end]
            found.append(Fence(number, fence["indent"], fence["mark"], fence["info"], body))
            index = end + 1
        elif begin := BEGIN_TAB.match(line):
            last = _tab_end(lines, index + 1)
            flush()
            names = tuple(name.strip().lower() for name in begin["names"].split(",") if name.strip())
            inside = tuple(_blocks(lines[index + 1 : last]))
            found.append(Tab(number, names, inside, is_closed=last < len(lines)))
            index = last + 1
        else:
            plain.append(lines[index])
            index += 1
    flush()
    return found


def _closing(lines: Sequence[tuple[int, str]], start: int, mark: str) -> int:
    """Return the index of the line that closes a fence, or the end."""
    closing = re.compile(rf"[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*")
    return next((at for at in range(start, len(lines)) if closing.fullmatch(lines[at][1])), len(lines))


def _tab_end(lines: Sequence[tuple[int, str]], start: int) -> int:
    """Return the index of the line that ends a tab block, or the end; a fence in it may hold such a line."""
    index = start
    while index < len(lines):
        line = lines[index][1]
        if END_TAB.match(line):
            return index
        fence = FENCE.match(line)
        index = _closing(lines, index + 1, fence["mark"]) + 1 if fence else index + 1
    return len(lines)
