"""Reading the table of numbers: the one way an output learns a number."""

from __future__ import annotations

from dataclasses import dataclass

from sphinx.environment import BuildEnvironment

from .matter import Matter, divisions


@dataclass(frozen=True)
class Part:
    """A captioned toctree of the root page."""

    title: str
    docnames: tuple[str, ...]
    """Its chapters, in order."""


def section_number(env: BuildEnvironment, docname: str, anchor: str = "") -> str:
    """ "3.2", "A.1", or "" for what has none. ``anchor`` is "" for the page itself, "#id" for a section in it."""
    return ".".join(map(str, env.toc_secnumbers.get(docname, {}).get(anchor) or ()))


def figure_number(env: BuildEnvironment, docname: str, figtype: str, node_id: str) -> str:
    """ "3.1", or "" for what has none. ``figtype`` as in `env.toc_fignumbers`: "figure", "table", "displaymath", …"""
    number = ".".join(map(str, env.toc_fignumbers.get(docname, {}).get(figtype, {}).get(node_id) or ()))
    # Sphinx's own value for equations: 3-1 in place of 3.1.
    return env.config.math_numsep.join(number.rsplit(".", 1)) if figtype == "displaymath" else number


def parts(env: BuildEnvironment) -> list[Part]:
    """The book's parts, in order."""
    return [Part(d.caption, d.docnames) for d in divisions(env) if d.matter == "main" and d.caption]


def matter(env: BuildEnvironment, docname: str) -> Matter:
    """Which matter a page belongs to; "main" for one that no toctree of the root reaches."""
    for division in divisions(env):
        todo = list(division.docnames)
        seen = set(todo)
        while todo:
            page = todo.pop()
            if page == docname:
                return division.matter
            for child in env.toctree_includes.get(page, ()):
                if child not in seen:
                    seen.add(child)
                    todo.append(child)
    return "front" if docname == env.config.root_doc else "main"
