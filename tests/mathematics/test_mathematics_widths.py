"""Widths of hard formulas in Typst against those whose pictures were judged right.

After a change that is meant: look at the formulas beside the browser's, then
``python -m tests.mathematics.test_mathematics_widths`` writes the widths anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typst

from sphinxcontrib_d2lbook.mathematics import convert, typst_helpers
from tests.mathematics.formula_corpus import all_formulas

FOLDER = Path(__file__).parent
FORMULAS = all_formulas()
WIDTHS = FOLDER / "widths.json"
TOLERANCE = 0.03  # em


def measured() -> dict[str, tuple[float, float]]:
    """Width and height of each formula, displayed, in em of the text; one compilation for all."""
    rows = []
    for tex in FORMULAS:
        formula = convert(tex, display=True)
        assert formula.problem is None, f"{tex}: {formula.problem}"
        rows.append(
            f"#context {{ let s = measure($ {formula.typst} $); [#metadata((s.width.pt(), s.height.pt()))<size>] }}"
        )
    source = "\n".join([typst_helpers(), '#set text(size: 10pt, font: "Libertinus Serif")', *rows])
    found = json.loads(typst.query(source.encode(), "<size>", field="value", ignore_system_fonts=True))
    return {
        tex: (round(width / 10, 3), round(height / 10, 3)) for tex, (width, height) in zip(FORMULAS, found, strict=True)
    }


@pytest.fixture(scope="module")
def sizes() -> dict[str, tuple[float, float]]:
    return measured()


def test_list_is_long_enough() -> None:
    assert len(set(FORMULAS)) == len(FORMULAS) >= 400


@pytest.mark.parametrize("tex", FORMULAS)
def test_size_is_that_of_the_picture_judged_right(tex: str, sizes: dict[str, tuple[float, float]]) -> None:
    assert sizes[tex] == pytest.approx(json.loads(WIDTHS.read_text(encoding="utf-8"))[tex], abs=TOLERANCE)


if __name__ == "__main__":
    WIDTHS.write_text(json.dumps(measured(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
