"""Collect the book's discussions from the last build, each with its section's title, address and first paragraph."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import CONFIG_OK, BuildEnvironment

from ..addresses.permanent_addresses import permanent_address
from ..common.errors import BookError, BookProblems
from ..common.toctree_order import pages_from
from ..elements.discussion.discussion_facts import discussion_domain
from ..forum.interfaces import Section

LONGEST_LABEL = 100
"""Most characters of a label, since people read and print it in an address."""


def book_sections(app: Sphinx, build: Path, topics: Path) -> list[Section]:
    """Return the sections with a discussion, in reading order.

    ``topics`` is the topic map, on which pages may depend and which a sync changes. Raise BookError if there is no
    build in ``build``, or one of other sources.
    """
    env = app.env
    _check_build(app, build, topics)
    base = app.config.html_baseurl
    if urlsplit(base).scheme not in ("http", "https"):
        raise BookError(
            f"{app.confdir}/conf.py: html_baseurl = {base!r}: the first post of each topic links to the book; set it"
            " to the book's permanent address, such as https://book.example/"
        )
    # The build has warned of sections with two discussions.
    sections: dict[str, Section] = {}
    for docname in _in_order(env):
        for section in _on_page(app, docname):
            sections.setdefault(section.identifier, section)
    long = [section for section in sections.values() if len(section.identifier) > LONGEST_LABEL]
    if long:
        raise BookProblems(
            f"{section.place}: the label of a discussion has {len(section.identifier):,} characters, and"
            f" {LONGEST_LABEL} are the most; give the section a shorter one"
            for section in long
        )
    return list(sections.values())


def _check_build(app: Sphinx, build: Path, topics: Path) -> None:
    env = app.env
    remedy = f"run `sphinx-build -M html {_near(app, Path(app.srcdir))} {_near(app, build)} -c .` first"
    if not env.all_docs:
        raise BookError(f"{build}: there is no build of this book, and a sync reads what one has read; {remedy}")
    if env.config_status != CONFIG_OK:
        raise BookError(f"{app.confdir}/conf.py: is not as it was in the build in {build}; {remedy}")
    config = app.config
    # The same folders as in builds of websites.
    without = [config.exclude_patterns, config.templates_path, config.html_extra_path, config.html_static_path]
    docnames = app.project.discover([item for items in without for item in items], config.include_patterns)
    stale = sorted(
        (docnames ^ set(env.all_docs)) | {name for name in docnames & set(env.all_docs) if _stale(env, name, topics)}
    )
    if stale:
        more = f" and {len(stale) - 1} more pages" if len(stale) > 1 else ""
        name = _file(app, stale[0]) if stale[0] in docnames else stale[0]
        raise BookError(f"{name}: is not as it was in the build in {build}{more}; {remedy}")


def _stale(env: BuildEnvironment, docname: str, topics: Path) -> bool:
    """Return whether a page, or a file that it includes, is newer than what the build read."""
    files = {Path(env.doc2path(docname)), *(Path(env.srcdir, name) for name in env.dependencies.get(docname, ()))}
    try:
        newest = max(file.stat().st_mtime_ns // 1000 for file in files if file.resolve() != topics.resolve())
    except FileNotFoundError:
        return True
    return newest > env.all_docs[docname]


def _in_order(env: BuildEnvironment) -> Iterator[str]:
    """Return the pages in the order of toctrees, then those that no toctree names."""
    return (name for name in pages_from(env, env.config.root_doc, *sorted(env.all_docs)) if name in env.all_docs)


def _on_page(app: Sphinx, docname: str) -> Iterator[Section]:
    env = app.env
    all_shown = discussion_domain(env).shown.get(docname, [])
    anchors = env.get_doctree(docname).ids if all_shown else {}
    for shown in all_shown:
        section = anchors.get(shown.section)
        section_node = section if isinstance(section, nodes.section) else None
        yield Section(
            identifier=shown.label,
            title=shown.title,
            parent=_parent(env, docname, section_node),
            address=permanent_address(app.config, shown.label),
            summary=_summary(env, section_node) if section_node else "",
            place=f"{_file(app, docname)}:{shown.line}",
        )


def _around(node: nodes.Node | None) -> nodes.section | None:
    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node


def _title(section: nodes.section) -> str:
    title = section.next_node(nodes.title)
    return title.astext() if title else ""


def _parent(env: BuildEnvironment, docname: str, section: nodes.section | None) -> str:
    """Return the title of the section around a section, or of the page whose toctree lists its page."""
    outer = _around(section.parent) if section else None
    if outer:
        return _title(outer)
    above = sorted(parent for parent, children in env.toctree_includes.items() if docname in children)
    return env.titles[above[0]].astext() if above else ""


def _summary(env: BuildEnvironment, section: nodes.section) -> str:
    """Return the first paragraph of a section, outside of its subsections."""
    for child in section.children:
        if isinstance(child, nodes.paragraph) and (text := _text(env, child).strip()):
            return text
    return ""


def _text(env: BuildEnvironment, node: nodes.Node) -> str:
    """Return the text of a node. References become titles of their targets; citations and notes are left out."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, addnodes.pending_xref) and not node.get("refexplicit"):
        target = str(node["reftarget"])
        title = env.domains.standard_domain.labels.get(target.lower(), ("", "", ""))[2]
        if not title and node["reftype"] == "doc" and target in env.titles:
            title = env.titles[target].astext()
        if title:
            return title
    text = ""
    for child in node.children:
        text = text.rstrip() if _left_out(child) else text + _text(env, child)
    return text


def _left_out(node: nodes.Node) -> bool:
    kinds = nodes.footnote_reference | nodes.citation_reference | nodes.image | nodes.raw
    return isinstance(node, kinds) or (isinstance(node, addnodes.pending_xref) and node.get("refdomain") == "cite")


def _file(app: Sphinx, docname: str) -> str:
    """Return the path of a page as messages name it, relative to the folder of conf.py."""
    return _near(app, Path(app.env.doc2path(docname)))


def _near(app: Sphinx, path: Path) -> str:
    return str(path.relative_to(app.confdir)) if path.is_relative_to(app.confdir) else str(path)
