"""Read and write the committed file of published identifiers, and of replacements for those that are gone. Pure.

A build only reads it. The file is written by `sphinx-d2lbook addresses`, which a person runs, or the job that deploys
the site. So no build of a branch, or of a fork, publishes any address.
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
    """Content of the file; empty before the first publication of a book."""

    pages: Mapping[str, str] = field(default_factory=dict)
    """Identifier -> docname of the page that it was on when it was published."""
    retired: Mapping[str, str] = field(default_factory=dict)
    """Identifier that is gone -> the one to which its address leads now, which may be retired itself."""

    def successor(self, label: str) -> str:
        """Return the identifier at the end of the chain of a retired one. Raise BookError if the chain is a circle."""
        seen = [label]
        while seen[-1] in self.retired:
            seen.append(self.retired[seen[-1]])
            if seen[-1] in seen[:-1]:
                raise BookError(f"{' -> '.join(map(repr, seen))} is a circle; let one of them lead to what is there")
        return seen[-1]

    def with_all(self, pages: Mapping[str, str]) -> Published:
        """Return a copy with every identifier of the book. ``pages``: label -> docname."""
        return replace(self, pages={**self.pages, **pages})

    def with_retired(self, label: str, successor: str) -> Published:
        """Return a copy in which ``label`` is retired in favour of ``successor``."""
        pages = {name: page for name, page in self.pages.items() if name != label}
        return Published(pages, {**self.retired, label: successor})

    def text(self) -> str:
        """Return the content of the file: one identifier a line, sorted, so that each change is one line of a diff."""
        return json_text({"version": ADDRESSES.version, "published": dict(self.pages), "retired": dict(self.retired)})


def read(file: Path) -> Published:
    """Return the content of ``file``; empty if there is no such file.

    Raise BookError if the file is not valid, NewerFormatError.
    """
    try:
        value = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_without_doubles)
        if isinstance(value, dict) and "version" in value:  # files of version 0.1.0 have none
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
        raise BookError(f"{file}: this is not a list of published addresses, which looks like {FORM}")
    return Published(*parts)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as a `dict`. Refuse two lines for one identifier, as merging by hand may leave them."""
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is there twice; keep one")
    return result


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


def broken_promises(published: Published, labels: Mapping[str, str], file: str) -> Iterator[str]:
    """Yield a message for each published identifier that is gone, and for each faulty line of the file.

    ``labels``: label -> docname, for all labels of the book. ``file`` is the name for messages.
    """
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
