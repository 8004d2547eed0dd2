"""What can be wrong with a forum. None of these messages holds a key."""

from __future__ import annotations


class ForumError(Exception):
    """The forum, its map or what conf.py says of it cannot be used; says what is wrong and what to do."""


class OptionError(ForumError):
    """An option of `d2lbook_forum`; names it and what it takes, never its value, which might be a key."""


class RefusedError(ForumError):
    """The forum understood and said no, to one topic; in the forum's words. Others may still go through."""


class UncertainError(ForumError):
    """No usable answer came: what was asked for was done, or was not."""

    after: float = 0.0
    """Seconds that the forum wants to be left alone before it is asked again."""
