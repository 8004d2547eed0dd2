"""Every way in which a cell comes by information is seen, and nothing runs without need."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.executors.local import LocalExecutor
from sphinxcontrib_d2lbook.execution.file_states import States, written_state
from sphinxcontrib_d2lbook.execution.schedule import Capacity
from sphinxcontrib_d2lbook.execution.tasks import UNSETTLED
from tests.execution.attack import AttackedBook, kinds_file, lay_out, make_edit, put, rows, summary
from tests.execution.ways import AFTER, WAYS

pytestmark = pytest.mark.long

POSSIBLE = [one for one in WAYS if one.possible]
QUICK = [one for one in POSSIBLE if one.quick and not one.front]
"""Without those that are declared, which is for the plan to see and not for the run."""


@pytest.fixture(scope="module", params=["warm", "cold"])
def results(request: pytest.FixtureRequest, task: Any, run: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The root of a project in which each quick way has run, and the results."""
    root = tmp_path_factory.mktemp("project") / "project"
    for one in QUICK:
        lay_out(one, root / "book" / one.name)
    tasks = [task(f"book/{one.page}", root, *one.cells, imports=("numpy", "mxnet")) for one in QUICK]
    executor = LocalExecutor(root.parent / "kernels.log", Capacity(2, 10**10), request.param)
    return root, run(executor, tasks).results


def test_the_table_is_long_and_its_names_are_distinct() -> None:
    assert len(WAYS) > 80
    assert len({one.name for one in WAYS}) == len(WAYS)


def test_the_table_in_the_book_has_every_way_and_all_are_as_expected() -> None:
    file = Path(__file__).parent.parent.parent / "book/appendix-tools/ways.csv"
    table = list(csv.reader(file.open(encoding="utf-8", newline="")))
    assert [row for row in table[1:] if row[2] != row[3]] == []
    assert len(table) > 150
    assert {row[1] for row in table[1:]} <= {one.name for one in WAYS}
    kinds = csv.reader(kinds_file(file).open(encoding="utf-8", newline=""))
    assert [tuple(row) for row in kinds] == summary(table)


def test_what_a_page_used_is_other_after_the_edit(results: Any) -> None:
    root, ran = results
    after_run = {}
    for one in QUICK:
        result = ran[f"book/{one.page}"]
        assert result.failure is None, (one.name, result.failure)
        assert UNSETTLED not in result.reads.values(), one.name
        after_run[one.name] = {name: written_state(root / name) for name in result.writes}
        assert differences(root, result, after_run[one.name]) == [], one.name
    unseen = []
    for one in QUICK:
        make_edit(one, root / "book" / one.name)
        if not differences(root, ran[f"book/{one.page}"], after_run[one.name]):
            unseen.append(one.name)
    assert unseen == []


def differences(root: Path, result: Any, after_run: Mapping[str, str]) -> list[str]:
    """What is not as the page saw it, nor as the page itself left it."""
    states = States(root)
    return [
        name
        for name, value in result.reads.items()
        if states.like(value, name) != value
        and (name not in after_run or written_state(root / name) != after_run[name])
    ]


@pytest.mark.exhaustive
@pytest.mark.parametrize("kernels", ["warm", "cold"])
@pytest.mark.parametrize("singly", [True, False], ids=["singly", "at once"])
def test_edits_are_seen_and_nothing_runs_without_need(tmp_path: Path, kernels: str, *, singly: bool) -> None:
    ways = [one for one in POSSIBLE if (one.kind == "Places") == singly]
    seen = AttackedBook(tmp_path, ways, f"d2lbook_kernels = {kernels!r}\n").attack(singly=singly)
    assert [row for row in rows(seen)[1:] if row[2] != row[3]] == []
    same = {one.way.name for one in seen if one.way.expected == "seen" and not one.differs}
    assert same <= {"magic-pycat"}  # it shows the file in a pager, which a page has not


PLAIN = [
    one
    for one in POSSIBLE
    if one.edit == {"data/f.txt": AFTER}
    and not one.prepare
    and not one.front
    and (one.quick or one.kind != "Read and written")
]
"""Ways to come by the text of one file, whatever that is, which leave the file as it is."""
TIMED = {"file-url", "path-stat-size", "shutil-copy"}
"""Those that ask for all that `stat` tells of a file, the time of its last change among it: the first for the header
`Last-Modified`, the last for the mode of the copy."""
LISTING = {"joblib", "subprocess-shell"}
"""Those whose programs list their page's folder: a shell for a pattern, a Python that does not observe itself for its
imports."""
COMPARED = 40
"""After so many edits, the book is compared with one that is built from nothing."""


@pytest.mark.parametrize(
    ("edits", "every", "seed"),
    [
        pytest.param(12, 8, 14, marks=pytest.mark.long, id="sample"),
        *(pytest.param(250, 1, seed, marks=pytest.mark.exhaustive, id=f"seed{seed}") for seed in range(1, 5)),
    ],
)
def test_after_each_of_many_edits_exactly_those_pages_run_that_must(
    tmp_path: Path, edits: int, every: int, seed: int
) -> None:
    """Files are edited, or touched, or get neighbours; pages get other prose; now and then nothing happens."""
    chance = random.Random(seed)
    ways = PLAIN[::every]
    book = AttackedBook(tmp_path, ways)
    assert set(book.build()) == {one.page for one in ways}
    for number in range(1, edits + 1):
        edited = set()
        for one in chance.sample(ways, chance.randrange(4)):
            folder = book.folder / "book" / one.name
            kind = chance.choice(["content", "content", "touch", "beside", "prose"])
            if kind == "content":
                put(folder, {"data/f.txt": f"{number} {'x' * number}\n"})
                edited.add(one.page)
            elif kind == "touch":
                os.utime(folder / "data/f.txt", (number, number))
                edited |= {one.page} if one.name in TIMED else set()
            elif kind == "beside":
                put(folder, {f"beside{number}/notes.md.txt": "x"})
                edited |= {one.page} if one.name in LISTING else set()
            else:
                put(folder, {"page.md": one.text() + f"\nProse {number}.\n"})
        assert set(book.build()) == edited, number
        if number % COMPARED == 0 or number == edits:
            assert book.stale() == [], number
