"""A book whose lines begin at the right: what stands at one side in other books stands at the other one here."""

from __future__ import annotations

from collections.abc import Callable

import pypdfium2
import pytest

from tests.conftest import Project

PAGE = """\
# Chapterword

Textword

Term
: Definitionword

| Cellword | b |
| --- | --- |
| second | a long cell |

```{note}
Noteword
```

$$ a = b $$ (eq-a)

```{margin} Title
Marginword
```

```python
codeword = 1
```

{index}`indexed`
"""
Place = tuple[int, float, float]
"""Page, left and right edge in points."""


@pytest.fixture(scope="module", params=["en", "he_IL"])
def find(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[bool, Callable[..., Place]]:
    """Whether the book's lines begin at the right, and what finds a word on its last page but one, or another."""
    project = Project(tmp_path_factory.mktemp("sides"))
    project.conf += f"language = {request.param!r}\nsuppress_warnings = ['d2lbook.glyph']\n"
    project.write({"index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\n```\n", "one.md": PAGE})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", "true")  # where a PDF that is built alone is read back, too
        project.build("pdf")
    assert project.warnings == ""
    document = pypdfium2.PdfDocument(next(project.build_folder.glob("pdf/*.pdf")))

    def found(word: str, page: int = -2) -> Place:
        number = len(document) + page
        text = document[number].get_textpage()
        at = text.search(word, match_case=True, match_whole_word=True).get_next()
        assert at is not None, word
        boxes = [text.get_charbox(place) for place in range(at[0], sum(at))]
        return number, min(box[0] for box in boxes), max(box[2] for box in boxes)

    return request.param != "en", found


def begins(find: tuple[bool, Callable[..., Place]], word: str, page: int = -2) -> float:
    """How far from the middle of the page, to the side where lines begin, a word begins."""
    from_right, found = find
    _page, left, right = found(word, page)
    return right - 297 if from_right else 297 - left


def test_what_is_set_in_is_so_on_the_side_where_lines_begin(find: tuple[bool, Callable[..., Place]]) -> None:
    text = begins(find, "Textword")
    assert text - 20 < begins(find, "Definitionword") < text - 10
    assert text - 12 < begins(find, "Noteword") < text - 8


def test_cells_of_a_column_begin_alike(find: tuple[bool, Callable[..., Place]]) -> None:
    assert abs(begins(find, "Cellword") - begins(find, "second")) < 2
    assert begins(find, "Cellword") > begins(find, "long")


def test_an_equation_has_its_number_where_lines_end(find: tuple[bool, Callable[..., Place]]) -> None:
    assert begins(find, "(1.1)") < -100


def test_notes_and_numbers_of_pages_stand_outside(find: tuple[bool, Callable[..., Place]]) -> None:
    """The page is the first, a right one in a book from left to right: it is bound where lines begin."""
    assert begins(find, "Marginword") < -170
    assert begins(find, "iii", page=-4) < -100


def test_code_runs_from_left_to_right(find: tuple[bool, Callable[..., Place]]) -> None:
    _page, left, _right = find[1]("codeword")
    assert left < 130


def test_contents_end_with_the_numbers_of_pages(find: tuple[bool, Callable[..., Place]]) -> None:
    """Also where a title is of a language that runs the other way."""
    assert begins(find, "Chapterword", page=-4) > 100
