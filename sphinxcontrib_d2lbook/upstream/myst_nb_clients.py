"""Import what executes notebooks for MyST-NB itself only when it does.

With its package MyST-NB imports three clients, which bring nbclient, and jupyter-cache with SQLAlchemy: a quarter of
the time that the imports of a build take. They are used only in projects that leave the execution to MyST-NB.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

PACKAGE = "myst_nb.core.execute"
CLIENTS = {"cache": "NotebookClientCache", "direct": "NotebookClientDirect", "inline": "NotebookClientInline"}
"""Class of each module that only runs notebooks. MyST-NB calls it by its name in the package."""


@contextmanager
def clients_on_demand() -> Iterator[None]:
    """Put functions that import the clients in their place, while MyST-NB is imported for the first time.

    The modules themselves stay as they are for whoever imports them.
    """
    modules = {}
    if PACKAGE not in sys.modules:
        for module, client in CLIENTS.items():
            name = f"{PACKAGE}.{module}"
            modules[name] = ModuleType(name)
            setattr(modules[name], client, _importing(name, client))
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in modules:
            sys.modules.pop(name, None)


def _importing(module: str, client: str) -> Callable[..., Any]:
    def create(*args: Any, **options: Any) -> Any:
        return getattr(import_module(module), client)(*args, **options)

    return create
