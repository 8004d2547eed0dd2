"""The collector that gives out section numbers; figures, equations and theorems follow from them as in Sphinx."""

from __future__ import annotations

from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.locale import __

from ..log import Warn, warn
from .matter import divisions, entries, root_toctrees

Number = tuple[int | str, ...]
"""`(3, 2)` prints as 3.2, `("A", 1)` as A.1, `()` as nothing."""


class BookTocTreeCollector(TocTreeCollector):
    """Sphinx's collector with the book's rules: chapters run on across parts, appendices have letters."""

    def assign_section_numbers(self, env: BuildEnvironment) -> list[str]:
        """Fill `env.toc_secnumbers`; the docnames whose numbers changed."""
        old = env.toc_secnumbers
        numbers = cast("dict[str, dict[str, Number]]", {})
        env.toc_secnumbers = cast("Any", numbers)
        walk = _Walk(env, numbers)
        counters = {"main": 0, "appendix": 0}
        root = env.config.root_doc
        for division, toctree in zip(divisions(env), root_toctrees(env), strict=True):
            if division.depth:
                counter = walk.toctree(
                    toctree, division.depth, counters[division.matter], division.matter == "appendix"
                )
                counters[division.matter] = counter
        for docname in sorted(env.numbered_toctrees - {root}):
            # A numbered toctree below an unnumbered page counts for itself, as it does in Sphinx.
            for toctree in env.get_doctree(docname).findall(addnodes.toctree):
                if toctree.get("numbered", 0):
                    walk.toctree(toctree, toctree["numbered"], 0, False)
        return [docname for docname in numbers if numbers[docname] != old.get(docname)]


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
                reference["secnumber"] = list(number) or None
                if title is not None:
                    title["secnumber"] = list(number) or None
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
    """Take Sphinx's own collector off and put ours in its place.

    Two collectors would each rewrite pages whenever the other's numbers differ from theirs.
    """
    for listener in list(app.events.listeners["env-get-updated"]):
        owner = getattr(listener.handler, "__self__", None)
        if isinstance(owner, TocTreeCollector) and owner.listener_ids is not None:
            owner.disable(app)
    app.add_env_collector(BookTocTreeCollector)
