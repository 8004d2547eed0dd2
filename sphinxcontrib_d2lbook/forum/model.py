"""What passes between a provider, the pages and a sync."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

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
class Embed:
    """What a page needs to show a thread, once the reader gets there."""

    kind: str
    """The provider's name: how the page's loader puts the script in."""
    script: str
    """Address of the provider's script."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Of the `script` element."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """For JavaScript, as JSON: `DiscourseEmbed`, `hypothesisConfig`."""


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
    """A kind of forum. The entry point names a class with these methods; its objects are immutable and picklable."""

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
