"""Give out all numbers. Sphinx's collector of tables of contents is replaced by one with the book's rules."""

from __future__ import annotations

from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.locale import __

from ..common.errors import BookProblems
from ..common.warning_types import Warn, warn
from ..upstream.sphinx.events import remove_collector
from .facts_reader import page_facts
from .figures import Number, figure_numbers
from .heading_references import resolve_titles
from .label_owners import assign_owners
from .matter import BEGINS, divisions, entries, root_toctrees
from .page_facts import numbers_domain


class BookTocTreeCollector(TocTreeCollector):
    """Collector of tables of contents, with the book's rules: chapters run on across parts, appendices have letters."""

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        super().process_doc(app, doctree)
        docname = app.env.current_document.docname
        numbers_domain(app.env).pages[docname] = page_facts(app.env, docname, doctree)

    def get_updated_docs(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Give out numbers, and return the docnames of the pages whose own numbers changed.

        Called in every build, once all pages are read.
        """
        sort_environment(env)
        assign_owners(env)
        changed = [*self.assign_section_numbers(env), *self.assign_figure_numbers(env)]
        resolve_titles(env)
        return sorted(set(changed))

    def assign_section_numbers(self, env: BuildEnvironment) -> list[str]:
        """Fill `env.toc_secnumbers`, and return the docnames whose numbers changed."""
        old = env.toc_secnumbers
        numbers = cast("dict[str, dict[str, Number]]", {})
        env.toc_secnumbers = cast("Any", numbers)
        for docname, toc in env.tocs.items():
            _remove_numbers(toc, env.titles.get(docname))
        walk = _NumberingWalk(env, numbers)
        for division, toctree in zip(divisions(env), root_toctrees(env), strict=True):
            if division.depth:
                walk.toctree(toctree, _depth(env, division.depth), letters=division.matter == "appendix")
            elif toctree.get("matter") not in ("front", "back"):
                walk.part_pages(toctree, {str(env.config.root_doc)})
        walk.rest()
        if walk.problems:
            raise BookProblems(walk.problems)
        return [docname for docname in {*numbers, *old} & env.tocs.keys() if numbers.get(docname) != old.get(docname)]

    def assign_figure_numbers(self, env: BuildEnvironment) -> list[str]:
        """Fill `env.toc_fignumbers`, and return the docnames whose numbers changed."""
        old = cast("dict[str, Any]", env.toc_fignumbers)
        numbers = figure_numbers(env, numbers_domain(env))
        env.toc_fignumbers = cast("Any", numbers)
        return [docname for docname in {*numbers, *old} & env.tocs.keys() if numbers.get(docname) != old.get(docname)]


def _depth(env: BuildEnvironment, depth: int) -> int:
    """Return how many levels of headings have numbers: as many as a toctree asks for, up to the limit of the book."""
    limit: int = env.config.d2lbook_number_depth
    return min(depth, limit) if limit else depth


def _remove_numbers(toc: nodes.Element, title: nodes.Element | None) -> None:
    """Remove numbers of an earlier build from a page's table of contents and title; the page may have none now."""
    for reference in toc.findall(nodes.reference):
        reference.attributes.pop("secnumber", None)
    if title is not None:
        title.attributes.pop("secnumber", None)


class _NumberingWalk:
    """Walk over toctrees that numbers the entries of each page once."""

    def __init__(self, env: BuildEnvironment, numbers: dict[str, dict[str, Number]]) -> None:
        self.env = env
        self.numbers = numbers
        self.count = {"main": 0, "appendix": 0}
        self.walked: set[int] = set()
        self.problems: list[str] = []

    def toctree(self, toctree: addnodes.toctree, depth: int, *, letters: bool) -> None:
        """Give numbers to the entries of ``toctree``, continuing after the last chapter or appendix before it."""
        letters = letters and self.env.config.d2lbook_appendices != "numbers"
        which = "appendix" if letters else "main"
        stack = [self.count[which]]
        self._entries(toctree, depth, stack, letters)
        self.count[which] = stack[0]

    def part_pages(self, toctree: addnodes.toctree, above: set[str]) -> None:
        """Give numbers to the entries of numbered toctrees on the pages that ``toctree`` lists, at any depth.

        So a part may have a page of its own, with the toctree of its chapters.

        ``above`` are the docnames of the pages that lead here.
        """
        for docname in entries(self.env, toctree):
            if docname in above or docname in self.numbers:
                continue
            for inner in self.env.tocs[docname].findall(addnodes.toctree):
                if inner.get("numbered", 0):
                    self.toctree(inner, _depth(self.env, inner["numbered"]), letters=inner.get("matter") == "appendix")
                else:
                    self.part_pages(inner, {*above, docname})

    def rest(self) -> None:
        """Give numbers to the entries of toctrees on pages outside the book's own toctrees. Each page counts from 1.

        A numbered toctree below another numbered one gets a warning for each page that it lists.
        """
        for docname in sorted(self.env.numbered_toctrees - {self.env.config.root_doc}):
            count, self.count = self.count, dict.fromkeys(self.count, 0)
            for toctree in self.env.tocs[docname].findall(addnodes.toctree):
                if toctree.get("numbered", 0) and (id(toctree) not in self.walked or docname in self.numbers):
                    self.toctree(toctree, toctree["numbered"], letters=False)
            self.count = count
        for docname, toc in sorted(self.env.tocs.items()):
            for toctree in toc.findall(addnodes.toctree):
                if BEGINS in toctree and id(toctree) not in self.walked:
                    self._refuse(toctree, docname, "nothing numbers this toctree; add `:numbered:`, or take it off")

    def _refuse(self, toctree: addnodes.toctree, docname: str, why: str) -> None:
        place = f"{self.env.doc2path(docname, False)}:{toctree.line or 1}"
        self.problems.append(f"{place}: `:numbers-from: {toctree[BEGINS]}`: {why}")

    def _begin(self, toctree: addnodes.toctree, stack: list[int], letters: bool) -> None:
        """Let the next entry have the number that a toctree asks for. Refuse one that is not above those given out."""
        docname = str(toctree["parent"])
        text = str(toctree[BEGINS])
        letters = letters and len(stack) == 1
        if text.isdecimal() == letters:
            kind = "letters" if letters else "numbers"
            example = letter(stack[-1] + 1) if letters else stack[-1] + 1
            self._refuse(toctree, docname, f"its entries have {kind}; write one, such as {example}")
            return
        first = int(text) if text.isdecimal() else count_of(text)
        if first <= stack[-1]:
            least = letter(stack[-1] + 1) if letters else stack[-1] + 1
            self._refuse(toctree, docname, f"{text} was given to an entry before it; it can begin at {least} or later")
            return
        stack[-1] = first - 1

    def _entries(self, toctree: addnodes.toctree, depth: int, stack: list[int], letters: bool) -> None:
        if depth == 0:
            return
        self.walked.add(id(toctree))
        if BEGINS in toctree:
            self._begin(toctree, stack, letters)
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
        # The title node of the page gets its number too: sidebars and links to the previous and next page print it.
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
    """Return the letters for a count: 1 -> A, 26 -> Z, 27 -> AA, as spreadsheets name their columns."""
    name = ""
    while count:
        count, rest = divmod(count - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def count_of(name: str) -> int:
    """Return the count for letters: A -> 1, Z -> 26, AA -> 27; the reverse of `letter`."""
    count = 0
    for char in name:
        count = count * 26 + ord(char) - ord("A") + 1
    return count


def replace_collector(app: Sphinx) -> None:
    """Replace Sphinx's own collector by ours."""
    remove_collector(app, TocTreeCollector)
    app.add_env_collector(BookTocTreeCollector)


def sort_environment(env: BuildEnvironment) -> None:
    """Sort what Sphinx keeps in the order in which pages were read, so that it is as in a build from nothing.

    After an edit, or with `-j 2`, pages are read in another order. That would show in the names of images with the same
    name in two folders, and in the order of links in the index. Called in every build, once all pages are read.
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
    """Let Sphinx name images again, `a.svg` and then `a1.svg`, in the order of their paths."""
    pages = {uri: set(docnames) for uri, (docnames, _name) in sorted(env.images.items())}
    for docname in set().union(*pages.values()):
        env.images.purge_doc(docname)
    for uri, docnames in pages.items():
        for docname in docnames:
            env.images.add_file(docname, uri)
