"""MyST-NB's own settings that say how a page runs, of conf.py and of the page: they mean here what they mean there."""

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
    """Those of conf.py, or those that hold for one page."""

    mode: str = "auto"
    """`execution_mode`."""
    cell_seconds: float | None = None
    """`execution_timeout` of the page; None where it says none."""
    allow_errors: bool = False
    """Whether the cells behind one that raised run too, and the page counts as good."""
    in_temp: bool = False
    """Whether the kernel runs in a folder that is made for it."""
    raise_on_error: bool = False
    """Whether a page that fails ends the build."""
    expressions: str = "^[a-zA-Z_][a-zA-Z0-9_]*$"
    """`eval_name_regex`: what `{eval}` may evaluate."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """`kernel_rgx_aliases`: regular expression -> the kernel that is meant by names which it matches."""

    def of_page(self, page: Notebook) -> NbSettings:
        """With what the front matter says below `mystnb:` and, as Jupyter has it, below `execution:`."""
        own, jupyter = (_mapping(page.metadata.get(key)) for key in ("mystnb", "execution"))
        found: dict[str, Any] = {}
        if isinstance(mode := own.get("execution_mode"), str) and mode:
            found["mode"] = mode
        for name in ("allow_errors", "in_temp", "raise_on_error"):
            if isinstance(value := own.get(f"execution_{name}"), bool):
                found[name] = value
        if "allow_errors" in jupyter:
            found["allow_errors"] = bool(jupyter["allow_errors"])
        # What stands below `execution:` goes before, as in MyST-NB.
        for value in (own.get("execution_timeout", ""), jupyter.get("timeout", "")):
            if value != "":
                found["cell_seconds"] = seconds(value)
        return replace(self, **found)

    def kernel(self, page: Notebook) -> str:
        """The name of the kernelspec with which a page runs."""
        name = str(_mapping(page.metadata.get("kernelspec")).get("name") or "python3")
        return next((alias for pattern, alias in self.aliases.items() if re.fullmatch(pattern, name)), name)


def settings_of(config: Any) -> NbSettings:
    """Those of conf.py; ``config`` is Sphinx's."""
    return NbSettings(
        mode=config.nb_execution_mode,
        allow_errors=config.nb_execution_allow_errors,
        in_temp=config.nb_execution_in_temp,
        raise_on_error=config.nb_execution_raise_on_error,
        expressions=config.nb_eval_name_regex,
        aliases=config.nb_kernel_rgx_aliases,
    )


def cell_seconds(config: Any) -> float:
    """Where conf.py sets only MyST-NB's limit, that holds: a project that comes from there need not learn ours."""
    given = given_values(config)
    if "nb_execution_timeout" in given and "d2lbook_cell_timeout" not in given:
        return seconds(config.nb_execution_timeout)
    return float(config.d2lbook_cell_timeout)


def seconds(value: Any) -> float:
    """`execution_timeout`: None and -1 are no limit."""
    return float(value) if isinstance(value, int | float) and value >= 0 else math.inf


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
