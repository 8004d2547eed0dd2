"""Pictures of all formulas of the corpus, as Typst sets them, against those that were looked at.

After a change that is meant: ``python -m tests.mathematics.test_mathematics_pictures`` draws `pictures.png` anew. Look
at what has changed there before it is committed.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import typst
from PIL import Image, ImageChops, ImageFilter

from sphinxcontrib_d2lbook.mathematics import convert, typst_helpers
from tests.mathematics.formula_corpus import all_formulas

FORMULAS = all_formulas()
SHEET = Path(__file__).parent / "pictures.png"
COLUMNS, WIDTH, HEIGHT = 6, 130, 34
"""Cells of the sheet, in pixels. A formula that is larger is set smaller."""
SEEN = 16
"""Difference of grays, of 255, that is seen once both pictures are blurred; smaller ones come from another rounding."""

CELL = f"""#let cell(body) = box(width: {WIDTH}pt, height: {HEIGHT}pt, inset: 2pt, align(horizon, layout(room => {{
  let size = measure(body)
  let factor = calc.min(1, room.width / size.width, room.height / size.height) * 100%
  scale(factor, reflow: true, body)
}})))"""


def sheet(formulas: list[str]) -> Image.Image:
    """Return the pictures of formulas, a cell for each, row after row."""
    cells = [f"cell($ {convert(tex, display=True).typst} $)," for tex in formulas]
    source = "\n".join(
        [
            typst_helpers(),
            CELL,
            "#set page(width: auto, height: auto, margin: 0pt)",
            '#set text(size: 10pt, font: "Libertinus Serif")',
            f"#grid(columns: {COLUMNS},",
            *cells,
            ")",
        ]
    )
    picture = typst.compile(source.encode(), format="png", ppi=72, ignore_system_fonts=True)
    assert isinstance(picture, bytes), "one page"
    # Sixteen grays make a small file, and are enough to see.
    return Image.open(io.BytesIO(picture)).convert("L").point(lambda gray: gray // 17 * 17)


def cell(picture: Image.Image, number: int) -> Image.Image:
    row, column = divmod(number, COLUMNS)
    return picture.crop((column * WIDTH, row * HEIGHT, (column + 1) * WIDTH, (row + 1) * HEIGHT))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return the largest difference of two pictures' grays, of 255, with each pixel the mean of those around it."""
    blurred = [picture.filter(ImageFilter.BoxBlur(1)) for picture in (one, other)]
    return float(np.asarray(ImageChops.difference(*blurred)).max())


@pytest.fixture(scope="module")
def drawn() -> Image.Image:
    return sheet(FORMULAS)


@pytest.fixture(scope="module")
def judged() -> Image.Image:
    return Image.open(SHEET).convert("L")


def test_the_sheet_has_all_formulas(drawn: Image.Image, judged: Image.Image) -> None:
    assert drawn.size == judged.size == (COLUMNS * WIDTH, -(-len(FORMULAS) // COLUMNS) * HEIGHT)


@pytest.mark.parametrize("number", range(len(FORMULAS)), ids=FORMULAS)
def test_a_formula_looks_as_it_was_judged(number: int, drawn: Image.Image, judged: Image.Image) -> None:
    assert np.asarray(cell(drawn, number)).min() < 200, "it shows something"
    assert difference(cell(drawn, number), cell(judged, number)) < SEEN


@pytest.mark.parametrize(
    ("tex", "wrong"),
    [
        ("x_i^2 + y", "x_i^3 + y"),
        (r"\frac{a}{b} + \sum_{i=1}^n x_i y_i = 0", r"\frac{a}{b} - \sum_{i=1}^n x_i y_i = 0"),
        (r"\hat{x} = \mathbf{w}", r"x = \mathbf{w}"),
        (r"\mathbf{w}^\top x", r"w^\top x"),
        (r"\left( \frac{a}{b} \right)", r"( \frac{a}{b} )"),
        (r"a \quad b", r"a \; b"),
    ],
)
def test_another_formula_is_seen_as_another(tex: str, wrong: str) -> None:
    picture = sheet([tex, wrong])
    assert difference(cell(picture, 0), cell(picture, 1)) >= SEEN


if __name__ == "__main__":
    sheet(FORMULAS).save(SHEET, optimize=True)
