"""Decide which pages must run, by comparing their plans with the runs in the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from .file_states import States, is_glob, without_time
from .plan import PlannedPage
from .reasons import EDITED, LOST, PAGE, run_reason
from .store import FailedRun, Run
from .tasks import MISSING


@dataclass(frozen=True)
class Decision:
    """Decision about one page: show a stored run, or run."""

    run: Run | None
    """Stored run whose outputs the page shows; None if the page must run."""
    reason: str | None
    """Reason for which the page must run; None if it need not."""


class Judge:
    """Decisions about all pages of a book."""

    def __init__(
        self,
        plans: Mapping[str, PlannedPage],
        runs: Callable[[str], Sequence[Run]],
        is_stored: Callable[[str], bool],
        states: States,
        *,
        any_machine: bool = False,
        failure: Callable[[str], FailedRun | None] = lambda _: None,
    ) -> None:
        """Store what the decisions need.

        ``runs`` returns the stored runs of a page, the latest first, ``is_stored`` whether the store has the outputs of
        a key, and ``failure`` the last run of a page if it failed. With ``any_machine``, the versions of what is
        installed do not count: outputs of another machine are shown too.
        """
        self.plans = plans
        self.runs = runs
        self.is_stored = is_stored
        self.states = states
        self.any_machine = any_machine
        self.failure = failure
        self.decisions: dict[str, Decision] = {}
        self._left: dict[str, set[str]] | None = None

    def decide(self) -> dict[str, Decision]:
        """Return the decision about each page.

        No page may depend on itself through others (see `circular_dependencies`).
        """
        for docname in dependency_order(self.plans):
            self.decisions[docname] = self._decision(docname)
        for docname in reversed(list(dependency_order(self.plans))):
            if self.decisions[docname].run is None:
                self._bring_back(docname)
        return self.decisions

    def parts(self, docname: str) -> dict[str, str]:
        """Return the parts on which a page depends, those for other pages too, but without its files."""
        plan = self.plans[docname]
        return {**plan.task.parts, **{f"{PAGE}{name}": self._identity(name) for name in plan.task.after}}

    def files(self, docname: str, run: Run | None) -> dict[str, str]:
        """Return the present states of the files that a run used, and of those that the page names or declares."""
        return self._files(docname, run, self.written_before(docname)) if run else dict(self.plans[docname].known)

    def _identity(self, docname: str) -> str:
        run = self.decisions[docname].run
        return run.key if run else "runs again"

    def written_before(self, docname: str) -> set[str]:
        """Return the files written by pages on which this one depends, directly or not; keys of those cover them."""
        written: set[str] = set()
        for name in ancestors(docname, self.plans):
            run = self.decisions[name].run
            written.update(run.writes if run else (), *(old.writes for old in self.runs(name)[:1]))
        return written

    def left(self, name: str) -> set[str]:
        """Return the states in which runs of pages have left a file, as far as the store remembers."""
        if self._left is None:
            self._left = {}
            for docname in self.plans:
                for run in (*self.runs(docname), self.failure(docname)):
                    for file, value in run.writes.items() if run else ():
                        self._left.setdefault(file, set()).add(value)
        return self._left.get(name, set())

    def _is_as_left(self, run: Run, name: str) -> bool:
        return self.states.like(run.writes[name], name) == run.writes[name]

    def edited(self, run: Run) -> list[str]:
        """Return the files that a run made and that someone has changed since: no run left them as they are now."""
        return [
            name
            for name, before in run.before.items()
            if before == MISSING
            and name in run.writes
            and (now := self.states.like(run.writes[name], name)) != MISSING
            and now not in self.left(name)
        ]

    def _decision(self, docname: str) -> Decision:
        parts = self.parts(docname)
        runs = self.runs(docname)
        written = self.written_before(docname)
        for run in runs:
            if self.is_stored(run.key) and self._fits(docname, parts, run, written) and not self.edited(run):
                return Decision(run, None)
        if not runs:
            return Decision(None, run_reason({}, None, {}))
        changed = [name for run in runs if self._fits(docname, parts, run, written) for name in self.edited(run)]
        if changed:
            return Decision(None, EDITED.format(changed[0]))
        if any(self._fits(docname, parts, run, written) for run in runs):
            return Decision(None, LOST)
        last = runs[0]
        now, before = self._files(docname, last, written), last.files
        if last.imported:
            now, before = _anywhere(now), _anywhere(before)
        ignored = self._ignored(docname, last)
        now, before = {**without(parts, ignored), **now}, {**without(last.parts, ignored), **before}
        return Decision(None, run_reason(now, before, self.plans[docname].through))

    def _ignored(self, docname: str, run: Run) -> set[str]:
        """Return the names of parts that do not count for a run: what is installed, for one of another machine."""
        return {*self.plans[docname].machine, *run.environment} if self.any_machine or run.imported else set()

    def _fits(self, docname: str, parts: Mapping[str, str], run: Run, written: set[str]) -> bool:
        ignored = self._ignored(docname, run)
        if without(parts, ignored) != without(run.parts, ignored):
            return False
        now, before = self._files(docname, run, written), without(run.files, written)
        if self.any_machine or run.imported:  # files outside of the project, and times, differ between machines
            now, before = _anywhere(now), _anywhere(before)
        return now == before

    def _files(self, docname: str, run: Run, written: set[str]) -> dict[str, str]:
        """Return the present states of the files that a run used, and of those that the page names or declares."""
        own = written.union(run.writes)
        edited = self.edited(run)
        now = {name: value for name, value in self.plans[docname].known.items() if name not in own}
        for name, value in run.files.items():
            if name in written:
                continue
            if name in run.writes and (name in edited or self._is_as_left(run, name)):
                now[name] = value  # as the page itself left it, so its input is unchanged; `edited` covers the rest
            else:
                now[name] = self.states.like(value, name, _inside(name, run.writes))
        return now

    def _bring_back(self, docname: str) -> None:
        """Let the pages before one that must run run again if files that they wrote are missing or were changed."""
        for name in ancestors(docname, self.plans):
            run = self.decisions[name].run
            gone = [file for file, value in run.writes.items() if self.states.like(value, file) != value] if run else []
            if gone:
                self.decisions[name] = Decision(
                    None, f"{gone[0]}, which it writes and {docname} needs, was changed or removed"
                )


def _anywhere(states: Mapping[str, str]) -> dict[str, str]:
    """Return the states that hold on any machine: those of files in the project, without times."""
    return {name: without_time(value) for name, value in states.items() if not PurePosixPath(name).is_absolute()}


def _inside(folder: str, names: Iterable[str]) -> frozenset[str]:
    """Return what does not count in the state of ``folder``: those of ``names`` that lie in it; for a pattern all."""
    if is_glob(folder):
        return frozenset(names)
    paths = [PurePosixPath(name) for name in names]
    return frozenset(path.name for path in paths if path.parent == PurePosixPath(folder))


def without(values: Mapping[str, str], names: set[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in names}


def dependency_order(plans: Mapping[str, PlannedPage]) -> Iterator[str]:
    """Yield the docnames of all pages, each after those on which it depends."""
    done: set[str] = set()
    for docname in plans:
        for name in [*ancestors(docname, plans), docname]:
            if name not in done:
                done.add(name)
                yield name


def ancestors(docname: str, plans: Mapping[str, PlannedPage]) -> list[str]:
    """Return the pages on which one depends, directly or not, each after those on which it depends itself."""
    pages: dict[str, None] = {}

    def visit(name: str) -> None:
        for other in plans[name].task.after:
            if other not in pages and other != docname:
                visit(other)
                pages[other] = None

    visit(docname)
    return list(pages)


def circular_dependencies(plans: Mapping[str, PlannedPage]) -> list[str]:
    """Return a message for each circle of pages that depend on each other."""
    faults = []
    for docname, plan in plans.items():
        way = _way(docname, docname, plans, set())
        if way and docname == min(way):
            faults.append(
                f"{plan.task.path}:1: the page depends on itself ({' -> '.join([docname, *way])}); "
                "remove one `depends` of this circle"
            )
    return faults


def _way(start: str, end: str, plans: Mapping[str, PlannedPage], seen: set[str]) -> list[str]:
    for name in plans[start].task.after:
        if name == end:
            return [name]
        if name not in seen:
            seen.add(name)
            if rest := _way(name, end, plans, seen):
                return [name, *rest]
    return []
