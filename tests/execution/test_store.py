"""The store loses nothing that it said it kept, and gives back nothing that was not put in, whatever is killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.execution.store import Run, Store, StoreError, make_key
from sphinxcontrib_d2lbook.execution.tasks import Failure, Limits, Result, Task

LIMITS = Limits(1, 1, 0, 0)


def task(docname: str) -> Task:
    return Task(docname, f"{docname}.md", {}, {}, (), "", "", (), "python3", {}, LIMITS)


def result(docname: str, text: str = "", failure: Failure | None = None) -> Result:
    return Result(docname, {"cells": [], "text": text}, failure, 1.0, 10)


def save(store: Store, docname: str, text: str) -> Run:
    run = Run(make_key(docname, {"code": text}, {}), {"code": text}, {})
    store.save(task(docname), run, result(docname, text))
    return run


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_what_was_saved_comes_back(store: Store) -> None:
    run = save(store, "a", "one")
    again = Store(store.folder)
    assert again.runs("a") == (run,)
    assert run.key in again
    assert again.load(again.entry(run.key))["notebook"]["text"] == "one"
    assert again.runs("b") == ()


def test_equal_inputs_of_two_pages_are_two_keys() -> None:
    keys = [make_key("a", {"x": "1"}, {}), make_key("b", {"x": "1"}, {}), make_key("a", {}, {"x": "1"})]
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    "names", [("a", "a/b"), ("a/b", "a%2Fb"), ("../x", "x"), ("ä" * 150, "ä" * 151), ("A b", "a b")]
)
def test_any_docname_is_a_file_of_its_own_in_the_folder(store: Store, names: tuple[str, str]) -> None:
    runs = [save(store, name, name) for name in names]
    again = Store(store.folder)
    assert [again.runs(name) for name in names] == [(run,) for run in runs]
    assert {path.parent.name for path in store.folder.rglob("*.json")} <= {"pages"} | {run.key[:2] for run in runs}
    assert list(store.folder.parent.iterdir()) == [store.folder]


def test_the_latest_used_runs_are_kept(tmp_path: Path) -> None:
    store = Store(tmp_path, keep=3)
    runs = [save(store, "a", str(number)) for number in range(3)]
    store.note_use("a", runs[0].key)
    runs.append(save(store, "a", "3"))
    kept = [run.parts["code"] for run in Store(tmp_path).runs("a")]
    assert kept == ["3", "0", "2"]


def test_a_failure_is_shown_and_forgotten_with_the_next_success(store: Store) -> None:
    store.save_failure("a", {"code": "x"}, result("a", "half", Failure(0, 1, "ValueError", "no", "")))
    found = store.failure("a")
    assert found is not None
    assert found.parts == {"code": "x"}
    assert store.load(store.failed_entry("a"))["notebook"]["text"] == "half"
    save(store, "a", "whole")
    assert store.failure("a") is None


def test_pruning_follows_the_rule(tmp_path: Path) -> None:
    store = Store(tmp_path, keep=1)
    old, new, gone, left = (save(store, name, text) for name, text in zip("aabc", "1234", strict=True))
    store.save_failure("b", {}, result("b", "", Failure(None, None, "E", "", "")))

    def age(path: Path, days: float) -> None:
        os.utime(path, (time.time() - days * 86400,) * 2)

    for run in (old, new, gone, left):
        age(store.entry(run.key), 40)
    age(store.folder / "pages" / "b.json", 31)
    age(store.folder / "pages" / "c.json", 29)
    stray = store.entry(new.key).parent / ".half-written"
    stray.write_text("")
    age(stray, 2)
    store.prune({"a"})
    assert [run.key in store for run in (old, new, gone, left)] == [False, True, False, True]
    assert not stray.exists()
    assert store.failure("b") is None
    young = store.entry("f" * 64)
    young.parent.mkdir(exist_ok=True)
    young.write_text("being written by another build")
    store.prune({"a"})
    assert young.exists()


@settings(max_examples=40, deadline=None)
@given(place=st.integers(0, 10**6), value=st.integers(0, 255), cut=st.booleans())
def test_any_damage_is_noticed(tmp_path_factory: pytest.TempPathFactory, place: int, value: int, cut: bool) -> None:
    said: list[str] = []
    store = Store(tmp_path_factory.mktemp("s"), complain=said.append)
    run = save(store, "a", "text of the page")
    for path in (store.entry(run.key), store.folder / "pages" / "a.json"):
        data = bytearray(path.read_bytes())
        at = place % len(data)
        if cut:
            del data[at:]
        elif data[at] == value:
            continue
        else:
            data[at] = value
        if bytes(data).rstrip(b"\n") == path.read_bytes().rstrip(b"\n"):
            continue  # the last line break carries nothing
        path.write_bytes(data)
        if path.parent.name == "pages":
            assert Store(store.folder, complain=said.append).runs("a") == ()
            assert "runs of a cannot be used" in said[-1]
        else:
            with pytest.raises(StoreError, match="damaged"):
                store.load(path)


WRITER = """
import sys
sys.path.insert(0, {tests!r})
from test_store import save, Store
from pathlib import Path
store = Store(Path(sys.argv[1]), keep=10**6)
for number in range(10**6):
    text = sys.argv[2] + "-" + str(number)
    run = save(store, "page-" + str(number % 3), text * 500)
    print(run.key, flush=True)
