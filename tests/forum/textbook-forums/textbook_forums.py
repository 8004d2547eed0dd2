"""Three forums that are no part of sphinxcontrib-d2lbook: each brings its own element, variable and script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from sphinxcontrib_d2lbook.forum.interfaces import Embed, Mount, Topic
from sphinxcontrib_d2lbook.forum.options import Options


class InThePage:
    """What they have in common: the thread is on the page only, and opens when someone writes first."""

    def thread(self, identifier: str, topic: Topic | None) -> str:
        """Return no address, since there is none but the page's."""
        return ""

    def service(self, talk: object, book: str) -> None:
        """Return nothing to talk to: such threads need no sync."""


@dataclass(frozen=True)
class Isso(InThePage):
    """A server of one's own. The thread is named on the element that its script looks for."""

    url: str

    @classmethod
    def from_options(cls, options: Options) -> Self:
        """Take `url`, the address of the server."""
        return cls(options.address("url"))

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed:
        """Return a section with the label as its thread, and the script, which is told of its server."""
        mount = Mount("section", {"id": "isso-thread", "data-isso-id": identifier, "data-title": title})
        attributes = {"data-isso": f"{self.url}/", "data-isso-css": "true"}
        return Embed("isso", f"{self.url}/js/embed.min.js", attributes, mount=mount)


@dataclass(frozen=True)
class Disqus(InThePage):
    """A service. Its script calls a function of the page, which puts the thread's name into `this.page`."""

    shortname: str

    @classmethod
    def from_options(cls, options: Options) -> Self:
        """Take `shortname`, which Disqus gives a site."""
        return cls(options.text("shortname", "the short name of the site at Disqus", r"[a-z0-9-]{1,60}"))

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed:
        """Return the element and the function by the names that Disqus gives them."""
        return Embed(
            "disqus",
            f"https://{self.shortname}.disqus.com/embed.js",
            settings={"page": {"identifier": identifier, "title": title}},
            mount=Mount(attributes={"id": "disqus_thread"}),
            variable="disqus_config",
            handed="this",
        )


@dataclass(frozen=True)
class Remark42(InThePage):
    """A server of one's own. Its script reads a variable, and knows threads by addresses."""

    url: str
    site: str
    book: str

    @classmethod
    def from_options(cls, options: Options) -> Self:
        """Take `url` and `site` of the server, and `book`, where the book is published."""
        return cls(
            options.address("url"),
            options.text("site", "the site's name at the server", r"[\w.-]{1,60}"),
            options.address("book"),
        )

    def embed(self, identifier: str, title: str, topic: Topic | None) -> Embed:
        """Return the variable with the permanent address of the section as its thread."""
        return Embed(
            "remark42",
            f"{self.url}/web/embed.js",
            settings={
                "host": self.url,
                "site_id": self.site,
                "url": f"{self.book}/go/{identifier}/",
                "components": ["embed"],
            },
            mount=Mount(attributes={"id": "remark42", "class": "remark42"}),
            variable="remark_config",
        )
