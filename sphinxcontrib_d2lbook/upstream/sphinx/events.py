"""The listeners of events: handlers of other extensions wrapped, taken off, or followed at once by one of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.events import EventListener

from .versions import SPHINX

Handler = Callable[..., Any]


def listeners(app: Sphinx, event: str) -> list[EventListener]:
    """Return the list of an event's listeners as Sphinx keeps it, in the order in which they were connected.

    Extensions can connect and disconnect handlers of their own only. Sphinx 9.0 to 9.2 keep all in
    `EventManager.listeners`; those of equal priority are called in the order of the list.
    """
    kept: Any = SPHINX.attribute(app.events, "listeners", dict, "handlers of other extensions are put in order")
    found = kept[event]
    if not isinstance(found, list) or not all(isinstance(one, EventListener) for one in found):
        raise SPHINX.changed(f"EventManager.listeners[{event!r}]", "handlers are put in order", is_there=True)
    return found


def wrap_handlers(app: Sphinx, event: str, wrap: Callable[[Handler], Handler | None]) -> None:
    """Put ``wrap(handler)`` in the place of each handler of an event, with the same id and priority.

    Where ``wrap`` returns None the handler stays.
    """
    found = listeners(app, event)
    for position, listener in enumerate(found):
        wrapped = wrap(listener.handler)
        if wrapped is not None:
            found[position] = EventListener(listener.id, wrapped, listener.priority)


def connect_behind(app: Sphinx, event: str, theirs: Handler, ours: Handler) -> bool:
    """Connect ``ours`` so that it is called right after ``theirs``, wherever that is; whether it was found.

    With a higher priority it would be called after all that other extensions have connected with the same one.
    """
    found = listeners(app, event)
    places = [place for place, listener in enumerate(found) if listener.handler is theirs]
    for place in places:
        app.connect(event, ours, priority=found[place].priority)
        found.insert(place + 1, found.pop())
    return bool(places)


def remove_collector(app: Sphinx, kind: type[EnvironmentCollector]) -> None:
    """Take Sphinx's own collector of this class off, so that a subclass can take its place. Raises UpstreamChanged.

    Two collectors of section numbers would each rewrite pages whenever the other's numbers differ from theirs, and an
    application has no method to remove one. In Sphinx 9.0 to 9.2 a collector is found by its handlers, and
    `disable` takes them off.
    """
    removed = 0
    for listener in list(listeners(app, "env-get-updated")):
        owner = getattr(listener.handler, "__self__", None)
        # One that was taken off before is still a handler's owner, without ids.
        if isinstance(owner, kind) and owner.listener_ids is not None:
            owner.disable(app)
            removed += 1
    if not removed:
        raise SPHINX.changed(f"{kind.__name__} among the handlers of 'env-get-updated'", "numbers are given out once")
