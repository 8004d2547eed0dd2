"""What the process that holds kernels uses of jupyter_client."""

from __future__ import annotations

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
