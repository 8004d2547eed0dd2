"""Find the part of a file that `{include}` shows in a page, as MyST does, so that the cells in it are the page's.

MyST takes all names relative to the page, also those in files that the page includes; names that begin with `/` are
relative to the source folder. An included text counts only if it has cells, or expressions to evaluate.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from .directive_options import option_block
from .nested_cells import NestedInclude

SHOWN_AS_TEXT = frozenset({"literal", "code"})
"""Options with which the directive shows the file as it stands."""
RUNS = re.compile(r"\{(?:code-cell|raw-cell|include|eval)\b")
"""Names of directives and roles of which MyST-NB makes something that runs."""
OPTION = re.compile(r"(?P<name>[^\s:]+)\s*:\s*(?P<value>.*)")


@dataclass(frozen=True)
class SelectedText:
    """Part of a file that a directive shows."""

    text: str
    first: int
    """1-based line of the file at which it begins."""


def file_of(name: str, folder: Path, sources: Path | None) -> Path | None:
    """Return the file that a directive names; None for a file of docutils itself (`<isonum.txt>`).

    ``folder`` is that of the page, ``sources`` the source folder of the book.
    """
    if not name or (name.startswith("<") and name.endswith(">")):
        return None
    base = sources or folder if name.startswith("/") else folder
    return Path(os.path.normpath(base / name.lstrip("/")))


def selected_text(file: Path, directive: NestedInclude) -> SelectedText | None:
    """Return the part of a file that a directive shows as text of the page; None if it shows none.

    MyST itself reports what is wrong with the directive: a file that cannot be read, a text that is not in the file.
    """
    options = _options(directive.content)
    if not options.keys().isdisjoint(SHOWN_AS_TEXT):
        return None
    try:
        content = file.read_text(encoding=options.get("encoding") or "utf-8")
    except (OSError, UnicodeDecodeError, LookupError):
        return None
    lines = content.splitlines()
    start, end = _number(options, "start-line"), _number(options, "end-line")
    text = "\n".join(lines[start:end])
    first = 0 if start is None else start if start >= 0 else max(0, len(lines) + start)
    if after := options.get("start-after"):
        before, found, text = text.partition(after)
        if not found:
            return None
        first += (before + found).count("\n")
    if until := options.get("end-before"):
        text, found, _ = text.partition(until)
        if not found:
            return None
    return SelectedText(text, first + 1) if RUNS.search(text) else None


def _options(content: str) -> dict[str, str]:
    """Return the options as text: MyST reads them as YAML whose values are all plain text."""
    lines = option_block(content)[0] or []
    try:
        values = yaml.load("\n".join(lines), yaml.BaseLoader)
    except yaml.YAMLError:
        values = None
    values = values if isinstance(values, Mapping) else {}
    plain = {match["name"]: match["value"].strip() for line in lines if (match := OPTION.match(line.strip()))}
    return plain | {str(name): value for name, value in values.items() if isinstance(value, str)}


def _number(options: Mapping[str, str], name: str) -> int | None:
    """Return an option that is a number; None if it is not given, or is none: then MyST passes it over."""
    try:
        return int(options[name])
    except (KeyError, ValueError):
        return None
