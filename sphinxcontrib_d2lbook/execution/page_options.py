"""Read a page's options of execution: `d2lbook:` in the front matter, `:reads:` at a code cell.

d2lbook:
  reads: [data/*.csv]     # files that the code reads, as globs from the page's folder, or from the project's with "/"
  depends: [prepare]      # pages whose files this one reads; they run first
  timeout: 600            # seconds that the page may take
  memory: 16GB            # what it needs, and may use
  gpus: 1
  alone: true             # nothing else of the build runs beside it
  store: outputs          # folder of its outputs, to be committed, or {framework: folder} for single frameworks
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from ..common.byte_sizes import parse_size
from ..notebook import Notebook

KEY = "d2lbook"
KNOWN = ("alone", "depends", "gpus", "memory", "reads", "store", "timeout")


@dataclass(frozen=True)
class PageOptions:
    """Options of a page, checked and with defaults."""

    reads: Mapping[str, str] = field(default_factory=dict)
    """Glob -> place that declares it, as `path:line`."""
    depends: tuple[str, ...] = ()
    """Names of pages, as written."""
    timeout: float | None = None
    """Seconds that the page may take; None if it says nothing."""
    memory: int = 0
    """Bytes of memory; 0 if the page asks for none."""
    gpus: int = 0
    alone: bool = False
    """Whether nothing else of the build may run beside the page."""
    stores: Mapping[str, str] = field(default_factory=dict)
    """Framework, "" for all, -> folder of committed outputs, relative to that of conf.py."""

    def store(self, framework: str) -> str:
        """Return the folder of the committed outputs of a run; "" if the page names none for it."""
        return self.stores.get(framework) or self.stores.get("", "")


def page_options(page: Notebook) -> tuple[PageOptions, list[str]]:
    """Return the options of a page, and a message for each fault in them."""
    given = page.metadata.get(KEY, {})
    faults: list[str] = []
    place = f"{page.path}:1: the front matter's `{KEY}`"
    if not isinstance(given, Mapping):
        return PageOptions(), [f"{place} is {given!r}; it takes the keys {', '.join(KNOWN)}"]
    faults += [f"{place} has {key!r}; it takes the keys {', '.join(KNOWN)}" for key in given if key not in KNOWN]

    def take(key: str, default: Any, good: Any, kind: str) -> Any:
        value = given.get(key, default)
        if value is default or good(value):
            return value
        faults.append(f"{place}: {key} is {value!r}; it takes {kind}")
        return default

    reads = take("reads", [], _is_names, "a glob or a list of globs")
    globs = dict.fromkeys(_names(reads), f"{page.path}:1")
    for cell in page.code_cells:
        value = cell.metadata.get("reads", [])
        if _is_names(value):
            globs |= {name: page.place(cell) for name in _names(value) if name not in globs}
        else:
            faults.append(f"{page.place(cell)}: the option `reads` of this cell is {value!r}; it takes globs")
    depends = take("depends", [], _is_names, "a page or a list of pages")
    stores = take("store", None, _is_stores, "a folder below that of conf.py, or a map of frameworks to folders")
    memory = take("memory", 0, _is_size, "a size such as 8GB")
    return PageOptions(
        reads=globs,
        depends=tuple(_names(depends)),
        timeout=take("timeout", None, _is_positive, "seconds above zero"),
        memory=parse_size(memory),
        gpus=take(
            "gpus", 0, lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0, "a number"
        ),
        stores=stores if isinstance(stores, Mapping) else {"": stores} if stores else {},
        alone=take("alone", False, lambda value: isinstance(value, bool), "true or false"),
    ), faults


def stores_of(pages: Iterable[Notebook]) -> set[str]:
    """Return all folders for committed outputs that pages name, relative to that of conf.py."""
    return {store for page in pages if KEY in page.metadata for store in page_options(page)[0].stores.values()}


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _names(value: str | list[str]) -> list[str]:
    """Return a list as it is, and text as a comma-separated list, since cell options are often written so."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def _is_stores(value: Any) -> bool:
    folders = list(value.values()) if isinstance(value, dict) else [value]
    return bool(folders) and all(map(_is_folder, folders))


def _is_folder(value: Any) -> bool:
    if not isinstance(value, str) or not value.strip():
        return False
    path = PurePosixPath(value)
    return not path.is_absolute() and ".." not in path.parts and path != PurePosixPath()


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value > 0


def _is_size(value: Any) -> bool:
    try:
        parse_size(value)
    except (TypeError, ValueError):
        return False
    return True
