"""Find the reading order of a book's pages from its toctrees, before Sphinx reads them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from .toctrees import Toctree, find_toctrees

TITLED = re.compile(r"^.+?\s*(?<!\x00)<(?P<target>[^<]*?)>$", re.DOTALL)
URL = re.compile(r".+://.*")
PATTERN = re.compile(r".*[*?\[].*")
GENERATED = frozenset({"genindex", "modindex", "search", "self"})
"""Names that a toctree may list and that are not documents."""


def reading_order(
    root_doc: str,
    sources: Mapping[str, str],
    *,
    suffixes: Mapping[str, str] | None = None,
    source_suffixes: Sequence[str] = (".md", ".rst", ".ipynb"),
) -> list[str]:
    """Return the pages that the toctrees reach from ``root_doc``, each once, a parent before its children.

    ``root_doc`` comes first. ``sources`` maps every docname of the book to its text, ``suffixes`` to the suffix of its
    file (`.md` if it is missing). Entries that name no document are skipped; Sphinx warns of them.
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
    """Return the documents that a toctree in ``docname`` includes, by Sphinx's rules."""
    known = set(docnames) - {docname}
    remaining = set(known)
    documents: list[str] = []
    for entry in tree.entries:
        titled = TITLED.match(entry)
        is_url = URL.match(entry) is not None
        if tree.glob and PATTERN.match(entry) and not titled and not is_url:
            matches = re.compile(pattern_regex(_join(docname, entry))).match
            names = sorted(name for name in remaining if matches(name) and name not in GENERATED)
            remaining.difference_update(names)
            documents += names
            continue
        target = titled["target"] if titled else entry
        if is_url or target == "self":
            continue
        suffix = next((suffix for suffix in source_suffixes if target.endswith(suffix)), "")
        target = _join(docname, target.removesuffix(suffix))
        if target in known:
            remaining.discard(target)
            documents.append(target)
    return documents[::-1] if tree.reversed else documents


def pattern_regex(pattern: str) -> str:
    """Return a regular expression for a pattern of Sphinx.

    `*` and `?` stop at a slash, `**` does not, and `[...]` is a set of characters.
    """
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
    """Return ``target``, as written in ``docname``, relative to the root of the sources."""
    return posixpath.normpath(posixpath.join("/" + docname, "..", target)).lstrip("/")
