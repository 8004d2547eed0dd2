"""Whether a page must run: its plan against the runs that the store remembers, and against the pages it depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from .file_states import States, is_glob, without_time
from .plan import PlannedPage
from .reasons import EDITED, LOST, PAGE, why
from .store import FailedRun, Run
from .tasks import MISSING


@dataclass(frozen=True)
class Verdict:
    """What is to be done for one page."""

    run: Run | None
    """The stored run whose outputs it shows; None where it must run."""
    reason: str | None
    """Why it must run."""


class Judge:
    """Decides for all pages of a book."""

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
        """``runs`` gives those of a page, the latest first; ``is_stored`` tells whether a key's outputs are there.
        ``failure`` gives the last run of a page where it failed.

        With ``any_machine`` the versions of what is installed do not count: outputs are shown as they ran elsewhere.
        """
        self.plans = plans
        self.runs = runs
        self.is_stored = is_stored
        self.states = states
        self.any_machine = any_machine
        self.failure = failure
        self.verdicts: dict[str, Verdict] = {}
        self._left: dict[str, set[str]] | None = None

    def decide(self) -> dict[str, Verdict]:
        """Of all pages. No page may depend on itself through others (see `circles`)."""
        for docname in in_order(self.plans):
            self.verdicts[docname] = self._verdict(docname)
        for docname in reversed(list(in_order(self.plans))):
            if self.verdicts[docname].run is None:
                self._bring_back(docname)
        return self.verdicts

    def parts(self, docname: str) -> dict[str, str]:
        """What a page depends on, files apart, with what the pages that it depends on are now."""
        plan = self.plans[docname]
        return {**plan.task.parts, **{f"{PAGE}{name}": self._identity(name) for name in plan.task.after}}

    def files(self, docname: str, run: Run | None) -> dict[str, str]:
        """Return the states now of the files that a run used, and of those that the page names or declares."""
        return self._files(docname, run, self.written_before(docname)) if run else dict(self.plans[docname].known)

    def _identity(self, docname: str) -> str:
        run = self.verdicts[docname].run
        return run.key if run else "runs again"

    def written_before(self, docname: str) -> set[str]:
        """Files that the pages write on which this one depends, directly or not: they are what those pages made."""
        written: set[str] = set()
        for name in ancestors(docname, self.plans):
            run = self.verdicts[name].run
            written.update(run.writes if run else (), *(old.writes for old in self.runs(name)[:1]))
        return written

    def left(self, name: str) -> set[str]:
        """The states in which runs of pages have left a file, as far as the store remembers."""
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
        """What a run made that is there, and not as the run or any other left it: someone has changed it since."""
        return [
            name
            for name, before in run.before.items()
            if before == MISSING
            and name in run.writes
            and (now := self.states.like(run.writes[name], name)) != MISSING
            and now not in self.left(name)
        ]

    def _verdict(self, docname: str) -> Verdict:
        parts = self.parts(docname)
        runs = self.runs(docname)
        written = self.written_before(docname)
        for run in runs:
            if self.is_stored(run.key) and self._fits(docname, parts, run, written) and not self.edited(run):
                return Verdict(run, None)
        if not runs:
            return Verdict(None, why({}, None, {}))
        changed = [name for run in runs if self._fits(docname, parts, run, written) for name in self.edited(run)]
        if changed:
            return Verdict(None, EDITED.format(changed[0]))
        if any(self._fits(docname, parts, run, written) for run in runs):
            return Verdict(None, LOST)
        last = runs[0]
        now = {**parts, **self._files(docname, last, written)}
        return Verdict(None, why(now, {**last.parts, **last.files}, self.plans[docname].through))

    def _fits(self, docname: str, parts: Mapping[str, str], run: Run, written: set[str]) -> bool:
        ignored = {*self.plans[docname].machine, *run.environment} if self.any_machine or run.imported else set()
        if without(parts, ignored) != without(run.parts, ignored):
            return False
        now, before = self._files(docname, run, written), without(run.files, written)
        if self.any_machine or run.imported:  # of files elsewhere and of times another machine has its own
            now, before = _anywhere(now), _anywhere(before)
        return now == before

    def _files(self, docname: str, run: Run, written: set[str]) -> dict[str, str]:
        """The states now of the files that a run used, and of those that the page names or declares."""
        own = written.union(run.writes)
        edited = self.edited(run)
        now = {name: value for name, value in self.plans[docname].known.items() if name not in own}
        for name, value in run.files.items():
            if name in written:
                continue
            if name in run.writes and (name in edited or self._is_as_left(run, name)):
                now[name] = value  # as the page itself left it, it was what it was before; what is edited, see `edited`
            else:
                now[name] = self.states.like(value, name, _inside(name, run.writes))
        return now

    def _bring_back(self, docname: str) -> None:
        """A page that must run needs the files that the pages before it wrote, as their shown runs wrote them."""
        for name in ancestors(docname, self.plans):
            run = self.verdicts[name].run
            gone = [file for file, value in run.writes.items() if self.states.like(value, file) != value] if run else []
            if gone:
                self.verdicts[name] = Verdict(
                    None, f"{gone[0]}, which it writes and {docname} needs, is not as it wrote it"
                )


def _anywhere(states: Mapping[str, str]) -> dict[str, str]:
    """States without those of files outside of the project, and without times."""
    return {name: without_time(value) for name, value in states.items() if not PurePosixPath(name).is_absolute()}


def _inside(folder: str, names: Iterable[str]) -> frozenset[str]:
    """Of ``names``, what is not to count in ``folder``: the names of those in it; for a pattern all of them."""
    if is_glob(folder):
        return frozenset(names)
    paths = [PurePosixPath(name) for name in names]
    return frozenset(path.name for path in paths if path.parent == PurePosixPath(folder))


def without(values: Mapping[str, str], names: set[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name not in names}


def in_order(plans: Mapping[str, PlannedPage]) -> Iterator[str]:
    """All pages, each behind those on which it depends."""
    done: set[str] = set()
    for docname in plans:
        for name in [*ancestors(docname, plans), docname]:
            if name not in done:
                done.add(name)
                yield name


def ancestors(docname: str, plans: Mapping[str, PlannedPage]) -> list[str]:
    """The pages on which one depends, directly or not, each behind those on which it depends."""
    found: dict[str, None] = {}

    def visit(name: str) -> None:
        for other in plans[name].task.after:
            if other not in found and other != docname:
                visit(other)
                found[other] = None

    visit(docname)
    return list(found)


def circles(plans: Mapping[str, PlannedPage]) -> list[str]:
    """A fault for each page that depends on itself."""
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
