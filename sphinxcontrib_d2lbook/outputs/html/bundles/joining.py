"""Join style sheets, and scripts, in their order, into one text each."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

URL = re.compile(r"""url\(\s*(?P<quote>["']?)(?P<target>[^"')\s]+)(?P=quote)\s*\)""")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|[/#]", re.IGNORECASE)
"""Matches the beginning of addresses that are not relative to the folder of a style sheet."""
IMPORT = re.compile(r"""@import\s+(?:url\(\s*)?["']?(?P<target>[^"')\s;]+)["']?\s*\)?\s*;""")
"""Matches an `@import` without conditions."""
CHARSET = re.compile(r"""^@charset "utf-8";""", re.IGNORECASE)
"""Matches what says nothing more once the text has been read as UTF-8."""
MUST_STAND_FIRST = re.compile(r"@(?:import|charset|namespace|layer)\b")
"""Matches rules that mean something else, or nothing, behind other rules."""
QUOTED = re.compile(r"""/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""", re.DOTALL)
"""Matches comments and strings, in which braces mean nothing."""
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=[^*]*\*/|^//# sourceMappingURL=.*$", re.MULTILINE)
"""Matches the address of a source map, which would be looked for beside the joined file."""


def is_joinable_sheet(text: str) -> bool:
    """Return whether a style sheet means the same behind others, and others the same behind it.

    A block that is not closed would swallow what follows.
    """
    plain = QUOTED.sub("", text)
    return not MUST_STAND_FIRST.search(text) and plain.count("{") == plain.count("}")


def imported_first(name: str, read: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield the names and texts of a style sheet and, before it, of those that it imports from the same site.

    ``read`` takes a name and returns the text. An import with conditions, or from elsewhere, stays in the text.
    """
    text = CHARSET.sub("", read(name))
    for found in IMPORT.finditer(text):
        if not ELSEWHERE.match(found["target"]):
            yield from imported_first(
                posixpath.normpath(posixpath.join(posixpath.dirname(name), found["target"])), read
            )
    yield name, IMPORT.sub(lambda found: found[0] if ELSEWHERE.match(found["target"]) else "", text)


def join_sheets(sheets: Iterable[tuple[str, str]], folder: str) -> str:
    """Return one style sheet for a file in ``folder`` from pairs of a name and a text.

    Names are relative to the root of the site, like ``folder``. Relative addresses in a text are changed so that they
    lead to the same place.
    """
    return "\n".join(_moved(text, posixpath.dirname(name), folder).strip() for name, text in sheets) + "\n"


def _moved(text: str, origin: str, folder: str) -> str:
    def moved(found: re.Match[str]) -> str:
        target = found["target"]
        if ELSEWHERE.match(target):
            return found[0]
        path = posixpath.relpath(posixpath.normpath(posixpath.join(origin, target)), folder or ".")
        return f'url("{path}")'

    return URL.sub(moved, SOURCE_MAP.sub("", text))


def join_scripts(texts: Iterable[str]) -> str:
    """Return one script.

    A semicolon stands before each but the first, so that an unfinished statement does not go on; and `"use strict"` at
    the head of a later one is no directive for all.
    """
    return "\n;\n".join(SOURCE_MAP.sub("", text).strip() for text in texts) + "\n"
