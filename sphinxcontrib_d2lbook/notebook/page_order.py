"""The reading order of a book's pages, from its toctrees, before Sphinx knows any."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from .toctrees import Toctree, find_toctrees

TITLED = re.compile(r"^.+?\s*(?<!\x00)<(?P<target>[^<]*?)>$", re.DOTALL)
URL = re.compile(r".+://.*")
PATTERN = re.compile(r".*[*?\[].*")
GENERATED = frozenset({"genindex", "modindex", "search", "self"})
"""What a toctree may name besides documents."""


def reading_order(
    root_doc: str,
    sources: Mapping[str, str],
    *,
    suffixes: Mapping[str, str] | None = None,
    source_suffixes: Sequence[str] = (".md", ".rst", ".ipynb"),
) -> list[str]:
    """The pages that the toctrees reach from ``root_doc``, it first, each once, a parent before its children.

    ``sources`` maps every docname of the book to its text, ``suffixes`` to its file's suffix (`.md` where it says
    nothing). Entries that name no document are left to Sphinx, which warns of them.
    """
    if root_doc not in sources:
        return []
    suffixes = suffixes or {}
    order: list[str] = []
    seen: set[str] = set()
    stack = [root_doc]
    while stack:
        docname = stack.pop()
        if docname in seen:
            continue
        seen.add(docname)
        order.append(docname)
        children: list[str] = []
        for tree in find_toctrees(sources[docname], suffixes.get(docname, ".md")):
            children += resolve_entries(tree, docname, sources.keys(), source_suffixes)
        stack += reversed(children)
    return order


def resolve_entries(
    tree: Toctree, docname: str, docnames: Iterable[str], source_suffixes: Sequence[str] = (".md", ".rst", ".ipynb")
) -> list[str]:
    """The documents that a toctree in ``docname`` includes, by Sphinx's rules."""
    known = set(docnames) - {docname}
    left = set(known)
    found: list[str] = []
    for entry in tree.entries:
        titled = TITLED.match(entry)
        is_url = URL.match(entry) is not None
        if tree.glob and PATTERN.match(entry) and not titled and not is_url:
            matches = re.compile(pattern_regex(_join(docname, entry))).match
            names = sorted(name for name in left if matches(name) and name not in GENERATED)
            left.difference_update(names)
            found += names
            continue
        target = titled["target"] if titled else entry
        if is_url or target == "self":
            continue
        suffix = next((suffix for suffix in source_suffixes if target.endswith(suffix)), "")
        target = _join(docname, target.removesuffix(suffix))
        if target in known:
            left.discard(target)
            found.append(target)
    return found[::-1] if tree.reversed else found


def pattern_regex(pattern: str) -> str:
    """Sphinx's patterns: `*` and `?` stop at a slash, `**` does not, `[...]` is a set of characters."""
    parts: list[str] = []
    index = 0
    while index < len(pattern):
        if pattern.startswith("**", index):
            parts.append(".*")
            index += 2
            continue
        char = pattern[index]
        index += 1
        if char == "*":
            parts.append("[^/]*")
        elif char == "?":
            parts.append("[^/]")
        elif char == "[" and (end := pattern.find("]", index + 1 + pattern.startswith("!", index))) > 0:
            inside = pattern[index:end].replace("\\", "\\\\")
            index = end + 1
            parts.append(f"[^/{inside[1:]}]" if inside.startswith("!") else "[" + inside.replace("^", "\\^", 1) + "]")
        else:
            parts.append(re.escape(char))
    return "".join(parts) + r"\Z"


def _join(docname: str, target: str) -> str:
    """``target`` as written in ``docname``, relative to the root of the sources."""
    return posixpath.normpath(posixpath.join("/" + docname, "..", target)).lstrip("/")
