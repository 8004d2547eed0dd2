"""Checksums in generated files, which tell a hand edit from an old text and name the block that was edited.

A generated file is a sequence of parts. Each begins with a comment, `# From book/linear.md, sec_linear [3f2a9c1b]`,
whose last word is a checksum of the part's own text. So a hand edit is recognized from the file alone. A record in the
build folder would be lost by `make clean`, and version control may hold another state. Because each part has its own
checksum, an edited block of the book changes the lines of that block and no others.
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
    """Part of a generated file, below its title."""

    title: str
    """Title of the part: `From book/linear.md, sec_linear`."""
    seal: str
    text: str
    """Text below the title, without surrounding blank lines."""
    line: int
    """1-based line of the title in the file."""

    @property
    def is_untouched(self) -> bool:
        return self.seal == _seal(self.text)

    @property
    def names(self) -> tuple[str, ...]:
        """Names that the part defines, as far as it is Python."""
        try:
            body = ast.parse(self.text).body
        except SyntaxError:
            body = []
        names = re.findall(r"^(?:async +)?(?:def|class) +(\w+)", self.text, re.MULTILINE)
        for statement in body:
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                names += [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        return tuple(dict.fromkeys(names))


def _seal(text: str) -> str:
    return digest(text)[:8]


def sealed(title: str, text: str) -> str:
    """Return a part as it stands in the file: a title with a checksum, and the text."""
    text = text.strip("\n")
    return f"# {title} [{_seal(text)}]\n{text}"


def parts_of(text: str) -> list[FilePart]:
    """Return the parts of a file, without what stands before the first. A file without checksums has none."""
    lines = text.split("\n")
    starts = [(number, mark) for number, line in enumerate(lines, 1) if (mark := MARK.match(line))]
    ends = [*(number for number, _ in starts), len(lines) + 1][1:]
    return [
        FilePart(mark["title"], mark["seal"], "\n".join(lines[start : end - 1]).strip("\n"), start)
        for (start, mark), end in zip(starts, ends, strict=True)
    ]


def touched(text: str, generated: str) -> Iterator[tuple[FilePart, int]]:
    """Yield the parts of a file that were changed by hand, each with the first line that differs.

    ``generated`` is the text that the sources give now. The line is exact if this text still holds the original of
    the part; otherwise it is the first line of the part.
    """
    originals = {part.seal: part.text for part in parts_of(generated)}
    for part in parts_of(text):
        if part.is_untouched:
            continue
        old, new = originals.get(part.seal, "").split("\n"), part.text.split("\n")
        same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        yield part, part.line + 1 + (same if part.seal in originals else 0)


def differing(text: str, generated: str) -> list[FilePart]:
    """Return the parts of ``generated`` that a file lacks, then the parts of the file that ``generated`` lacks."""
    here, wanted = parts_of(text), parts_of(generated)
    different: list[FilePart] = []
    for some, others in ((wanted, here), (here, wanted)):
        remaining = Counter((part.title, part.text) for part in others)
        for part in some:
            key = (part.title, part.text)
            if remaining[key]:
                remaining[key] -= 1
            elif not any(part.names and part.names == other.names for other in different):
                different.append(part)
    return different