"""


def test_killed_writers_leave_whole_files_and_all_that_they_reported(tmp_path: Path) -> None:
    """Three at once on the same pages, so that their records' changes meet."""
    chance = random.Random(0)
    script = WRITER.format(tests=str(Path(__file__).parent))
    reported = set()
    for turn in range(3):
        writers = [
            subprocess.Popen([sys.executable, "-c", script, tmp_path, f"{turn}{n}"], stdout=subprocess.PIPE, text=True)
            for n in range(3)
        ]
        for writer in writers:
            assert writer.stdout is not None
            reported.add(writer.stdout.readline().strip())  # it has begun
        for writer in writers:
            time.sleep(chance.uniform(0, 0.2))
            writer.send_signal(signal.SIGKILL)
        for writer in writers:
            lines = writer.communicate()[0].split("\n")
            reported |= {line for line in lines[:-1] if line}
    said: list[str] = []
    store = Store(tmp_path, keep=10**6, complain=said.append)
    runs = [run for page in range(3) for run in store.runs(f"page-{page}")]
    assert said == []
    assert reported <= {run.key for run in runs}
    assert len(reported) > 20
    for run in runs:
        assert store.load(store.entry(run.key))["notebook"]["text"] == run.parts["code"]
    for path in (tmp_path / "entries").glob("*/*.json"):
        store.load(path)


def _fill(folder: Path) -> None:
    """In a process that can write no file above 20 kB: as on a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    try:
        save(Store(folder), "a", "x" * 100_000)
    except OSError:
        os._exit(7)
    os._exit(0)


def test_a_full_disk_is_an_error_that_leaves_nothing_half_written(store: Store) -> None:
    first = save(store, "a", "small")
    process = multiprocessing.get_context("fork").Process(target=_fill, args=(store.folder,))
    process.start()
    process.join()
    assert process.exitcode == 7
    again = Store(store.folder)
    assert again.runs("a") == (first,)
    files = sorted(path.name for path in store.folder.rglob("*") if path.is_file())
    assert files == sorted(["a.json", f"{first.key}.json", "lock"])
    save(again, "a", "x" * 100_000)
    assert len(Store(store.folder).runs("a")) == 2


def test_entries_are_json_behind_a_checksum(store: Store) -> None:
    run = save(store, "a", "one")
    checksum, text = store.entry(run.key).read_text().split("\n", 1)
    value: Any = json.loads(text)
    assert len(checksum) == 64
    assert value["notebook"] == {"cells": [], "text": "one"}


def test_an_entry_is_checked_again_only_where_something_else_changed_it(store: Store) -> None:
    keys = [save(store, docname, docname).key for docname in ("a", "b", "c")]
    assert store.unchecked(keys) == set(keys)
    store.note_checked(keys)
    assert Store(store.folder).unchecked(keys) == set()
    store.entry(keys[0]).write_bytes(store.entry(keys[0]).read_bytes()[:-20])
    store.entry(keys[1]).unlink()
    another = save(store, "d", "d").key
    assert store.unchecked([*keys, another]) == {keys[0], keys[1], another}
