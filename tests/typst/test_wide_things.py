"""What is wider than the line of the PDF: formulas, their numbers, tables, code in text."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from sphinxcontrib_d2lbook.mathematics import convert
from sphinxcontrib_d2lbook.outputs.typst.escape import LONGEST_WHOLE, breakable

SUM = " + ".join("abcdefghijklmnopqrstuvwxyz" * 2)
WORD = "internationalisation"
Word = tuple[str, float, float, float, float]
"""A word and its left, upper, right and lower edge in points."""
PAGE = f"""# Page

$$ {SUM} = 1 $$ (eq-broken)

$$ \\begin{{aligned}} {SUM} &= 1 \\end{{aligned}} $$ (eq-small)

$$ {SUM[:140]} $$ (eq-less)

|{"|".join(f" c{number} " for number in range(12))}|
|{"---|" * 12}
|{f" {WORD} |" * 12}

Text with `a_very_long_identifier_without_any_place_to_break_it_that_goes_on_and_on_and_on_for_more_than_a_line`.

Code that begins with signs: {"`:role:` " * 40}.

1. One $\\dfrac{{a}}{{b}}$ and
2. two $\\dfrac{{c}}{{d}}$ and
"""


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Word], str]:
    """The words of the page, each with its left, upper, right and lower edge in points, and the warnings."""
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("wide"))
    project.write({"index.md": PAGE})
    project.build("pdf")
    pdf = next((project.build_folder / "pdf").glob("*.pdf"))
    return _words(pdf), project.warnings


def _words(pdf: Path) -> list[Word]:
    found: list[Word] = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            high, text = page.get_height(), page.get_textpage()
            word, box = "", [0.0] * 4
            for at in range(text.count_chars() + 1):
                char = text.get_text_range(at, 1) if at < text.count_chars() else " "
                if char.isprintable() and char.strip():
                    left, bottom, right, top = text.get_charbox(at)
                    edges = [left, high - top, right, high - bottom]
                    pairs = zip((min, min, max, max), box, edges, strict=True)
                    box = [choose(old, new) for choose, old, new in pairs] if word else edges
                    word += char
                elif word:
                    found.append((word, *box))  # type: ignore[arg-type]
                    word = ""
    return found


def test_nothing_reaches_into_the_margin(words: tuple[list[Word], str]) -> None:
    found, _warnings = words
    edge = max(right for text, _left, _top, right, _bottom in found if text in ("(1)", "(2)", "(3)"))
    assert max(right for _text, _left, _top, right, _bottom in found) <= edge + 1


def test_a_number_stands_beside_its_formula(words: tuple[list[Word], str]) -> None:
    found, _warnings = words
    for number in ("(1)", "(2)", "(3)"):
        _text, left, top, _right, bottom = next(word for word in found if word[0] == number)
        beside = [word for word in found if word[2] < bottom and word[4] > top and word[0] != number]
        assert all(word[3] < left for word in beside)


def test_cells_do_not_overprint_one_another(words: tuple[list[Word], str]) -> None:
    found, _warnings = words
    lines: dict[float, list[tuple[float, float]]] = {}
    for text, left, top, right, _bottom in found:
        letters = "".join(filter(str.isalpha, text))
        if len(letters) > 3 and letters in WORD:
            lines.setdefault(round(top), []).append((left, right))
    assert sum(map(len, lines.values())) >= 24
    for cells in lines.values():
        cells.sort()
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(cells))


SYMBOLS = r"""# Page

```{{table}}
:widths: 20 60 20

| symbol | meaning | where |
| :--- | :--- | :--- |
| {first} | {second} | somewhere |
```
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (r"$\operatorname*{argmin}_{\boldsymbol{\theta}} f(\boldsymbol{\theta})$", "smallest"),
        ("adjective", f"{WORD}{WORD[:15]} {WORD}"),
    ],
    ids=["long names of short formulas", "long words that fit"],
)
def test_given_widths_of_columns_are_kept_where_words_fit(project: Any, first: str, second: str) -> None:
    """The width of a formula is that of what is printed, not of its TeX."""
    project.write({"index.md": SYMBOLS.format(first=first, second=second)})
    project.build("pdf")
    words = _words(next((project.build_folder / "pdf").glob("*.pdf")))
    left = {text: edge for text, edge, *_ in words}
    assert left["meaning"] - left["symbol"] == pytest.approx((left["where"] - left["meaning"]) / 3, rel=0.05)


def test_what_is_hard_to_read_is_warned_of_at_its_line(
    words: tuple[list[Word], str],
) -> None:
    _found, warnings = words
    assert warnings.count("WARNING") == 1
    assert "index.md:5: WARNING: a formula is wider than the line of the PDF, and is set at " in warnings


def test_names_and_paths_may_be_broken_and_words_may_not() -> None:
    assert breakable("a word") == ["a word"]
    assert breakable("x a_rather_long_name_for_a_thing y") == [
        "x a_",
        "rather_",
        "long_",
        "name_",
        "for_",
        "a_",
        "thing y",
    ]
    assert breakable("https://example.org/a?b=c-and-more")[:2] == ["https://", "example."]
    assert max(map(len, breakable("x" * 100))) == LONGEST_WHOLE
    assert breakable(":a: :b: c /d") == [":a: ", ":b: c ", "/d"]
    assert breakable("") == []
    for text in ("a  b\n" + "c_" * 40, " leading", "trailing "):
        assert "".join(breakable(text)) == text


