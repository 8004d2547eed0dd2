"""Check whether a cluster can run pages, by the versions and resources of its scheduler and workers."""

from __future__ import annotations

import platform
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ... import code_inputs
from ...tasks import Resources, Task

PLUGIN = "sphinxcontrib-d2lbook"
PACKAGES = (PLUGIN, "distributed")
"""Distributions of which all processes need the same version, since their messages change from version to version."""
REMEDY = "install the same versions in the environments of the build, the scheduler and the workers"


def here() -> dict[str, str]:
    """Return the versions of this process, in the form in which `Client.get_versions` has those of others."""
    versions = {"python": ".".join(map(str, sys.version_info))}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "none"
    return versions


def mismatch(mine: Mapping[str, str], versions: Mapping[str, Any]) -> str | None:
    """Return why the cluster cannot be used, with a remedy, or None if it can.

    ``mine`` are the versions of `here`, ``versions`` those of `Client.get_versions`. Of Python, major and minor version
    must agree. The scheduler never runs our code, so that it does not need this package.
    """
    lines = []
    if scheduler := versions.get("scheduler"):
        lines += _shown("the scheduler", _differences(mine, scheduler["packages"], ("distributed",)))
    for address, worker in sorted(versions["workers"].items()):
        if isinstance(worker, Mapping):  # else the worker has left in the meantime
            lines += _shown(f"the worker {address}", _differences(mine, worker["packages"], PACKAGES))
    more = f"; and {len(lines) - 3} more" if len(lines) > 3 else ""
    return f"{'; '.join(lines[:3])}{more}; {REMEDY}" if lines else None


def _differences(mine: Mapping[str, str], other: Mapping[str, Any], packages: Sequence[str]) -> list[str]:
    differences = []
    python, needed = (".".join(str(value).split(".")[:2]) for value in (other.get("python"), mine["python"]))
    if python != needed:
        differences.append(f"Python {python} instead of {needed}")
    differences += [
        f"{name} {other.get(name) or 'not installed'} instead of {mine[name]}"
        for name in packages
        if other.get(name) != mine[name]
    ]
    return differences


def _shown(who: str, differences: Sequence[str]) -> list[str]:
    return [f"{who} has {', '.join(differences)}"] if differences else []


def page_versions(task: Task) -> dict[str, str]:
    """Return name -> version of what a page's outputs depend on, Python and distributions, in this process."""
    names = {"Python": platform.python_version()} if "Python" in task.parts else {}
    return {**names, **code_inputs.versions(task.imports)}


def version_faults(wanted: Mapping[str, str], installed: Mapping[str, str]) -> list[str]:
    """Return a phrase for each version ``installed`` at a worker that differs from that ``wanted`` by the build."""
    return [
        f"{name} {installed.get(name, 'not installed')} instead of {wanted.get(name, 'none')}"
        for name in sorted(wanted.keys() | installed.keys())
        if wanted.get(name) != installed.get(name)
    ]


def asked(resources: Resources) -> dict[str, float]:
    """Return what a page asks for, in the terms in which workers offer it: name -> amount, memory in bytes.

    A worker offers resources by `dask worker --resources "GPU=1 MEMORY=64e9"`.
    """
    amounts = {"GPU": float(resources.gpus), "MEMORY": float(resources.memory)}
    return {name: amount for name, amount in amounts.items() if amount}


def offered(resources: Resources, workers: Mapping[str, Mapping[str, Any]]) -> bool:
    """Check whether some worker has all that a page asks for; ``workers`` is the result of `Cluster.workers`."""
    wanted = asked(resources)
    return any(
        all((worker.get("resources") or {}).get(name, 0) >= amount for name, amount in wanted.items())
        for worker in workers.values()
    )


def refusal(resources: Resources, workers: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a message with what a page asks for, what the workers offer, and a remedy."""
    offers = Counter(_written(worker.get("resources") or {}) or "nothing" for worker in workers.values())
    listed = ", ".join(f"{count} with {offer}" for offer, count in sorted(offers.items())) or "none"
    wanted = _written(asked(resources))
    return (
        f"the page asks for {wanted}, and no worker offers that (workers: {listed}); "
        f'start one with `dask worker --resources "{wanted}"`, or ask for less in the front matter'
    )


def _written(resources: Mapping[str, float]) -> str:
    return " ".join(f"{name}={amount:.15g}" for name, amount in sorted(resources.items()))
