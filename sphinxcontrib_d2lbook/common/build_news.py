"""Tell whoever has started a build, in the same process, what happens in it while it goes on.

The preview shows it. Nothing is told in a build by command.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Listener = Callable[[dict[str, Any]], None]
"""Function that takes news: names and values, all of them JSON."""

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Call a function with all news of the builds of this process, and of the processes that they fork."""
    _listeners.append(listener)


def is_heard() -> bool:
    """Return whether somebody listens; otherwise news need not be made."""
    return bool(_listeners)


def tell(**news: Any) -> None:
    """Tell everybody who listens."""
    for listener in _listeners:
        listener(news)
