"""Whether a cluster can run pages: versions and resources, from what its scheduler tells of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ...model import Resources

PLUGIN = "sphinxcontrib-d2lbook"
PACKAGES = (PLUGIN, "distributed")
"""Distributions that must be the same everywhere: what they send each other changes from version to version."""


def here() -> dict[str, str]:
    """The versions of this process, as `Client.get_versions` gives those of others."""
    found = {"python": ".".join(map(str, sys.version_info))}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


def differences(mine: Mapping[str, str], other: Mapping[str, Any], *, scheduler: bool = False) -> list[str]:
    """What keeps a worker or the scheduler with the versions ``other`` from working with ``mine``.

    Of Python the minor version counts; the scheduler never runs our code, so it does without this package.
    """
    found = []
    if _minor(mine["python"]) != _minor(str(other.get("python"))):
        found.append(f"Python {_minor(str(other.get('python')))} instead of {_minor(mine['python'])}")
    found += [
        f"{name} {other.get(name) or 'not installed'} instead of {mine[name]}"
        for name in PACKAGES
        if not (scheduler and name == PLUGIN) and other.get(name) != mine[name]
    ]
    return found


def _minor(text: str) -> str:
    return ".".join(text.split(".")[:2])


def mismatch(mine: Mapping[str, str], versions: Mapping[str, Any]) -> str | None:
    """A sentence with a remedy where the cluster cannot be used; ``versions`` as `Client.get_versions` gives them."""
    lines = []
    scheduler = versions.get("scheduler")
    if scheduler and (found := differences(mine, scheduler["packages"], scheduler=True)):
        lines.append(f"the scheduler has {', '.join(found)}")
    for address, worker in sorted(versions["workers"].items()):
        if isinstance(worker, Mapping) and (found := differences(mine, worker["packages"])):
            lines.append(f"the worker {address} has {', '.join(found)}")
    if not lines:
        return None
    shown = "; ".join(lines[:3]) + (f"; and {len(lines) - 3} more" if len(lines) > 3 else "")
    return f"{shown}; install the same versions in the environments of the build, the scheduler and the workers"


def asked(resources: Resources) -> dict[str, float]:
    """What a page asks for, as workers offer it: `dask worker --resources "GPU=1 MEMORY=64e9"`."""
    found = {"GPU": float(resources.gpus), "MEMORY": float(resources.memory)}
    return {name: amount for name, amount in found.items() if amount}


def offered(resources: Resources, workers: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether some worker has all that a page asks for. ``workers`` as the scheduler's identity lists them."""
    wanted = asked(resources)
    return any(
        all((worker.get("resources") or {}).get(name, 0) >= amount for name, amount in wanted.items())
        for worker in workers.values()
    )


def refusal(resources: Resources, workers: Mapping[str, Mapping[str, Any]]) -> str:
    """What a page asks for, what the workers offer, and what to do about it."""
    offers: dict[str, int] = {}
    for worker in workers.values():
        offer = _shown(worker.get("resources") or {}) or "nothing"
        offers[offer] = offers.get(offer, 0) + 1
    listed = ", ".join(f"{count} with {offer}" for offer, count in sorted(offers.items())) or "none"
    wanted = _shown(asked(resources))
    return (
        f"the page asks for {wanted}, and no worker offers that (workers: {listed}); "
        f'start one with `dask worker --resources "{wanted}"`, or ask for less in the front matter'
    )


def _shown(resources: Mapping[str, float]) -> str:
    return " ".join(f"{name}={amount:.15g}" for name, amount in sorted(resources.items()))
