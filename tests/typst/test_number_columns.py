"""Numbers in the columns of tables stand with their decimal signs below one another."""

from __future__ import annotations

import pypdfium2
import pytest
from docutils import nodes

from sphinxcontrib_d2lbook.outputs.typst.translator.number_columns import missing_digits
from tests.conftest import Project


def rows_of(*columns: list[str]) -> list[nodes.row]:
    return [
        nodes.row("", *(nodes.entry("", nodes.paragraph("", "", nodes.Text(text))) for text in texts))
        for texts in zip(*columns, strict=True)
    ]


@pytest.mark.parametrize(
    ("column", "language", "missing"),
    [
        (["1.5", "22.25", "−3"], "en", {"1.5": "0", "22.25": "", "−3": ".00"}),
        (["1", "22", "333"], "en", {"1": "", "22": "", "333": ""}),
        (["1,5", "2.222,25"], "de", {"1,5": "0", "2.222,25": ""}),
        (["1,500", "2.5"], "en", {"1,500": ".0", "2.5": ""}),
        (["1.5", "–", ""], "en", {}),
        (["1.5", "", "2"], "en", {"1.5": "", "2": ".0"}),
        (["1.5", "word"], "en", {}),
        (["1.5", "2.5 m"], "en", {}),
        (["", ""], "en", {}),
    ],
)
def test_what_numbers_lack_of_the_longest_fraction(column: list[str], language: str, missing: dict[str, str]) -> None:
    assert missing_digits(rows_of(column, ["x"] * len(column)), 2, language) == [missing, {}]


def test_cells_that_are_aligned_or_have_more_than_text_are_left_as_they_are() -> None:
    rows = rows_of(["1.5", "2.25", "3"])
    rows[0].children[0]["classes"].append("text-center")
    assert missing_digits(rows, 1, "en") == [{}]
    rows = rows_of(["1.5", "2.25", "3"])
    rows[1].children[0][0] += nodes.emphasis("", "4")
    assert missing_digits(rows, 1, "en") == [{}]
    rows = rows_of(["1.5", "2.25", "3"], ["1", "2", "3"])
    rows[0].children[0]["morerows"] = 1
    assert missing_digits(rows, 2, "en") == [{}, {}]


def test_decimal_signs_stand_below_one_another(project: Project) -> None:
    project.write({"index.md": "# Tales\n\n| name | size |\n| --- | --- |\n| a | 1.5 |\n| b | 122.25 |\n| c | 41 |\n"})
    project.build("pdf")
    assert project.warnings == ""
    with pypdfium2.PdfDocument(project.build_folder / "pdf" / "a-book.pdf") as document:
        page = next(page for page in document if "122.25" in page.get_textpage().get_text_range())
        shown = page.get_textpage()
        text = shown.get_text_range()
        signs = [shown.get_charbox(text.index(number) + number.index("."))[0] for number in ("1.5", "122.25")]
        ones = [shown.get_charbox(text.index(number) + at, loose=True)[2] for number, at in (("122.25", 2), ("41", 1))]
    assert signs[0] == pytest.approx(signs[1], abs=0.05)
    assert ones[0] == pytest.approx(ones[1], abs=0.05)
