"""Scan the blocks of plain MyST text line by line, at a small part of the parser's cost.

Nearly all pages can be scanned. The scanner gives no answer for a page whose cells depend on the finer rules of
Markdown, that is where a fence, a block break or a formula is written in an unusual way; the parser reads that page.
A property test checks that both give the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Block:
    """Block at the top level of a page that bounds a cell."""

    kind: Literal["front matter", "fence", "break"]
    info: str
    """Text after the opening mark of a fence."""
    content: str
    first: int
    """0-based line of the text at which the block begins."""
    end: int
    """0-based line after the block's last."""


ODD_CHARACTERS = re.compile(r"[\r\v\f\x00\x1c-\x1e\x85\u2028\u2029]")
"""Characters that some readers of lines take for the end of a line."""
OPENING = re.compile(r"(?P<mark>`{3,}|~{3,}|:{3,})(?P<info>.*)")
BREAK = re.compile(r"\+\+\+(?: +(?P<content>[^\s+].*)?)?")
MARKS = re.compile(r"```|~~~|:::|\+\+\+|\+ \+|<!--")
DEFINITION = re.compile(r"[:~](?:[ \t]|$)")
"""Term of a definition list, which may even contain a fence."""
DOLLARS_END = re.compile(r"\$\$(?:[ \t]*\([^()\n]*\))?[ \t]*$")
ELSEWHERE = frozenset({"fieldlist", "substitution"})
"""Extensions of MyST whose blocks are left to the parser."""


def scan(text: str, extensions: Set[str]) -> list[Block] | None:
    """Return the blocks of a notebook's text; None if only the parser can find them."""
    if ODD_CHARACTERS.search(text) or extensions & ELSEWHERE:
        return None
    lines = text.split("\n")
    index = _front_matter_end(lines)
    if index is None:
        return None
    blocks = [Block("front matter", "", "\n".join(lines[1 : index - 1]), 0, index)]
    colons = "colon_fence" in extensions
    is_after_text = False
    while index < len(lines):
        line = lines[index]
        stripped = line.strip(" \t")
        opening = OPENING.match(line)
        if opening and (colons or opening["mark"][0] != ":"):
            end = _fence_end(lines, index, opening["mark"])
            if end is None or (opening["mark"][0] == "`" and "`" in opening["info"]):
                return None
            if opening["mark"][0] != ":":
                content = "".join(f"{item}\n" for item in lines[index + 1 : end - 1])
                blocks.append(Block("fence", opening["info"], content, index, end))
            index, is_after_text = end, False
            continue
        block_break = BREAK.fullmatch(line)
        if block_break:
            blocks.append(Block("break", "", (block_break["content"] or "").strip(), index, index + 1))
            index, is_after_text = index + 1, False
            continue
        if stripped[:1] in ("<", "+") or DEFINITION.match(stripped) or MARKS.search(line):
            return None
        if stripped.startswith(("$$", "\\begin{")):
            end = _formula_end(lines, index, stripped, is_after_text=is_after_text)
            if end is None:
                return None
            index, is_after_text = end, True
            continue
        is_after_text = bool(stripped)
        index += 1
    return blocks


def _front_matter_end(lines: list[str]) -> int | None:
    """Return the line after the front matter; None if its form is unusual."""
    if lines[0] != "---":
        return None
    end = next((index for index, line in enumerate(lines) if index and line.lstrip().startswith("---")), None)
    if end is None or end == 1 or lines[end] != "---":
        return None
    return end + 1


def _fence_end(lines: list[str], start: int, mark: str) -> int | None:
    """Return the line after the closing mark; None if there is none."""
    closing = re.compile(rf" {{0,3}}{mark[0]}{{{len(mark)},}}[ \t]*")
    return next((index + 1 for index in range(start + 1, len(lines)) if closing.fullmatch(lines[index])), None)


def _formula_end(lines: list[str], start: int, first: str, *, is_after_text: bool) -> int | None:
    """Return the line after a formula that has lines of its own; None if its end depends on finer rules.

    A formula that follows text without a blank line may be text too. Then the parser must read it.
    """
    is_dollars = first.startswith("$$")
    if is_dollars and len(first) > 2 and DOLLARS_END.search(first[2:]):
        return start + 1
    for index in range(start, len(lines)):
        line = lines[index].strip(" \t")
        if index > start:
            if not line or line[0] in "<+>-*#" or MARKS.search(line):
                return None
            if is_dollars and line.startswith("\\begin{") and is_after_text:
                return None
        if (DOLLARS_END.search(line) and index > start) if is_dollars else "\\end{" in line:
            return index + 1
        if is_dollars and index > start and "$$" in line:
            return None
    return None
