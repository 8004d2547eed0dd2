"""`{events-reference}`: what the extension registers with Sphinx, as the build of this manual finds it.

The application that builds the manual has set the extension up. It is asked for its listeners, transforms, domains,
collectors, builders and visitors, so the tables cannot say anything that is not true.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment.collectors import EnvironmentCollector

import sphinxcontrib_d2lbook
from sphinxcontrib_d2lbook.upstream.sphinx.application import app_of
from sphinxcontrib_d2lbook.upstream.sphinx.events import listeners

from .generated import Generated

FOLDER = Path(sphinxcontrib_d2lbook.__file__).parent
PACKAGE = "sphinxcontrib_d2lbook."
EVENTS = (
    "config-inited",
    "builder-inited",
    "env-get-outdated",
    "env-before-read-docs",
    "env-purge-doc",
    "source-read",
    "include-read",
    "object-description-transform",
    "doctree-read",
    "missing-reference",
    "warn-missing-reference",
    "env-merge-info",
    "env-updated",
    "env-get-updated",
    "env-check-consistency",
    "write-started",
    "doctree-resolved",
    "html-collect-pages",
    "html-page-context",
    "build-finished",
)
"""Sphinx's events in the order in which a build emits them; events of other extensions follow by name."""


@dataclass(frozen=True)
class Row:
    """One thing that is registered."""

    key: tuple[str, ...]
    """The first cells, such as the event and the priority."""
    name: str
    """Of the function or class."""
    file: str
    """Below the folder of the package."""
    says: str
    """The first sentence of its docstring; "" where it has none."""


def row(thing: Any, *key: str) -> Row:
    """Return the row of a function or class of the package."""
    module: str = thing.__module__
    source = inspect.getsourcefile(inspect.unwrap(thing))
    if source is None:
        raise ValueError(f"{module}.{thing.__qualname__} has no source file")
    file = Path(source).relative_to(FOLDER).as_posix()
    return Row(key, thing.__qualname__, file, first_sentence(thing.__doc__))


def first_sentence(docstring: str | None) -> str:
    """Return the first sentence of a docstring; "" for none."""
    paragraph = " ".join(inspect.cleandoc(docstring or "").partition("\n\n")[0].split())
    sentence, end, _ = paragraph.partition(". ")
    return sentence + "." if end else paragraph


def is_ours(thing: object) -> bool:
    """Return whether a function or class is defined in the package."""
    return str(getattr(thing, "__module__", "")).startswith(PACKAGE)


def handlers(app: Sphinx) -> Iterator[Row]:
    """Yield the handlers of events in the order in which they are called. Handlers of collectors are left out."""
    known = [event for event in app.events.events if event not in EVENTS]
    for event in (*EVENTS, *sorted(known)):
        if event not in app.events.events:
            continue
        for listener in sorted(listeners(app, event), key=lambda one: one.priority):
            owner = getattr(listener.handler, "__self__", None)
            if isinstance(owner, EnvironmentCollector) or not is_ours(listener.handler):
                continue
            if isinstance(listener.handler, FunctionType | MethodType):
                yield row(listener.handler, f"`{event}`", str(listener.priority))


def transforms(app: Sphinx) -> Iterator[Row]:
    """Yield the transforms, which run once when a page is read, by their priority."""
    found = [kind for kind in app.registry.get_transforms() if is_ours(kind)]
    for kind in sorted(found, key=lambda kind: (kind.default_priority or 0, kind.__name__)):
        yield row(kind, str(kind.default_priority))


def post_transforms(app: Sphinx) -> Iterator[Row]:
    """Yield the post-transforms, which run each time a page is written, by their priority."""
    found = [kind for kind in app.registry.get_post_transforms() if is_ours(kind)]
    for kind in sorted(found, key=lambda kind: (kind.default_priority or 0, kind.__name__)):
        yield row(kind, str(kind.default_priority))


def domains(app: Sphinx) -> Iterator[Row]:
    """Yield the domains by name, those that replace Sphinx's among them."""
    for name, kind in sorted(app.registry.domains.items()):
        if is_ours(kind):
            yield row(kind, f"`{name}`")


def collectors(app: Sphinx) -> Iterator[Row]:
    """Yield the collectors."""
    found = {type(getattr(one.handler, "__self__", None)) for one in listeners(app, "env-get-updated")}
    for kind in sorted((kind for kind in found if is_ours(kind)), key=lambda kind: kind.__name__):
        yield row(kind)


def builders(app: Sphinx) -> Iterator[Row]:
    """Yield the builders by name."""
    for name, kind in sorted(app.registry.builders.items()):
        if is_ours(kind):
            yield row(kind, f"`{name}`", f"`{kind.format}`" if kind.format else "none")


def visitors(app: Sphinx) -> Iterator[Row]:
    """Yield the nodes that the package has visitors for, with the formats of those visitors."""
    formats: dict[str, list[str]] = {}
    for output, by_node in app.registry.translation_handlers.items():
        for node, functions in by_node.items():
            if any(is_ours(one) for one in functions if one is not None):
                formats.setdefault(node, []).append(output)
    kinds = {kind.__name__: kind for kind in subclasses(nodes.Element) if is_ours(kind)}
    for node in sorted(formats.keys() & kinds.keys()):
        yield row(kinds[node], ", ".join(f"`{output}`" for output in sorted(formats[node])))


def subclasses(kind: type) -> Iterator[type]:
    """Yield all classes that are derived from one."""
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


@dataclass(frozen=True)
class Table:
    """One table of the reference."""

    heads: tuple[str, ...]
    rows: Callable[[Sphinx], Iterator[Row]]


TABLES = {
    "handlers": Table(("event", "priority"), handlers),
    "transforms": Table(("priority",), transforms),
    "post-transforms": Table(("priority",), post_transforms),
    "domains": Table(("domain",), domains),
    "collectors": Table((), collectors),
    "builders": Table(("builder", "format"), builders),
    "nodes": Table(("visitors for",), visitors),
}


def as_cell(text: str) -> str:
    """Return a sentence for a cell of a table."""
    return text.replace("|", r"\|")


class EventsReference(Generated):
    """Argument: the table. The page is read again when a file that the table names has changed."""

    def text(self) -> Iterator[str]:
        name = self.arguments[0]
        if name not in TABLES:
            raise self.error(f"there is no table {name!r}; there are {', '.join(TABLES)}")
        table = TABLES[name]
        rows = dict.fromkeys(table.rows(app_of(self.env)))  # an output may share a handler with another
        for one in rows:
            self.env.note_dependency(str(FOLDER / one.file))
        if table.heads[:1] != ("event",):
            yield from shown(table.heads, rows)
            return
        for event, handlers_of_event in groupby(rows, key=lambda one: one.key[0]):
            yield from (f"**{event}**", "")
            yield from shown(table.heads[1:], [replace(one, key=one.key[1:]) for one in handlers_of_event])


def shown(heads: tuple[str, ...], rows: Iterable[Row]) -> Iterator[str]:
    """Yield a table; names and files share a column, so that the text has room on a screen."""
    heads = (*heads, "name and file", "what it does")
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for one in rows:
        yield f"| {' | '.join((*one.key, f'`{one.name}` `{one.file}`', as_cell(one.says)))} |"
    yield ""
