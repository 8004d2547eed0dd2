"""Reading the table of numbers: the one way an output learns a number, and puts its word before it."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from ..common.toctree_order import pages_from
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
    numbers = env.toc_fignumbers.get(docname, {}).get(figtype)
    if numbers is None:  # `singlehtml` keeps all numbers with its one page
        numbers = env.toc_fignumbers.get(env.config.root_doc, {}).get(f"{docname}/{figtype}", {})
    parts = list(map(str, numbers.get(node_id) or ()))
    if figtype == "displaymath" and len(parts) > 1:
        # Sphinx's own value for equations: 3-1 in place of 3.1.
        return f"{'.'.join(parts[:-1])}{env.config.math_numsep}{parts[-1]}"
    return ".".join(parts)


def node_number(env: BuildEnvironment, docname: str, node: nodes.Element, figtype: str) -> str:
    """Return the number of a node, by the first of its ids that has one; "" for what has none."""
    return next(filter(None, (figure_number(env, docname, figtype, node_id) for node_id in node["ids"])), "")


def heading_number(env: BuildEnvironment, docname: str, section: nodes.Element) -> str:
    """Return the number before a section's title, "3.2"; "" for what has none."""
    own = next(filter(None, (section_number(env, docname, f"#{node_id}") for node_id in section["ids"])), "")
    return own or (section_number(env, docname) if is_title_of_page(section) else "")


def is_title_of_page(section: nodes.Element) -> bool:
    """Return whether a section's title is that of its page, in the page's own doctree or in that of the whole book."""
    siblings = [child for child in section.parent.children if isinstance(child, nodes.section)]
    return isinstance(section.parent, nodes.document | addnodes.start_of_file) and siblings[0] is section


def caption_label(env: BuildEnvironment, docname: str, node: nodes.Element, figtype: str) -> str:
    """Return what stands before the caption of a node, "Figure 3.1"; "" for what has no number."""
    number = node_number(env, docname, node, figtype)
    return formatted(env.config.numfig_format.get(figtype, "%s"), number) if number else ""


def with_title(env: BuildEnvironment, docname: str, node: nodes.Element) -> None:
    """Give a node of another extension that has no text in it the number and title that it is known by, as a paragraph.

    Extensions may keep a title in an attribute, for a visitor of theirs to write (`app.add_enumerable_node`).
    """
    domain = env.domains.standard_domain
    figtype = domain.get_enumerable_node_type(node)
    if not figtype or any(text.strip() for text in node.findall(nodes.Text)):
        return
    label, title = caption_label(env, docname, node, figtype), domain.get_numfig_title(node) or ""
    if label:
        node += nodes.paragraph("", "", nodes.strong("", label), nodes.Text(f" {title}" if title else ""))
    elif title:
        node += nodes.paragraph("", title)


def formatted(pattern: str, number: str, title: str = "") -> str:
    """Return a number in its words.

    ``pattern`` is one of Sphinx's `numfig_format`, with `%s` or `{number}`, and `{name}` for the title. One without any
    of them is a word that the number follows.
    """
    pattern = pattern.replace("%s", "{number}", 1)
    if "{number}" not in pattern and "{name}" not in pattern:
        pattern += " {number}"
    return pattern.replace("{number}", number).replace("{name}", title).strip()


def parts(env: BuildEnvironment) -> list[Part]:
    """The book's parts, in order."""
    return [Part(d.caption, d.docnames) for d in divisions(env) if d.matter == "main" and d.caption]


def matter(env: BuildEnvironment, docname: str) -> Matter:
    """Which matter a page belongs to; "main" for one that no toctree of the root reaches."""
    for division in divisions(env):
        if docname in pages_from(env, *division.docnames):
            return division.matter
    return "front" if docname == env.config.root_doc else "main"
