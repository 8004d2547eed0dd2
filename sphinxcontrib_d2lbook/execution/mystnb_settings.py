"""Read MyST-NB's own settings of execution, from conf.py and from a page; they mean the same here as in MyST-NB."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..notebook import Notebook
from ..upstream.sphinx.application import given_values


@dataclass(frozen=True)
class NbSettings:
    """MyST-NB's settings of execution, of conf.py or of one page."""

    mode: str = "auto"
    """Value of `execution_mode`."""
    cell_seconds: float | None = None
    """Seconds of `execution_timeout` of the page; None if it gives none."""
    allow_errors: bool = False
    """Whether the cells after one that raised run too, and the page counts as good."""
    in_temp: bool = False
    """Whether the kernel runs in a folder that is made for it."""
    raise_on_error: bool = False
    """Whether a page that fails ends the build."""
    expressions: str = "^[a-zA-Z_][a-zA-Z0-9_]*$"
    """Regular expression of what `{eval}` may evaluate (`eval_name_regex`)."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Regular expression -> name of the kernel that is used for names which it matches (`kernel_rgx_aliases`)."""

    def of_page(self, page: Notebook) -> NbSettings:
        """Return these settings changed by a page's front matter, below `mystnb:` and, as in Jupyter, `execution:`."""
        own, jupyter = (_mapping(page.metadata.get(key)) for key in ("mystnb", "execution"))
        changes: dict[str, Any] = {}
        if isinstance(mode := own.get("execution_mode"), str) and mode:
            changes["mode"] = mode
        for name in ("allow_errors", "in_temp", "raise_on_error"):
            if isinstance(value := own.get(f"execution_{name}"), bool):
                changes[name] = value
        if "allow_errors" in jupyter:
            changes["allow_errors"] = bool(jupyter["allow_errors"])
        # The values below `execution:` win, as in MyST-NB.
        for value in (own.get("execution_timeout", ""), jupyter.get("timeout", "")):
            if value != "":
                changes["cell_seconds"] = seconds(value)
        return replace(self, **changes)

    def kernel(self, page: Notebook) -> str:
        """Return the name of the kernelspec with which a page runs."""
        name = str(_mapping(page.metadata.get("kernelspec")).get("name") or "python3")
        return next((alias for pattern, alias in self.aliases.items() if re.fullmatch(pattern, name)), name)


def settings_of(config: Any) -> NbSettings:
    """Return the settings of conf.py; ``config`` is Sphinx's."""
    return NbSettings(
        mode=config.nb_execution_mode,
        allow_errors=config.nb_execution_allow_errors,
        in_temp=config.nb_execution_in_temp,
        raise_on_error=config.nb_execution_raise_on_error,
        expressions=config.nb_eval_name_regex,
        aliases=config.nb_kernel_rgx_aliases,
    )


def cell_seconds(config: Any) -> float:
    """Return the seconds that a cell may take, by conf.py.

    If conf.py sets only MyST-NB's limit, that one holds, so that a project that comes from there need not learn ours.
    """
    given = given_values(config)
    if "nb_execution_timeout" in given and "d2lbook_cell_timeout" not in given:
        return seconds(config.nb_execution_timeout)
    return float(config.d2lbook_cell_timeout)


def seconds(value: Any) -> float:
    """Return the value of `execution_timeout` in seconds: None and negative numbers mean no limit."""
    return float(value) if isinstance(value, int | float) and value >= 0 else math.inf


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
