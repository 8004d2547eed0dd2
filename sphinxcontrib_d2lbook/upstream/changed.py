"""Define the error of this folder: another project no longer has what a book relies on."""

from __future__ import annotations

from ..common.errors import BookError

ADDRESS = "https://github.com/d2lbook/sphinxcontrib-d2lbook/issues"


class UpstreamChanged(BookError):
    """A private interface of another project is gone or different, and going on would give a wrong result."""

    category = "Unsupported version"

    def __init__(self, name: str, version: str, holds: str, what: str, use: str, is_there: bool = False) -> None:
        self.details = (name, version, holds, what, use, is_there)
        head = f"{name} {version}".rstrip()
        fault = f"has another {what}" if is_there else f"has no {what}"
        super().__init__(
            f"{head} {fault}, with which {use}; install a version that is known to have it "
            f"(pip install '{name}{holds}'), or report this at {ADDRESS}"
        )

    def __reduce__(self) -> tuple[type[UpstreamChanged], tuple[str, str, str, str, str, bool]]:
        return type(self), self.details
