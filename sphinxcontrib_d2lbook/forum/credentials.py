"""Read the forum's key, and keep it from everyone but the forum."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field

from .errors import ForumError

KEY = "D2LBOOK_FORUM_KEY"
USER = "D2LBOOK_FORUM_USER"
HIDDEN = "(key)"


@dataclass(frozen=True)
class Credentials:
    user: str
    key: str = field(repr=False)

    def redact(self, text: str) -> str:
        """Return ``text`` without the key, wherever it came from: a forum may repeat what it received."""
        return text.replace(self.key, HIDDEN).replace(self.key.replace("/", "\\/"), HIDDEN)


def from_environment(environment: Mapping[str, str]) -> Credentials | None:
    """Return user and key; None if there is no key.

    Raise ForumError, without showing the key, if it cannot be sent.
    """
    key, user = environment.get(KEY, "").strip(), environment.get(USER, "").strip()
    if not key:
        return None
    if not re.fullmatch(r"[\w.~+/=-]{8,500}", key, re.ASCII):
        raise ForumError(
            f"{KEY} holds no key: one has 8 to 500 letters, digits or ._~+/=-; copy it from the forum again"
        )
    if not re.fullmatch(r"[!-~]{1,100}", user):
        raise ForumError(f"{USER} has to name the user of the forum whose key {KEY} holds")
    return Credentials(user, key)


def forget(environment: MutableMapping[str, str]) -> None:
    """Remove the key, so that no notebook, kernel or child of this process can show it."""
    environment.pop(KEY, None)
