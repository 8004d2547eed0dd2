"""Say in the entry of an object of the package where it is defined and used, with final numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..common.translations import _
from ..numbering.section_names import PageOrSection, label_place, page_place
from ..numbering.table import formatted
from ..upstream.sphinx.application import app_of
from .book_objects import BookObjects, book_objects

KINDS = ("Section", "Chapter", "Appendix", "")


class whereabouts(nodes.General, nodes.Element):  # noqa: N801
    """Placeholder of that line while numbers are not known. Attribute: `object`, a qualified name."""


def defined_in(env: BuildEnvironment, book: BookObjects, name: str) -> PageOrSection:
    """Return the section in which an object is defined."""
    item = book.objects[name].item
    return label_place(env, item.label, item.docname)


def used_in(env: BuildEnvironment, book: BookObjects, name: str) -> list[PageOrSection]:
    """Return sections, chapters, appendices and pages without a number, in this order; each kind in reading order."""
    places = [page_place(env, docname) for docname in book.users.get(name, ())]
    return sorted(places, key=lambda place: KINDS.index(place.word))


def whereabouts_text(env: BuildEnvironment, book: BookObjects, name: str) -> str:
    """Return a text that changes whenever the line shows or links to something else."""
    return f"{name} {defined_in(env, book, name)} {used_in(env, book, name)}"


def whereabouts_line(env: BuildEnvironment, book: BookObjects, name: str, builder: Builder) -> nodes.paragraph:
    """Return the line, such as "Defined in Section 3.2.1. Used in Sections 3.2 and 3.3."."""
    docname = env.docname

    def link(place: PageOrSection, text: str) -> nodes.reference:
        uri = builder.get_relative_uri(docname, place.docname) + (f"#{place.node_id}" if place.node_id else "")
        return nodes.reference("", text, refuri=uri, internal=True)

    line = nodes.paragraph("", _("Defined in "), classes=["d2lbook-whereabouts"])
    place = defined_in(env, book, name)
    patterns = env.config.numfig_format
    line += [link(place, _full(place, patterns)), nodes.Text(".")]
    places = used_in(env, book, name)
    if places:
        line += nodes.Text(f" {_('Used in ')}")
        line.extend(_listed(places, link, patterns))
        line += nodes.Text(".")
    return line


def _full(place: PageOrSection, patterns: Mapping[str, str]) -> str:
    if not place.number:
        return f"“{place.title}”"
    return formatted(patterns.get(place.word.lower(), f"{place.word} %s"), place.number, place.title)


def _listed(
    places: list[PageOrSection], link: Callable[[PageOrSection, str], nodes.Node], patterns: Mapping[str, str]
) -> Iterator[nodes.Node]:
    """Yield a list of places, such as "Sections 2.3, 3.2 and “Installation”"."""
    several = {word for word in KINDS if word and sum(place.word == word for place in places) > 1}
    before = ""
    for count, place in enumerate(places):
        if count:
            yield nodes.Text(_(" and ") if count == len(places) - 1 else ", ")
        if place.word in several and place.word != before:
            yield nodes.Text(f"{_plural(place.word)} ")
        yield link(place, place.number if place.word in several else _full(place, patterns))
        before = place.word


def _plural(word: str) -> str:
    return {"Section": _("Sections"), "Chapter": _("Chapters")}.get(word, _("Appendices"))


class FillWhereabouts(SphinxPostTransform):
    """Replace the placeholder by the line, for every format."""

    # Any priority will do, since the references that it makes are resolved already.
    default_priority = 170

    def run(self, **kwargs: Any) -> None:
        book = book_objects(app_of(self.env))
        for node in list(self.document.findall(whereabouts)):
            name = node["object"]
            if name in book.objects:
                node.replace_self(whereabouts_line(self.env, book, name, app_of(self.env).builder))
            else:  # the object was removed after the page was read, in a build that reads no page
                node.parent.remove(node)


def setup(app: Sphinx) -> None:
    app.add_node(whereabouts)
    app.add_post_transform(FillWhereabouts)
