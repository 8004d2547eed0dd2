"""Find the order that toctrees give to the pages of a book, after Sphinx has read it."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx.environment import BuildEnvironment


def pages_from(env: BuildEnvironment, *docnames: str) -> Iterator[str]:
    """Yield pages and all pages that their toctrees list, directly or not: in reading order, each once."""
    waiting = [*reversed(docnames)]
    seen: set[str] = set()
    while waiting:
        docname = waiting.pop()
        if docname not in seen:
            seen.add(docname)
            yield docname
            waiting += reversed(env.toctree_includes.get(docname, []))
