"""Assemble all pages in one doctree, in the order of the toctrees, with references resolved page by page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from docutils import nodes
from sphinx import addnodes
from sphinx.builders import Builder
from sphinx.config import Config

from ...common.errors import BookError
from ...common.suggestions import did_you_mean
from ...numbering import table


class part_page(nodes.Part, nodes.Element):  # noqa: N801
    """Node that opens a part of the book; `title` is its caption."""


DIVISIONS = (nodes.document, nodes.section, addnodes.start_of_file)
"""Nodes that pages and their headings may stand in."""


def assemble(builder: Builder) -> nodes.document:
    """Return the root page's doctree with every page in the place of its toctree entry.

    Each page is wrapped in `start_of_file` with its `docname` and, for those that the root page lists, its `matter`.
    The builder knows the images of all pages afterwards.
    """
    root = builder.config.root_doc
    included = {root}
    tree = _resolved(builder, root)
    for toctree in list(tree.findall(addnodes.toctree)):
        _inline(builder, toctree, included, top=True)
    tree["docname"] = root
    return tree


def select_pages(tree: nodes.document, config: Config, docnames: Collection[str]) -> None:
    """Leave in an assembled book the pages that `d2lbook_pdf_pages` names, all if it names none.

    ``docnames`` are those of all pages. Raise BookError for a name of no page.
    """
    names = list(config.d2lbook_pdf_pages)
    unknown = [name for name in names if name not in docnames]
    if unknown:
        hint = did_you_mean(unknown[0], docnames)
        problem = f"d2lbook_pdf_pages: there is no page {unknown[0]!r}{f'; {hint}' if hint else ''}"
        raise BookError(f"conf.py: {problem}")
    if names:
        keep_pages(tree, names)


def keep_pages(tree: nodes.document, names: Sequence[str]) -> None:
    """Keep in an assembled book only the pages ``names``, with the pages below them, and the title of the book.

    A page that stood in another one stands in the book itself, in the matter of that one.
    """
    pages: list[nodes.Element] = []
    for top in _outermost(tree, lambda page: "matter" in page):
        for page in _outermost(top, lambda page: page["docname"] in names, itself=True):
            page["matter"] = top["matter"]
            pages.append(page)
    section = next((child for child in tree.children if isinstance(child, nodes.section)), None)
    place: nodes.Element = tree if section is None else section
    titles = [child for child in place.children if isinstance(child, nodes.title)]
    tree.children = [] if section is None else [section]
    place.children = [*titles]
    place.extend(pages)


def _outermost(
    node: nodes.Element, is_wanted: Callable[[nodes.Element], bool], *, itself: bool = False
) -> Iterator[nodes.Element]:
    """Yield the pages in ``node`` that are wanted and stand in no other such page."""
    if itself and is_wanted(node):
        yield node
        return
    for child in node.children:
        if isinstance(child, addnodes.start_of_file) and is_wanted(child):
            yield child
        elif isinstance(child, nodes.Element):
            yield from _outermost(child, is_wanted)


def title_of(tree: nodes.document, project: str) -> str:
    """Return the title of an assembled book: that of its root page, or the name of the project where that has none.

    Boxes with titles of their own may stand before it, and pages that a root page without a title lists.
    """
    section = next((child for child in tree.children if isinstance(child, nodes.section)), None)
    return next((child.astext() for child in section or () if isinstance(child, nodes.title)), project)


def _resolved(builder: Builder, docname: str) -> nodes.document:
    tree = builder.env.get_doctree(docname)
    # Post-transforms run for one page at a time, as for HTML: so they and their warnings know which page it is.
    builder.env.resolve_references(tree, docname, builder)
    builder.post_process_images(tree)
    return tree


def _inline(builder: Builder, toctree: addnodes.toctree, included: set[str], *, top: bool) -> None:
    pages: list[nodes.Element] = []
    for docname in _new(toctree, included, builder):
        tree = _resolved(builder, docname)
        for inner in list(tree.findall(addnodes.toctree)):
            _inline(builder, inner, included, top=False)
        page = addnodes.start_of_file("", *tree.children, docname=docname)
        page.source, page.line = str(builder.env.doc2path(docname)), 1
        if top:
            page["matter"] = table.matter(builder.env, docname)
        pages.append(page)
    caption = toctree.get("caption")
    if top and pages and caption:
        pages.insert(0, part_page("", title=caption, matter=pages[0]["matter"]))
    _put(pages, toctree)


def _put(pages: list[nodes.Element], toctree: addnodes.toctree) -> None:
    """Put pages in the place of a toctree, or after the outermost box that it stands in, as no box can hold a page.

    A node that holds nothing but the toctree is removed: Sphinx wraps each toctree in a compound, which would be
    content of its own, and autosummary wraps it in a comment, which would hide the pages.
    """
    place: nodes.Element = toctree
    ids = [*toctree["ids"]]
    is_alone = True
    while not isinstance(place.parent, DIVISIONS):
        place = place.parent
        is_alone = is_alone and len(place) == 1
        ids += place["ids"]
    around = place.parent
    if is_alone:
        named = [nodes.target("", "", ids=ids)] if ids else []  # The ids come from the toctree's `:name:`.
        around.replace(place, [*named, *pages])
        return
    toctree.parent.remove(toctree)
    at = around.index(place) + 1
    while at < len(around) and isinstance(around[at], addnodes.start_of_file | part_page):
        at += 1  # These pages come from another toctree in the same box.
    around.insert(at, pages)


def _new(toctree: addnodes.toctree, included: set[str], builder: Builder) -> Iterator[str]:
    for docname in map(str, toctree["includefiles"]):
        if docname not in included and docname in builder.env.all_docs:
            included.add(docname)
            yield docname
