"""The committed list: what it looks like, what it refuses, which promises it finds broken."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.addresses.published_list import Published, broken_promises, read
from sphinxcontrib_d2lbook.common.errors import BookError


def test_a_book_before_its_first_publication_has_promised_nothing(tmp_path: Path) -> None:
    assert read(tmp_path / "book-addresses.json") == Published()


def test_the_file_has_one_identifier_a_line_and_is_read_as_it_was_written(tmp_path: Path) -> None:
    known = Published({"sec_b": "two", 'a"\n</script>\u202e': "one"}, {"sec_old": "sec_b"})
    file = tmp_path / "book-addresses.json"
    file.write_text(known.text(), "utf-8")
    assert read(file) == known
    assert '\n  "sec_b": "two"\n' in known.text()
    assert known.with_all({"sec_a": "one"}).text().count("\n") == known.text().count("\n") + 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", ":1: .*cannot be read"),
        ('{\n<<<<<<< ours\n"published": {}}', ":2: .*cannot be read"),
        ("[]", "is not a list of published addresses"),
        ('{"published": []}', "is not a list of published addresses"),
        ('{"published": {"a": 1}}', "is not a list of published addresses"),
        ('{"publisched": {}}', "is not a list of published addresses"),
        ('{"published": {"sec_a": "one", "sec_a": "two"}}', "'sec_a' is there twice"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "book-addresses.json"
    file.write_text(text, "utf-8")
    with pytest.raises(BookError, match=reason) as caught:
        read(file)
    assert str(caught.value).startswith(str(file))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "book-addresses.json"
    file.write_bytes(b'{"published": {"\xff": "x"}}')
    with pytest.raises(BookError, match="cannot be read"):
        read(file)


LABELS = {"sec_a": "one", "sec_b": "two"}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (Published({"sec_a": "one"}), []),
        (Published({"sec_a": "another"}), []),
        (Published({}, {"sec_old": "sec_a"}), []),
        (Published({}, {"sec_older": "sec_old", "sec_old": "sec_a"}), []),
        (Published({"sec_gone": "one"}), ["'sec_gone' was published, on the page 'one'"]),
        (Published({}, {"sec_old": "sec_gone"}), ["'sec_old' is retired in favour of 'sec_gone'"]),
        (Published({}, {"sec_a": "sec_b"}), ["'sec_a' is retired, and the page 'one' has this label again"]),
        (Published({"sec_x": "one"}, {"sec_x": "sec_a"}), ["'sec_x' is both published and retired"]),
        (Published({}, {"x": "y", "y": "x"}), ["'x' -> 'y' -> 'x' is a circle", "'y' -> 'x' -> 'y' is a circle"]),
        (Published({}, {"x": "x"}), ["'x' -> 'x' is a circle"]),
    ],
)
def test_promises_that_a_book_breaks(known: Published, expected: list[str]) -> None:
    found = list(broken_promises(known, LABELS, "book-addresses.json"))
    assert len(found) == len(expected)
    for line, start in zip(found, expected, strict=True):
        assert line.startswith(f"book-addresses.json: {start}")


def test_a_broken_promise_names_both_remedies() -> None:
    (line,) = broken_promises(Published({"sec_gone": "one"}), LABELS, "book-addresses.json")
    assert "Put the label back" in line
    assert "sphinx-d2lbook addresses --retire sec_gone SUCCESSOR" in line


def test_a_remedy_can_be_pasted_whatever_the_label_is() -> None:
    (line,) = broken_promises(Published({"x; rm -rf $HOME'": "one"}), LABELS, "book-addresses.json")
    words = shlex.split(line[line.index("sphinx-d2lbook") :])
    assert words == ["sphinx-d2lbook", "addresses", "--retire", "x; rm -rf $HOME'", "SUCCESSOR"]


def test_what_is_retired_is_published_no_longer() -> None:
    known = Published({"sec_old": "one", "sec_a": "one"}).with_retired("sec_old", "sec_a")
    assert json.loads(known.text()) == {"version": 1, "published": {"sec_a": "one"}, "retired": {"sec_old": "sec_a"}}
