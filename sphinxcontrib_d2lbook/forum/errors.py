"""Define the errors of forums. None of their messages holds a key."""

from __future__ import annotations


class ForumError(Exception):
    """The forum, its topic map or its options in conf.py cannot be used. The message names the fault and the remedy."""


class OptionError(ForumError):
    """An option of `d2lbook_forum` is wrong. The message does not show its value, which might be a key."""


class RefusedError(ForumError):
    """The forum refused one topic. The message has the forum's words. Other topics may still succeed."""


class UncertainError(ForumError):
    """No usable answer came, and the forum may or may not have obeyed the request."""

    after: float = 0.0
    """Seconds that the forum asks us to wait before the next request."""
