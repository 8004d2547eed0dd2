"""What the process that holds kernels uses of jupyter_client and ipykernel."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from jupyter_client.client import KernelClient

from ..relied import Upstream

JUPYTER_CLIENT = Upstream("jupyter-client", ">=8.6,<9")
"""The tests run with 8.10."""


def note_protocol(client: KernelClient, reply: dict[str, Any]) -> None:
    """Let a client adapt to the version of the protocol that a kernel speaks, by its `kernel_info_reply`.

    jupyter_client does so in its own `wait_for_ready`, which waits for longer than a build wants, and has no public
    method for it; in 8.6 to 8.10 it is `_handle_kernel_info_reply`. Raises UpstreamChanged.
    """
    use = "messages of kernels with another protocol are read"
    JUPYTER_CLIENT.method(client, "_handle_kernel_info_reply", use)
    client._handle_kernel_info_reply(reply)


def cell_file_name(source: str) -> str:
    """Return the name, without a folder, of the file that Python takes a cell with this source for.

    ipykernel 6.29 to 7.4 make it from the cell's text, in `ipykernel.compiler.get_file_name`, below a folder that is
    named by the process. Without that function "" stands for all names: then messages name the cell that shows them.
    """
    try:
        from ipykernel.compiler import get_file_name  # here, because few pages show such a path
    except ImportError:
        return ""
    return PurePath(get_file_name(source)).name
