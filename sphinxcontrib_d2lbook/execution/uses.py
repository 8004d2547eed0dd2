"""List everything on which a page's outputs depend, one record each, for `why --inputs`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from . import plot_style
from .file_states import LOCKED, is_glob, without_time
from .plan import EXPRESSIONS, PlannedPage
from .reasons import PAGE
from .store import Run
from .tasks import MISSING, UNSETTLED

CELL = "code of cell "
VARIABLE = "environment variable "
KERNEL = "kernel"
SETTINGS = frozenset({"execution_allow_errors", "execution_in_temp", "number of GPUs", plot_style.PART})
"""Names of the task's parts that conf.py or the front matter sets."""
GROUPS = (
    "code",
    "saved blocks",
    "helpers and modules",
    "files",
    "pages",
    "distributions",
    "kernel and settings",
    "environment variables",
    "written by the page",
    "cannot be observed",
)
"""Groups of uses, in the order in which they are shown."""
MODULES = (".py", ".pyi", ".so", ".pyd")
"""Suffixes of the files that an import reads."""


@dataclass(frozen=True)
class Use:
    """One thing on which a page depends or, in the last two groups, that it wrote or that cannot be observed."""

    group: str
    """Name of the group, one of `GROUPS`."""
    name: str
    how: str = ""
    """Phrase for how the page uses it, if that is not plain: "read", "through d2l.train"."""
    now: str | None = None
    """Digest, version or state now; None for what is gone, or has none."""
    last: str | None = None
    """Digest, version or state in the last run; None if that run did not use it, or there was none."""

    @property
    def change(self) -> str:
        """Change since the last run: "" for none, else "new", "gone" or "changed"."""
        if self.now == self.last:
            return ""
        return "new" if self.last is None else "gone" if self.now in (None, MISSING) else "changed"


def uses(plan: PlannedPage, parts: Mapping[str, str], files: Mapping[str, str], run: Run | None) -> list[Use]:
    """Return what a page uses, in the order of `GROUPS`.

    ``parts`` and ``files`` are those of `Judge`, on which the page depends now; ``run`` is its last run.
    """
    parts_before = run.parts if run else {}
    files_before = run.files if run else {}
    records = [
        _part(plan, name, parts.get(name), parts_before.get(name)) for name in dict.fromkeys([*parts, *parts_before])
    ]
    records += [
        Use(
            _group_of_file(name),
            name,
            _how(plan, name, files_before.get(name)),
            files.get(name),
            files_before.get(name),
        )
        for name in sorted({*files, *files_before})
    ]
    if run:
        records += [Use("written by the page", name, "", value, value) for name, value in sorted(run.writes.items())]
        records += [Use("cannot be observed", phrase) for phrase in run.unseen]
    return sorted(records, key=lambda use: GROUPS.index(use.group))


def _part(plan: PlannedPage, name: str, now: str | None, last: str | None) -> Use:
    if name.startswith(CELL):
        return Use("code", f"cell {name.removeprefix(CELL)}", "", now, last)
    if name.startswith(VARIABLE):
        return Use("environment variables", name.removeprefix(VARIABLE), "", now, last)
    if name.startswith(PAGE):
        return Use("pages", name.removeprefix(PAGE), "", now, last)
    if name == EXPRESSIONS:
        return Use("code", name, "", now, last)
    if name == KERNEL or name in SETTINGS:
        return Use("kernel and settings", name, now or "", now, last)
    if name in plan.machine or (name not in plan.task.parts and last and last[:1].isdigit() and "." in last):
        return Use("distributions", name, now or "", now, last)
    return Use("saved blocks", name, f"through {plan.through[name]}" if name in plan.through else "", now, last)


def _group_of_file(name: str) -> str:
    return "helpers and modules" if PurePosixPath(name).suffix in MODULES and not is_glob(name) else "files"


def _how(plan: PlannedPage, name: str, last: str | None) -> str:
    """Return a phrase for how a page uses a file: by its text, and in its last run."""
    by_text = ""
    if name in plan.known:
        by_text = "named or declared by the page" if _group_of_file(name) == "files" else "imported by the page"
    return ", ".join(filter(None, (by_text, _seen(last) if last is not None else "")))


def _seen(state: str) -> str:
    """Return a phrase for what a run did to see a state (see file_states.py)."""
    what = without_time(state)
    if what == MISSING:
        return "looked for, and not there"
    if what == UNSETTLED:
        return "changed while the page ran"
    if what == LOCKED:
        return "could not be read"
    if what.startswith("matches "):
        return "a pattern whose matches were listed"
    if what.startswith(("folder ", "names ", "entries ")):
        return "listed"
    if what.startswith("a file of "):
        return "asked for its size"
    return "asked whether it is there" if what.startswith(("there: ", "link ")) else "read"
