"""What is known of threads: the forum of the book, asked about a section by its label."""

from __future__ import annotations

from typing import Any

from ...addresses.url_schemes import fault
from ...common.errors import BookError
from ...forum import Forum, configured_forum, embed_fault

__all__ = ["configured_forum", "embedded", "thread_of"]


def thread_of(forum: Forum, identifier: str) -> str:
    """Address of a thread; "" if there is none yet. Raises BookError for one that readers cannot be led to."""
    address = forum.thread(identifier)
    if address:
        _refuse_odd(address, identifier)
    return address


def embedded(forum: Forum, identifier: str, title: str) -> dict[str, Any] | None:
    """What the script of the page is told, as JSON can hold it; None where the thread is only linked to.

    Raises BookError for a script that does not come from a host, and for elements that no page can have.
    """
    embed = forum.embed(identifier, title)
    if embed is None:
        return None
    _refuse_odd(embed.script, identifier)
    problem = embed_fault(embed)
    if problem:
        _refuse(embed.kind, identifier, problem)
    told: dict[str, Any] = {
        "kind": embed.kind,
        "script": embed.script,
        "attributes": dict(embed.attributes),
        "settings": dict(embed.settings),
    }
    if embed.mount:
        told["mount"] = {"tag": embed.mount.tag, "attributes": dict(embed.mount.attributes)}
    if embed.variable:
        told |= {"variable": embed.variable, "handed": embed.handed}
    return told


def _refuse_odd(address: str, identifier: str) -> None:
    problem = fault(address)
    if problem is None and not address.lower().startswith(("http://", "https://")):
        problem = "it is no address of the web"
    if problem:
        _refuse(address, identifier, problem)


def _refuse(what: str, identifier: str, problem: str) -> None:
    raise BookError(
        f"the forum that d2lbook_forum names gives {what[:100]!r} for the section {identifier!r}: {problem}"
    )
