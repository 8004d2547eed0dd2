"""Synchronize the forum and the topic map: show which topics the book lacks there, or create them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from .errors import RefusedError
from .interfaces import ForumTopic, Section, Service, Topic
from .topic_titles import topic_titles


class TopicAction(StrEnum):
    """Action on the topic of a section, planned or done."""

    CREATE = "create"
    TAKE = "take"  # the forum has the topic, the map does not
    MOVE = "move"  # the topic has another number now
    RENAME = "rename"
    COUNT = "count"  # only the number of replies has changed


@dataclass(frozen=True)
class TopicStep:
    act: TopicAction
    identifier: str
    topic: int
    """Number of the topic; 0 for one that is still to be created."""
    detail: str


class Listener(Protocol):
    """Receiver of a sync's progress."""

    def step(self, step: TopicStep) -> None: ...

    def section(self, identifier: str) -> None:
        """Note that the sync goes on to the next section."""
        ...


@dataclass(frozen=True)
class SyncOutcome:
    steps: Sequence[TopicStep]
    problems: Sequence[str]
    """Messages on sections that the forum refused, each with its place and a remedy."""
    retired: Mapping[str, Topic]
    """Topics in the map that are no longer in the book. They stay there, since printed codes may still lead to them."""


@dataclass
class Sync:
    """One run of a sync. Without ``apply`` it shows what it would do and changes nothing."""

    service: Service
    sections: Sequence[Section]
    book: str
    topics: dict[str, Topic]
    """Topic map, which is changed together with the forum."""
    save: Callable[[Mapping[str, Topic]], object]
    """Called with the map after each change; returns when the map is on the disk."""
    listener: Listener
    apply: bool = False
    remap: bool = False
    """Whether the forum was replaced, so that its numbers in the map are void and topics are found by identifier."""
    _steps: list[TopicStep] = field(default_factory=list)
    _renamed: bool = False

    def run(self) -> SyncOutcome:
        """Synchronize all sections. Raise ForumError if the forum cannot be used; what was done by then is saved."""
        titles = topic_titles(self.sections, self.book)
        problems: dict[str, str] = {}
        for section in self.sections:
            self.listener.section(section.identifier)
            self._section(section, titles[section.identifier], problems)
        if problems and self._renamed:
            # A title may have been taken by a topic that has another title now.
            for section in [section for section in self.sections if problems.pop(section.identifier, "")]:
                self._section(section, titles[section.identifier], problems)
        known = {section.identifier for section in self.sections}
        retired = {name: topic for name, topic in sorted(self.topics.items()) if name not in known}
        return SyncOutcome(self._steps, list(problems.values()), retired)

    def _section(self, section: Section, title: str, problems: dict[str, str]) -> None:
        try:
            self._synchronize(section, title)
        except RefusedError as err:
            problems[section.identifier] = f"{section.place}: {section.identifier!r}: {err}"

    def _synchronize(self, section: Section, title: str) -> None:
        name = section.identifier
        known = self.topics.get(name)
        found = self._find(name, known)
        if found:
            topic = self._updated_topic(name, known, found)
        elif self.apply:
            with _naming_title(title):
                created = self.service.create(section, title)
            topic = Topic(created.id, created.title, created.replies)
            self._record(TopicAction.CREATE, name, topic.id, repr(title))
        else:
            self._record(TopicAction.CREATE, name, 0, repr(title))
            return
        self._save_topic(name, topic)
        if topic.title != title:
            if known and found and known.id == found.id:
                self._check_ours(name, known, found)
            if self.apply:
                with _naming_title(title):
                    self.service.rename(topic.id, title)
                self._renamed = True
            self._record(TopicAction.RENAME, name, topic.id, f"{topic.title!r} -> {title!r}")
            self._save_topic(name, replace(topic, title=title))

    def _updated_topic(self, name: str, known: Topic | None, found: ForumTopic) -> Topic:
        """Return the map's entry for a topic that the forum has."""
        if known is None:
            self._record(TopicAction.TAKE, name, found.id, "is there already")
        elif known.id != found.id:
            self._record(TopicAction.MOVE, name, found.id, f"was topic {known.id}")
        elif known.replies != found.replies:
            self._record(TopicAction.COUNT, name, found.id, f"{found.replies} replies")
        # For a known topic, keep the title that was sent last: how the forum changed it is the forum's affair.
        title = known.title if known and known.id == found.id else found.title
        return Topic(found.id, title, found.replies)

    def _check_ours(self, name: str, known: Topic, found: ForumTopic) -> None:
        """Raise RefusedError if the number in the map may be that of a stranger's topic, as after a move."""
        if _letters(found.title) == _letters(known.title):
            return
        named = self.service.find(name)
        if named is None or named.id != found.id:
            raise RefusedError(
                f"topic {found.id} is {found.title!r} on the forum, which does not know it as this section's, so it is"
                " not renamed; if the whole forum is another one, run this with --remap; else rename it there"
            )

    def _find(self, name: str, known: Topic | None) -> ForumTopic | None:
        """Return the topic of a section, None if there is none. Raise RefusedError if a known topic is gone."""
        if known is None or self.remap:
            return self.service.find(name)
        found = self.service.fetch(known.id) or self.service.find(name)
        if found is None:
            raise RefusedError(
                f"topic {known.id} is gone; restore it there, or take the line {name!r} out of the topic map,"
                " and a new one is made (--remap, if the whole forum is another one)"
            )
        return found

    def _save_topic(self, name: str, topic: Topic) -> None:
        if self.apply and self.topics.get(name) != topic:
            self.topics[name] = topic
            self.save(self.topics)

    def _record(self, act: TopicAction, name: str, topic: int, detail: str) -> None:
        step = TopicStep(act, name, topic, detail)
        self._steps.append(step)
        self.listener.step(step)


def _letters(title: str) -> str:
    """Return the characters of a title that stay when a forum has tidied it up."""
    return "".join(filter(str.isalnum, title.casefold()))


@contextmanager
def _naming_title(title: str) -> Iterator[None]:
    try:
        yield
    except RefusedError as err:
        raise RefusedError(
            f"the forum does not take a topic {title!r}: {err}; give the section another title, or see whether its"
            " topic is deleted or hidden there"
        ) from err
