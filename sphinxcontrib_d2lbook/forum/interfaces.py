"""Define the data and the interfaces between a provider of a forum, the pages and a sync."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

if TYPE_CHECKING:
    from .options import Options
    from .rate_limited_client import ForumConnection


@dataclass(frozen=True)
class Topic:
    """Entry of the topic map."""

    id: int
    """The forum's own number of the topic."""
    title: str
    """Title that the last sync sent. The forum or a moderator may have changed it since, which a sync respects."""
    replies: int


@dataclass(frozen=True)
class Mount:
    """Element that a provider's script searches and fills with the thread."""

    tag: str = "div"
    """Name of the element: one of `MOUNT_TAGS`, or a custom element, whose name has a hyphen."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Attributes such as `id`, `class`, and `data-…` for values that the script reads."""


MOUNT_TAGS = frozenset({"article", "aside", "div", "section"})


@dataclass(frozen=True)
class Embed:
    """Data by which a page shows a thread. The page's loader inserts it only when the reader gets there.

    The loader makes the mount element, sets the variable, and then adds the script, in this order. The elements are
    made by the browser's own functions, so that no value is ever parsed as HTML.
    """

    kind: str
    """Name of the provider. For giscus and utterances the loader makes their frames follow the page's theme."""
    script: str
    """Address of the provider's script, which runs again for each thread that the reader opens."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Attributes of the `script` element, without `src`."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Settings that the script reads from a global variable; they can be written as JSON."""
    mount: Mount | None = None
    """Mount element; None for a script that inserts its own element at its place."""
    variable: str = ""
    """Name of the global variable for `settings`; "" for a script that reads none."""
    handed: Literal["value", "result", "this"] = "value"
    """Form of the settings in the variable: the "value" itself; the "result" of a function; or a function that assigns
    them to properties of its `this`, object by object."""


ATTRIBUTE = re.compile(r"(?!on)[a-z][a-z0-9_:.-]*")
CUSTOM_ELEMENT = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
VARIABLE = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def embed_fault(embed: Embed) -> str | None:
    """Return what is wrong with an embed of a provider, apart from the script's address; None if nothing is."""
    own = dict(embed.mount.attributes) if embed.mount else {}
    given: list[tuple[str, object]] = [*embed.attributes.items(), *own.items()]
    for name, value in given:
        if not ATTRIBUTE.fullmatch(name) or name in ("src", "srcdoc", "style"):
            return f"{name!r} is no attribute that an element of a discussion can have"
        if not isinstance(value, str):
            return f"the attribute {name!r} is no text"
    if embed.mount and embed.mount.tag not in MOUNT_TAGS and not CUSTOM_ELEMENT.fullmatch(embed.mount.tag):
        return f"the mount is one of {', '.join(sorted(MOUNT_TAGS))} or a custom element, not {embed.mount.tag!r}"
    if embed.variable and not VARIABLE.fullmatch(embed.variable):
        return f"{embed.variable!r} is no name of a variable"
    if embed.settings and not embed.variable:
        return "there are settings, and no variable for them"
    return None


@dataclass(frozen=True)
class Section:
    """Section of the book that has a discussion."""

    identifier: str
    """Label of the section."""
    title: str
    parent: str
    """Title of the section around it, or of the page above; "" at the top."""
    address: str
    """Permanent address of the section in the book."""
    summary: str
    """First paragraph, as plain text; may be empty."""
    place: str
    """File and line of the discussion, for messages."""


@dataclass(frozen=True)
class ForumTopic:
    """Topic as the forum has it."""

    id: int
    title: str
    replies: int


class Service(Protocol):
    """Operations of a forum that a sync needs. Every method may raise ForumError, which ends the sync."""

    def find(self, identifier: str) -> ForumTopic | None:
        """Return the topic of a section, by the section's identifier; None if there is none."""
        ...

    def fetch(self, topic: int) -> ForumTopic | None:
        """Return the topic with the forum's number; None if it is gone."""
        ...

    def create(self, section: Section, title: str) -> ForumTopic:
        """Create the topic, or return the one that exists already: never a second. Raise RefusedError if refused."""
        ...

    def rename(self, topic: int, title: str) -> None:
        """Change the title of a topic. Raise RefusedError if the forum refuses it."""
        ...


class Provider(Protocol):
    """A kind of forum. The entry point names a class with these methods; its objects are immutable and picklable.

        [project.entry-points."sphinxcontrib_d2lbook.forums"]
        isso = "book_forums:Isso"

    A build calls `from_options` once, and `thread` and `embed` for each section that has a discussion. None of these
    may use the network. Only `sphinx-d2lbook forum sync` calls `service`.
    """

    @classmethod
    def from_options(cls, options: Options) -> Self:
        """Make a provider from `d2lbook_forum`, of which it takes the keys that it knows. Raise OptionError."""
        ...

    def thread(self, identifier: str, topic: Topic | None) -> str:
        """Return the address of the thread; "" if it has none, or none that is known before its first comment."""
        ...

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed | None:
        """Return the data by which a page shows the thread; None if pages cannot show it."""
        ...

    def service(self, talk: ForumConnection, book: str) -> Service | None:
        """Return the service for a sync of the book with this title; None if threads need no sync. Raise ForumError."""
        ...


@dataclass(frozen=True)
class Forum:
    """Configured forum, as pages see it."""

    provider: Provider
    topics: Mapping[str, Topic]
    """Topics by identifier, from the last sync."""
    file: Path
    """Path of the topic map, which need not exist; pages that show a thread depend on it."""

    def thread(self, identifier: str) -> str:
        """Return the address of the thread of the section with this label; "" if there is none (yet)."""
        return self.provider.thread(identifier, self.topics.get(identifier))

    def replies(self, identifier: str) -> int | None:
        """Return the number of replies that the last sync counted; None if none counted them."""
        topic = self.topics.get(identifier)
        return topic.replies if topic else None

    def embed(self, identifier: str, title: str) -> Embed | None:
        """Return the data by which a page shows the thread of a section; None if it cannot be shown (yet)."""
        return self.provider.embed(identifier, title, self.topics.get(identifier))
