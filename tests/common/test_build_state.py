"""What a build remembers: an entry is right or it is made again, and the manual lists every kind."""

from __future__ import annotations

import importlib
import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.common import build_state
from sphinxcontrib_d2lbook.common.build_state import BYTES, JSON, PICKLE, Damaged, StateEntry, StateKind, seal, unseal

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "development" / "remembered.md"
KIND = StateKind("colours", of="a wall", stale="another brush")
RESULT = {"wall": ["red", "green"], "ceiling": None}


def _said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


@pytest.fixture(autouse=True)
def _all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, build_state.logger.name)


@pytest.mark.parametrize(("codec", "result"), [(JSON, RESULT), (PICKLE, {("a", 1): RESULT}), (BYTES, b"\n\x00\xff\n")])
def test_a_result_comes_back_for_its_inputs_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, codec: Any, result: Any
) -> None:
    entry = StateEntry(tmp_path, replace(KIND, codec=codec), "north")
    assert entry.load("brush 1") is None
    entry.save("brush 1", result)
    again = StateEntry(tmp_path, entry.kind, "north")
    assert again.load("brush 1") == result
    assert again.load() == result
    assert again.load("brush 2") is None
    assert StateEntry(tmp_path, entry.kind, "south").load() is None
    assert _said(caplog) == [], "what is absent or stale is nothing to tell"
    again.forget()
    again.forget()
    assert entry.load() is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-3],
        lambda data: data.replace(b"red", b"rot"),
        lambda data: b"{}",
        lambda data: b"\xff" * 200,
        lambda data: seal(b"something else"),
    ],
)
def test_a_damaged_entry_is_thrown_away_with_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: Any
) -> None:
    entry = StateEntry(tmp_path, KIND)
    entry.save("brush", RESULT)
    entry.file.write_bytes(spoil(entry.file.read_bytes()))
    assert entry.load() is None
    [line] = _said(caplog)
    assert line.startswith("colours is made again: ")
    assert str(entry.file) in line
    assert not entry.file.exists()
    assert entry.load() is None
    assert len(_said(caplog)) == 1
    entry.save("brush", RESULT)
    assert entry.load("brush") == RESULT


@pytest.mark.parametrize("other", [replace(KIND, version=2), replace(KIND, code=lambda: "new code")])
def test_an_entry_of_another_version_is_thrown_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, other: StateKind
) -> None:
    StateEntry(tmp_path, KIND).save("brush", RESULT)
    assert StateEntry(tmp_path, other).load("brush") is None
    assert "another version" in _said(caplog)[0]
    assert not StateEntry(tmp_path, KIND).file.exists()


def test_what_cannot_be_read_is_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    entry = StateEntry(tmp_path, KIND)
    entry.file.mkdir(parents=True)
    assert entry.load() is None
    assert _said(caplog)[0].startswith("colours is made again: ")


def test_all_entries_of_an_output_are_looked_at(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, second = (StateEntry(tmp_path, replace(KIND, name=f"pdf/{name}"), "a") for name in ("one", "two"))
    for entry in (first, second, StateEntry(tmp_path, KIND)):
        entry.save("", RESULT)
    assert build_state.none_damaged(tmp_path, "pdf")
    assert build_state.none_damaged(tmp_path, "html"), "an output that remembers nothing"
    second.file.write_bytes(second.file.read_bytes()[:-9])
    assert not build_state.none_damaged(tmp_path, "pdf")
    assert [line.partition(":")[0] for line in _said(caplog)] == ["pdf/two/a is made again"]
    assert first.load() == RESULT
    assert build_state.none_damaged(tmp_path, "pdf")


@given(st.binary(), st.integers(0, 200), st.integers(0, 255))
def test_a_seal_shows_every_changed_byte(data: bytes, place: int, value: int) -> None:
    sealed = seal(data)
    assert unseal(sealed) == data
    other = bytearray(sealed)
    other[place % len(other)] = value
    if bytes(other).removesuffix(b"\n") != sealed.removesuffix(b"\n"):
        with pytest.raises(Damaged):
            unseal(bytes(other))


def test_files_that_changed_are_told_by_size_and_time(tmp_path: Path) -> None:
    for name in ("same", "longer", "later", "gone"):
        (tmp_path / name).write_text(name)
    noted = build_state.file_states(tmp_path, ["same", "longer", "later", "gone", "never there"])
    assert noted.keys() == {"same", "longer", "later", "gone"}
    (tmp_path / "longer").write_text("longer than before")
    (tmp_path / "gone").unlink()

    os.utime(tmp_path / "later", ns=(1, 1))
    assert build_state.altered_files(tmp_path, noted) == ["gone", "later", "longer"]


def _kinds() -> list[StateKind]:
    found = {}
    for file in sorted((ROOT / "sphinxcontrib_d2lbook").rglob("*.py")):
        if " = StateKind(" in file.read_text("utf-8"):
            module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
            found |= {kind.name: kind for kind in vars(module).values() if isinstance(kind, StateKind)}
    return [found[name] for name in sorted(found)]


def test_the_manual_lists_every_kind_as_it_is_declared() -> None:
    rows = [f"| `{kind.name}` | {kind.of} | {kind.stale} | {kind.deleted} |" for kind in _kinds()]
    assert len(rows) > 10
    lines = PAGE.read_text("utf-8").splitlines()
    start = lines.index("| entry | of | made stale by | deleted by |") + 2
    assert lines[start : start + len(rows) + 1] == [*rows, ""], "the rows as they should be:\n" + "\n".join(rows)
