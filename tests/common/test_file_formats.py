"""Files of older versions are read, and those of newer ones are refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.addresses import published_list
from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.commands.publish.branch_content import listed_files
from sphinxcontrib_d2lbook.common import file_formats
from sphinxcontrib_d2lbook.common.file_formats import NewerFormatError
from sphinxcontrib_d2lbook.elements.printings.record import read_record
from sphinxcontrib_d2lbook.execution import committed_outputs
from sphinxcontrib_d2lbook.execution.store import Run
from sphinxcontrib_d2lbook.forum.interfaces import Topic
from sphinxcontrib_d2lbook.forum.topic_map import read_topics
from sphinxcontrib_d2lbook.numbering.editions import read_manifest

ROW = {"kind": "figure", "id": "a", "label": "fig_a", "number": "1.1", "title": "", "docname": "one"}
TOPIC = {"id": 1, "title": "A", "replies": 0}
NOTEBOOK = {"cells": [{"cell_type": "code", "source": "1", "execution_count": 1, "outputs": []}], "metadata": {}}
RUN = Run("k" * 64, {}, {})


def outputs(file: Path) -> Any:
    return committed_outputs.load(file.parents[1], file.parent.name)


READERS: dict[str, tuple[Callable[[Path], Any], Any]] = {
    "numbers.json": (read_manifest, {"numbers": [ROW]}),
    "book-addresses.json": (published_list.read, {"published": {"sec_a": "one"}, "retired": {}}),
    "forum-topics.json": (read_topics, {"topics": {"sec_a": TOPIC}}),
    ".published-notebooks.json": (
        lambda file: listed_files(file.read_text("utf-8"), str(file.parent)),
        {"files": ["one.ipynb"]},
    ),
    "printing.json": (read_record, {"digest": "other", "libraries": {}, "pages": {}, "numbers": []}),
    "outputs.json": (outputs, {"digest": "other", "cells": [], "files": {}}),
}


def write(folder: Path, name: str, value: Any) -> Path:
    file = folder / "page" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(value), "utf-8")
    return file


@pytest.mark.parametrize("name", READERS)
def test_a_newer_version_is_refused_with_file_version_and_remedy(tmp_path: Path, name: str) -> None:
    read, value = READERS[name]
    file = write(tmp_path, name, {**value, "version": 7})
    with pytest.raises(NewerFormatError) as caught:
        read(file)
    assert f"{file}: this is version 7 of {name}" in str(caught.value)
    known = next(one.version for one in file_formats.FORMATS if one.file == name)
    assert f"knows it up to version {known}; install a newer one: pip install --upgrade" in str(caught.value)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("version", [0, "1", None, True, 1.5])
def test_what_is_no_version_is_refused_with_the_file(tmp_path: Path, name: str, version: Any) -> None:
    read, value = READERS[name]
    file = write(tmp_path, name, {**value, "version": version})
    with pytest.raises(Exception, match=r"its 'version' is .*; it takes a number from 1 on"):
        read(file)


def test_the_formats_of_all_readers_are_declared() -> None:
    assert {one.file for one in file_formats.FORMATS} == {*READERS, "report.json"}


def test_the_numbers_of_an_old_edition_are_compared_with_those_of_a_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(tmp_path, "old.json", [ROW])
    new = write(tmp_path, "new.json", {"version": 2, "numbers": [{**ROW, "number": "2.1"}]})
    assert main(["numbers", "--against", str(old), "--new", str(new)]) == 1
    assert "figure 1.1 -> 2.1" in capsys.readouterr().out
    newest = write(tmp_path, "newest.json", {"version": 3, "numbers": [ROW]})
    assert main(["numbers", "--against", str(newest), "--new", str(new)]) == 2
    assert f"{newest}: this is version 3" in capsys.readouterr().err


def test_addresses_without_a_version_are_read_and_get_one(tmp_path: Path) -> None:
    file = write(tmp_path, "book-addresses.json", {"published": {"sec_a": "one"}})
    found = published_list.read(file)
    assert found.pages == {"sec_a": "one"}
    file.write_text(found.text(), "utf-8")
    assert json.loads(found.text())["version"] == 1
    assert published_list.read(file) == found


@pytest.mark.parametrize("label", ["sec_a", "version", "topics"])
def test_topics_without_a_version_are_read_whatever_their_labels_are(tmp_path: Path, label: str) -> None:
    found = {label: Topic(1, "A", 0)}
    assert read_topics(write(tmp_path, "old.json", {label: TOPIC})) == found
    assert read_topics(write(tmp_path, "new.json", {"version": 1, "topics": {label: TOPIC}})) == found


def test_committed_outputs_of_an_older_version_are_used(tmp_path: Path) -> None:
    committed_outputs.export(tmp_path, "page", RUN, NOTEBOOK)
    file = tmp_path / "page" / "outputs.json"
    value = json.loads(file.read_text("utf-8"))
    del value["digest"]
    value["format"] = value.pop("version")
    file.write_text(json.dumps({**value, "digest": committed_outputs._seal(value)}), "utf-8")
    found = committed_outputs.load(tmp_path, "page")
    assert found is not None
    assert found[0].key == RUN.key


def test_a_build_stops_at_committed_outputs_of_a_newer_version(project: Any, page: Callable[[str], str]) -> None:
    project.conf += "d2lbook_store = 'kept'\n"
    project.write({"index.md": page("# Root\n\n```{code-cell}\nprint(1)\n```\n")})
    file = project.folder / "kept" / "index" / "outputs.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"version": 2, "digest": ""}', "utf-8")
    with project.app("dummy") as app, pytest.raises(NewerFormatError, match=r"this is version 2 of outputs\.json"):
        app.build()
    assert file.read_text("utf-8") == '{"version": 2, "digest": ""}'
