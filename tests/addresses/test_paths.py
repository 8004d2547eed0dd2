"""Labels as parts of paths: whatever an author writes stays in its folder, by itself, on every file system."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.addresses.label_paths import DEVICES, LONGEST, label_folder, path_part

LABELS = st.text(st.characters(), max_size=120)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("sec_linear_scratch", "sec_linear_scratch"),
        ("fig-loss.2", "fig-loss.2"),
        ("eq:loss", "eq~3aloss"),
        ("eq_A", "eq_~41"),
        ("", "~"),
        ("..", "~2e~2e"),
        (".", "~2e"),
        ("../../etc", "~2e.~2f..~2fetc"),
        ("a b", "a~20b"),
        ("con", "~63on"),
        ("nul.txt", "~6eul.txt"),
        ("ends.", "ends~2e"),
        ("_static", "~5fstatic"),
        ("né", "n~c3~a9"),
        ("a~b", "a~7eb"),
    ],
)
def test_what_a_part_looks_like(label: str, expected: str) -> None:
    assert path_part(label) == expected


@given(LABELS)
@example("\u202etxt.exe")
@example("\ud800")
@example("a" * 4000)
@example("é" * 4000)
@example("<script>alert('1')</script>")
def test_a_part_is_one_harmless_path_part(label: str) -> None:
    made = path_part(label)
    assert re.fullmatch(r"[a-z0-9~][a-z0-9._~-]*", made)
    assert not made.endswith(".")
    assert len(made) <= LONGEST
    assert made.partition(".")[0] not in DEVICES
    assert quote(made, safe="") == made
    assert urljoin("https://example.org/book/", label_folder(label)) == f"https://example.org/book/go/{made}/"


@given(LABELS, LABELS)
@example("eq_A", "eq_a")
@example("a" * 4000, "a" * 4001)
@example("a/b", "a~2fb")
def test_no_two_labels_have_one_part(first: str, second: str) -> None:
    """Not on a file system, either, that takes capitals for small letters."""
    assert (path_part(first).casefold() == path_part(second).casefold()) == (first == second)
