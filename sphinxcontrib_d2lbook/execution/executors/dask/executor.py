"""Executor for dask, in the process that builds: it starts the client and reads its events."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from dataclasses import asdict
from pathlib import Path

from ...tasks import Task
from .. import child_process
from ..base import Event, Executor, ExecutorError, Settings

VARIABLE = "DASK_SCHEDULER_ADDRESS"
"""Environment variable of dask with the address of the scheduler."""
TIMEOUT = 10.0
"""Seconds within which a scheduler must answer and have a worker."""
LEASE = 10.0
"""Seconds after which a worker stops a page if it has no message from the build."""


class DaskExecutor(Executor):
    """Executor that sends pages to the dask.distributed scheduler at ``address``.

    What the client logs, and what kernels print outside of cells, goes to the file ``log``. The scheduler must answer,
    and have a worker, within ``timeout`` seconds; later, it may be without the workers that pages need for as long.
    ``lease`` is the number of seconds after which a worker stops a page if it has no message from the build.
    """

    def __init__(self, log: Path, address: str, timeout: float = TIMEOUT, lease: float = LEASE) -> None:
        self.log = log
        self.address = address
        self.timeout = timeout
        self.lease = lease

    def run(self, tasks: Sequence[Task]) -> Generator[Event, None, None]:
        """Run all tasks; see `Executor.run`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="d2lbook-") as scratch, self.log.open("wb") as log:
            request = Path(scratch, "request.json")
            value = {
                "address": self.address,
                "tasks": [asdict(task) for task in tasks],
                "timeout": self.timeout,
                "lease": self.lease,
            }
            request.write_text(json.dumps(value), "utf-8")
            process = subprocess.Popen(
                [sys.executable, "-m", f"{__package__}.client", str(request)],
                stdin=subprocess.PIPE,  # closed by the system when the build ends, however it ends
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the build, which then stops the client
            )
            try:
                yield from child_process.events(process, len(tasks), name="the client of dask", log=self.log)
            finally:
                child_process.stop(process)


def make_executor(settings: Settings) -> DaskExecutor:
    """Return an executor for the scheduler of `d2lbook_dask`. Raise ExecutorError if none is set or dask is missing."""
    if importlib.util.find_spec("distributed") is None:
        raise ExecutorError("dask.distributed is not installed; install sphinxcontrib-d2lbook[dask]")
    values = settings.config.d2lbook_dask
    address = values.get("address") or ""
    if not address and (file := values.get("scheduler_file")):
        address = _address_in(settings.root / file)
    address = address or os.environ.get(VARIABLE, "")
    if not address:
        raise ExecutorError(
            "nothing says where the dask scheduler is; set d2lbook_dask = {'address': 'tcp://host:8786'} or "
            f"{{'scheduler_file': 'path'}} in conf.py, or the environment variable {VARIABLE}"
        )
    return DaskExecutor(settings.work / "kernels.log", address, values.get("timeout", TIMEOUT))


def _address_in(file: Path) -> str:
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["address"])
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise ExecutorError(
            f"{file} does not tell the scheduler's address ({type(err).__name__}: {err}); start "
            "`dask scheduler --scheduler-file` with this name, or correct d2lbook_dask in conf.py"
        ) from err
