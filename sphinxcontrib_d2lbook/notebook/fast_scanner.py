"""The blocks of plain MyST text, found line by line: for nearly all pages, at a small part of the parser's cost.

Only pages are taken whose cells do not depend on the finer rules of Markdown. Where a fence, a block break or a formula
stands in any way that is not plain, the scanner gives no answer, and the parser reads the page. A property test holds
the two to the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Block:
    """A block at the top level of a page that bounds a cell."""

    kind: Literal["front matter", "fence", "break"]
    info: str
    """What follows the fence's opening mark."""
    content: str
    first: int
    """0-based line of the text where it begins."""
    end: int
    """The line after its last."""


ODD_CHARACTERS = re.compile(r"[\r\v\f\x00\x1c-\x1e\x85\u2028\u2029]")
"""What some readers of lines take for the end of one."""
OPENING = re.compile(r"(?P<mark>`{3,}|~{3,}|:{3,})(?P<info>.*)")
BREAK = re.compile(r"\+\+\+(?: +(?P<content>[^\s+].*)?)?")
MARKS = re.compile(r"```|~~~|:::|\+\+\+|\+ \+|<!--")
DEFINITION = re.compile(r"[:~](?:[ \t]|$)")
"""In a list of definitions even a fence may be a term."""
DOLLARS_END = re.compile(r"\$\$(?:[ \t]*\([^()\n]*\))?[ \t]*$")
ELSEWHERE = frozenset({"fieldlist", "substitution"})
"""Extensions of MyST whose blocks are left to the parser."""


def scan(text: str, extensions: Set[str]) -> list[Block] | None:
    """The blocks of a notebook's text; None where only the parser can tell."""
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
        found = BREAK.fullmatch(line)
        if found:
            blocks.append(Block("break", "", (found["content"] or "").strip(), index, index + 1))
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
    """The line after the front matter."""
    if lines[0] != "---":
        return None
    end = next((index for index, line in enumerate(lines) if index and line.lstrip().startswith("---")), None)
    if end is None or end == 1 or lines[end] != "---":
        return None
    return end + 1


def _fence_end(lines: list[str], start: int, mark: str) -> int | None:
    """The line after the closing mark."""
    closing = re.compile(rf" {{0,3}}{mark[0]}{{{len(mark)},}}[ \t]*")
    return next((index + 1 for index in range(start + 1, len(lines)) if closing.fullmatch(lines[index])), None)


def _formula_end(lines: list[str], start: int, first: str, *, is_after_text: bool) -> int | None:
    """The line after a formula that holds nothing but lines of its own; None where its end depends on finer rules.

    A formula that follows text without a blank line may be text too, and is then read in another way.
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
