"""Names of files and packages are spelt with ASCII letters."""

from __future__ import annotations

import pytest
from sphinx.config import Config

from sphinxcontrib_d2lbook.common.ascii_spelling import ascii_words
from sphinxcontrib_d2lbook.config import book_name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Bücher über Größe", ["bucher", "uber", "grosse"]),
        ("L'été à Łódź", ["lete", "a", "lodz"]),
        ("日本 Tales_2", ["tales", "2"]),
        ("Ω", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert ascii_words(text) == words


@pytest.mark.parametrize(("project", "name"), [("Größe", "grosse"), ("日本", "book"), ("A B", "a-b")])
def test_the_name_of_a_book_is_its_title(project: str, name: str) -> None:
    config = Config({"project": project})
    config.add("d2lbook_name", "", "env", [str])
    assert book_name(config) == name
