"""The order that toctrees give to the pages of a book that was read."""

from __future__ import annotations

from collections.abc import Iterator

from sphinx.environment import BuildEnvironment


def pages_from(env: BuildEnvironment, *docnames: str) -> Iterator[str]:
    """Yield pages and all that their toctrees list, however indirectly: in reading order, each once."""
    waiting = [*reversed(docnames)]
    seen: set[str] = set()
    while waiting:
        docname = waiting.pop()
        if docname not in seen:
            seen.add(docname)
            yield docname
            waiting += reversed(env.toctree_includes.get(docname, []))
