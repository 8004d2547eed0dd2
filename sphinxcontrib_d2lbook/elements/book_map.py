"""Define `{book-map}`: a figure with the parts and chapters of the book, and which of them build on which.

    ```{book-map} What builds on what.
    :name: fig_book_map

    introduction -> preliminaries
    preliminaries, sec_probability -> linear-networks
    ```

The argument is the caption. The chapters come from the toctrees. The dependencies between them are lines of the
directive, so that all can be seen at once: each line names chapters, by page or label, before and after an arrow.
A line `+ 6 Title` is a chapter that is still to be written, whose number is its name; `+ [Title]` before such lines is
the part that they belong to.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import clean_astext

from ..common.files import digest, write_if_changed
from ..common.per_page_domain import PerPageDomain
from ..common.translations import _
from ..common.warning_types import Warn, warn
from ..numbering.matter import divisions
from ..numbering.table import section_number
from ..upstream.sphinx.application import app_of
from .map_layout import Chapter, ChapterGroup, Structure, lay_out
from .map_planned import CHAPTER, PART, PlannedChapter, with_planned
from .map_svg import map_svg

ARROW = "->"
SVG = "image/svg+xml"


class Dependency(NamedTuple):
    """Dependency in a line of a directive: ``after`` builds on ``before``, as the author names them."""

    before: str
    after: str
    line: int


class MapFacts(NamedTuple):
    """Dependencies and planned chapters that a page gives in its maps."""

    dependencies: list[Dependency]
    planned: list[PlannedChapter]


class book_map(nodes.General, nodes.Element):  # noqa: N801
    """Node of a map. Attributes: `dependencies`, `planned`, and `alt` ("" if the text is to be generated)."""


class BookMap(SphinxDirective):
    """Directive `{book-map}`. Argument: the caption. Content: dependencies and planned chapters."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "name": directives.unchanged,
        "alt": lambda text: " ".join((text or "").split()),
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        dependencies, planned = list(self._dependencies()), list(self._planned())
        drawing = book_map(
            dependencies=[tuple(item) for item in dependencies],
            planned=[tuple(item) for item in planned],
            alt=self.options.get("alt", ""),
        )
        figure = nodes.figure("", drawing, classes=["d2lbook-book-map", *self.options.get("class", [])])
        self.set_source_info(drawing)
        self.set_source_info(figure)
        if self.arguments:
            text, messages = self.parse_inline(self.arguments[0])
            caption = nodes.caption(self.arguments[0], "", *text)
            self.set_source_info(caption)
            figure += [caption, *messages]
        self.add_name(figure)
        map_domain(self.env).note(self.env.docname, MapFacts(dependencies, planned))
        return [figure]

    def _dependencies(self) -> Iterator[Dependency]:
        for number, whole in enumerate(self.content):
            text = whole.partition("#")[0].strip()
            line = self._line(number)
            if not text or text.startswith("+"):
                continue
            steps = [[name.strip() for name in step.split(",")] for step in text.split(ARROW)]
            if len(steps) < 2 or not all(name for step in steps for name in step):
                warn(
                    Warn.MAP,
                    "%r does not name chapters; write `before -> after`, pages or labels, several with commas",
                    text,
                    location=(self.env.docname, line),
                )
                continue
            for befores, afters in pairwise(steps):
                yield from (Dependency(before, after, line) for before in befores for after in afters)

    def _planned(self) -> Iterator[PlannedChapter]:
        part = ""
        for number, whole in enumerate(self.content):
            text = whole.partition("#")[0].strip()
            if not text.startswith("+"):
                continue
            head, chapter = PART.fullmatch(text), CHAPTER.fullmatch(text)
            if head:
                part = head["title"].strip()
            elif chapter:
                yield PlannedChapter(chapter["number"], chapter["title"], part, self._line(number))
            else:
                warn(
                    Warn.MAP,
                    "%r is not a planned chapter; write `+ 5 Its title`, or `+ [Title of a part]` before its chapters",
                    text,
                    location=(self.env.docname, self._line(number)),
                )

    def _line(self, number: int) -> int:
        """Return the line in the page of a line of the content.

        MyST counts a directive's content from the directive, reStructuredText from the top of the page.
        """
        first = self.content.offset(0)
        return (first or self.lineno + self.content_offset) + number + 1


