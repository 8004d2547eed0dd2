"""Start the zygote and its stages, from the process that holds the kernels, and fork kernels from the stages.

The *zygote* is a process that has imported what all kernels need. A *stage* is a fork of it that has also imported what
some pages share. Both run inside/zygote.py.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..kernel_profiles import Profile

PROGRAM = Path(__file__).parent / "inside" / "zygote.py"
SUPPORTED = sys.platform == "linux"
"""Whether kernels can be forked: on other systems fork is missing, or their libraries do not survive it."""
SIZE = 1 << 16
"""Largest size of a message in bytes."""


class ZygoteError(Exception):
    """Raised if a process cannot be forked; the message says why."""


@dataclass
class ForkedKernel:
    """Process of a kernel that was forked from a stage, with those methods of `Popen` that jupyter_client uses."""

    pid: int
    returncode: int | None = None
    stdin: None = None
    stdout: None = None
    stderr: None = None

    def poll(self) -> int | None:
        """Return the exit code; None while the process runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Return the exit code. Called only after `poll` has returned one."""
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process if it still runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to end, by SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def end_group(self) -> None:
        """Kill the process and all others of its process group."""
        for kill in (os.killpg, os.kill):  # right after the fork it does not lead a group yet
            with suppress(OSError):
                kill(self.pid, signal.SIGKILL)


@dataclass
class Channel:
    """Our end of a socket to a zygote or to one of its stages."""

    socket: socket.socket
    processes: dict[int, ForkedKernel] = field(default_factory=dict)
    """Number of a request -> process that was forked for it and runs."""
    starting: dict[int, asyncio.Future[int]] = field(default_factory=dict)
    """Number of a request -> future process id."""
    ready: asyncio.Future[dict[str, Any]] | None = None
    """Future answer to a question, or of a stage that prepares itself."""
    count: int = 0
    """Number of the last request."""

    def __post_init__(self) -> None:
        self.socket.setblocking(False)
        asyncio.get_running_loop().add_reader(self.socket, self._receive)

    def _receive(self) -> None:
        try:
            data = self.socket.recv(SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        message = json.loads(data)
        if "pid" in message:
            process = self.processes[message["id"]] = ForkedKernel(message["pid"])
            waiting = self.starting.pop(message["id"], None)
            if waiting is None or waiting.done():  # the page that asked for it was stopped meanwhile
                process.end_group()
            else:
                waiting.set_result(process.pid)
        elif "exit" in message:
            self.processes.pop(message["id"]).returncode = message["exit"]
        elif self.ready is not None and not self.ready.done():
            self.ready.set_result(message)

    def _lost(self) -> None:
        """Note that the other end is gone and that its kernels, whose parent it was, have died with it."""
        self.close()
        for process in self.processes.values():
            process.end_group()
            process.returncode = -signal.SIGKILL
        self.processes.clear()
        waiting: list[asyncio.Future[Any]] = [*self.starting.values(), *([self.ready] if self.ready else [])]
        for future in waiting:
            if not future.done():
                future.set_exception(ZygoteError("its process ended"))

    def close(self) -> None:
        """Close the socket, by which the other end ends."""
        if self.socket.fileno() != -1:
            asyncio.get_running_loop().remove_reader(self.socket)
            self.socket.close()

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a question. Raise ZygoteError or OSError if the other end is gone."""
        self.ready = asyncio.get_running_loop().create_future()
        self.socket.send(json.dumps(question).encode())
        return await self.ready

    async def fork(
        self, arguments: Iterable[str], environment: Mapping[str, str], base: Mapping[str, str], cwd: str
    ) -> ForkedKernel:
        """Fork a process that runs a kernel, and return it.

        ``arguments`` are those of boot.py, ``environment`` and ``cwd`` the kernel's environment and folder, and
        ``base`` is the environment of the zygote. Raise ZygoteError if the other end is gone.
        """
        self.count += 1
        number = self.count
        changed = {name: value for name, value in environment.items() if base.get(name) != value}
        gone = [name for name in base if name not in environment]
        request = {"op": "kernel", "id": number, "argv": list(arguments), "set": changed, "unset": gone, "cwd": cwd}
        answer = self.starting[number] = asyncio.get_running_loop().create_future()
        try:
            self.socket.send(json.dumps(request).encode())
        except OSError as err:
            raise ZygoteError(str(err)) from err
        await answer
        # The process may have ended already.
        return self.processes.get(number) or ForkedKernel(answer.result(), returncode=-1)


class Zygote:
    """Zygote for one Python and one environment, with a stage for each profile."""

    def __init__(self, python: str, environment: Mapping[str, str]) -> None:
        """Start the process. Raise OSError if that fails."""
        self.environment = dict(environment)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.process = subprocess.Popen(
            [python, str(PROGRAM), str(theirs.fileno()), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            env=self.environment,
            cwd="/",
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        self._channel = Channel(ours)
        self._stages: dict[Profile, asyncio.Task[Channel]] = {}

    async def stage(self, profile: Profile) -> Channel:
        """Return the stage of a profile, without modules that cannot be imported or that start threads.

        Raise ZygoteError if it cannot be forked.
        """
        if profile not in self._stages:
            self._stages[profile] = asyncio.create_task(self._make_stage(profile))
        return await asyncio.shield(self._stages[profile])

    async def is_current(self) -> bool:
        """Check whether the files that the zygote and its stages have imported are as they were then.

        One that does not answer, or could not be made, is not current.
        """
        try:
            stages = [await stage for stage in self._stages.values()]
            return all([(await channel.ask({"op": "current"}))["current"] for channel in (self._channel, *stages)])
        except (ZygoteError, OSError):
            return False

    async def _make_stage(self, profile: Profile) -> Channel:
        imports = profile.imports
        while True:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            channel = Channel(ours)
            channel.ready = asyncio.get_running_loop().create_future()
            request = {"op": "stage", "preparation": profile.preparation, "imports": imports, "cwd": profile.folder}
            try:
                socket.send_fds(self._channel.socket, [json.dumps(request).encode()], [theirs.fileno()])
            except OSError as err:
                channel.close()
                raise ZygoteError(str(err)) from err
            finally:
                theirs.close()
            answer = await channel.ready
            if answer.get("ready"):
                return channel
            channel.close()
            sys.stderr.write(f"kernels are started without {answer['failed']}: {answer['why']}\n")
            if answer["failed"] not in imports:
                raise ZygoteError(f"{answer['failed']}: {answer['why']}")
            imports = tuple(name for name in imports if name != answer["failed"])

    def close(self) -> None:
        """End the process and all processes that were forked from it."""
        for task in self._stages.values():
            if task.done() and not task.cancelled() and task.exception() is None:
                task.result().close()
            task.cancel()
        self._channel.close()
        with suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
