"""What moved between two editions of a book."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.numbering.editions import changes


def row(number: str, label: str | None = None, **more: str) -> dict[str, Any]:
    anchor = more.get("id", label or "anchor")
    return {"kind": "figure", "title": "", "docname": "page", **more, "id": anchor, "label": label, "number": number}


def test_rows_are_matched_by_label_whatever_else_changed() -> None:
    found = changes([row("3.1", "fig_a", title="Old")], [row("4.2", "fig_a", title="New", docname="other", id="x")])
    assert [(was["number"], now["number"]) for was, now in found.moved] == [("3.1", "4.2")]
    assert (found.appeared, found.vanished) == ((), ())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (row("1.1", id="loss", title="Old"), row("1.2", id="loss", title="New")),
        (row("1.1", id="id3", title="The loss"), row("1.2", id="id4", title="The loss")),
        (row("1.1", id="id3", title="The loss"), row("1.2", "fig_loss", title="The loss")),
    ],
)
def test_what_has_no_label_is_matched_by_place_or_title(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = changes([old], [new])
    assert [(was["number"], now["number"]) for was, now in found.moved] == [("1.1", "1.2")]
    assert not found.appeared
    assert not found.vanished


def test_two_of_the_same_title_are_not_taken_for_each_other() -> None:
    found = changes(
        [row("1.1", id="a", title="Summary")],
        [row("1.1", id="b", title="Summary"), row("1.2", id="c", title="Summary")],
    )
    assert (len(found.appeared), len(found.vanished), found.moved) == (2, 1, ())


def test_a_label_on_another_kind_is_another_thing() -> None:
    found = changes([row("1.1", "x")], [row("1.1", "x", kind="table")])
    assert (len(found.appeared), len(found.vanished)) == (1, 1)


def test_changes_come_in_the_order_of_kind_and_number() -> None:
    rows = [row("10.1", "c"), row("A.1", "d"), row("2.1", "b"), row("9", "a", kind="equation")]
    assert [one["label"] for one in changes([], rows).appeared] == ["a", "b", "c", "d"]


def command(folder: Path, old: Any, new: Any, *options: str) -> int:
    for name, value in (("old.json", old), ("new.json", new)):
        (folder / name).write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return main(["numbers", "--against", str(folder / "old.json"), "--new", str(folder / "new.json"), *options])


def test_the_command_lists_what_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = [row("3.1", "fig_loss", title="The loss"), row("3.2", "fig_gone")]
    new = [row("3.10", "fig_loss", title="The loss"), row("3.2", "fig_new", title="Two\nlines")]
    assert command(tmp_path, old, new) == 1
    assert capsys.readouterr().out == (
        "moved     figure 3.1 -> 3.10  fig_loss  The loss\n"
        "appeared  figure 3.2          fig_new   Two lines\n"
        "vanished  figure 3.2          fig_gone\n"
    )
    assert command(tmp_path, old, new, "--json") == 1
    data = json.loads(capsys.readouterr().out)
    assert [(one["label"], one["old"], one["new"]) for one in data["moved"]] == [("fig_loss", "3.1", "3.10")]
    assert [one["label"] for one in data["appeared"] + data["vanished"]] == ["fig_new", "fig_gone"]


def test_the_command_says_so_where_nothing_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, [row("1", "a")], [row("1", "a", title="Renamed")]) == 0
    assert capsys.readouterr().out == "every number is what it was\n"


@pytest.mark.parametrize(
    ("old", "fault"),
    [
        ("{", "this is no numbers.json of a book"),
        ("{}", "it is not a list of rows"),
        ('[{"kind": "figure"}]', "row 1 has no 'number'"),
        ("[3]", "row 1 has no 'kind'"),
        (json.dumps([{**row("1"), "title": None}]), "row 1 has a value that is not text"),
    ],
)
def test_a_file_that_is_no_manifest_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, fault: str
) -> None:
    assert command(tmp_path, old, []) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"{tmp_path / 'old.json'}: ")
    assert fault in message


def test_without_a_build_the_remedy_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.json").write_text("[]", encoding="utf-8")
    assert main(["numbers", "--against", "old.json"]) == 2
    assert "build the book by -M book first" in capsys.readouterr().err
