"""Find out which resources this machine has for running pages."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from ..common.byte_sizes import parse_size
from .schedule import Capacity

CGROUP = Path("/sys/fs/cgroup")
"""Folder of a container's limits (control groups, version 2)."""


def local_capacity(jobs: int, overrides: Mapping[str, Any], cgroup: Path = CGROUP) -> Capacity:
    """Return what this machine has for running pages.

    ``jobs`` is the number of kernels that may run at a time, 0 for one per processor; ``overrides`` is the value of
    `d2lbook_resources`, ``cgroup`` the folder of a container's limits.
    """
    memory = parse_size(overrides.get("memory", 0)) or _memory(cgroup)
    return Capacity(jobs or _processors(cgroup), memory, _gpus(overrides.get("gpus")))


def _processors(cgroup: Path) -> int:
    """Return the number of processors that this process may use; a container may have only a share of the machine's."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _first_line(cgroup / "cpu.max").partition(" ")
    if quota.isdecimal() and period.isdecimal() and int(period):
        count = min(count, max(1, round(int(quota) / int(period))))
    return count


def _memory(cgroup: Path) -> int:
    limit = _first_line(cgroup / "memory.max")
    total: int = psutil.virtual_memory().total
    return min(total, int(limit)) if limit.isdecimal() else total


def _first_line(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:  # another system, or no container
        return ""


def _gpus(given: Any) -> tuple[str, ...]:
    """Return the names of the GPUs: as given, else those that the build itself may see, else those of the driver."""
    if given is not None:
        return tuple(map(str, range(given))) if isinstance(given, int) else tuple(map(str, given))
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        return tuple(name.strip() for name in visible.split(",") if name.strip() and name.strip() != "-1")
    command = ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):  # no driver, no GPU
        return ()
    return tuple(done.stdout.split())
