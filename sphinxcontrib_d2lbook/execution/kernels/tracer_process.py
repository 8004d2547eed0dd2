"""Start and end the process of inside/tracer.py, which notes what programs open, from the process of the kernels."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parent / "inside" / "tracer.py"
SUPPORTED = sys.platform == "linux"
PATH_LENGTH = 100
"""Bytes that the address of a socket in the file system may have; Linux takes 107."""


class Tracer:
    """Process that traces the programs of all kernels."""

    def __init__(self, folder: Path) -> None:
        """Start the process; its socket gets the name "trace" in ``folder``."""
        self.address = ""
        """Address of the socket to which kernels connect; "" if this system cannot trace programs."""
        self.process: subprocess.Popen[bytes] | None = None
        address = str(folder / "trace")
        if not SUPPORTED or len(os.fsencode(address)) > PATH_LENGTH:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(address)
            listener.listen(socket.SOMAXCONN)
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(PROGRAM), str(listener.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=sys.stderr,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
        self.address = address

    def close(self) -> None:
        """End the process. No kernel may run any more, since its programs would wait for the tracer in vain."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
