"""The lines of the book's cells, which the printed page must hold without breaking them."""

import re
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[2] / "book"
MOST = 88
"""How many characters of code a line of the PDF holds (`code-size` in the Typst template)."""
CELL = re.compile(
    r"^```\{code-cell\} ipython3\n(?P<options>---\n.*?^---\n|(?::[^\n]*\n)*)(?P<code>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
PAGES = sorted(path.relative_to(BOOK).as_posix() for path in BOOK.rglob("*.md") if CELL.search(path.read_text("utf-8")))


def test_the_pages_are_found() -> None:
    assert "linear-networks/linear-scratch.md" in PAGES


@pytest.mark.parametrize("name", PAGES)
def test_no_line_of_code_is_wider_than_the_printed_page(name: str) -> None:
    page = (BOOK / name).read_text("utf-8")
    shown = [cell["code"] for cell in CELL.finditer(page) if "remove-" not in cell["options"]]
    assert [line for code in shown for line in code.splitlines() if len(line) > MOST] == []
