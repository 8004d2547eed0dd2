"""Each book of the corpus reads alike, whether ordinary Sphinx builds it or we do, and nothing of it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import books

BOOKS = {name: books.read(name) for name in books.NAMES}
CHOSEN = [pytest.param(name, marks=[] if book.quick else pytest.mark.long) for name, book in BOOKS.items()]


def asked_for(request: pytest.FixtureRequest, test: str) -> list[books.Book]:
    """Return the books for which this run has ``test``."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    names = {item.callspec.params["name"] for item in items if item.originalname == test}
    return [BOOKS[name] for name in sorted(names)]


@pytest.fixture(scope="module")
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the books are built, both ways."""
    folder = tmp_path_factory.mktemp("corpus")
    books.build(asked_for(request, "test_a_book_is_as_its_record_says"), folder)
    return folder


@pytest.fixture(scope="module")
def mutated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which they are built both ways, each by a package with the fault that it names."""
    folder, packages = tmp_path_factory.mktemp("mutated"), tmp_path_factory.mktemp("packages")
    chosen = asked_for(request, "test_a_book_fails_under_its_mutation")
    books.build(chosen, folder, {book.name: books.mutated(book, packages) for book in chosen})
    return folder


@pytest.mark.parametrize("name", CHOSEN)
def test_a_book_is_as_its_record_says(name: str, built: Path) -> None:
    found = books.faults(BOOKS[name], built)
    assert not found, "\n".join(found)


def test_there_are_many_structures_and_no_clones() -> None:
    assert len(BOOKS) >= 30
    assert len({book.structure for book in BOOKS.values()}) == len(BOOKS)
    assert len({(book.mutation.file, book.mutation.old) for book in BOOKS.values()}) == len(BOOKS)


@pytest.mark.parametrize("name", BOOKS)
def test_a_mutation_changes_one_place_of_the_code(name: str) -> None:
    mutation = BOOKS[name].mutation
    assert (books.PACKAGE / mutation.file).read_text("utf-8").count(mutation.old) == 1
    assert mutation.old != mutation.new


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", BOOKS)
def test_a_book_fails_under_its_mutation(name: str, mutated: Path) -> None:
    """A book that would be as its record says, whatever we did, would hold nothing."""
    found = books.faults(BOOKS[name], mutated)
    assert any(one.startswith(BOOKS[name].mutation.shows) for one in found), found
