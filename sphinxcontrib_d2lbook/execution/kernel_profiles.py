"""Describe what processes import before kernels are forked from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .tasks import Task


@dataclass(frozen=True)
class Profile:
    """Work that a stage does before kernels are forked from it."""

    preparation: str
    """Python code that runs first."""
    imports: tuple[str, ...]
    """Dotted names of the modules that it imports."""
    folder: str = "/"
    """Folder in which it imports: Matplotlib looks there for its settings."""


@dataclass(frozen=True)
class ExpectedKernel:
    """Kernel for which a stage is made before a page asks for it."""

    kernel: str
    """Name of the kernelspec."""
    environment: Mapping[str, str]
    """Variables of the page's kernel, in addition to those of the build."""
    profile: Profile

    @classmethod
    def of_task(cls, task: Task) -> ExpectedKernel:
        """Return the kernel that a task will need, with all that it imports."""
        return cls(task.kernel, dict(task.environment), profile_of(task, task.imports))

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> ExpectedKernel:
        """Return the kernel from the JSON of its `dataclasses.asdict`."""
        profile = {**value["profile"], "imports": tuple(value["profile"]["imports"])}
        return cls(value["kernel"], value["environment"], Profile(**profile))

    def serves(self, task: Task) -> bool:
        """Check whether the stage imports nothing but what the task imports, and in the same way."""
        return (
            self.kernel == task.kernel
            and set(self.profile.imports) <= set(task.imports)
            and self.profile == profile_of(task, self.profile.imports)
        )


def profile_of(task: Task, imports: Sequence[str]) -> Profile:
    """Return the profile of a stage for a task.

    Matplotlib reads a `matplotlibrc` in the folder where it is imported, so pages beside one have a stage of their own.
    """
    folder = task.folder if Path(task.folder, "matplotlibrc").is_file() else "/"
    return Profile(task.preparation, tuple(imports), folder)


def shared_profiles(tasks: Sequence[Task]) -> dict[str, Profile]:
    """Return docname -> profile of the stage for its kernel: the imports that at least two tasks of a group share.

    Tasks of a group have the same kernel, preparation and folder for imports.
    """
    groups: dict[tuple[str, Profile], list[Task]] = {}
    for task in tasks:
        groups.setdefault((task.kernel, profile_of(task, ())), []).append(task)
    profiles = {}
    for (_, alone), group in groups.items():
        if len(group) < 2:
            continue
        counts = Counter(name for task in group for name in task.imports)
        shared = tuple(sorted(name for name, count in counts.items() if count > 1))
        for task in group:
            profiles[task.docname] = Profile(alone.preparation, shared, alone.folder)
    return profiles
