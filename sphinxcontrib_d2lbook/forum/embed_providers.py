"""Define the forums that need no sync: they open a thread with its first comment, or are only an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote

from .errors import OptionError
from .interfaces import Embed, Service, Topic
from .options import Options, address_fault
from .rate_limited_client import ForumConnection

REPOSITORY = r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}"
TAKES_REPOSITORY = "a repository of GitHub, owner/name"


class _NoSync:
    def service(self, talk: ForumConnection, book: str) -> Service | None:
        return None


class _InThePage(_NoSync):
    """Base of providers whose threads are shown in the page and have no address that is known beforehand."""

    def thread(self, identifier: str, topic: Topic | None) -> str:
        return ""


@dataclass(frozen=True)
class LinkProvider(_NoSync):
    """Provider whose threads have addresses made from the label, or all the same address."""

    url: str
    """Address of a thread; `{label}` stands for the section's label."""

    @classmethod
    def from_options(cls, options: Options) -> Self:
        url = options.text("url", 'an address such as "https://forum.example/t/{label}"', r"[!-~]{1,1000}")
        fault = address_fault(url.replace("{label}", "x"))
        if fault:
            raise OptionError(f"'url' takes an address such as \"https://forum.example/t/{{label}}\": {fault}")
        return cls(url)

    def thread(self, identifier: str, topic: Topic | None) -> str:
        return self.url.replace("{label}", quote(identifier, safe=""))

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed | None:
        return None


@dataclass(frozen=True)
class Giscus(_InThePage):
    """GitHub Discussions, shown by giscus. Attributes follow giscus.app and its guide for advanced usage."""

    repository: str
    repository_id: str
    category: str
    category_id: str
    language: str
    host: str

    @classmethod
    def from_options(cls, options: Options) -> Self:
        identifier = "what giscus.app shows once it knows the repository"
        return cls(
            options.text("repo", TAKES_REPOSITORY, REPOSITORY),
            options.text("repo_id", identifier, r"[\w=+/-]{1,100}"),
            options.text("category", "the name of a category of the repository's discussions", r"[^\x00-\x1f]{1,100}"),
            options.text("category_id", identifier, r"[\w=+/-]{1,100}"),
            options.text("lang", 'a language, such as "en"', r"[A-Za-z-]{2,20}", "en"),
            options.address("url", "https://giscus.app"),
        )

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed | None:
        return Embed(
            "giscus",
            f"{self.host}/client.js",
            {
                "data-repo": self.repository,
                "data-repo-id": self.repository_id,
                "data-category": self.category,
                "data-category-id": self.category_id,
                # The label rather than the address or the title, because it stays when a section is moved or renamed.
                "data-mapping": "specific",
                "data-term": identifier,
                # Without it a search for "sec_linear" may answer with the thread of "sec_linear_scratch".
                "data-strict": "1",
                "data-reactions-enabled": "1",
                "data-emit-metadata": "1",
                "data-input-position": "bottom",
                "data-theme": "preferred_color_scheme",
                "data-lang": self.language,
                "crossorigin": "anonymous",
            },
        )


@dataclass(frozen=True)
class Utterances(_InThePage):
    """Issues of GitHub, shown by utterances."""

    repository: str
    label: str
    host: str

    @classmethod
    def from_options(cls, options: Options) -> Self:
        return cls(
            options.text("repo", TAKES_REPOSITORY, REPOSITORY),
            options.text("label", "the label of the issues", r"[^\x00-\x1f]{0,50}", ""),
            options.address("url", "https://utteranc.es"),
        )

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed | None:
        # These words have a meaning of their own to utterances.
        term = f"section-{identifier}" if identifier in ("pathname", "url", "title", "og:title") else identifier
        attributes = {"repo": self.repository, "issue-term": term, "theme": "preferred-color-scheme"}
        if self.label:
            attributes["label"] = self.label
        return Embed("utterances", f"{self.host}/client.js", {**attributes, "crossorigin": "anonymous"})


@dataclass(frozen=True)
class Hypothesis(_InThePage):
    """Notes in the margin by hypothes.is; they belong to the whole page, not to a section."""

    host: str

    @classmethod
    def from_options(cls, options: Options) -> Self:
        return cls(options.address("url", "https://hypothes.is"))

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed | None:
        return Embed(
            "hypothesis",
            f"{self.host}/embed.js",
            settings={"openSidebar": True},
            variable="hypothesisConfig",
            handed="result",
        )
