"""The executor in the process that builds: starts the client and reads what it tells."""

from __future__ import annotations

import importlib.util
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ...model import Result, Started, Task
from ..base import ExecutorError
from .lines import Request, result_of

VARIABLE = "DASK_SCHEDULER_ADDRESS"
"""Dask's own: where its clients look for a scheduler."""
LEASE = 10.0
"""Seconds after which a worker stops a page when it hears nothing of the build."""


class DaskExecutor:
    """Sends pages to the dask.distributed scheduler at ``address``, or at the address in ``scheduler_file``.

    Without either to the one that the environment variable DASK_SCHEDULER_ADDRESS names. What the client logs, and
    what kernels print past their cells, goes to ``log``. The scheduler must answer, and have a worker, within
    ``timeout`` seconds; later it may be without the workers that pages need for as long.
    """

    def __init__(
        self, log: Path, address: str = "", scheduler_file: str = "", timeout: float = 10.0, lease: float = LEASE
    ) -> None:
        self.log = log
        self.address = address
        self.scheduler_file = scheduler_file
        self.timeout = timeout
        self.lease = lease

    def run(self, tasks: Sequence[Task]) -> Iterator[Started | Result]:
        """See `Executor.run`."""
        address = self._address()
        if importlib.util.find_spec("distributed") is None:
            raise ExecutorError("dask.distributed is not installed; install sphinxcontrib-d2lbook[dask]")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="d2lbook-") as scratch, self.log.open("wb") as log:
            request = Path(scratch, "request.pickle")
            request.write_bytes(pickle.dumps(Request(address, list(tasks), self.timeout, self.lease)))
            process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.client", str(request)],
                stdin=subprocess.PIPE,  # held open: its end tells the client that this process has ended
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C reaches the build, which then stops the client
            )
            try:
                yield from self._events(process, len(tasks))
            finally:
                _stop(process)

    def _address(self) -> str:
        if self.address:
            return self.address
        if self.scheduler_file:
            try:
                return str(json.loads(Path(self.scheduler_file).read_text(encoding="utf-8"))["address"])
            except (OSError, ValueError, KeyError, TypeError) as err:
                raise ExecutorError(
                    f"{self.scheduler_file} does not tell the scheduler's address ({type(err).__name__}: {err}); "
                    "start `dask scheduler --scheduler-file` with this name, or correct d2lbook_dask"
                ) from err
        if address := os.environ.get(VARIABLE):
            return address
        raise ExecutorError(
            "nothing says where the dask scheduler is; set d2lbook_dask = {'address': 'tcp://host:8786'} or "
            f"{{'scheduler_file': 'path'}} in conf.py, or the environment variable {VARIABLE}"
        )

    def _events(self, process: subprocess.Popen[str], count: int) -> Iterator[Started | Result]:
        for line in process.stdout or ():
            value = json.loads(line)
            if "error" in value:
                raise ExecutorError(value["error"])
            if "started" in value:
                yield Started(value["started"])
            else:
                count -= 1
                yield result_of(value["result"])
        if count:
            raise ExecutorError(
                f"the client of dask ended with {process.wait()} before {count} pages were done; {self.log} says more"
            )


def _stop(process: subprocess.Popen[str]) -> None:
    """End the client, which stops what still runs at the workers."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