class MapDomain(PerPageDomain[MapFacts]):
    """Domain that keeps the dependencies and planned chapters of each page with a map."""

    name = "d2lmap"
    label = "maps of the book"
    data_version = 2
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}, "drawn": ""}

    def note(self, docname: str, facts: MapFacts) -> None:
        """Add the content of one more map to a page."""
        old = self.pages.get(docname, MapFacts([], []))
        self.pages[docname] = MapFacts(old.dependencies + facts.dependencies, old.planned + facts.planned)

    def check_consistency(self) -> None:
        """Warn of dependencies that cannot be drawn, and of planned chapters that exist. Called after reading."""
        for docname, (dependencies, planned) in sorted(self.pages.items()):
            existing_numbers = {
                chapter.number for chapter in structure(self.env, docname, MapFacts([], [])).chapters.values()
            }
            for chapter in planned:
                if chapter.number in existing_numbers:
                    warn(
                        Warn.MAP,
                        "chapter %s, planned here, is in the book now; remove its line, or give it another number",
                        chapter.number,
                        location=(docname, chapter.line),
                    )
            chapters = structure(self.env, docname, MapFacts([], planned)).chapters
            graph: dict[str, set[str]] = {}
            for dependency in dependencies:
                ends = [_chapter(self.env, docname, name, planned) for name in (dependency.before, dependency.after)]
                for name, end in zip((dependency.before, dependency.after), ends, strict=True):
                    if end not in chapters:
                        warn(
                            Warn.MAP,
                            "the map of the book has no chapter %r; name one by its page or label, as %s",
                            name,
                            ", ".join(list(chapters)[:3]) or "the numbered toctrees of the root page list them",
                            location=(docname, dependency.line),
                        )
                if all(end in chapters for end in ends):
                    graph.setdefault(str(ends[1]), set()).add(str(ends[0]))
            try:
                TopologicalSorter(graph).prepare()
            except CycleError as err:
                ring, line = f" {ARROW} ".join(err.args[1]), dependencies[0].line
                warn(Warn.MAP, "chapters build on each other in a circle: %s", ring, location=(docname, line))


def map_domain(env: BuildEnvironment) -> MapDomain:
    """Return the domain of a build."""
    return cast("MapDomain", env.domains[MapDomain.name])


def structure(env: BuildEnvironment, docname: str, facts: MapFacts) -> Structure:
    """Return what a map on page ``docname`` shows: main matter and appendices, with captions as parts.

    Planned chapters of ``facts`` are included, and its dependencies between chapters that exist or are planned.
    """
    groups = []
    captions = 0
    for division in divisions(env):
        part = captions if division.caption and division.docnames else None
        captions += part is not None
        if division.matter in ("main", "appendix") and division.docnames:
            title = division.caption or (_("Appendices") if division.matter == "appendix" else "")
            chapters = (Chapter(name, section_number(env, name), _title(env, name)) for name in division.docnames)
            groups.append(ChapterGroup(title, part, tuple(chapters)))
    existing_numbers = {chapter.number for group in groups for chapter in group.chapters}
    planned = [item for item in facts.planned if item.number not in existing_numbers]
    edges = [
        (_chapter(env, docname, item.before, planned), _chapter(env, docname, item.after, planned))
        for item in facts.dependencies
    ]
    return Structure(
        with_planned(groups, planned), tuple((before, after) for before, after in edges if before and after)
    )


def _title(env: BuildEnvironment, docname: str) -> str:
    return " ".join(clean_astext(env.titles[docname]).split()) if docname in env.titles else docname


