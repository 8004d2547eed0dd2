"""The table of events and transforms has everything that the package registers."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from sphinx.application import Sphinx
from sphinx.environment.collectors import EnvironmentCollector

from .pages import DOCS, sections

PACKAGE = "sphinxcontrib_d2lbook."
METHODS = {
    "connect": "handlers",
    "add_transform": "transforms",
    "add_post_transform": "post-transforms",
    "add_domain": "domains",
    "add_env_collector": "collectors",
    "add_builder": "builders",
}
"""A method of the application, and the table that has what it is given."""


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    from manual import events

    return events


@pytest.fixture
def registered(project: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Sphinx, dict[str, set[str]]]]:
    """An application, and the names of the functions and classes of ours that it was given, by table."""
    given: dict[str, set[str]] = {table: set() for table in METHODS.values()}

    def noting(name: str) -> Any:
        method = getattr(Sphinx, name)

        def note(self: Sphinx, *arguments: Any, **options: Any) -> Any:
            thing = arguments[1] if name == "connect" else arguments[0]
            is_named = inspect.isfunction(thing) or inspect.ismethod(thing) or inspect.isclass(thing)
            of_collector = isinstance(getattr(thing, "__self__", None), EnvironmentCollector)
            if is_named and not of_collector and thing.__module__.startswith(PACKAGE):
                given[METHODS[name]].add(thing.__qualname__)
            return method(self, *arguments, **options)

        return note

    for name in METHODS:
        monkeypatch.setattr(Sphinx, name, noting(name))
    project.write({"index.md": "# Root\n"})
    with project.app("html") as app:
        yield app, given


def test_the_tables_have_what_was_registered(registered: Any, events: Any) -> None:
    app, given = registered
    shown = {name: {row.name for row in table.rows(app)} for name, table in events.TABLES.items()}
    assert all(given[table] for table in METHODS.values())
    assert {table: names - shown[table] for table, names in given.items() if names - shown[table]} == {}


def test_each_row_says_something_and_names_a_file(registered: Any, events: Any) -> None:
    app, _ = registered
    rows = [row for table in events.TABLES.values() for row in table.rows(app)]
    assert [row.name for row in rows if not row.says] == []
    assert [row.file for row in rows if not (events.FOLDER / row.file).is_file()] == []


def test_handlers_are_in_the_order_of_their_priorities(registered: Any, events: Any) -> None:
    app, _ = registered
    rows = list(events.handlers(app))
    by_event = [[int(row.key[1]) for row in rows if row.key[0] == event] for event in {row.key[0] for row in rows}]
    assert by_event == [sorted(priorities) for priorities in by_event]
    assert any(len(set(priorities)) > 2 for priorities in by_event)


def test_every_table_is_on_the_page(events: Any) -> None:
    blocks = [block for section in sections("development/events.md") for block in section.blocks]
    assert [block.argument for block in blocks] == list(events.TABLES)


@pytest.mark.parametrize(
    ("docstring", "sentence"),
    [
        (None, ""),
        ("One.", "One."),
        ("One. Two.", "One."),
        ("One\n    line more. Two.", "One line more."),
        ("Without a full stop\n\nMore.", "Without a full stop"),
    ],
)
def test_the_first_sentence_of_a_docstring(events: Any, docstring: str | None, sentence: str) -> None:
    assert events.first_sentence(docstring) == sentence
