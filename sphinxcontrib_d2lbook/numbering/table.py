"""Read the table of numbers. Every output gets its numbers, and the words before them, from here."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from ..common.toctree_order import pages_from
from .matter import Matter, divisions


@dataclass(frozen=True)
class Part:
    """Part of the book: a toctree of the root page that has a caption."""

    title: str
    docnames: tuple[str, ...]
    """Chapters of the part, in order."""


def section_number(env: BuildEnvironment, docname: str, anchor: str = "") -> str:
    """Return the number of a page or section, "3.2" or "A.1"; "" if it has none.

    ``anchor`` is "" for the page itself, "#id" for a section of it.
    """
    return ".".join(map(str, env.toc_secnumbers.get(docname, {}).get(anchor) or ()))


def figure_number(env: BuildEnvironment, docname: str, figtype: str, node_id: str) -> str:
    """Return the number of a figure or other counted item, "3.1"; "" if it has none.

    ``figtype`` is a key of `env.toc_fignumbers`: "figure", "table", "displaymath", …
    """
    numbers = env.toc_fignumbers.get(docname, {}).get(figtype)
    if numbers is None:  # the builder `singlehtml` keeps all numbers with its one page
        numbers = env.toc_fignumbers.get(env.config.root_doc, {}).get(f"{docname}/{figtype}", {})
    parts = list(map(str, numbers.get(node_id) or ()))
    if figtype == "displaymath" and len(parts) > 1:
        # `math_numsep` is Sphinx's own option for equations, such as 3-1 in place of 3.1.
        return f"{'.'.join(parts[:-1])}{env.config.math_numsep}{parts[-1]}"
    return ".".join(parts)


def node_number(env: BuildEnvironment, docname: str, node: nodes.Element, figtype: str) -> str:
    """Return the number of a node, looked up by the first of its ids that has one; "" if none has."""
    return next(filter(None, (figure_number(env, docname, figtype, node_id) for node_id in node["ids"])), "")


def heading_number(env: BuildEnvironment, docname: str, section: nodes.Element) -> str:
    """Return the number before a section's title, "3.2"; "" if it has none."""
    own = next(filter(None, (section_number(env, docname, f"#{node_id}") for node_id in section["ids"])), "")
    return own or (section_number(env, docname) if is_title_of_page(section) else "")


def is_title_of_page(section: nodes.Element) -> bool:
    """Return whether a section's title is that of its page, in the page's own doctree or in that of the whole book."""
    siblings = [child for child in section.parent.children if isinstance(child, nodes.section)]
    return isinstance(section.parent, nodes.document | addnodes.start_of_file) and siblings[0] is section


def caption_label(env: BuildEnvironment, docname: str, node: nodes.Element, figtype: str) -> str:
    """Return word and number before the caption of a node, "Figure 3.1"; "" if it has no number."""
    number = node_number(env, docname, node, figtype)
    return formatted(env.config.numfig_format.get(figtype, "%s"), number) if number else ""


def with_title(env: BuildEnvironment, docname: str, node: nodes.Element) -> None:
    """Add a paragraph with number and title to a node of another extension that has no text in it.

    Extensions may keep a title in an attribute, from which a visitor of theirs writes it (`app.add_enumerable_node`).
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
    """Return a number with the words of ``pattern``.

    ``pattern`` is a value of Sphinx's `numfig_format`, with `%s` or `{number}` for the number and `{name}` for the
    title. If it has none of them, the number follows it.
    """
    pattern = pattern.replace("%s", "{number}", 1)
    if "{number}" not in pattern and "{name}" not in pattern:
        pattern += " {number}"
    return pattern.replace("{number}", number).replace("{name}", title).strip()


def parts(env: BuildEnvironment) -> list[Part]:
    """Return the book's parts, in order."""
    return [Part(d.caption, d.docnames) for d in divisions(env) if d.matter == "main" and d.caption]


def matter(env: BuildEnvironment, docname: str) -> Matter:
    """Return the matter that a page belongs to; "main" for a page that no toctree of the root page reaches."""
    for division in divisions(env):
        if docname in pages_from(env, *division.docnames):
            return division.matter
    return "front" if docname == env.config.root_doc else "main"