def _chapter(env: BuildEnvironment, docname: str, name: str, planned: Iterable[PlannedChapter]) -> str | None:
    """Return the docname of the page that an author names, from the root, from the page with the map, or by a label.

    A chapter that is still to be written is named by its number, and has its key returned.
    """
    relative = posixpath.normpath(posixpath.join(posixpath.dirname(docname), name))
    for page in (name.strip("/"), relative):
        for candidate in (page, f"{page}/index"):
            if candidate in env.found_docs:
                return candidate
    label_target = env.domains.standard_domain.anonlabels.get(name.lower())
    return label_target[0] if label_target else next((item.key for item in planned if item.number == name), None)


def described(shown: Structure) -> str:
    """Return the map in words, for readers who cannot see it."""
    words = []
    for group in shown.groups:
        names = "; ".join(map(_chapter_name, group.chapters))
        words.append(f"{group.title}: {names}." if group.title else f"{names}.")
    chapters = shown.chapters
    needs: dict[str, list[str]] = {}
    for before, after in dict.fromkeys(shown.edges):
        if before in chapters and after in chapters:
            needs.setdefault(after, []).append(chapters[before].number or chapters[before].title)
    for after, befores in needs.items():
        name = chapters[after].number or chapters[after].title
        words.append(_("{after} builds on {before}.").format(after=name, before=", ".join(befores)))
    return " ".join(words)


def _chapter_name(chapter: Chapter) -> str:
    name = f"{chapter.number} {chapter.title}".strip()
    return _("{chapter} (planned)").format(chapter=name) if chapter.is_planned else name


def of_node(env: BuildEnvironment, docname: str, node: nodes.Element) -> tuple[Structure, str]:
    """Return the content of a map node, and its alternative text."""
    facts = MapFacts(
        [Dependency(*item) for item in node["dependencies"]], [PlannedChapter(*item) for item in node["planned"]]
    )
    shown = structure(env, docname, facts)
    return shown, node["alt"] or described(shown)


def visit_html(self: Any, node: nodes.Element) -> None:
    env, builder = self.builder.env, self.builder
    docname = builder.current_docname
    shown, alt = of_node(env, docname, node)
    existing_pages = [name for name, chapter in shown.chapters.items() if not chapter.is_planned]
    addresses = {name: builder.get_relative_uri(docname, name) for name in existing_pages}
    name = (node.parent.get("ids") or ["book-map"])[0]
    self.body.append(map_svg(lay_out(shown), _("Map of the book"), alt, name, addresses))
    raise nodes.SkipNode


class MapsToImages(SphinxPostTransform):
    """Give maps their alternative texts, and replace them by images for formats that do not know the node."""

    # Runs before images are chosen, which comes after all post-transforms.
    default_priority = 190
    drawing: ClassVar[frozenset[str]] = frozenset({"html", "typst"})

    def run(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(book_map)):
            shown, node["alt"] = of_node(self.env, self.env.docname, node)
            if app_of(self.env).builder.format in self.drawing:
                continue
            if SVG not in app_of(self.env).builder.supported_image_types:
                node.replace_self(nodes.paragraph("", node["alt"]))
                continue
            svg = map_svg(lay_out(shown), _("Map of the book"), node["alt"], "book-map", None)
            file = Path(self.env.doctreedir, "images", "map", f"{digest(svg)[:20]}.svg")
            write_if_changed(file, svg)
            self.env.images.add_file(self.env.docname, str(file))
            node.replace_self(nodes.image("", uri=str(file), candidates={SVG: str(file)}, alt=node["alt"]))


def redraw(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages whose map has changed since it was drawn. Handle `env-get-updated`."""
    domain = map_domain(env)
    drawn = digest(*(repr(structure(env, docname, facts)) for docname, facts in sorted(domain.pages.items())))
    changed = drawn != domain.data["drawn"]
    domain.data["drawn"] = drawn
    return sorted(domain.pages) if changed else []


def setup(app: Sphinx) -> None:
    app.add_node(book_map, html=(visit_html, None))
    app.add_domain(MapDomain)
    app.add_directive("book-map", BookMap)
    app.add_post_transform(MapsToImages)
    # Runs after the numbers have been given out (500).
    app.connect("env-get-updated", redraw, priority=600)
