"""Checksums in the generated files, by which a hand edit is told from an old text, and its block is found.

A generated file is a row of parts. Each begins with a comment, `# From book/linear.md, sec_linear [3f2a9c1b]`, whose
last word is a checksum of the part's own text. So nothing outside the file is needed to know whether somebody changed
it: no record in the build folder, which `make clean` removes, and no version control, which may hold another state.
As each part has its own, an edited block of the book changes that block's lines and no others.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..common.files import digest

MARK = re.compile(r"^# (?P<title>.+) \[(?P<seal>[0-9a-f]{8})\]$")


@dataclass(frozen=True)
class FilePart:
    """A stretch of a generated file."""

    title: str
    """`From book/linear.md, sec_linear`."""
    seal: str
    text: str
    """What follows the title, without blank lines around."""
    line: int
    """1-based line of the file where the title stands."""

    @property
    def is_untouched(self) -> bool:
        return self.seal == _seal(self.text)

    @property
    def names(self) -> tuple[str, ...]:
        """What it defines, as far as it is Python."""
        try:
            body = ast.parse(self.text).body
        except SyntaxError:
            body = []
        found = re.findall(r"^(?:async +)?(?:def|class) +(\w+)", self.text, re.MULTILINE)
        for statement in body:
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                found += [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        return tuple(dict.fromkeys(found))


def _seal(text: str) -> str:
    return digest(text)[:8]


def sealed(title: str, text: str) -> str:
    """A part as it stands in the file."""
    text = text.strip("\n")
    return f"# {title} [{_seal(text)}]\n{text}"


def parts_of(text: str) -> list[FilePart]:
    """The parts of a file; what stands before the first is no part. Empty for a file without checksums."""
    lines = text.split("\n")
    starts = [(number, mark) for number, line in enumerate(lines, 1) if (mark := MARK.match(line))]
    ends = [*(number for number, _ in starts), len(lines) + 1][1:]
    return [
        FilePart(mark["title"], mark["seal"], "\n".join(lines[start : end - 1]).strip("\n"), start)
        for (start, mark), end in zip(starts, ends, strict=True)
    ]


def touched(text: str, generated: str) -> Iterator[tuple[FilePart, int]]:
    """Parts of a file that were changed by hand, each with the first line that differs.

    ``generated`` is what the sources give now. Where it still holds the original of a part, the line is exact, else it
    is the part's first.
    """
    originals = {part.seal: part.text for part in parts_of(generated)}
    for part in parts_of(text):
        if part.is_untouched:
            continue
        old, new = originals.get(part.seal, "").split("\n"), part.text.split("\n")
        same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        yield part, part.line + 1 + (same if part.seal in originals else 0)


def differing(text: str, generated: str) -> list[FilePart]:
    """Parts of ``generated`` that a file does not have, then parts that it has and should not."""
    here, wanted = parts_of(text), parts_of(generated)
    found: list[FilePart] = []
    for some, others in ((wanted, here), (here, wanted)):
        left = Counter((part.title, part.text) for part in others)
        for part in some:
            key = (part.title, part.text)
            if left[key]:
                left[key] -= 1
            elif not any(part.names and part.names == other.names for other in found):
                found.append(part)
    return found
