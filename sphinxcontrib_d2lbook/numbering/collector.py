"""The collector that gives out all numbers, and keeps what it needs for that while pages are read."""

from __future__ import annotations

from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.locale import __

from ..log import Warn, warn
from ..upstream.sphinx.events import remove_collector
from .facts import numbers_domain
from .figures import Number, figure_numbers
from .headings import resolve_titles
from .labels import settle
from .matter import Division, divisions, entries, root_toctrees
from .reading import page_facts


class BookTocTreeCollector(TocTreeCollector):
    """Sphinx's collector with the book's rules: chapters run on across parts, appendices have letters."""

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        super().process_doc(app, doctree)
        docname = app.env.current_document.docname
        numbers_domain(app.env).pages[docname] = page_facts(app.env, docname, doctree)

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Give out numbers; the pages whose own numbers changed. Called in every build, once all pages are read."""
        sort_environment(env)
        settle(env)
        changed = [*self.assign_section_numbers(env), *self.assign_figure_numbers(env)]
        resolve_titles(env)
        return sorted(set(changed))

    def assign_section_numbers(self, env: BuildEnvironment) -> list[str]:
        """Fill `env.toc_secnumbers`; the docnames whose numbers changed."""
        old = env.toc_secnumbers
        numbers = cast("dict[str, dict[str, Number]]", {})
        env.toc_secnumbers = cast("Any", numbers)
        for docname, toc in env.tocs.items():
            _forget(toc, env.titles.get(docname))
        walk = _Walk(env, numbers)
        count = {"main": 0, "appendix": 0}
        goes_on = env.config.d2lbook_appendices == "numbers"
        for division, toctree in zip(divisions(env), root_toctrees(env), strict=True):
            depth = _depth(env, division)
            if depth:
                letters = division.matter == "appendix" and not goes_on
                which = "appendix" if letters else "main"
                count[which] = walk.toctree(toctree, depth, count[which], letters)
        for docname in sorted(env.numbered_toctrees - {env.config.root_doc}):
            # A numbered toctree below an unnumbered page counts for itself, as it does in Sphinx.
            for toctree in env.tocs[docname].findall(addnodes.toctree):
                if toctree.get("numbered", 0):
                    walk.toctree(toctree, toctree["numbered"], 0, False)
        return [docname for docname in {*numbers, *old} & env.tocs.keys() if numbers.get(docname) != old.get(docname)]

    def assign_figure_numbers(self, env: BuildEnvironment) -> list[str]:
        """Fill `env.toc_fignumbers`; the docnames whose numbers changed."""
        old = cast("dict[str, Any]", env.toc_fignumbers)
        numbers = figure_numbers(env, numbers_domain(env))
        env.toc_fignumbers = cast("Any", numbers)
        return [docname for docname in {*numbers, *old} & env.tocs.keys() if numbers.get(docname) != old.get(docname)]


def _depth(env: BuildEnvironment, division: Division) -> int:
    """How many levels of headings have numbers: as the toctree says, and no more than the book's own limit."""
    limit: int = env.config.d2lbook_number_depth
    return min(division.depth, limit) if limit else division.depth


def _forget(toc: nodes.Element, title: nodes.Element | None) -> None:
    """Numbers of an earlier build stay in tables of contents, also where a page has none any more."""
    for reference in toc.findall(nodes.reference):
        reference.attributes.pop("secnumber", None)
    if title is not None:
        title.attributes.pop("secnumber", None)


class _Walk:
    """Numbers the entries of toctrees, each page once."""

    def __init__(self, env: BuildEnvironment, numbers: dict[str, dict[str, Number]]) -> None:
        self.env = env
        self.numbers = numbers

    def toctree(self, toctree: addnodes.toctree, depth: int, counter: int, letters: bool) -> int:
        """Number what ``toctree`` lists, chapters going on after ``counter``; the last chapter's count."""
        stack = [counter]
        self._entries(toctree, depth, stack, letters)
        return stack[0]

    def _entries(self, toctree: addnodes.toctree, depth: int, stack: list[int], letters: bool) -> None:
        if depth == 0:
            return
        for docname in entries(self.env, toctree):
            if docname in self.numbers:
                warn(
                    Warn.NUMBER,
                    __("%s has its section numbers from another toctree already; list it once"),
                    docname,
                    location=toctree,
                )
                continue
            page = self.numbers[docname] = {}
            self._toc(self.env.tocs[docname], page, depth, stack, letters, self.env.titles.get(docname))

    def _toc(
        self,
        node: nodes.Element,
        page: dict[str, Number],
        depth: int,
        stack: list[int],
        letters: bool,
        title: nodes.Element | None,
    ) -> None:
        # The page's title node gets the first number too: previous/next links and sidebars print it.
        for child in node.children:
            if isinstance(child, nodes.bullet_list):
                stack.append(0)
                self._toc(child, page, depth - 1, stack, letters, title)
                stack.pop()
                title = None
            elif isinstance(child, nodes.list_item | addnodes.only):
                self._toc(child, page, depth, stack, letters, title)
                title = None
            elif isinstance(child, addnodes.compact_paragraph):
                if "skip_section_number" in child:
                    continue
                stack[-1] += 1
                reference = cast("nodes.reference", child[0])
                number = _number(stack, letters) if depth > 0 else ()
                page[reference["anchorname"]] = number
                if number:
                    reference["secnumber"] = list(number)
                if title is not None:
                    if number:
                        title["secnumber"] = list(number)
                    title = None
            elif isinstance(child, addnodes.toctree):
                self._entries(child, depth, stack, letters)


def _number(stack: list[int], letters: bool) -> Number:
    return (letter(stack[0]), *stack[1:]) if letters else tuple(stack)


def letter(count: int) -> str:
    """1 -> A, 26 -> Z, 27 -> AA, as spreadsheets name their columns."""
    name = ""
    while count:
        count, rest = divmod(count - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def replace_collector(app: Sphinx) -> None:
    """Put our collector in the place of Sphinx's own."""
    remove_collector(app, TocTreeCollector)
    app.add_env_collector(BookTocTreeCollector)


def sort_environment(env: BuildEnvironment) -> None:
    """Put what Sphinx keeps in the order in which pages were read into one order: that of a build from nothing.

    After an edit, or with `-j 2`, pages come in another order, and it shows: in the names of images that are called
    alike in two folders, and in the order of links in the index. Called in every build, once all pages are read.
    """
    _name_images(env)
    index = cast("dict[str, Any]", env.domains.index_domain.entries)
    for table in (index, env.titles, env.longtitles, env.tocs, env.metadata, env.toctree_includes):
        _sort(cast("dict[str, Any]", table))


def _sort(table: dict[str, Any]) -> None:
    items = sorted(table.items())
    table.clear()
    table.update(items)


def _name_images(env: BuildEnvironment) -> None:
    """Have Sphinx name them anew, `a.svg` and then `a1.svg`, in the order of their paths."""
    pages = {uri: set(docnames) for uri, (docnames, _name) in sorted(env.images.items())}
    for docname in set().union(*pages.values()):
        env.images.purge_doc(docname)
    for uri, docnames in pages.items():
        for docname in docnames:
            env.images.add_file(docname, uri)
