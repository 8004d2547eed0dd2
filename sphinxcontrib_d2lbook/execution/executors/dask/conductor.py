"""One build's pages on a cluster: when each is submitted, started, tried again or given up."""

from __future__ import annotations

import asyncio
import pickle
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ...model import Failure, Result, Task
from . import cache, lease
from .checks import asked, here, mismatch, offered, refusal
from .cluster import Cluster, Unusable, WorkerGone, WorkerLost
from .home import Home
from .lines import result_of
from .order import Order
from .parcel import Errand, Parcel

STARTS = 3
"""How often a page starts at most, when workers are lost while it runs."""
ROUNDS = 5
"""How often a page runs at most, to find out which files it reads."""


@dataclass
class Run:
    """A page that was submitted."""

    key: str
    task: Task
    parcel: Parcel
    verdict: asyncio.Future[Failure | None]
    """Set where the client gives up this run before dask does; None where the page is to be submitted anew."""
    starts: int
    """How often the page has started, in earlier runs that were lost too."""
    worker: str = ""
    """Where it runs; "" before it starts."""

    def decide(self, verdict: Failure | None) -> None:
        if not self.verdict.done():
            self.verdict.set_result(verdict)


@dataclass
class Conductor:
    """Runs the tasks of one build; `heard` takes what workers tell."""

    cluster: Cluster
    tasks: list[Task]
    tell: Callable[[Mapping[str, Any]], None]
    """Takes the lines for the build."""
    timeout: float
    """Seconds that a cluster may be without the workers that are needed."""
    lease: float
    """Seconds that a worker goes on without word from here."""
    build: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    home: Home = field(default_factory=Home)
    _runs: dict[str, Run] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    """Workers whose versions were looked at."""
    _background: set[asyncio.Task[None]] = field(default_factory=set)
    _sending: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _started: set[str] = field(default_factory=set)
    _writes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    async def run(self) -> None:
        """From the first task to the last result. Raises Unusable."""
        workers = await self._first_workers()
        order = Order(self.tasks)
        priority = {task.docname: -index for index, task in enumerate(self.tasks)}
        for task in self.tasks:
            if not offered(task.resources, workers):
                self._finish(order, unrun(task, "NoSuchResource", refusal(task.resources, workers)))
        watch = asyncio.create_task(self._watch())
        pages: set[asyncio.Task[Result]] = set()
        try:
            while order.waiting or pages:
                for task in order.take():
                    names = {*task.needs, *(name for t in order.ancestors(task) for name in self._writes[t.docname])}
                    pages.add(asyncio.create_task(self._page(task, names, priority[task.docname])))
                done, _ = await asyncio.wait([watch, *pages], return_when=asyncio.FIRST_COMPLETED)
                if watch in done:
                    watch.result()  # it ends only by an exception
                for page in done & pages:
                    pages.remove(page)
                    self._finish(order, page.result())
        finally:
            for work in (watch, *pages, *self._background):
                work.cancel()
            await self._cancel(list(self._runs.values()))

    def _finish(self, order: Order, result: Result) -> None:
        self._writes[result.docname] = result.writes
        self.tell({"result": asdict(result)})
        for task, before in order.end(result.docname, failed=result.failure is not None):
            self._writes[task.docname] = ()
            message = f"the page {before}, on which it depends, failed"
            self.tell({"result": asdict(unrun(task, "DependencyFailed", message))})

    async def _first_workers(self) -> Mapping[str, Mapping[str, Any]]:
        """The workers, as soon as there is one."""
        end = time.monotonic() + self.timeout
        while not (workers := await self.cluster.workers()):
            if time.monotonic() > end:
                raise Unusable("the scheduler has no workers; start some with `dask worker`")
            self.cluster.wake()
            await asyncio.sleep(0.1)
        await self._check_versions(workers)
        return workers

    async def _check_versions(self, workers: Mapping[str, Any]) -> None:
        if not workers.keys() <= self._known:
            if fault := mismatch(here(), await self.cluster.versions()):
                raise Unusable(fault)
            self._known.update(workers)

    async def _page(self, task: Task, names: set[str], priority: int) -> Result:
        """One page, run again for as long as it looks for files that it was not sent."""
        unseen: set[str] = set()
        for _round in range(ROUNDS):
            names |= unseen
            try:
                parcel = self.home.pack(task, names)
                outcome = await self._lasting(task, parcel, priority)
                if isinstance(outcome, Failure):
                    return unrun(task, outcome.name, outcome.message)
                if outcome is None:
                    continue
                result = result_of(outcome["result"])
                unseen = self.home.unseen(task, parcel, result) - names
                if not unseen:
                    self.home.accept(task, outcome["files"])
                    return result
            except (OSError, ValueError) as err:  # of the project's files
                return unrun(task, type(err).__name__, str(err))
        return unrun(
            task,
            "FilesNotSent",
            f"each of {ROUNDS} runs at a worker looked for further files of the project or found them changed "
            f"({', '.join(sorted(unseen)[:5])}); declare by `reads` in the front matter what the page reads",
        )

    async def _lasting(self, task: Task, parcel: Parcel, priority: int) -> Mapping[str, Any] | Failure | None:
        """The reply of a worker, submitted anew when workers are lost; None where a file changed on its way."""
        starts = 0
        for _attempt in range(10 * STARTS):  # workers that fall before they start anything are not the page's fault
            key = f"{task.docname}-{self.build}-{uuid.uuid4().hex[:8]}"
            run = self._runs[key] = Run(key, task, parcel, asyncio.get_running_loop().create_future(), starts)
            try:
                outcome = await self._outcome(run, priority)
                if not (isinstance(outcome, Mapping) and outcome["ended"]):
                    return outcome
                sys.stderr.write(f"{task.docname}: {run.worker} did not hear of this build for too long\n")
            except WorkerLost as err:
                sys.stderr.write(f"{task.docname}: {err}\n")
            finally:
                del self._runs[key]
            starts = run.starts
            if starts >= STARTS:
                break
        return lost(run)

    async def _outcome(self, run: Run, priority: int) -> Mapping[str, Any] | Failure | None:
        errand = pickle.dumps(Errand(run.key, here(), run.task, run.parcel, self.lease))
        remote = asyncio.create_task(self._submit(run, errand, priority))
        try:
            await asyncio.wait([remote, run.verdict], return_when=asyncio.FIRST_COMPLETED)
            if remote.done():
                return remote.result()
            await self._cancel([run])
            return run.verdict.result()
        finally:
            remote.cancel()

    async def _submit(self, run: Run, errand: bytes, priority: int) -> Mapping[str, Any] | Failure:
        try:
            reply = await self.cluster.submit(run.key, errand, priority, asked(run.task.resources))
        except (Unusable, WorkerLost):
            raise
        except Exception as err:  # noqa: BLE001  # whatever the worker's disk, memory or environment gives rise to
            return Failure(None, None, type(err).__name__, f"{err} (at the worker {run.worker})", "")
        if reply["mismatch"]:
            raise Unusable(f"the worker {run.worker} has {reply['mismatch']}; install the same versions everywhere")
        if reply["log"]:
            sys.stderr.write(f"--- {run.task.docname} at {run.worker}\n{reply['log']}\n")
        return reply

    def heard(self, message: Mapping[str, Any]) -> None:
        """A worker could start a page: of this build, or of another that uses the same scheduler."""
        key = str(message.get("key", ""))
        if run := self._runs.get(key):
            self._do(self._start(run, message))
        elif f"-{self.build}-" in key:
            self._do(self._call(str(message["worker"]), lease.cancel, [key]))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _start(self, run: Run, message: Mapping[str, Any]) -> None:
        """Send what the worker lacks and let it begin, unless the page has cost too many workers already."""
        if run.starts >= STARTS:
            run.decide(lost(run))
            return
        run.starts += 1
        run.worker = worker = message["worker"]
        try:
            if message["lacking"] and not await self._send(worker, message["cache"], message["lacking"]):
                run.decide(None)
                return
            await self.cluster.call(worker, lease.allow, run.key)
        except WorkerGone:
            return  # dask submits the page anew
        except OSError as err:  # of the file here, or of the worker's disk
            message = f"{err} (while files went to {worker})"
            run.decide(Failure(None, None, type(err).__name__, message, ""))
            return
        if run.task.docname not in self._started:
            self._started.add(run.task.docname)
            self.tell({"started": run.task.docname})

    async def _send(self, worker: str, folder: str, digests: list[str]) -> bool:
        """Contents to a worker, each once; whether all were what their digests say. Raises WorkerGone, OSError."""
        async with self._sending[worker]:
            missing = await self.cluster.call(worker, cache.lacking, folder, digests)
            bad: list[str] = []
            for pieces in self.home.pieces(missing):
                bad += await self.cluster.call(worker, cache.store, folder, self.build, pieces)
        for digest in bad:
            self.home.forget(digest)
        return not bad

    async def _watch(self) -> None:
        """Renew what runs, and notice what the scheduler would wait for without a word. Raises Unusable."""
        without: dict[str, float] = {}  # what is missing -> since when
        renewals: dict[str, asyncio.Task[None]] = {}
        while True:
            await asyncio.sleep(self.lease / 4)
            now = time.monotonic()
            workers = await self.cluster.workers()
            await self._check_versions(workers)
            missing = set() if workers else {""}
            keys: defaultdict[str, list[str]] = defaultdict(list)
            for run in self._runs.values():
                if run.worker in workers:
                    keys[run.worker].append(run.key)
                elif run.worker and run.starts >= STARTS:
                    run.decide(lost(run))
                elif workers and not offered(run.task.resources, workers):
                    missing.add(run.key)
            without = {name: without.get(name, now) for name in missing}
            for name, since in without.items():
                if now - since > self.timeout:
                    if not name:
                        raise Unusable("all workers have left the scheduler; start some with `dask worker`")
                    if run_ := self._runs.get(name):
                        message = refusal(run_.task.resources, workers)
                        run_.decide(Failure(None, None, "NoSuchResource", message, ""))
            # Each worker by itself: one that hangs must not keep word from the others.
            renewals = {worker: work for worker, work in renewals.items() if not work.done()}
            for worker in keys.keys() - renewals.keys():
                renewals[worker] = asyncio.create_task(self._call(worker, lease.renew, keys[worker]))
                self._background.add(renewals[worker])
                renewals[worker].add_done_callback(self._background.discard)

    async def _call(self, worker: str, function: Callable[..., Any], *args: Any) -> None:
        try:
            await self.cluster.call(worker, function, *args)
        except WorkerGone:
            return  # what it ran ends with it, or with its lease

    async def _cancel(self, runs: Iterable[Run]) -> None:
        """End the kernels of what runs."""
        keys: defaultdict[str, list[str]] = defaultdict(list)
        for run in runs:
            if run.worker:
                keys[run.worker].append(run.key)
        if keys:
            calls = [asyncio.create_task(self._call(worker, lease.cancel, names)) for worker, names in keys.items()]
            await asyncio.wait(calls, timeout=3)


def lost(run: Run) -> Failure:
    message = f"{run.starts} workers were lost while they ran the page, the last of them {run.worker}"
    return Failure(None, None, "WorkerLost", message, "")


def unrun(task: Task, name: str, message: str) -> Result:
    """The result of a page of which no run came to an end."""
    return Result(task.docname, task.notebook, Failure(None, None, name, message, ""), 0.0, None)
