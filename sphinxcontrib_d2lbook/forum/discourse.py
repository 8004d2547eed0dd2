"""Keep a topic of Discourse for each section, found by its `external_id`. Follows the API at docs.discourse.org."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from ..common.files import digest
from .credentials import Credentials
from .errors import ForumError, RefusedError
from .interfaces import Embed, ForumTopic, Mount, Section, Topic
from .options import Options
from .post_markdown import first_post
from .rate_limited_client import Answer, ForumClient, ForumConnection

LONGEST_ID = 50
"""Most characters of an `external_id`, which has letters, digits, `_` and `-`, and is unique without regard to case."""


@dataclass(frozen=True)
class Discourse:
    url: str
    category: int
    prefix: str
    """Prefix of identifiers on the forum, so that several books can share one."""
    per_minute: int

    @classmethod
    def from_options(cls, options: Options) -> Self:
        return cls(
            options.address("url"),
            options.number("category", 0, 10**9, 0),
            options.text("prefix", "up to 20 small letters, digits, _ and -", r"[a-z0-9_-]{0,20}", ""),
            # The rate that Discourse allows a key by default.
            options.number("requests_per_minute", 1, 1_000_000, 60),
        )

    def thread(self, identifier: str, topic: Topic | None) -> str:
        return f"{self.url}/t/{topic.id}" if topic else ""

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed | None:
        if topic is None:
            return None
        # By number: by the page's address, a renamed page would open a second topic.
        settings = {"discourseUrl": f"{self.url}/", "topicId": topic.id}
        return Embed(
            "discourse",
            f"{self.url}/javascripts/embed.js",
            settings=settings,
            mount=Mount(attributes={"id": "discourse-comments"}),
            variable="DiscourseEmbed",
        )

    def service(self, talk: ForumConnection, book: str) -> DiscourseService:
        return DiscourseService(self, ForumClient(self.url, talk, self.per_minute, _sign), book)


def _sign(credentials: Credentials) -> dict[str, str]:
    return {"Api-Key": credentials.key, "Api-Username": credentials.user}


def external_id(identifier: str, prefix: str = "") -> str:
    """Return the identifier as Discourse can store it: unchanged if possible, else similar to it, with a digest."""
    whole = f"{prefix}{identifier}"
    if re.fullmatch(r"[a-z0-9_-]+", whole) and len(whole) <= LONGEST_ID:
        return whole
    readable = re.sub(r"[^a-z0-9_-]+", "-", whole.lower())[: LONGEST_ID - 17].strip("-")
    return f"{readable}-{digest(whole)[:16]}"


class DiscourseService:
    def __init__(self, forum: Discourse, client: ForumClient, book: str) -> None:
        self._forum, self._client, self._book = forum, client, book

    def find(self, identifier: str) -> ForumTopic | None:
        # The forum redirects this to the topic itself.
        return self._topic(self._client.ask("GET", f"/t/external_id/{self._external(identifier)}.json"))

    def fetch(self, topic: int) -> ForumTopic | None:
        return self._topic(self._client.ask("GET", f"/t/{topic}.json"))

    def create(self, section: Section, title: str) -> ForumTopic:
        data: dict[str, Any] = {
            "title": title,
            "raw": first_post(section, self._book),
            "external_id": self._external(section.identifier),
        }
        if self._forum.category:
            data["category"] = self._forum.category
        tried = False

        def attempt() -> ForumTopic:
            nonlocal tried
            # A try that got no answer may have made the topic.
            topic = self.find(section.identifier) if tried else None
            tried = True
            return topic or self._post(section.identifier, title, data)

        return self._client.repeat(attempt)

    def rename(self, topic: int, title: str) -> None:
        answer = self._client.ask("PUT", f"/t/-/{topic}.json", {"title": title})
        if not answer.good:
            raise RefusedError(answer.words)

    def _post(self, identifier: str, title: str, data: dict[str, Any]) -> ForumTopic:
        """Post the first post of a new topic. Raise UncertainError if the topic may or may not exist now."""
        answer = self._client.once("POST", "/posts.json", data)
        if answer.status == 422:
            # Perhaps another sync, or a request of ours that arrived late, has just made it.
            topic = self.find(identifier)
            if topic:
                return topic
        if not answer.good:
            raise RefusedError(answer.words)
        if answer.value.get("action") == "enqueued":
            raise ForumError(
                f"{self._forum.url}: the forum keeps new topics for review; approve them there, and take the key of a"
                " user whose topics need none"
            )
        return ForumTopic(self._number(answer, "topic_id", 1), title, 0)

    def _topic(self, answer: Answer) -> ForumTopic | None:
        if answer.status in (404, 410):
            return None
        if not answer.good:
            raise ForumError(f"{self._forum.url}: the forum does not say what it has: {answer.words}")
        title = answer.value.get("title")
        if not isinstance(title, str):
            raise ForumError(f"{self._forum.url}: an answer has no 'title'; is that a Discourse?")
        return ForumTopic(self._number(answer, "id", 1), title, max(0, self._number(answer, "posts_count", 0) - 1))

    def _number(self, answer: Answer, name: str, least: int) -> int:
        value = answer.value.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ForumError(f"{self._forum.url}: an answer has no {name!r} that is a number; is that a Discourse?")
        return value

    def _external(self, identifier: str) -> str:
        return external_id(identifier, self._forum.prefix)
