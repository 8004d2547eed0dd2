"""The zygote, seen from the process that holds the kernels: stages with what pages share, copies that are kernels."""

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

PROGRAM = Path(__file__).parent / "inside" / "zygote.py"
SUPPORTED = sys.platform == "linux"
"""Elsewhere fork is missing, or the libraries of the system do not survive it."""
SIZE = 1 << 16


class ZygoteError(Exception):
    """A copy cannot be had; says why."""


@dataclass(frozen=True)
class Profile:
    """What a stage has done before it is copied."""

    preparation: str
    """Python code."""
    imports: tuple[str, ...]
    folder: str = "/"
    """Where it imports: Matplotlib looks there for its settings."""


@dataclass
class WarmProcess:
    """A kernel that is a copy of a stage: the part of `subprocess.Popen` that jupyter_client uses."""

    pid: int
    returncode: int | None = None
    stdin: None = None
    stdout: None = None
    stderr: None = None

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Only called when `poll` has told that it ended."""
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def end_group(self) -> None:
        """Kill it and what shares its process group."""
        for kill in (os.killpg, os.kill):  # it leads no group yet where it has just been forked
            with suppress(OSError):
                kill(self.pid, signal.SIGKILL)


@dataclass
class Channel:
    """One end of a socket to a zygote or to one of its stages."""

    socket: socket.socket
    processes: dict[int, WarmProcess] = field(default_factory=dict)
    starting: dict[int, asyncio.Future[int]] = field(default_factory=dict)
    ready: asyncio.Future[dict[str, Any]] | None = None
    count: int = 0

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
            process = self.processes[message["id"]] = WarmProcess(message["pid"])
            waiting = self.starting.pop(message["id"], None)
            if waiting is None or waiting.done():  # who asked for it was stopped meanwhile
                process.end_group()
            else:
                waiting.set_result(process.pid)
        elif "exit" in message:
            self.processes.pop(message["id"]).returncode = message["exit"]
        elif self.ready is not None and not self.ready.done():
            self.ready.set_result(message)

    def _lost(self) -> None:
        """The other end is gone, and with it, by the death of their parent, its kernels."""
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
        if self.socket.fileno() != -1:
            asyncio.get_running_loop().remove_reader(self.socket)
            self.socket.close()

    async def fork(
        self, arguments: Iterable[str], environment: Mapping[str, str], base: Mapping[str, str], cwd: str
    ) -> WarmProcess:
        """A copy that runs a kernel. ``base`` is the zygote's environment. Raises ZygoteError."""
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
        # It may have ended before anyone could look.
        return self.processes.get(number) or WarmProcess(answer.result(), returncode=-1)


class Zygote:
    """One process for a Python and an environment, and a stage of it for each profile."""

    def __init__(self, python: str, environment: Mapping[str, str]) -> None:
        """Raises OSError."""
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
        """The stage of a profile; what cannot be imported, or starts threads, is left out. Raises ZygoteError."""
        if profile not in self._stages:
            self._stages[profile] = asyncio.create_task(self._make_stage(profile))
        return await asyncio.shield(self._stages[profile])

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
        """End the process and all its copies."""
        for task in self._stages.values():
            if task.done() and not task.cancelled() and task.exception() is None:
                task.result().close()
            task.cancel()
        self._channel.close()
        with suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
