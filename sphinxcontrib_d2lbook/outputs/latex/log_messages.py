"""Parse XeLaTeX's log, and decide which lines are too wide to be passed over. Pure: nothing here reads a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEEN = 6.0
"""Points by which a line may stick out before a reader sees it."""
_ERROR = re.compile(r"^(?:\./)?(?P<file>[^:\n]+\.\w+):(?P<line>\d+): (?P<text>.+)$")
_PLAIN_ERROR = re.compile(r"^! (?P<text>.+)$")
_LINE = re.compile(r"^l\.(?P<line>\d+) ?(?P<text>.*)$")
_MISSING = re.compile(r"^Missing character: There is no (?P<char>.) (?:\(U\+[0-9A-F]+\) )?in font (?P<font>[^!]*)")
_WIDE = re.compile(r"^Overfull \\hbox \((?P<points>[\d.]+)pt too wide\).*?(?:at lines? (?P<line>\d+))?(?:--\d+)?$")
_ABSENT = re.compile(r"File `[^']*\.(?:sty|cls|def|otf)' not found|font \"[^\"]*\" cannot be found")
STOPS = ("Emergency stop", "==> Fatal error", "Fatal error occurred")


@dataclass(frozen=True)
class LatexFault:
    """Error of LaTeX."""

    text: str
    line: int
    """Line of the source; 0 if unknown."""
    near: str = ""
    """Part of that line that TeX had read."""

    @property
    def is_absence(self) -> bool:
        """Whether this LaTeX lacks a package or a font."""
        return _ABSENT.search(self.text) is not None


@dataclass(frozen=True)
class LatexLog:
    """Errors and warnings of a log."""

    faults: tuple[LatexFault, ...]
    missing: tuple[str, ...]
    """Characters that no font has, each once."""
    wide: tuple[tuple[int, float], ...]
    """Lines of the source, and by how many points their content sticks out of the text area."""


def read(log: str, source: str) -> LatexLog:
    """Return the errors and warnings of a log; lines are given for errors in the file named ``source``."""
    lines = log.split("\n")
    missing = dict.fromkeys(match["char"] for line in lines if (match := _MISSING.match(line)))
    wide = [
        (int(match["line"] or 0), float(match["points"]))
        for line in lines
        if (match := _WIDE.match(line)) and float(match["points"]) > SEEN
    ]
    return LatexLog(tuple(_faults(lines, source)), tuple(missing), tuple(dict.fromkeys(wide)))


def _faults(lines: list[str], source: str) -> Iterator[LatexFault]:
    for position, text in enumerate(lines):
        error = _ERROR.match(text) or _PLAIN_ERROR.match(text)
        if error is None or any(stop in error["text"] for stop in STOPS):
            continue
        # The part of the line that TeX had read stands some lines below, after the macros that read it.
        near = next((match for line in lines[position + 1 : position + 40] if (match := _LINE.match(line))), None)
        groups = error.groupdict()
        message = error["text"].strip().rstrip(".")
        if groups.get("line") is None:
            number = int(near["line"]) if near else 0
        elif groups["file"].rpartition("/")[2] == source:
            number = int(groups["line"])
        else:
            number, message = 0, f"{message} ({groups['file']}:{groups['line']})"
        yield LatexFault(message, number, near["text"].strip() if near else "")
