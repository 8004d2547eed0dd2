"""Bringing the forum and the topic map together: what a book lacks there is shown, or made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from .errors import RefusedError
from .interfaces import Found, Section, Service, Topic
from .topic_titles import topic_titles


class Act(StrEnum):
    """What is to be done about a section, or was."""

    CREATE = "create"
    TAKE = "take"  # the forum has the topic, the map does not know
    MOVE = "move"  # the topic has another number now
    RENAME = "rename"
    COUNT = "count"  # only the number of replies is another


@dataclass(frozen=True)
class Step:
    act: Act
    identifier: str
    topic: int
    """0 for one that is still to be made."""
    detail: str


class Listener(Protocol):
    """Is told how a sync goes."""

    def step(self, step: Step) -> None: ...

    def section(self, identifier: str) -> None:
        """The next section's turn has come."""
        ...


@dataclass(frozen=True)
class SyncOutcome:
    steps: Sequence[Step]
    problems: Sequence[str]
    """Sections that the forum refused, each with its place and a remedy."""
    retired: Mapping[str, Topic]
    """In the map, but no longer in the book. They stay in the map: their printed codes may still be about."""


@dataclass
class Sync:
    """One run. ``apply`` does what is else only shown."""

    service: Service
    sections: Sequence[Section]
    book: str
    topics: dict[str, Topic]
    """The map; changed as the forum is."""
    save: Callable[[Mapping[str, Topic]], object]
    """Called with the map after every topic that changed in it; returns when it is on the disk."""
    listener: Listener
    apply: bool = False
    remap: bool = False
    """The forum is another one: its numbers in the map mean nothing, each topic is looked up by its identifier."""
    _steps: list[Step] = field(default_factory=list)
    _renamed: bool = False

    def run(self) -> SyncOutcome:
        """Raises ForumError where the forum cannot be used; what was done until then is in the map, and saved."""
        titles = topic_titles(self.sections, self.book)
        problems: dict[str, str] = {}
        for section in self.sections:
            self.listener.section(section.identifier)
            self._section(section, titles[section.identifier], problems)
        if problems and self._renamed:
            # A title may have been taken by a topic that has another one now.
            for section in [section for section in self.sections if problems.pop(section.identifier, "")]:
                self._section(section, titles[section.identifier], problems)
        known = {section.identifier for section in self.sections}
        retired = {name: topic for name, topic in sorted(self.topics.items()) if name not in known}
        return SyncOutcome(self._steps, list(problems.values()), retired)

    def _section(self, section: Section, title: str, problems: dict[str, str]) -> None:
        try:
            self._bring(section, title)
        except RefusedError as err:
            problems[section.identifier] = f"{section.place}: {section.identifier!r}: {err}"

    def _bring(self, section: Section, title: str) -> None:
        name = section.identifier
        known = self.topics.get(name)
        found = self._look(name, known)
        if found:
            topic = self._meet(name, known, found)
        elif self.apply:
            with _of_title(title):
                made = self.service.create(section, title)
            topic = Topic(made.id, made.title, made.replies)
            self._did(Act.CREATE, name, topic.id, repr(title))
        else:
            self._did(Act.CREATE, name, 0, repr(title))
            return
        self._keep(name, topic)
        if topic.title != title:
            if known and found and known.id == found.id:
                self._check_ours(name, known, found)
            if self.apply:
                with _of_title(title):
                    self.service.rename(topic.id, title)
                self._renamed = True
            self._did(Act.RENAME, name, topic.id, f"{topic.title!r} -> {title!r}")
            self._keep(name, replace(topic, title=title))

    def _meet(self, name: str, known: Topic | None, found: Found) -> Topic:
        """The map's line of a topic that the forum has."""
        if known is None:
            self._did(Act.TAKE, name, found.id, "is there already")
        elif known.id != found.id:
            self._did(Act.MOVE, name, found.id, f"was topic {known.id}")
        elif known.replies != found.replies:
            self._did(Act.COUNT, name, found.id, f"{found.replies} replies")
        # Of one that is known, the title that was sent last: what the forum made of it is the forum's affair.
        title = known.title if known and known.id == found.id else found.title
        return Topic(found.id, title, found.replies)

    def _check_ours(self, name: str, known: Topic, found: Found) -> None:
        """Raises RefusedError where the number in the map may be that of a stranger's topic, as after a move."""
        if _letters(found.title) == _letters(known.title):
            return
        named = self.service.find(name)
        if named is None or named.id != found.id:
            raise RefusedError(
                f"topic {found.id} is {found.title!r} on the forum, which does not know it as this section's, so it is"
                " not renamed; if the whole forum is another one, run this with --remap; else rename it there"
            )

    def _look(self, name: str, known: Topic | None) -> Found | None:
        """Raises RefusedError for a topic that someone has taken away."""
        if known is None or self.remap:
            return self.service.find(name)
        found = self.service.fetch(known.id) or self.service.find(name)
        if found is None:
            raise RefusedError(
                f"topic {known.id} is gone; restore it there, or take the line {name!r} out of the topic map,"
                " and a new one is made (--remap, if the whole forum is another one)"
            )
        return found

    def _keep(self, name: str, topic: Topic) -> None:
        if self.apply and self.topics.get(name) != topic:
            self.topics[name] = topic
            self.save(self.topics)

    def _did(self, act: Act, name: str, topic: int, detail: str) -> None:
        step = Step(act, name, topic, detail)
        self._steps.append(step)
        self.listener.step(step)


def _letters(title: str) -> str:
    """What is left of a title when a forum has tidied it up."""
    return "".join(filter(str.isalnum, title.casefold()))


@contextmanager
def _of_title(title: str) -> Iterator[None]:
    try:
        yield
    except RefusedError as err:
        raise RefusedError(
            f"the forum does not take a topic {title!r}: {err}; give the section another title, or see whether its"
            " topic is deleted or hidden there"
        ) from err
