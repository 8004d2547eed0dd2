"""Submit the pages of one build to a cluster: decide when each is submitted, started, tried again or given up."""

from __future__ import annotations

import asyncio
import pickle
import sys
import sysconfig
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ...schedule import Capacity, Scheduler
from ...tasks import Failure, Resources, Result, Task, result_from_json
from . import cache, lease
from .cluster import Cluster, Unusable, WorkerGone, WorkerLost
from .cluster_checks import REMEDY, asked, here, mismatch, offered, page_versions, refusal
from .local_project import LocalProject
from .transfers import Parcel, RunOrder

STARTS = 3
"""Largest number of times that a page starts, if workers are lost while it runs."""
SUBMISSIONS = 10
"""Largest number of times that a page is submitted: workers may be lost before it starts, which is not its fault."""
ROUNDS = 5
"""Largest number of times that a page runs to find out which files it reads."""
NO_LIMIT = Capacity(jobs=sys.maxsize, memory=0)
"""Capacity without limits, since dask decides what runs where."""


@dataclass
class SubmittedPage:
    """One submission of a page to the cluster."""

    key: str
    """Key of the dask task."""
    task: Task
    parcel: Parcel
    starts: int
    """Number of times that the page has started, including earlier submissions whose workers were lost."""
    verdict: asyncio.Future[Failure | None]
    """Decision of the client to give up this run before dask does: a failure, or None to submit the page again."""
    worker: str = ""
    """Address of the worker that runs the page; "" before it starts."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Event that is set when the page has ended at the worker, for whatever reason; each worker has its own."""

    def decide(self, verdict: Failure | None) -> None:
        """Give up this run: with a failure, or with None to submit the page again. Only the first decision counts."""
        if not self.verdict.done():
            self.verdict.set_result(verdict)

    def lose(self) -> None:
        """Give up the page because too many workers were lost while they ran it."""
        self.decide(_failure("WorkerLost", f"{self.starts} workers were lost while they ran the page ({self.worker})"))


