"""What is put before a number: one rule for captions, references and links into other books."""

from __future__ import annotations

import pytest

from sphinxcontrib_d2lbook.numbering.table import formatted


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("Fig. %s", "Fig. 3.1"),
        ("Fig. {number}", "Fig. 3.1"),
        ("{name} ({number})", "A Loop (3.1)"),
        ("%s: {name}", "3.1: A Loop"),
        ("{name}", "A Loop"),
        ("%s", "3.1"),
        ("Abb.", "Abb. 3.1"),
        ("", "3.1"),
    ],
)
def test_a_number_is_put_into_its_words(pattern: str, shown: str) -> None:
    assert formatted(pattern, "3.1", "A Loop") == shown


def test_a_pattern_without_a_title_needs_none() -> None:
    assert formatted("Fig. %s", "A.2") == "Fig. A.2"
