"""Make the record that the store keeps of a run, and compare the outputs of two runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from .file_states import state, written_state
from .inline_values import page_cells
from .plan import PlannedPage
from .store import Run, make_key
from .tasks import MISSING, UNSETTLED, Result


def record(
    plan: PlannedPage, parts: Mapping[str, str], result: Result, last: Run | None, written_before: Collection[str]
) -> Run:
    """Return the record of a run, with all that the page's outputs depend on.

    ``parts`` are those of the page, ``last`` is the run before, and ``written_before`` are the files that were written
    by pages on which this one depends. A file that the page read and later wrote counts as it was when it was read. A
    file that changed while the page ran makes the record fit no later build, so that the page runs again; if the file
    then changes again, the page itself writes it, in a way that is not observed. Raise OSError if a file is unreadable.
    """
    root = Path(plan.task.root)
    excluded = {*result.writes, *written_before}
    files = {
        name: before if state(root / name) == before else UNSETTLED
        for name, before in plan.known.items()
        if name not in excluded
    }
    for name, value in result.reads.items():
        if name not in written_before:
            files[name] = UNSETTLED if files.get(name) == UNSETTLED else value
    again = {name for name, value in files.items() if value == UNSETTLED and last and last.files.get(name) == UNSETTLED}
    files = {name: value for name, value in sorted(files.items()) if name not in again}
    written = {name: written_state(root / name) for name in sorted({*result.writes, *again})}
    return Run(
        key=make_key(plan.task.docname, parts, files),
        parts=dict(parts),
        files=files,
        writes={name: value for name, value in written.items() if value != result.before.get(name, MISSING)},
        before={name: result.before.get(name, MISSING) for name in result.writes},
        unseen=result.unseen,
        environment=plan.machine,
        seconds=round(result.seconds, 3),
        peak_bytes=result.peak_bytes,
    )


def differing_cells(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the numbers of the code cells, from 1, whose outputs differ between two runs of one notebook."""
    old, new = (
        [cell["outputs"] for cell in page_cells(notebook) if cell["cell_type"] == "code"] for notebook in (before, now)
    )
    return tuple(number for number, pair in enumerate(zip(old, new, strict=False), 1) if pair[0] != pair[1])
