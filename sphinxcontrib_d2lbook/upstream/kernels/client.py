"""Use jupyter_client and ipykernel in the process that holds kernels."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from ..relied import Upstream

if TYPE_CHECKING:  # a build that runs no cell does without it
    from jupyter_client.client import KernelClient

JUPYTER_CLIENT = Upstream("jupyter-client", ">=8.6,<9")
"""The tests run with 8.10."""


def note_protocol(client: KernelClient, reply: dict[str, Any]) -> None:
    """Adapt a client to the version of the protocol that a kernel speaks, from its `kernel_info_reply`.

    jupyter_client does so in its own `wait_for_ready`, which waits longer than a build can. It has no public method for
    it; in 8.6 to 8.10 it is `_handle_kernel_info_reply`. Raise UpstreamChanged without that method.
    """
    use = "messages of kernels with another protocol are read"
    JUPYTER_CLIENT.method(client, "_handle_kernel_info_reply", use)
    client._handle_kernel_info_reply(reply)


def cell_file_name(source: str) -> str:
    """Return the name, without a folder, of the file to which Python attributes a cell with this source.

    ipykernel 6.29 to 7.4 make it from the cell's text, in `ipykernel.compiler.get_file_name`, below a folder named
    after the process. Without that function, return "", which stands for all names: then messages name the cell in
    which they appear.
    """
    try:
        from ipykernel.compiler import get_file_name  # here, because few pages show such a path
    except ImportError:
        return ""
    return PurePath(get_file_name(source)).name
