"""One build's execution, without Sphinx: decide, run what must run, keep what it gave."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import committed_outputs
from .executors.base import Executor
from .file_states import States, folders_of, is_glob, left, tells_content
from .freshness import Judge, Verdict, ancestors, in_order
from .initial_files import Aside, leave_what_was_not_written, put_back
from .output_validation import invalid_outputs
from .plan import PlannedPage
from .reasons import ASKED, DAMAGED, FAILED
from .run_recording import differing_cells, record
from .store import FailedRun, Run, Store
from .tasks import Result, Started, Task
from .uses import Use, uses


@dataclass(frozen=True)
class Finished:
    """A page has run."""

    task: Task
    result: Result
    differs: tuple[int, ...] = ()
    """Code cells whose outputs are not those of the run before, though nothing that the page uses changed."""
    replaced: tuple[Aside, ...] = ()
    """Files that someone had edited and that the page wrote again."""


@dataclass
class Session:
    """The state of one build."""

    store: Store
    committed: Path | None = None
    """Folder of the exported outputs (`d2lbook_store`)."""
    mode: str = "auto"
    """`d2lbook_execute`: "auto", "never" or "always"."""
    complain: Callable[[str], None] = print
    """Takes a sentence about a record that cannot be used."""
    plans: dict[str, PlannedPage] = field(default_factory=dict)
    """Every page that can run."""
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    @property
    def stale(self) -> dict[str, str]:
        """docname -> reason, for the pages that must run."""
        return {name: verdict.reason for name, verdict in self.verdicts.items() if verdict.reason is not None}

    def decide(self, plans: Mapping[str, PlannedPage], states: States) -> None:
        """Find out what must run. Raises OSError."""
        self.plans = dict(plans)
        self._states = states
        never = self.mode == "never"
        self._judge = Judge(
            plans, self._runs, self.store.__contains__, states, any_machine=never, failure=self.store.failure
        )
        self.verdicts = self._judge.decide()
        for docname, verdict in self.verdicts.items():
            if verdict.run is None:
                if (failed := self.store.failure(docname)) and failed.parts == self._judge.parts(docname):
                    self.verdicts[docname] = Verdict(None, FAILED)
            elif self.mode == "always":
                self.verdicts[docname] = Verdict(None, ASKED)
                self._before[docname] = verdict.run

    _judge: Judge = field(init=False)
    _states: States = field(init=False)
    _before: dict[str, Run] = field(default_factory=dict)
    """The runs with which those that were asked for are compared."""

    def _runs(self, docname: str) -> tuple[Run, ...]:
        """Of this machine, and the committed one where it is another."""
        runs = self.store.runs(docname)
        if self.committed is None:
            return runs
        try:
            found = committed_outputs.load(self.committed, docname)
        except ValueError as err:
            self.complain(str(err))
            return runs
        if found is None or any(run.key == found[0].key for run in runs):
            return runs
        run = replace(found[0], imported=True)
        try:
            notebook = committed_outputs.assemble(self.plans[docname].task.notebook, found[1])
        except ValueError:  # the page has other cells by now: the run tells only what changed
            return (*runs, run)
        self.store.add(docname, run, notebook, first=False)
        return (*runs, run)

    def check_entries(self) -> None:
        """Before outputs are shown: let the pages whose stored outputs are damaged run again."""
        unchecked = self.store.unchecked([verdict.run.key for verdict in self.verdicts.values() if verdict.run])
        for docname, verdict in self.verdicts.items():
            if verdict.run is not None and verdict.run.key in unchecked:
                try:
                    notebook = self.store.load(self.store.entry(verdict.run.key))["notebook"]
                    for _, _, fault in invalid_outputs(notebook):
                        raise ValueError(f"no page can show one of its stored outputs: {fault}")
                except (OSError, ValueError) as err:
                    self.complain(f"{docname} runs again: {err}")
                    self.verdicts[docname] = self._judge.verdicts[docname] = Verdict(None, DAMAGED)

    def note_uses(self) -> None:
        """Remember which stored runs this build shows, and bring the committed copies up to date. Raises OSError."""
        self._states.remember()
        for docname, verdict in self.verdicts.items():
            if verdict.run is not None:
                self.store.note_use(docname, verdict.run.key)
                self._export(docname, verdict.run)
        self.store.note_checked([verdict.run.key for verdict in self.verdicts.values() if verdict.run])

    def _export(self, docname: str, run: Run, *, check: bool = False) -> None:
        if self.committed is not None and not run.imported:
            notebook = self.store.load(self.store.entry(run.key))["notebook"]
            committed_outputs.export(self.committed, docname, run, notebook, check=check)

    def to_run(self) -> list[Task]:
        """The tasks that must run: the longest first, so that the last to end leaves no processor idle for long."""
        tasks = []
        for docname in self.stale:
            plan = self.plans[docname]
            runs = self.store.runs(docname)
            seconds = runs[0].seconds if runs else None
            needs = {name for name in plan.known if (plan.task.root / Path(name)).is_file()}
            needs |= {name for run in runs[:1] for name in run.files if (Path(plan.task.root) / name).is_file()}
            for name in (docname, *ancestors(docname, self.plans)):
                needs.update(file for run in self.store.runs(name)[:1] for file in run.writes)
            keep = str(self.store.copies.absolute())
            tasks.append(replace(plan.task, seconds=seconds, needs=tuple(sorted(needs)), keep=keep))
        return sorted(tasks, key=lambda task: (-(task.seconds or float("inf")), task.docname))

    def run(self, executor: Executor) -> Generator[Started | Finished | None, None, None]:
        """Run what must run; what a page gave is stored as it ends. None where nothing happened for a moment.

        Raises ExecutorError, and OSError where the store cannot be written.
        """
        aside = {
            docname: self._put_back(docname)
            for docname in reversed(list(in_order(self.plans)))
            if docname in self.stale
        }
        tasks = {task.docname: task for task in self.to_run()}  # with what is there now
        with closing(executor.run(list(tasks.values()))) as events:  # an error here must not leave kernels until later
            for event in events:
                if isinstance(event, Result):
                    yield self._finish(tasks[event.docname], event, aside[event.docname])
                else:
                    yield event

    def _put_back(self, docname: str) -> list[Aside]:
        """What the page writes becomes what it was before the page's first run; what was moved aside for that."""
        task = self.plans[docname].task
        runs: list[Run | FailedRun] = [*self.store.runs(docname)]
        if failed := self.store.failure(docname):
            runs.insert(0, failed)
        before: dict[str, str] = {}
        for run in runs:
            before = {**run.before, **before}
        self.store.copies.mkdir(parents=True, exist_ok=True)
        same_code = bool(runs) and _code(runs[0].parts) == _code(task.parts)
        return put_back(Path(task.root), self.store.copies, before, self._judge.left, move_edited=same_code)

    def _finish(self, task: Task, result: Result, aside: list[Aside]) -> Finished:
        docname = task.docname
        replaced = leave_what_was_not_written(Path(task.root), aside, result.writes)
        if result.failure:
            writes = {name: left(Path(task.root) / name) for name in result.writes}
            self.store.save_failure(docname, self._judge.parts(docname), result, writes)
            return Finished(task, result, replaced=tuple(replaced))
        last = next(iter(self.store.runs(docname)), None)
        parts = self._judge.parts(docname)
        run = record(self.plans[docname], parts, result, last, self._judge.written_before(docname))
        before = self._before.get(docname)
        same = before is not None and before.key == run.key and run.key in self.store
        differs = (
            differing_cells(self.store.load(self.store.entry(run.key))["notebook"], result.notebook) if same else ()
        )
        self.store.save(task, run, result)
        self.verdicts[docname] = self._judge.verdicts[docname] = Verdict(run, self.verdicts[docname].reason)
        self._export(docname, run, check=True)  # it may have run since the copy was spoilt
        return Finished(task, result, differs, tuple(replaced))

    def entry(self, docname: str) -> tuple[str, Path] | None:
        """Key and file of the outputs that a page shows, those up to a failure too; None if it has none."""
        verdict = self.verdicts.get(docname)
        if verdict is None:
            return None
        if verdict.run is not None:
            return verdict.run.key, self.store.entry(verdict.run.key)
        failed = self.store.failed_entry(docname)
        return ("failed", failed) if failed.is_file() else None

    def files_read(self, docname: str, root: Path) -> list[Path]:
        """The files below ``root`` whose content a page read in the run that it shows, without those that it wrote."""
        verdict = self.verdicts.get(docname)
        run = verdict.run if verdict is not None else None
        if run is None:
            return []
        names = sorted(name for name, state in run.files.items() if tells_content(state) and name not in run.writes)
        return [root / name for name in names if not Path(name).is_absolute() and (root / name).is_file()]

    def uses(self, docname: str) -> list[Use]:
        """Return all on which a page depends, now and as its last run that ended well saw it. Raises OSError."""
        run = self.verdicts[docname].run or next(iter(self.store.runs(docname)), None)
        return uses(self.plans[docname], self._judge.parts(docname), self._judge.files(docname, run), run)

    def paths(self) -> Iterator[Path]:
        """The files and folders, as far as they are known, of which a change can make a page run again.

        Those that a build itself writes are `written`.
        """
        for docname, plan in self.plans.items():
            root = Path(plan.task.root)
            run = self.verdicts[docname].run
            for name in {*plan.known, *plan.searched, *(run.files if run else ())}:
                yield from folders_of(root, name) if is_glob(name) else [root / name]

    def written(self) -> Iterator[Path]:
        """What the pages have written whose outputs are shown, and those outputs."""
        for docname, plan in self.plans.items():
            if run := self.verdicts[docname].run:
                yield from (Path(plan.task.root, name) for name in run.writes)
                yield self.store.entry(run.key)

    def undeclared(self) -> Iterator[tuple[str, str, str]]:
        """Page, file and the other page, wherever a page reads what another writes without depending on it."""
        writers = {
            name: docname
            for docname, verdict in self.verdicts.items()
            for name in (verdict.run.writes if verdict.run else ())
        }
        for docname in in_order(self.plans):
            run = self.verdicts[docname].run
            for name in run.files if run else ():
                writer = writers.get(name, docname)
                if writer not in (docname, *ancestors(docname, self.plans)):
                    yield docname, name, writer

    def prune(self, docnames: set[str]) -> None:
        """Drop what the rules of the stores drop. Raises OSError."""
        self.store.prune(docnames)
        if self.committed is not None:
            committed_outputs.prune(self.committed, docnames)

    def machine_differences(self) -> Iterator[tuple[str, str]]:
        """Page and what was otherwise where its outputs were made, for those that another machine made."""
        for docname, verdict in self.verdicts.items():
            plan, run = self.plans[docname], verdict.run
            names = [*plan.machine, *run.environment] if run else []
            other = [
                f"{name} {run.parts.get(name, 'not there')}, here {plan.task.parts.get(name, 'not there')}"
                for name in dict.fromkeys(names)
                if run and run.parts.get(name) != plan.task.parts.get(name)
            ]
            if other:
                yield docname, "; ".join(other)


def _code(parts: Mapping[str, str]) -> dict[str, str]:
    """Of what a page depends on, its own cells."""
    return {name: value for name, value in parts.items() if name.startswith("code of cell")}
