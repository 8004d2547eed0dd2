"""Use the listeners of events: wrap or remove handlers of other extensions, or add one of ours directly after them."""

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

    Extensions can only connect and disconnect their own handlers. Sphinx 9.0 to 9.2 keep all in
    `EventManager.listeners`, and call those of equal priority in the order of the list. Raise UpstreamChanged without
    the list.
    """
    by_event: Any = SPHINX.attribute(app.events, "listeners", dict, "handlers of other extensions are put in order")
    event_listeners = by_event[event]
    if not isinstance(event_listeners, list) or not all(
        isinstance(listener, EventListener) for listener in event_listeners
    ):
        raise SPHINX.changed(f"EventManager.listeners[{event!r}]", "handlers are put in order", is_there=True)
    return event_listeners


def wrap_handlers(app: Sphinx, event: str, wrap: Callable[[Handler], Handler | None]) -> bool:
    """Replace each handler of an event by ``wrap(handler)``, with the same id and priority.

    A handler for which ``wrap`` returns None stays. Return whether any was replaced.
    """
    event_listeners, replaced = listeners(app, event), False
    for position, listener in enumerate(event_listeners):
        wrapped = wrap(listener.handler)
        if wrapped is not None:
            event_listeners[position] = EventListener(listener.id, wrapped, listener.priority)
            replaced = True
    return replaced


def connect_behind(app: Sphinx, event: str, theirs: Handler, ours: Handler) -> bool:
    """Connect ``ours`` so that it is called right after ``theirs``; return whether ``theirs`` is connected.

    With a higher priority it would also be called after all handlers of other extensions with the same priority.
    """
    event_listeners = listeners(app, event)
    places = [place for place, listener in enumerate(event_listeners) if listener.handler is theirs]
    for place in places:
        app.connect(event, ours, priority=event_listeners[place].priority)
        event_listeners.insert(place + 1, event_listeners.pop())
    return bool(places)


def remove_collector(app: Sphinx, kind: type[EnvironmentCollector]) -> None:
    """Remove Sphinx's own collector of this class, so that a subclass can replace it. Raise UpstreamChanged.

    Two collectors of section numbers would rewrite pages whenever their numbers differ, and an application has no
    method to remove one. In Sphinx 9.0 to 9.2 a collector is found by its handlers, and `disable` removes them.
    """
    removed = 0
    for listener in list(listeners(app, "env-get-updated")):
        owner = getattr(listener.handler, "__self__", None)
        # A collector that was disabled before still owns its handlers, but has no ids.
        if isinstance(owner, kind) and owner.listener_ids is not None:
            owner.disable(app)
            removed += 1
    if not removed:
        raise SPHINX.changed(f"{kind.__name__} among the handlers of 'env-get-updated'", "numbers are given out once")