@pytest.mark.parametrize(
    ("tex", "width", "unbroken"),
    [
        ("a", 1, 1),
        ("a + b", 3, 2 / 3),
        (r"\frac{a + b}{c}", 3, 1),
        (r"x^{10} = \left( a + b \right)", 8.4, 5 / 8.4),
        (r"\begin{pmatrix} a & bc \\ d & e \end{pmatrix}", 5, 1),
        ("", 0, 1),
    ],
)
def test_size_of_a_formula(tex: str, width: float, unbroken: float) -> None:
    size = convert(tex, display=True).size
    assert (size.width, size.unbroken) == (pytest.approx(width), pytest.approx(unbroken))


def test_formulas_that_are_higher_than_a_line_are_known(project: Any) -> None:
    assert convert(r"\frac12", display=False).size.tall
    assert not convert("x_1^2", display=False).size.tall


def test_a_long_mark_does_not_touch_its_entry(project: Any) -> None:
    second = r"{\'A}{\'E}{\'I}{\'O}{\'U}bcdefghi"  # an accent by a command makes the mark as long as the name
    entry = f"@article{{k, author={{Abc, A and {second}, B and Cde, C}}, title={{T}}, journal={{J}}, year={{2014}}}}\n"
    project.write(
        {"index.md": "# Page\n\nSee {cite}`k`.\n\n```{bibliography}\n```\n", "references.bib": entry},
    )
    project.build("pdf")
    words = _words(next((project.build_folder / "pdf").glob("*.pdf")))
    at = max(place for place, (text, *_) in enumerate(words) if text.startswith("[A") and text.endswith("]"))
    assert words[at + 1][1] - words[at][3] > 2


NAMES = (
    "torch.nn.functional.scaled_dot_product",
    "learning-rate/decay-of-weights",
    "abcdefghijklmnopqrstuvwxyzabcdefgh",
)
ADDRESS = "https://example.org/a/very/long_address/of.a.page"


def test_names_in_the_margin_are_broken_without_a_sign(project: Any) -> None:
    note = f"Some {' and '.join(f'`{name}`' for name in NAMES)} at <{ADDRESS}>, Donaudampfschifffahrtsgesellschaft."
    index = "# Tales\n\nText.\n\n```{toctree}\n:numbered:\none\n```\n"
    project.write(
        {
            "index.md": index,
            "one.md": f"# One\n\nText.\n\n```{{margin}} A_long/title_of.a_note-on_names\n{note}\n```\n\nText.\n",
        }
    )
    project.build("pdf")
    assert project.warnings == ""
    pdf = next((project.build_folder / "pdf").glob("*.pdf"))
    beside = [word for word in _words(pdf) if word[1] > (210 - 42) / 25.4 * 72]
    assert max(right for _text, _left, _top, right, _bottom in beside) <= (210 - 42 + 5 + 30) / 25.4 * 72 + 0.5
    text = "".join(word[0] for word in beside)
    for name in (*NAMES, ADDRESS, "A_long/title_of.a_note-on_names", "Donaudampfschifffahrtsgesellschaft"):
        # The reader takes a hyphen at the end of a line for one that is no part of the word.
        assert name.replace("-", "") in text.replace("-", "")


CELLS = """# Page

```{{table}}
:widths: 20 20 60

| one | two | six |
| :--- | :--- | :--- |
| {first} | {second} | and more |
```
"""


@pytest.mark.parametrize(
    ("first", "second"), [("`np.linalg.norm`", "a_name/of-it"), ("`abcdefghijklmn`", "mediterranean"), ("x" * 14, "y")]
)
def test_words_in_cells_that_are_too_narrow_are_broken(project: Any, first: str, second: str) -> None:
    project.conf += "d2lbook_pdf_paper = '105x150mm'\nd2lbook_pdf_notes = 'foot'\n"
    project.write({"index.md": CELLS.format(first=first, second=second)})
    project.build("pdf")
    assert project.warnings == ""
    words = _words(next((project.build_folder / "pdf").glob("*.pdf")))
    left = {text: edge for text, edge, *_ in words}
    columns = [left["one"], left["two"], left["six"]]
    assert columns[2] - columns[1] == pytest.approx(columns[1] - columns[0], abs=0.5), "the widths are those given"
    first_word, behind = (next(k for k, word in enumerate(words) if word[0] == text) for text in ("one", "Contents"))
    for text, edge, _top, right, _bottom in words[first_word:behind]:
        column = next((k for k in (2, 1, 0) if edge >= columns[k] - 0.5), None)
        if column in (0, 1):
            assert right <= columns[column + 1], text
    joined = "".join(text for text, edge, *_ in words if columns[0] - 0.5 <= edge < columns[1] - 0.5)
    assert first.strip("`") in joined


def test_a_column_is_as_wide_as_its_words_where_there_is_room(project: Any) -> None:
    """The columns of a crowded table keep their given widths, but for those that would break a word."""
    prose = "text that is rather long and fills the column of the table with words " * 2
    project.write({"index.md": SYMBOLS.format(first=f"{WORD}es", second=f"{prose} {WORD} {WORD}{WORD[:12]}")})
    project.build("pdf")
    words = _words(next((project.build_folder / "pdf").glob("*.pdf")))
    left = {text: edge for text, edge, *_ in words}
    assert f"{WORD}es" in left, "the word is whole"
    assert left["where"] - left["meaning"] > 1.7 * (left["meaning"] - left["symbol"])
