"""Turn a build's warnings into messages with their place on the website."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docutils import nodes

from .build_process import Built

PLACE = re.compile(r"^(?:(?P<file>.+?):(?:(?P<line>\d+):)? )?(?P<level>WARNING|ERROR|CRITICAL): (?P<text>.*)$")
"""First line of a message, as Sphinx writes it; lines without a level belong to the message before."""
KIND = re.compile(r" \[[\w.]+\](?: \[[\w.]+\])?$")


@dataclass(frozen=True)
class PageMessage:
    """Message of a build, to be shown on a page."""

    level: str
    """"warning" or "error"."""
    text: str
    place: str
    """File and line as they are shown, or ""."""
    docname: str | None
    """Page to which the message belongs, or None."""
    anchor: str | None
    """Last id on that page at or before the place; None if it is not known."""


def read_messages(built: Built, source: Path, doctrees: Path) -> list[PageMessage]:
    """Return the messages of a build. ``source`` is the folder of the pages, ``doctrees`` the folder of doctrees."""
    messages = [_placed(*item, source, doctrees) for item in split(built.warnings)]
    if built.code not in (0, 1):
        how = f"was ended by signal {-built.code}" if built.code < 0 else "failed, and said nothing"
        text = built.errors.strip() or f"the build {how}"
        messages.insert(0, PageMessage("error", text, "", None, None))
    return messages


def split(text: str) -> Iterator[tuple[str, str, str, int | None]]:
    """Yield level, text, file and line of each message in a file of warnings; "" and None without a place."""
    messages: list[tuple[str, list[str], str, int | None]] = []
    for row in text.splitlines():
        match = PLACE.match(row)
        if match:
            line = int(match["line"]) if match["line"] else None
            level = "warning" if match["level"] == "WARNING" else "error"
            messages.append((level, [match["text"]], match["file"] or "", line))
        elif messages:
            messages[-1][1].append(row)
    for level, rows, file, line in messages:
        yield level, KIND.sub("", "\n".join(rows).rstrip()), file, line


def _placed(level: str, text: str, file: str, line: int | None, source: Path, doctrees: Path) -> PageMessage:
    path = Path(file)
    place = f"{path.name}:{line}" if line else path.name if file else ""
    if not file or not path.is_absolute() or not path.is_relative_to(source):
        return PageMessage(level, text, f"{file}:{line}" if line else file, None, None)
    docname = path.relative_to(source).with_suffix("").as_posix()
    doctree = doctrees / f"{docname}.doctree"
    anchor = None
    if line and doctree.is_file():
        with doctree.open("rb") as stream:
            anchor = anchor_before(pickle.load(stream), line)
    return PageMessage(level, text, place, docname, anchor)


def anchor_before(document: nodes.document, line: int) -> str | None:
    """Return the id of the element that begins at a line of the source, or last before it; None if there is none."""
    best, anchor = 0, None
    for node in document.findall(nodes.Element):
        if node.line is not None and best <= node.line <= line:
            owner: nodes.Node | None = node
            while isinstance(owner, nodes.Element) and not owner.get("ids"):
                owner = owner.parent
            if isinstance(owner, nodes.Element) and not isinstance(owner, nodes.document):
                best, anchor = node.line, owner["ids"][0]
    return anchor
