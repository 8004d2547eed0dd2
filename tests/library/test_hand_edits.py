"""A generated file that somebody changed is refused with the address of the cell; one that is old is written anew."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.library import Library
from sphinxcontrib_d2lbook.library.file_checksums import differing, parts_of, touched
from sphinxcontrib_d2lbook.library.package_folder import stale_parts, write_package

Make = Callable[..., Library]
PAGES = [["#@save\nimport os", "#@save\ndef f():\n    '''Doc.'''\n    return 1"], ["#@save\nclass A:\n    x = 1"]]
SAYS = r"^d2l/mxnet\.py:{line}: this generated file was changed by hand, in {what}; make .* delete d2l/mxnet\.py"


def write(library: Library, folder: Path) -> list[str]:
    return write_package(folder, library.files(), "d2l", library.origin)


def line_of(file: Path, text: str) -> int:
    return file.read_text().split("\n").index(text) + 1


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("    return 1", "    return 2", "'f', which book/p0.md:14 saves"),
        ("    x = 1", "    x = 1\n    y = 2", "'A', which book/p1.md:9 saves"),
        ("class A:", "def mine(): pass\n\n\nclass A:", "'mine', 'A', which book/p1.md:9 saves"),
        ("import os", "import sys", "the part 'What the saved blocks import'"),
        ('    "A",', '    "B",', "the part 'What the module offers'"),
    ],
)
def test_a_hand_edit_is_refused(library: Make, tmp_path: Path, old: str, new: str, what: str) -> None:
    book = library(*PAGES)
    write(book, tmp_path)
    file = tmp_path / "mxnet.py"
    line = line_of(file, old)
    edited = file.read_text().replace(old + "\n", new + "\n")
    file.write_text(edited)
    expected = SAYS.format(line=line + (1 if old == "    x = 1" else 0), what=what)
    with pytest.raises(BookProblems, match=expected):
        write(book, tmp_path)
    assert file.read_text() == edited
    changed = library(["#@save\ndef f(): return 3"], *PAGES[1:])
    with pytest.raises(BookProblems, match="changed by hand"):
        write(changed, tmp_path)
    file.unlink()
    assert write(book, tmp_path) == ["mxnet.py"]


def test_an_old_text_is_no_hand_edit(library: Make, tmp_path: Path) -> None:
    write(library(*PAGES), tmp_path)
    assert write(library(PAGES[1], ["#@save\ndef f(): return 7", "#@save: tools\nN = 1"]), tmp_path)
    assert write(library(PAGES[1]), tmp_path) == ["mxnet.py", "tools.py"]
    text = (tmp_path / "mxnet.py").read_text()
    (tmp_path / "mxnet.py").write_bytes(text.replace("\n", "\r\n").encode())
    assert write(library(*PAGES), tmp_path) == ["__init__.py", "mxnet.py"]


def test_what_is_stale_is_named_with_its_block(library: Make, tmp_path: Path) -> None:
    book = library(*PAGES)
    files = book.files()
    assert stale_parts(tmp_path, files, "d2l", book.origin) == [
        f"d2l/{name}: is missing" for name in ("__init__.py", "mxnet.py", "py.typed")
    ]
    write(library(["#@save\ndef f(): return 7"], ["#@save\nclass A:\n    x = 1", "#@save: tools\nN = 1"]), tmp_path)
    found = stale_parts(tmp_path, files, "d2l", book.origin)
    assert "d2l/mxnet.py:8: differs in 'f', which book/p0.md:14 saves" in found
    assert "d2l/tools.py: nothing is saved to it any more" in found
    assert not any("'A'" in line for line in found)
    write(book, tmp_path)
    assert stale_parts(tmp_path, files, "d2l", book.origin) == []


def test_an_edited_block_changes_its_own_lines_only(library: Make) -> None:
    before, after = (
        library(PAGES[0], [cell]).files() for cell in ("#@save\ndef g(): return 1", "#@save\ndef g(): return 2")
    )
    assert [name for name in before if before[name] != after[name]] == ["mxnet.py"]
    lines = difflib.unified_diff(before["mxnet.py"].split("\n"), after["mxnet.py"].split("\n"), n=0)
    changed = [line for line in lines if line[0] in "+-" and line[1] not in "+-"]
    assert [line.partition(" [")[0] for line in changed] == [
        "-# From book/p1.md, sec_1",
        "-def g(): return 1",
        "+# From book/p1.md, sec_1",
        "+def g(): return 2",
    ]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_change_goes_unnoticed(library: Make, data: st.DataObject) -> None:
    """A change of any line after a part's title is seen; blank lines around a part are nobody's."""
    text = library(*PAGES).files()["mxnet.py"]
    lines = text.split("\n")
    titles = {part.line for part in parts_of(text)}
    solid = [n for n, line in enumerate(lines) if line.strip() and n + 1 not in titles]
    number = data.draw(st.sampled_from(solid))
    lines[number] += data.draw(st.sampled_from([" ", "x", "\n# note", "  # [0a67efc2]"]))
    edited = "\n".join(lines)
    found = list(touched(edited, text))
    assert len(found) == 1
    assert found[0][0].line <= number + 1 <= found[0][1]
    assert differing(edited, text)
    assert not list(touched(text, text))
