"""Execute the pages of one build, without Sphinx: decide which must run, run them, keep their outputs."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import code_inputs, committed_outputs
from .executors.base import Executor
from .file_states import States, folders_of, is_glob, relative, tells_content, written_state
from .freshness import Decision, Judge, ancestors, dependency_order
from .initial_files import MovedFile, put_back, restore_unwritten
from .output_validation import invalid_outputs
from .plan import PlannedPage
from .reasons import ASKED, DAMAGED, FAILED
from .run_recording import differing_cells, record
from .store import FailedRun, Run, Store
from .tasks import CellProgress, Result, Started, Task
from .uses import Use, uses


@dataclass(frozen=True)
class Finished:
    """Event of a page that has run."""

    task: Task
    result: Result
    differs: tuple[int, ...] = ()
    """Numbers of the code cells whose outputs differ from the run before, though nothing that the page uses changed."""
    replaced: tuple[MovedFile, ...] = ()
    """Files that someone had edited and that the page wrote again."""


@dataclass
class BuildExecution:
    """Execution of the pages of one build: plans, decisions and stored outputs."""

    store: Store
    committed: Path | None = None
    """Folder of the committed copies of outputs (`d2lbook_store`)."""
    mode: str = "auto"
    """Value of `d2lbook_execute`: "auto", "never" or "always"."""
    complain: Callable[[str], None] = print
    """Function that takes a warning about a record that cannot be used."""
    plans: dict[str, PlannedPage] = field(default_factory=dict)
    """docname -> plan, for every page that can run."""
    decisions: dict[str, Decision] = field(default_factory=dict)
    """docname -> decision about the page."""

    @property
    def stale(self) -> dict[str, str]:
        """Pages that must run, as docname -> reason."""
        return {name: decision.reason for name, decision in self.decisions.items() if decision.reason is not None}

    def decide(self, plans: Mapping[str, PlannedPage], states: States) -> None:
        """Find out which pages must run. Raise OSError if a file that they depend on cannot be read."""
        self.plans = dict(plans)
        self._states = states
        never = self.mode == "never"
        self._judge = Judge(
            plans, self._runs, self.store.__contains__, states, any_machine=never, failure=self.store.failure
        )
        self.decisions = self._judge.decide()
        for docname, decision in self.decisions.items():
            if decision.run is None:
                if (failed := self.store.failure(docname)) and failed.parts == self._judge.parts(docname):
                    self.decisions[docname] = Decision(None, FAILED)
            elif self.mode == "always":
                self.decisions[docname] = Decision(None, ASKED)
                self._before[docname] = decision.run

    _judge: Judge = field(init=False)
    _states: States = field(init=False)
    _before: dict[str, Run] = field(default_factory=dict)
    """docname -> stored run with which the new one is compared, for pages that run only because all were asked to."""

    def _runs(self, docname: str) -> tuple[Run, ...]:
        """Return the stored runs of a page, and after them that of the committed copy if it is not among them.

        A copy of a run that was made here counts as one from elsewhere once something is gone that the page needs.
        """
        runs = self.store.runs(docname)
        folder = self._committed(docname)
        if folder is None:
            return runs
        try:
            copy = committed_outputs.load(folder, docname)
        except ValueError as err:
            self.complain(str(err))
            return runs
        if copy is None:
            return runs
        run = replace(copy[0], imported=True)
        if any(own.key == run.key for own in runs):
            is_gone = not self.plans[docname].task.parts.keys() >= set(run.environment)
            return tuple(run if is_gone and own.key == run.key else own for own in runs)
        try:
            notebook = committed_outputs.assemble(self.plans[docname].task.notebook, copy[1])
        except ValueError:  # the page has other cells now: the run only tells what has changed since
            return (*runs, run)
        self.store.add(docname, run, notebook, first=False)
        return (*runs, run)

    def _committed(self, docname: str) -> Path | None:
        """Return the folder of the committed copy of a run: that which its page names, else that of the book."""
        plan = self.plans[docname]
        return Path(plan.task.root, plan.store) if plan.store else self.committed

    def kept_in(self, docname: str) -> str:
        """Return the folder of the committed outputs of a run, relative to the root; "" if there are none."""
        folder = self._committed(docname)
        if folder is None or not (folder / docname / committed_outputs.NAME).is_file():
            return ""
        return relative(folder, Path(self.plans[docname].task.root))

    def check_entries(self) -> None:
        """Decide, before outputs are shown, that pages whose stored outputs are damaged or invalid run again."""
        unchecked = self.store.unchecked([decision.run.key for decision in self.decisions.values() if decision.run])
        for docname, decision in self.decisions.items():
            if decision.run is not None and decision.run.key in unchecked:
                try:
                    notebook = self.store.load(self.store.entry(decision.run.key))["notebook"]
                    for _, _, fault in invalid_outputs(notebook):
                        raise ValueError(f"no page can show one of its stored outputs: {fault}")
                except (OSError, ValueError) as err:
                    self.complain(f"{docname} runs again: {err}")
                    self.decisions[docname] = self._judge.decisions[docname] = Decision(None, DAMAGED)

    def note_uses(self) -> None:
        """Record which stored runs this build shows, and bring the committed copies up to date. Raise OSError."""
        self._states.remember()
        for docname, decision in self.decisions.items():
            if decision.run is not None:
                self.store.note_use(docname, decision.run.key)
                self._export(docname, decision.run)
        self.store.note_checked([decision.run.key for decision in self.decisions.values() if decision.run])

    def _export(self, docname: str, run: Run, *, check: bool = False) -> None:
        folder = self._committed(docname)
        if folder is not None and not run.imported:
            notebook = self.store.load(self.store.entry(run.key))["notebook"]
            needs = code_inputs.needs(self.plans[docname].task.imports)
            committed_outputs.export(folder, docname, run, notebook, needs, check=check)

    def to_run(self) -> list[Task]:
        """Return the tasks that must run, the longest first, so that no processor is idle for long at the end."""
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

    def run(self, executor: Executor) -> Generator[Started | CellProgress | Finished | None, None, None]:
        """Run the pages that must run, and store the outputs of each when it ends.

        Yield an event when a page starts, goes on or has finished, and None when nothing has happened for a moment.
        Raise ExecutorError, and OSError if the store cannot be written.
        """
        aside = {
            docname: self._put_back(docname)
            for docname in reversed(list(dependency_order(self.plans)))
            if docname in self.stale
        }
        tasks = {task.docname: task for task in self.to_run()}  # made again, from the files as they are now
        with closing(executor.run(list(tasks.values()))) as events:  # ends the kernels at once if an error occurs here
            for event in events:
                if isinstance(event, Result):
                    yield self._finish(tasks[event.docname], event, aside[event.docname])
                else:
                    yield event

    def _put_back(self, docname: str) -> list[MovedFile]:
        """Put the files that a page writes back to how they were before its first run; return those moved aside."""
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

    def _finish(self, task: Task, result: Result, aside: list[MovedFile]) -> Finished:
        docname = task.docname
        replaced = restore_unwritten(Path(task.root), aside, result.writes)
        if result.failure:
            writes = {name: written_state(Path(task.root) / name) for name in result.writes}
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
        self.decisions[docname] = self._judge.decisions[docname] = Decision(run, self.decisions[docname].reason)
        self._export(docname, run, check=True)  # the page may have run because the copy was damaged
        return Finished(task, result, differs, tuple(replaced))

    def entry(self, docname: str) -> tuple[str, Path] | None:
        """Return key and file of the outputs that a page shows, also those up to a failure; None if it has none."""
        decision = self.decisions.get(docname)
        if decision is None:
            return None
        if decision.run is not None:
            return decision.run.key, self.store.entry(decision.run.key)
        failed = self.store.failed_entry(docname)
        return ("failed", failed) if failed.is_file() else None

    def files_read(self, docname: str, root: Path) -> list[Path]:
        """Return the files below ``root`` whose content a page read, and that it did not write, in the run it shows."""
        decision = self.decisions.get(docname)
        run = decision.run if decision is not None else None
        if run is None:
            return []
        names = sorted(name for name, state in run.files.items() if tells_content(state) and name not in run.writes)
        return [root / name for name in names if not Path(name).is_absolute() and (root / name).is_file()]

    def uses(self, docname: str) -> list[Use]:
        """Return all that a page depends on, as it is now and as the last successful run saw it. Raise OSError."""
        run = self.decisions[docname].run or next(iter(self.store.runs(docname)), None)
        return uses(self.plans[docname], self._judge.parts(docname), self._judge.files(docname, run), run)

    def paths(self) -> Iterator[Path]:
        """Yield the known files and folders whose change can make a page run again.

        Files that a build itself writes come from `written`.
        """
        for docname, plan in self.plans.items():
            root = Path(plan.task.root)
            run = self.decisions[docname].run
            for name in {*plan.known, *plan.searched, *(run.files if run else ())}:
                yield from folders_of(root, name) if is_glob(name) else [root / name]

    def written(self) -> Iterator[Path]:
        """Yield the files that the shown runs of pages have written, and the entries of their outputs."""
        for docname, plan in self.plans.items():
            if run := self.decisions[docname].run:
                yield from (Path(plan.task.root, name) for name in run.writes)
                yield self.store.entry(run.key)

    def undeclared(self) -> Iterator[tuple[str, str, str]]:
        """Yield page, file and writer for each file that a page reads and another writes without a dependency."""
        writers = {
            name: docname
            for docname, decision in self.decisions.items()
            for name in (decision.run.writes if decision.run else ())
        }
        for docname in dependency_order(self.plans):
            run = self.decisions[docname].run
            for name in run.files if run else ():
                writer = writers.get(name, docname)
                if writer not in (docname, *ancestors(docname, self.plans)):
                    yield docname, name, writer

    def prune(self, docnames: set[str]) -> None:
        """Remove old outputs, and those of pages that are not in ``docnames``. Raise OSError if that fails."""
        self.store.prune(docnames)
        folders: dict[Path, set[str]] = {self.committed: set(docnames)} if self.committed is not None else {}
        for name, plan in self.plans.items():
            if plan.store:
                folders.setdefault(Path(plan.task.root, plan.store), set()).add(name)
        for folder in folders:
            # One folder may lie in another, whose pages are not gone for that.
            kept = {
                (other / name).relative_to(folder).as_posix()
                for other, names in folders.items()
                if other.is_relative_to(folder)
                for name in names
            }
            committed_outputs.prune(folder, kept)

    def needs_elsewhere(self, docname: str) -> dict[str, dict[str, str]]:
        """Return module -> distribution -> version, as a page that is shown as it ran elsewhere had them there."""
        decision = self.decisions.get(docname)
        run = decision.run if decision is not None else None
        if run is None or not run.imported:
            return {}
        needs = run.needs.items()
        return {module: {name: run.parts[name] for name in names if name in run.parts} for module, names in needs}

    def lacking(self, docname: str) -> list[str]:
        """Return the modules that a page with committed outputs must import to run again, and that are not here."""
        if docname not in self.stale or not self.kept_in(docname):
            return []
        needs = next((run.needs for run in self._runs(docname) if run.needs), {})
        return sorted(module for module in needs if not code_inputs.installed([module]))

    def machine_differences(self) -> Iterator[tuple[str, str]]:
        """Yield page and differences, as text, for pages whose outputs were made with other versions than here."""
        for docname, decision in self.decisions.items():
            plan, run = self.plans[docname], decision.run
            names = [*plan.machine, *run.environment] if run else []
            other = [
                f"{name} {run.parts.get(name, 'not there')}, here {plan.task.parts.get(name, 'not there')}"
                for name in dict.fromkeys(names)
                if run and run.parts.get(name) != plan.task.parts.get(name)
            ]
            if other:
                yield docname, "; ".join(other)


def _code(parts: Mapping[str, str]) -> dict[str, str]:
    """Return those of a page's parts that are its own cells."""
    return {name: value for name, value in parts.items() if name.startswith("code of cell")}
