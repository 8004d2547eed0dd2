"""Ask the book's forum about threads. A section is known to it by its label."""

from __future__ import annotations

from typing import Any

from ...addresses.url_schemes import address_problem
from ...common.errors import BookError
from ...forum import Forum, configured_forum, embed_fault

__all__ = ["configured_forum", "embedded", "thread_of"]


def thread_of(forum: Forum, identifier: str) -> str:
    """Return the address of a thread; "" if there is none yet. Raise BookError if links cannot lead to it."""
    address = forum.thread(identifier)
    if address:
        _refuse_odd(address, identifier)
    return address


def embedded(forum: Forum, identifier: str, title: str) -> dict[str, Any] | None:
    """Return the data for the script of the page, as values for JSON; None if the page only links to the thread.

    Raise BookError if the script does not come from a host, or its elements are not allowed on a page.
    """
    embed = forum.embed(identifier, title)
    if embed is None:
        return None
    _refuse_odd(embed.script, identifier)
    problem = embed_fault(embed)
    if problem:
        _refuse(embed.kind, identifier, problem)
    data: dict[str, Any] = {
        "kind": embed.kind,
        "script": embed.script,
        "attributes": dict(embed.attributes),
        "settings": dict(embed.settings),
    }
    if embed.mount:
        data["mount"] = {"tag": embed.mount.tag, "attributes": dict(embed.mount.attributes)}
    if embed.variable:
        data |= {"variable": embed.variable, "handed": embed.handed}
    return data


def _refuse_odd(address: str, identifier: str) -> None:
    problem = address_problem(address)
    if problem is None and not address.lower().startswith(("http://", "https://")):
        problem = "it is not an address of the web"
    if problem:
        _refuse(address, identifier, problem)


def _refuse(what: str, identifier: str, problem: str) -> None:
    raise BookError(
        f"the forum that d2lbook_forum names gives {what[:100]!r} for the section {identifier!r}: {problem}"
    )
