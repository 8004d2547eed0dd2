"""Read `d2lbook_forum`: each key once, with a check. No message shows a value, which might be a key of the forum."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .credentials import KEY, USER
from .errors import OptionError

SECRET = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)
ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{1,1000}")
"""Characters of an address, by RFC 3986."""


class Options:
    """Values of one forum. It records which of them were read."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self._asked: list[str] = []
        for name in values:
            if isinstance(name, str) and SECRET.search(name):
                raise OptionError(
                    f"conf.py is no place for a key, and {name!r} looks like one: take it out, and give it to"
                    f" `sphinx-d2lbook forum sync` by the environment variables {KEY} and {USER}"
                )

    def __repr__(self) -> str:
        return f"Options({', '.join(map(repr, self._values))})"

    def address(self, name: str, default: str | None = None) -> str:
        """Return an http(s) address to which paths are added, without a slash at its end. Raise OptionError."""
        value = self._take(name, default)
        fault = address_fault(value) if isinstance(value, str) else "it is no text"
        if isinstance(value, str) and re.search("[?#]", value):
            fault = fault or "it ends before any ? or #"
        if fault:
            raise OptionError(f"{name!r} takes an address such as https://forum.example: {fault}")
        return str(value).rstrip("/")

    def text(self, name: str, takes: str, pattern: str, default: str | None = None) -> str:
        """Return a text that ``pattern`` matches as a whole; ``takes`` describes it in words. Raise OptionError."""
        value = self._take(name, default, takes)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise OptionError(f"{name!r} takes {takes}")
        return value

    def number(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self._take(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise OptionError(f"{name!r} takes a number from {least} to {most}")
        return value

    def one_of(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self._take(name, default)
        if value not in choices:
            raise OptionError(f"{name!r} takes one of {', '.join(map(repr, choices))}")
        return str(value)

    def close(self) -> None:
        """Raise OptionError if there is a key that nobody has read."""
        odd = [name for name in self._values if name not in self._asked]
        if odd:
            name = repr(odd[0])
            raise OptionError(
                f"takes the keys {', '.join(map(repr, self._asked))}, not {name if len(name) < 40 else 'what it has'}"
            )

    def _take(self, name: str, default: Any, takes: str = "") -> Any:
        self._asked.append(name)
        if name in self._values:
            return self._values[name]
        if default is None:
            raise OptionError(f"{name!r} is missing; it takes {takes}" if takes else f"{name!r} is missing")
        return default


def address_fault(value: str) -> str | None:
    """Return why ``value`` cannot be the address of a forum, without showing it; None if it can."""
    if not ADDRESS.fullmatch(value):
        return "it has only the ASCII characters of RFC 3986, no spaces, and not more than 1,000 of them"
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "it cannot be read"
    if parts.scheme not in ("http", "https"):
        return "it begins with https://, or with http://"
    if not host:
        return "it names no host"
    if "@" in parts.netloc:
        return "it holds no name or password of a user"
    return None
