"""What passes between a provider, the pages and a sync."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

if TYPE_CHECKING:
    from .client import Talk
    from .options import Options


@dataclass(frozen=True)
class Topic:
    """A line of the topic map."""

    id: int
    """The forum's own."""
    title: str
    """As the last sync sent it. The forum may have polished it, or a moderator changed it; neither is fought."""
    replies: int


@dataclass(frozen=True)
class Mount:
    """The element that a provider's script looks for and fills with the thread."""

    tag: str = "div"
    """One of `MOUNT_TAGS`, or the name of a custom element, which has a hyphen."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Such as `id`, `class`, and `data-…` for what the script reads from there."""


MOUNT_TAGS = frozenset({"article", "aside", "div", "section"})


@dataclass(frozen=True)
class Embed:
    """What a page needs to show a thread. The page's loader puts it in once the reader gets there, and not before.

    It makes the mount element, sets the variable, and then adds the script, in this order; the elements are made by
    the browser's own functions, so that no value is ever read as HTML.
    """

    kind: str
    """The provider's name. For giscus and utterances the loader knows how their frames follow the page's theme."""
    script: str
    """Address of the provider's script, which is run anew for each thread that the reader opens."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Of the `script` element, without `src`."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What the script finds in a global variable, as JSON can hold it."""
    mount: Mount | None = None
    """None for a script that puts its own element where it stands."""
    variable: str = ""
    """Name of the global variable for `settings`; "" for a script that reads none."""
    handed: Literal["value", "result", "this"] = "value"
    """How the variable holds the settings: as its "value"; as a function, of which they are the "result"; or as a
    function that puts them into its `this`, object by object."""


ATTRIBUTE = re.compile(r"(?!on)[a-z][a-z0-9_:.-]*")
CUSTOM_ELEMENT = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+")
VARIABLE = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def embed_fault(embed: Embed) -> str | None:
    """Return what is wrong with what a provider gives a page, apart from the script's address; None for nothing."""
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
    """A section of the book that has a discussion."""

    identifier: str
    """Its label."""
    title: str
    parent: str
    """Title of the section around it, or of the page above; "" at the top."""
    address: str
    """The permanent one, of the book."""
    summary: str
    """Its first paragraph, as plain text; may be empty."""
    place: str
    """File and line of the discussion."""


@dataclass(frozen=True)
class Found:
    """A topic as the forum has it."""

    id: int
    title: str
    replies: int


class Service(Protocol):
    """What a sync asks of a forum. Every method may raise ForumError, which ends the sync."""

    def find(self, identifier: str) -> Found | None:
        """The topic of a section, by the section's identifier; None if there is none."""
        ...

    def fetch(self, topic: int) -> Found | None:
        """The topic with the forum's own id; None if it is gone."""
        ...

    def create(self, section: Section, title: str) -> Found:
        """Make the topic, or find the one that is there already: never a second. Raises RefusedError."""
        ...

    def rename(self, topic: int, title: str) -> None:
        """Raises RefusedError."""
        ...


class Provider(Protocol):
    """A kind of forum. The entry point names a class with these methods; its objects are immutable and picklable.

        [project.entry-points."sphinxcontrib_d2lbook.forums"]
        isso = "book_forums:Isso"

    A build calls `from_options` once, and `thread` and `embed` for each section that has a discussion; nothing of it
    may use the network. Only `sphinx-d2lbook forum sync` calls `service`.
    """

    @classmethod
    def from_options(cls, options: Options) -> Self:
        """From `d2lbook_forum`, of which it takes the keys that it knows. Raises OptionError."""
        ...

    def thread(self, identifier: str, topic: Topic | None) -> str:
        """Address of the thread; "" if there is none, or none that is known before someone has written."""
        ...

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed | None:
        """What shows the thread inside the page; None if nothing does."""
        ...

    def service(self, talk: Talk, book: str) -> Service | None:
        """What a sync talks to, for the book of that title; None where threads need no sync. Raises ForumError."""
        ...


@dataclass(frozen=True)
class Forum:
    """The configured forum, as pages see it."""

    provider: Provider
    topics: Mapping[str, Topic]
    """By identifier, from the last sync."""
    file: Path
    """The topic map, whether it is there or not; pages that show a thread depend on it."""

    def thread(self, identifier: str) -> str:
        """Address of the thread of the section with this label; "" if there is none (yet)."""
        return self.provider.thread(identifier, self.topics.get(identifier))

    def replies(self, identifier: str) -> int | None:
        """As the last sync counted them; None if none did."""
        topic = self.topics.get(identifier)
        return topic.replies if topic else None

    def embed(self, identifier: str, title: str) -> Embed | None:
        """What shows the thread of the section with this label and title; None if nothing does (yet)."""
        return self.provider.embed(identifier, title, self.topics.get(identifier))
