"""List the providers of forums: our own, and those of other distributions by an entry point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from .discourse import Discourse
from .embed_providers import Giscus, Hypothesis, LinkProvider, Utterances
from .errors import OptionError
from .interfaces import Provider
from .options import Options

GROUP = "sphinxcontrib_d2lbook.forums"
"""Group of entry points. Each names a class that is a `Provider`."""
BUILT_IN: Mapping[str, type[Provider]] = {
    "discourse": Discourse,
    "giscus": Giscus,
    "hypothesis": Hypothesis,
    "link": LinkProvider,
    "utterances": Utterances,
}
NONE = "none"
TOPICS = "forum-topics.json"


@dataclass(frozen=True)
class ForumSetting:
    """Content of `d2lbook_forum`."""

    name: str
    """Name of the provider."""
    provider: Provider
    topics: str
    """Path of the topic map, relative to conf.py."""


def read(value: Mapping[str, Any] | None) -> ForumSetting | None:
    """Return the configured forum; None if there is none. Raise OptionError if an option is wrong."""
    if value is None:
        return None
    options = Options(value)
    # A plain address was the first form of the option, so it works without a provider's name.
    default = "link" if "url" in value else None
    name = options.text("provider", f"one of {', '.join(map(repr, names()))}", r"[\w.-]{1,40}", default)
    if name == NONE:
        return None
    provider = _find(name).from_options(options)
    topics = options.text(
        "topics",
        'the name of a JSON file beside conf.py, such as "forum-topics.json"',
        r"[\w. /-]{1,200}\.json",
        TOPICS,
    )
    if topics.startswith("/") or ".." in topics.split("/"):
        raise OptionError("'topics' takes the name of a file beside conf.py or below, to be committed with the book")
    options.close()
    return ForumSetting(name, provider, topics)


def names() -> list[str]:
    """Return the names of all installed providers, sorted."""
    return sorted({*BUILT_IN, NONE, *(point.name for point in entry_points(group=GROUP))})


def _find(name: str) -> type[Provider]:
    if name in BUILT_IN:
        return BUILT_IN[name]
    points = list(entry_points(group=GROUP, name=name))
    if not points:
        raise OptionError(f"there is no provider {name!r}; there are {', '.join(map(repr, names()))}")
    if len(points) > 1:
        owners = ", ".join(sorted(map(_owner, points)))
        raise OptionError(f"the provider {name!r} is offered by {owners}: uninstall all but one")
    try:
        provider: type[Provider] = points[0].load()
    except (ImportError, AttributeError) as err:
        raise OptionError(f"the provider {name!r} of {_owner(points[0])} cannot be loaded: {err}") from err
    return provider


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value
