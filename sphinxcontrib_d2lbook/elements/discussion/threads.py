"""What is known of threads: the forum of the book, asked about a section by its label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from sphinx.application import Sphinx
from sphinx.config import Config

from ...addresses.schemes import fault
from ...errors import BookError


class Embed(Protocol):
    """How a thread is loaded into a page."""

    kind: str
    """Which software it is, for what the page's script must know of it: "discourse", "giscus", …"""
    script: str
    """Address of the forum's script."""
    attributes: Mapping[str, str]
    """Of the script's element."""
    settings: Mapping[str, Any]
    """What the script looks for in the page's window."""


class Forum(Protocol):
    """Answers from the configuration and from committed files; never from the network."""

    def thread(self, identifier: str) -> str:
        """Address of a thread; "" if there is none yet."""

    def replies(self, identifier: str) -> int | None:
        """As the last synchronisation found them."""

    def embed(self, identifier: str, title: str) -> Embed | None:
        """What a page needs to load the thread; None for a forum that is only linked to."""


@dataclass(frozen=True)
class LinkedForum:
    """Threads that are only linked to, by an address with the label in it."""

    url: str
    """`{label}` in it is replaced."""

    def thread(self, identifier: str) -> str:
        return self.url.replace("{label}", quote(identifier, safe=""))

    def replies(self, identifier: str) -> int | None:
        return None

    def embed(self, identifier: str, title: str) -> Embed | None:
        return None


def forum_of(app: Sphinx) -> Forum | None:
    """The forum that conf.py names; None for a book without one."""
    forum = app.config.d2lbook_forum
    return LinkedForum(forum["url"]) if forum else None


def thread_of(forum: Forum, identifier: str) -> str:
    """Address of a thread; "" if there is none yet. Raises BookError for one that readers cannot be led to."""
    address = forum.thread(identifier)
    if address:
        _refuse_odd(address, identifier)
    return address


def embedded(forum: Forum, identifier: str, title: str) -> dict[str, Any] | None:
    """What the script of the page is told, as JSON can hold it; None where the thread is only linked to.

    Raises BookError for a script that does not come from a host.
    """
    embed = forum.embed(identifier, title)
    if embed is None:
        return None
    _refuse_odd(embed.script, identifier)
    return {
        "kind": embed.kind,
        "script": embed.script,
        "attributes": dict(embed.attributes),
        "settings": dict(embed.settings),
    }


def _refuse_odd(address: str, identifier: str) -> None:
    problem = fault(address)
    if problem is None and not address.lower().startswith(("http://", "https://")):
        problem = "it is no address of the web"
    if problem:
        raise BookError(
            f"the forum that d2lbook_forum names gives {address[:100]!r} for the section {identifier!r}: {problem}"
        )


def check_forum(app: Sphinx, config: Config) -> None:
    """Raises BookError for a forum without a usable address."""
    forum = config.d2lbook_forum
    if forum is None:
        return
    url = forum.get("url") if isinstance(forum, dict) else None
    problem = fault(url.replace("{label}", "x")) if isinstance(url, str) else "it has no address"
    if problem:
        raise BookError(
            f"{app.confdir}/conf.py: d2lbook_forum = {forum!r}: {problem}."
            ' Write {"url": "https://forum.example/t/{label}"}, or None for no discussions'
        )
