"""Whether a cluster can run pages: versions and resources, from what its scheduler and workers tell."""

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
"""Distributions that must be the same everywhere: what they send each other changes from version to version."""
REMEDY = "install the same versions in the environments of the build, the scheduler and the workers"


def here() -> dict[str, str]:
    """The versions of this process, as `Client.get_versions` gives those of others."""
    found = {"python": ".".join(map(str, sys.version_info))}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


def mismatch(mine: Mapping[str, str], versions: Mapping[str, Any]) -> str | None:
    """A sentence with a remedy where the cluster cannot be used; ``versions`` as `Client.get_versions` gives them.

    Of Python the minor version counts here. The scheduler never runs our code, so it does without this package.
    """
    lines = []
    if scheduler := versions.get("scheduler"):
        lines += _shown("the scheduler", _differences(mine, scheduler["packages"], ("distributed",)))
    for address, worker in sorted(versions["workers"].items()):
        if isinstance(worker, Mapping):  # else it has left in the meantime
            lines += _shown(f"the worker {address}", _differences(mine, worker["packages"], PACKAGES))
    more = f"; and {len(lines) - 3} more" if len(lines) > 3 else ""
    return f"{'; '.join(lines[:3])}{more}; {REMEDY}" if lines else None


def _differences(mine: Mapping[str, str], other: Mapping[str, Any], packages: Sequence[str]) -> list[str]:
    found = []
    python, needed = (".".join(str(value).split(".")[:2]) for value in (other.get("python"), mine["python"]))
    if python != needed:
        found.append(f"Python {python} instead of {needed}")
    found += [
        f"{name} {other.get(name) or 'not installed'} instead of {mine[name]}"
        for name in packages
        if other.get(name) != mine[name]
    ]
    return found


def _shown(who: str, differences: Sequence[str]) -> list[str]:
    return [f"{who} has {', '.join(differences)}"] if differences else []


def page_versions(task: Task) -> dict[str, str]:
    """What a page's outputs depend on in the environment that it runs in, by this process's: name -> version."""
    names = {"Python": platform.python_version()} if "Python" in task.parts else {}
    return {**names, **code_inputs.versions(task.imports)}


def version_faults(wanted: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Where a page would run with other versions than those under which its outputs are kept."""
    return [
        f"{name} {found.get(name, 'not installed')} instead of {wanted.get(name, 'none')}"
        for name in sorted(wanted.keys() | found.keys())
        if wanted.get(name) != found.get(name)
    ]


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
    offers = Counter(_written(worker.get("resources") or {}) or "nothing" for worker in workers.values())
    listed = ", ".join(f"{count} with {offer}" for offer, count in sorted(offers.items())) or "none"
    wanted = _written(asked(resources))
    return (
        f"the page asks for {wanted}, and no worker offers that (workers: {listed}); "
        f'start one with `dask worker --resources "{wanted}"`, or ask for less in the front matter'
    )


def _written(resources: Mapping[str, float]) -> str:
    return " ".join(f"{name}={amount:.15g}" for name, amount in sorted(resources.items()))
