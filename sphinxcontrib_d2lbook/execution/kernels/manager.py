"""jupyter_client's parts, as a build wants them: kernels that start by boot.py or as copies, and no idle waiting."""

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
LAUNCH = BOOT.with_name("launch.py")
LAUNCHER = ["-m", "ipykernel_launcher"]
PAUSE = 0.01
"""Seconds between two looks at a kernel that is about to end."""
CONNECTED = 0.05
"""Seconds in which a kernel that answers on one channel does so on the other, if that is connected."""
LEAVE_SECONDS = 3
PATH_LENGTH = 100
"""Bytes that the address of a socket in the file system may have everywhere; Linux takes 107, macOS 103."""


def is_ipykernel(argv: Sequence[str]) -> bool:
    """Whether a kernelspec starts an IPython kernel in the usual way, so that boot.py can do it."""
    return len(argv) > 3 and list(argv[1:3]) == LAUNCHER and "{connection_file}" in argv


class KernelStartError(Exception):
    """A kernel does not start; says why."""


class WatchingKernelClient(AsyncKernelClient):
    """Knows at once when a kernel is ready: jupyter_client waits until nothing has come for a fifth of a second."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Raises KernelStartError for a kernel that ends, or is not ready in time."""
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
        """Whether the kernel answers on both channels: what it prints may come before the second is connected.

        A kernel that is slow to start answers several requests at once; only the last counts.
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
    client_class = f"{__name__}.Client"
    client_factory = Type(WatchingKernelClient)

    def connect_in(self, folder: Path) -> None:
        """Put the connection file, and where the system has them the sockets, into ``folder``, an empty one.

        What the kernel sends is queued without end: by default, what a client is too slow to read is dropped.

        Ports are chosen before a kernel binds them, and then another process may have taken them.
        """
        self.context.rcvhwm = 0
        self.connection_file = str(folder / "connection.json")
        sockets = str(folder / "kernel")
        if hasattr(socket, "AF_UNIX") and len(os.fsencode(sockets)) + len("-12345") <= PATH_LENGTH:
            self.transport, self.ip = "ipc", sockets

    async def leave(self) -> None:
        """Ask the kernel to end, and give it `LEAVE_SECONDS` for what it runs at exit.

        `shutdown_kernel` interrupts the kernel first, which now and then keeps an idle one from hearing the request.
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
        """End the kernel and what is in its process group, and wait until it is gone."""
        if self.has_kernel and self.provisioner is not None:
            self.shutting_down = True
            await self.provisioner.kill()
            with suppress(TimeoutError):  # the system has it, and may need a while for a process that is so large
                await asyncio.wait_for(self.provisioner.wait(), LEAVE_SECONDS)


class Provisioner(LocalProvisioner):
    """Starts a kernel by boot.py where it is an IPython kernel, and as a copy where a stage is given."""

    zygote: Zygote | None = None
    stage: Channel | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = await super().pre_launch(**kwargs)
        if is_ipykernel(self.kernel_spec.argv):
            found["cmd"] = [found["cmd"][0], str(BOOT), *found["cmd"][3:]]
        elif SUPPORTED:
            found["cmd"] = [sys.executable, "-I", "-S", str(LAUNCH), *found["cmd"]]
        return found

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        if self.zygote is not None and self.stage is not None:
            try:
                process = await self.stage.fork(cmd[2:], kwargs["env"], self.zygote.environment, str(kwargs["cwd"]))
            except ZygoteError as err:
                self.log.warning("a kernel is started from nothing, since it cannot be copied: %s", err)
            else:
                self.process = cast("subprocess.Popen[bytes]", process)  # it has what jupyter_client uses
                self.pid = self.pgid = process.pid
                self.cwd = kwargs["cwd"]
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs, stdin=subprocess.DEVNULL)

    async def wait(self) -> int | None:
        while self.process is not None and self.process.poll() is None:
            await asyncio.sleep(PAUSE)
        code: int | None = await super().wait()
        return code
