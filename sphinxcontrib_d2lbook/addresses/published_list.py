"""The committed file of identifiers that were published, and of what took the place of those that are gone. Pure.

A build only reads it. It is written by `sphinx-d2lbook addresses`, which a person runs, or the job that deploys the
site: so no build of a branch, or of a fork, promises anything.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..common.errors import BookError
from ..common.file_formats import ADDRESSES
from ..common.files import json_text

COMMAND = "sphinx-d2lbook addresses"
FORM = '{"version": 1, "published": {"sec_old": "page"}, "retired": {"sec_older": "sec_old"}}'


@dataclass(frozen=True)
class Published:
    """What is in the file; what a book has before its first publication."""

    pages: Mapping[str, str] = field(default_factory=dict)
    """Identifier -> docname of the page that it was on when it was published."""
    retired: Mapping[str, str] = field(default_factory=dict)
    """Identifier that is gone -> the one that its address leads to now, which may be retired itself."""

    def successor(self, label: str) -> str:
        """What is at the end of the way from a retired identifier. Raises BookError for a way in a circle."""
        seen = [label]
        while seen[-1] in self.retired:
            seen.append(self.retired[seen[-1]])
            if seen[-1] in seen[:-1]:
                raise BookError(f"{' -> '.join(map(repr, seen))} is a circle; let one of them lead to what is there")
        return seen[-1]

    def with_all(self, pages: Mapping[str, str]) -> Published:
        """With every identifier of the book, ``pages`` being label -> docname."""
        return replace(self, pages={**self.pages, **pages})

    def with_retired(self, label: str, successor: str) -> Published:
        pages = {name: page for name, page in self.pages.items() if name != label}
        return Published(pages, {**self.retired, label: successor})

    def text(self) -> str:
        """The file: one identifier a line, sorted, so that a change is a line of a diff."""
        return json_text({"version": ADDRESSES.version, "published": dict(self.pages), "retired": dict(self.retired)})


def read(file: Path) -> Published:
    """Return what ``file`` holds; nothing for one that is not there.

    Raises BookError for what is no such file, NewerFormatError.
    """
    try:
        value = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_without_doubles)
        if isinstance(value, dict) and "version" in value:  # that of 0.1.0 has none
            ADDRESSES.check(value.pop("version"), file)
    except FileNotFoundError:
        return Published()
    except json.JSONDecodeError as err:
        raise BookError(
            f"{file}:{err.lineno}: the list of published addresses cannot be read: {err.msg}. "
            "Mend it by hand, or take the last one from version control"
        ) from err
    except (UnicodeDecodeError, ValueError) as err:
        raise BookError(f"{file}: the list of published addresses cannot be read: {err}") from err
    parts = [value.get(name, {}) for name in ("published", "retired")] if isinstance(value, dict) else []
    if not parts or value.keys() - {"published", "retired"} or not all(map(_is_texts, parts)):
        raise BookError(f"{file}: this is no list of published addresses, which looks like {FORM}")
    return Published(*parts)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """As `dict`; two lines for one identifier, as merging by hand leaves them, are refused."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is there twice; keep one")
    return found


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def faults(published: Published, labels: Mapping[str, str], file: str) -> Iterator[str]:
    """Promises that the book breaks, whose identifiers are ``labels`` (with their docnames); ``file`` is named."""
    for label, page in sorted(published.pages.items()):
        if label in published.retired:
            yield f"{file}: {label!r} is both published and retired; take it out of one of the two"
        elif label not in labels:
            yield (
                f"{file}: {label!r} was published, on the page {page!r}, and nothing in the book has this label now; "
                "printed codes and citations lead to it. Put the label back, before what it named or what took its "
                f"place, or let its address lead elsewhere: {COMMAND} --retire {shlex.quote(label)} SUCCESSOR"
            )
    for label, successor in sorted(published.retired.items()):
        try:
            last = published.successor(label)
        except BookError as err:
            yield f"{file}: {err}"
            continue
        if label in labels:
            yield (
                f"{file}: {label!r} is retired, and the page {labels[label]!r} has this label again. Use another label "
                f"there; or, if it is the same thing, take the line {label!r}: {successor!r} out of the file"
            )
        if last not in labels:
            yield (
                f"{file}: {label!r} is retired in favour of {last!r}, and nothing in the book has this label. "
                f"Name what its address is to lead to: {COMMAND} --retire {shlex.quote(label)} SUCCESSOR"
            )
