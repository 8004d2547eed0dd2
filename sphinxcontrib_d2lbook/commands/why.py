"""Provide `sphinx-d2lbook why`: tell whether a build would run pages, why, and what they depend on."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from ..common.files import json_text
from ..execution.extension import decide
from ..execution.session import BuildExecution
from ..execution.uses import Use
from .book_loading import book, docnames_of

NO_CODE = "it has no code that runs in a build"


def why(
    folder: Path, source: Path, build: Path, pages: Sequence[str], *, inputs: bool = False, as_json: bool = False
) -> int:
    """Print a line for each of ``pages``, docnames or files, or for all if there are none; return 1 if one would run.

    A page in several frameworks has a line for each, and `linear/scratch@numpy` asks for one. ``folder`` contains
    conf.py, and ``build`` is the folder given to `sphinx-build -M`. With ``inputs``, the line of a page is followed by
    everything on which it depends. Nothing runs, and nothing is written but what planning remembers. Return 0 if none
    would run, 2 for a page that is not in the book. Raise SphinxError if the book is refused.
    """
    with book(folder, source, build / "doctrees") as app:
        known = app.project.discover()
        session = decide(app).session
    named = docnames_of([page for page in pages if page not in session.plans], source, known)
    if named is None:
        return 2
    named += [page for page in pages if page in session.plans]
    docnames = [run for name in named for run in runs_of(name, session)] or sorted(session.plans)
    if as_json:
        sys.stdout.write(json_text({docname: _data(docname, session, inputs=inputs) for docname in docnames}))
    else:
        for docname in docnames:
            print(f"{docname}: {_answer(docname, session)}")
            if inputs and docname in session.plans:
                print("\n".join(_lines(session.uses(docname))))
    return 1 if any(docname in session.stale for docname in docnames) else 0


def runs_of(name: str, session: BuildExecution) -> list[str]:
    """Return the names of the runs of a page, one for each framework if it has several; a run's own name is itself."""
    runs = [run for run, plan in session.plans.items() if name in (run, plan.task.page)]
    return runs or [name]


def _answer(docname: str, session: BuildExecution) -> str:
    if docname not in session.plans:
        return NO_CODE
    decision = session.decisions[docname]
    if decision.reason is None:
        elsewhere = ", and it is shown as it ran on another machine" if decision.run and decision.run.imported else ""
        return f"would not run: nothing that it uses has changed{elsewhere}"
    lacking = session.lacking(docname)
    return f"would run: {decision.reason}" + (f"; this machine lacks {', '.join(lacking)}" if lacking else "")


def _lines(uses: Sequence[Use]) -> Iterator[str]:
    """Yield the groups of what a page uses, a line for each thing."""
    has_run = any(use.last is not None for use in uses)
    for group, members in groupby(uses, key=lambda use: use.group):
        yield f"  {group}"
        for use in members:
            notes = ", ".join(filter(None, (use.how, _change_note(use) if has_run else "")))
            yield f"    {use.name}" + (f": {notes}" if notes else "")


def _change_note(use: Use) -> str:
    """Return a note on how the last run saw it differently; "" if it is unchanged."""
    if use.group == "distributions" and use.change == "changed":
        return f"{use.last} in the last run"
    return {"": "", "new": "not in the last run", "gone": "gone since the last run", "changed": "changed since"}[
        use.change
    ]


def _data(docname: str, session: BuildExecution, *, inputs: bool) -> dict[str, Any]:
    """Return the answer as data for programs."""
    is_planned = docname in session.plans
    data: dict[str, Any] = {
        "runs": docname in session.stale,
        "reason": session.decisions[docname].reason if is_planned else NO_CODE,
    }
    if inputs:
        data["inputs"] = [
            {"group": use.group, "name": use.name, "how": use.how, "now": use.now, "last": use.last}
            for use in (session.uses(docname) if is_planned else ())
        ]
    return data
