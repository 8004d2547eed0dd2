"""What stands before the title of a numbered thing, as the table has it."""

from __future__ import annotations

from docutils import nodes
from sphinx.environment import BuildEnvironment

from ...numbering import table


def numbered(env: BuildEnvironment, docname: str, node: nodes.Element, figtype: str) -> tuple[str, str]:
    """Label and number: ("Figure 3.1", "3.1"), or twice "" for what has none."""
    ids: list[str] = node.get("ids", [])
    for item in ids:
        number = table.figure_number(env, docname, figtype, item)
        if number:
            pattern = env.config.numfig_format.get(figtype, "")
            return str(pattern % number) if "%s" in pattern else f"{pattern} {number}".strip(), number
    return "", ""


def is_title_of_page(section: nodes.Element) -> bool:
    """Whether a section's title is that of its page."""
    siblings = [child for child in section.parent.children if isinstance(child, nodes.section)]
    return section.parent.__class__.__name__ in ("start_of_file", "document") and siblings[0] is section


def heading_number(env: BuildEnvironment, docname: str, ids: list[str], *, is_page: bool) -> str:
    """ "3.2", or "" for what has none. ``is_page``: whether it is the heading of its page."""
    found = filter(None, (table.section_number(env, docname, f"#{item}") for item in ids))
    return next(found, table.section_number(env, docname) if is_page else "")
