"""Adapt the classes of jupyter_client to a build: kernels start by boot.py or as forks, and nothing waits idly."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any, cast

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Type

from ...upstream.kernels.client import note_protocol
from .tracer_process import SUPPORTED
from .zygote_process import Channel, Zygote, ZygoteError

BOOT = Path(__file__).parent / "inside" / "boot.py"
"""Program that starts an IPython kernel."""
LAUNCH = BOOT.with_name("launch.py")
"""Program that starts any other kernel."""
LAUNCHER = ["-m", "ipykernel_launcher"]
PAUSE = 0.01
"""Seconds between two checks whether a kernel has ended."""
CONNECTED = 0.05
"""Seconds within which a kernel that answers on one channel also answers on the other, if that is connected."""
LEAVE_SECONDS = 3
"""Seconds that a kernel has to end."""
PATH_LENGTH = 100
"""Bytes that the address of a socket in the file system may have on any system; Linux takes 107, macOS 103."""


def is_ipykernel(argv: Sequence[str]) -> bool:
    """Check whether a kernelspec starts an IPython kernel in the usual way, so that boot.py can start it instead."""
    return len(argv) > 3 and list(argv[1:3]) == LAUNCHER and "{connection_file}" in argv


class KernelStartError(Exception):
    """Raised if a kernel does not start; the message says why."""


class WatchingKernelClient(AsyncKernelClient):
    """Kernel client that knows at once when a kernel is ready: jupyter_client waits for 0.2 s of silence."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel is ready. Raise KernelStartError if it ends, or is not ready in ``timeout`` seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout if timeout else float("inf")
        while True:
            request = self.kernel_info()
            if await self._answered(request, end):
                return
            if not await self.is_alive():
                raise KernelStartError("the kernel ended while it started; kernels.log says more")
            if loop.time() > end:
                raise KernelStartError(f"the kernel was not ready in {timeout:g} seconds; kernels.log says more")

    async def _answered(self, request: str, end: float) -> bool:
        """Return whether the kernel has answered a request on both channels.

        Until the second channel is connected, what the kernel prints is lost. A kernel that is slow to start answers
        several requests at once; only the last counts.
        """
        try:
            reply = await self.shell_channel.get_msg(timeout=1)
            if reply["msg_type"] != "kernel_info_reply":
                return False
            while asyncio.get_running_loop().time() <= end:
                message = await self.iopub_channel.get_msg(timeout=CONNECTED)
                parent = message["parent_header"].get("msg_id")
                if parent == request and message["content"].get("execution_state") == "idle":
                    note_protocol(self, reply)
                    return True
        except Empty:
            pass
        return False


class Manager(AsyncKernelManager):
    """Manager of a kernel that is connected by sockets in a folder and ends without idle waiting."""

    client_class = f"{__name__}.{WatchingKernelClient.__name__}"
    client_factory = Type(WatchingKernelClient)

    def connect_in(self, folder: Path) -> None:
        """Put the connection file and, if the system supports them, the sockets into the empty folder ``folder``.

        Ports of TCP, in contrast, are chosen before a kernel binds them, and another process may take them meanwhile.
        Messages of the kernel are queued without limit; by default, those that a client reads too slowly are dropped.
        """
        self.context.rcvhwm = 0
        self.connection_file = str(folder / "connection.json")
        sockets = str(folder / "kernel")
        if hasattr(socket, "AF_UNIX") and len(os.fsencode(sockets)) + len("-12345") <= PATH_LENGTH:
            self.transport, self.ip = "ipc", sockets

    async def leave(self) -> None:
        """Ask the kernel to end, and give it `LEAVE_SECONDS` for what it runs at exit.

        `shutdown_kernel` is not used, since it interrupts the kernel first, which then may miss the request if idle.
        """
        if self.has_kernel:
            self.shutting_down = True
            await self.request_shutdown()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ended(), LEAVE_SECONDS)

    async def _ended(self) -> None:
        while await self.is_alive():
            await asyncio.sleep(PAUSE)

    async def kill(self) -> None:
        """Kill the kernel and the processes of its group, and wait until it is gone."""
        if self.has_kernel and self.provisioner is not None:
            self.shutting_down = True
            await self.provisioner.kill()
            with suppress(TimeoutError):  # the system may take long to end a very large process
                await asyncio.wait_for(self.provisioner.wait(), LEAVE_SECONDS)


class Provisioner(LocalProvisioner):
    """Provisioner that forks a stage if it has one, and else starts IPython by boot.py, other kernels by launch.py."""

    zygote: Zygote | None = None
    stage: Channel | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Return the options of the launch, with our program in the command."""
        options: dict[str, Any] = await super().pre_launch(**kwargs)
        if is_ipykernel(self.kernel_spec.argv):
            options["cmd"] = [options["cmd"][0], str(BOOT), *options["cmd"][3:]]
        elif SUPPORTED:
            options["cmd"] = [sys.executable, "-I", "-S", str(LAUNCH), *options["cmd"]]
        return options

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the stage if there is one; if that fails, start the kernel from nothing."""
        if self.zygote is not None and self.stage is not None:
            try:
                process = await self.stage.fork(cmd[2:], kwargs["env"], self.zygote.environment, str(kwargs["cwd"]))
            except ZygoteError as err:
                self.log.warning("a kernel is started from nothing, since it cannot be copied: %s", err)
            else:
                self.process = cast("subprocess.Popen[bytes]", process)  # it has the methods that jupyter_client uses
                self.pid = self.pgid = process.pid
                self.cwd = kwargs["cwd"]
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs, stdin=subprocess.DEVNULL)

    async def wait(self) -> int | None:
        """Wait until the kernel has ended, looking more often than jupyter_client, and return its exit code."""
        while self.process is not None and self.process.poll() is None:
            await asyncio.sleep(PAUSE)
        code: int | None = await super().wait()
        return code