@dataclass
class Submission:
    """Submission of the tasks of one build to a cluster; `heard` takes the messages of workers."""

    cluster: Cluster
    tasks: list[Task]
    tell: Callable[[Mapping[str, Any]], None]
    """Function that takes the lines for the build, as JSON."""
    timeout: float
    """Seconds that a cluster may be without the workers that are needed."""
    lease: float
    """Seconds that a worker goes on without a message from the client."""
    build: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    """Random name of this build, part of the keys of its dask tasks."""
    home: LocalProject = field(default_factory=LocalProject)
    _runs: dict[str, SubmittedPage] = field(default_factory=dict)
    """Key of a dask task -> the submission."""
    _known: set[str] = field(default_factory=set)
    """Addresses of the workers whose versions were checked."""
    _background: set[asyncio.Task[None]] = field(default_factory=set)
    _sending: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """Address of a worker -> lock that is held while contents are sent to it."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Lock of pages that have lost a worker: only one of these runs at a time, to find out which one kills workers."""
    _started: set[str] = field(default_factory=set)
    """docnames of the pages whose start was reported to the build."""
    _written: dict[str, set[str]] = field(default_factory=dict)
    """docname -> files that the page and those before it wrote in this build."""

    async def run(self) -> None:
        """Run all tasks and report each event to the build. Raise Unusable if nothing can run at all."""
        workers = await self._first_workers()
        tasks = {task.docname: task for task in self.tasks}
        schedule = Scheduler([_schedulable(task, workers) for task in self.tasks], NO_LIMIT)
        for task, failure in schedule.refused:
            wanted = tasks[task.docname].resources
            refused = failure.name == "ResourceError"
            self._tell_result(_unrun(task, replace(failure, message=refusal(wanted, workers)) if refused else failure))
        pages: dict[asyncio.Task[Result], str] = {}
        watch = asyncio.create_task(self._watch())
        try:
            while not schedule.idle:
                for ready, _ in schedule.start_ready():
                    page = self._page(tasks[ready.docname], priority=-len(self._written) - len(pages))
                    pages[asyncio.create_task(page)] = ready.docname
                await asyncio.wait([watch, *pages], return_when=asyncio.FIRST_COMPLETED)
                if watch.done():
                    watch.result()  # raises, since the watch ends only by an exception
                for future in [future for future in pages if future.done()]:
                    result = future.result()
                    self._tell_result(result)
                    for task, failure in schedule.finished(pages.pop(future), ok=result.failure is None):
                        self._tell_result(_unrun(task, failure))
        finally:
            for work in (watch, *pages, *self._background):
                work.cancel()
            await self._cancel(self._runs.values())

    def _tell_result(self, result: Result) -> None:
        self.tell({"result": asdict(result)})

    async def _first_workers(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the workers as soon as there is one. Raise Unusable if there is none in time, or versions differ."""
        end = time.monotonic() + self.timeout
        while not (workers := await self.cluster.workers()):
            if time.monotonic() > end:
                raise Unusable(
                    f"the dask scheduler had no workers within {self.timeout:g} s; start some with `dask worker`"
                )
            await asyncio.sleep(0.1)
        await self._check_versions(workers)
        return workers

    async def _check_versions(self, workers: Mapping[str, Any]) -> None:
        if not workers.keys() <= self._known:
            if fault := mismatch(here(), await self.cluster.versions()):
                raise Unusable(fault)
            self._known.update(workers)

    async def _page(self, task: Task, priority: int) -> Result:
        """Return the result of one page, which runs again while it looks for files that it was not sent."""
        before = set[str]().union(*(self._written.get(name, ()) for name in task.after))
        names = {*task.needs, *before}
        unseen: set[str] = set()
        self._written[task.docname] = before
        for _round in range(ROUNDS):
            names |= unseen
            try:
                parcel = self.home.pack(task, names)
                outcome = await self._lasting(task, parcel, priority)
                if isinstance(outcome, Failure):
                    return _unrun(task, outcome)
                if outcome is None:
                    continue
                result = result_from_json(outcome["result"])
                unseen = self.home.unseen(task, parcel, result) - names
                if not unseen:
                    self.home.accept(task, outcome["files"])
                    self._written[task.docname] = {*before, *result.writes}
                    return self.home.at_home(task, result)
            except (OSError, ValueError) as err:  # while the project's files were read or written
                return _unrun(task, _failure(type(err).__name__, str(err)))
        message = (
            f"each of {ROUNDS} runs at a worker met further files of the project or found them changed "
            f"({', '.join(sorted(unseen)[:5])}); declare by `reads` in the front matter what the page reads"
        )
        return _unrun(task, _failure("FilesNotSent", message))

    async def _lasting(self, task: Task, parcel: Parcel, priority: int) -> Mapping[str, Any] | Failure | None:
        """Return the reply of a worker, submitting the page again when workers are lost.

        Return the failure if too many were lost, and None if a file changed while it was sent.
        """
        starts, last = 0, ""
        for _submission in range(SUBMISSIONS):
            key = f"{task.docname}-{self.build}-{uuid.uuid4().hex[:8]}"
            run = self._runs[key] = SubmittedPage(key, task, parcel, starts, asyncio.get_running_loop().create_future())
            try:
                outcome = await self._outcome(run, priority)
                if not (isinstance(outcome, Mapping) and outcome["ended"]):
                    return outcome
                last = f"{run.worker} had no message from this build for {self.lease:g} s"
            except WorkerLost as err:
                last = str(err)
            finally:
                del self._runs[key]
                run.left.set()
            sys.stderr.write(f"{task.docname}: {last}\n")
            starts = run.starts
            if starts >= STARTS:
                break
        return _failure("WorkerLost", f"{starts} workers were lost while they ran the page ({last})")

    async def _outcome(self, run: SubmittedPage, priority: int) -> Mapping[str, Any] | Failure | None:
        site_packages = sysconfig.get_path("purelib")
        errand = RunOrder(run.key, page_versions(run.task), site_packages, run.task, run.parcel, self.lease)
        remote = asyncio.create_task(self._submit(run, pickle.dumps(errand), priority))
        try:
            both: list[asyncio.Future[Any]] = [remote, run.verdict]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if remote.done():
                return remote.result()
            await self._cancel([run])
            return run.verdict.result()
        finally:
            remote.cancel()

    async def _submit(self, run: SubmittedPage, errand: bytes, priority: int) -> Mapping[str, Any] | Failure:
        try:
            reply = await self.cluster.submit(run.key, errand, priority, asked(run.task.resources))
        except (Unusable, WorkerLost):
            raise
        except Exception as err:  # noqa: BLE001  # any error that the worker's disk, memory or environment causes
            where = f" (at the worker {run.worker})" if run.worker else ""
            return _failure(type(err).__name__, f"{err}{where}")
        if reply["mismatch"]:
            raise Unusable(f"a worker has {reply['mismatch']} for {run.task.path}; {REMEDY}")
        if reply["log"]:
            sys.stderr.write(f"--- {run.task.docname} at {run.worker}\n{reply['log']}\n")
        return reply

    def heard(self, message: Mapping[str, Any]) -> None:
        """Handle the message of a worker that could start a page, of this build or of another on the same scheduler."""
        key = str(message.get("key", ""))
        if run := self._runs.get(key):
            self._do(self._start(run, message))
        elif f"-{self.build}-" in key:
            self._do(self._call(str(message["worker"]), lease.cancel, [key]))

    def _do(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    async def _start(self, run: SubmittedPage, message: Mapping[str, Any]) -> None:
        """Send the contents that a worker lacks and let it begin, unless too many workers were lost with this page."""
        run.left.set()
        run.worker, run.left = worker, left = message["worker"], asyncio.Event()
        if run.starts >= STARTS:
            run.lose()
            return
        try:
            if message["lacking"] and not await self._send(worker, message["cache"], message["lacking"]):
                run.decide(None)
            elif not run.starts:
                await self._begin(run, worker)
            else:
                async with self._turn:
                    await self.cluster.call(worker, lease.renew, [run.key])  # it may be gone by now
                    if not left.is_set():
                        await self._begin(run, worker)
                        await left.wait()
        except WorkerGone:
            return  # dask submits the page anew
        except (OSError, cache.CacheFault) as err:  # from the file here, or from the worker's disk
            run.decide(_failure(type(err).__name__, f"{err} (while files went to {worker})"))

    async def _begin(self, run: SubmittedPage, worker: str) -> None:
        run.starts += 1
        await self.cluster.call(worker, lease.allow, run.key)
        if run.task.docname not in self._started:
            self._started.add(run.task.docname)
            self.tell({"started": run.task.docname})

    async def _send(self, worker: str, folder: str, digests: list[str]) -> bool:
        """Send contents to a worker, each once, and return whether all had the right digests.

        Raise WorkerGone, CacheFault, and OSError if a file here cannot be read.
        """
        async with self._sending[worker]:
            missing = await self.cluster.call(worker, cache.lacking, folder, digests)
            bad: list[str] = []
            for pieces in self.home.pieces(missing):
                bad += await self.cluster.call(worker, cache.store, folder, self.build, pieces)
        for digest in bad:
            self.home.forget(digest)
        return not bad

    async def _watch(self) -> None:
        """Renew the leases of running pages, and give up those for which the scheduler would wait in vain.

        Raise Unusable if all workers have left.
        """
        without: dict[str, float] = {}  # key of a page without a worker for it, "" for all pages -> time since when
        renewals: dict[str, asyncio.Task[None]] = {}
        while True:
            await asyncio.sleep(self.lease / 4)
            now = time.monotonic()
            placed = {key: run.worker for key, run in self._runs.items()}
            workers = await self.cluster.workers()
            await self._check_versions(workers)
            keys: defaultdict[str, list[str]] = defaultdict(list)
            missing = set() if workers else {""}
            for run in self._runs.values():
                if run.worker in workers:
                    keys[run.worker].append(run.key)
                    continue
                if run.worker != placed.get(run.key):  # it got this worker while the scheduler was asked
                    continue
                run.left.set()
                if run.worker and run.starts >= STARTS:
                    run.lose()
                elif workers and not offered(run.task.resources, workers):
                    missing.add(run.key)
            without = {name: without.get(name, now) for name in missing}
            for name in [name for name, since in without.items() if now - since > self.timeout]:
                if not name:
                    raise Unusable("all workers have left the scheduler; start some with `dask worker`")
                run = self._runs[name]
                run.decide(_failure("ResourceError", refusal(run.task.resources, workers)))
            # Call each worker in a task of its own: one that hangs must not delay the renewals of others.
            renewals = {worker: work for worker, work in renewals.items() if not work.done()}
            for worker in keys.keys() - renewals.keys():
                renewals[worker] = self._do(self._call(worker, lease.renew, keys[worker]))

    async def _call(self, worker: str, function: Callable[..., Any], *args: Any) -> None:
        try:
            await self.cluster.call(worker, function, *args)
        except WorkerGone:
            return  # its pages end with it, or when their leases run out

    async def _cancel(self, runs: Iterable[SubmittedPage]) -> None:
        """End the kernels of running pages."""
        keys: defaultdict[str, list[str]] = defaultdict(list)
        for run in runs:
            if run.worker:
                keys[run.worker].append(run.key)
        if keys:
            calls = [asyncio.create_task(self._call(worker, lease.cancel, names)) for worker, names in keys.items()]
            await asyncio.wait(calls, timeout=3)


def _schedulable(task: Task, workers: Mapping[str, Mapping[str, Any]]) -> Task:
    """Return a task that the schedule refuses if no worker has its resources; otherwise dask waits for these."""
    possible = offered(task.resources, workers)
    return replace(task, resources=Resources(gpus=0 if possible else 1, alone=task.resources.alone))


def _failure(name: str, message: str) -> Failure:
    return Failure(None, None, name, message, "")


def _unrun(task: Task, failure: Failure) -> Result:
    """Return the result of a page that never ran to an end."""
    return Result(task.docname, task.notebook, failure, 0.0, None)
