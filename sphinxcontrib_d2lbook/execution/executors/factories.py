"""The executor "local" from the values of conf.py."""

from __future__ import annotations

from ..machine import local_capacity
from .base import Settings
from .local import LocalExecutor


def local(settings: Settings) -> LocalExecutor:
    """For this machine, with all of it that may be used."""
    config = settings.config
    return LocalExecutor(
        settings.work / "kernels.log",
        local_capacity(config.d2lbook_execution_jobs, config.d2lbook_resources),
        config.d2lbook_kernels,
    )
