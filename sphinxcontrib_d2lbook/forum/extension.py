"""Give Sphinx the forum of a build, from conf.py and the topic map."""

from __future__ import annotations

import os
from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from ..common.errors import BookError
from . import credentials, providers, topic_map
from .errors import ForumError
from .interfaces import Forum

_forums: WeakKeyDictionary[Sphinx, Forum | None] = WeakKeyDictionary()


def configured_forum(app: Sphinx) -> Forum | None:
    """Return the configured forum, the same during a whole build; None if there is none.

    Raise BookError if an option or the topic map is wrong.
    """
    if app not in _forums:
        _forums[app] = _read(app)
    return _forums[app]


def _read(app: Sphinx) -> Forum | None:
    try:
        setting = providers.read(app.config.d2lbook_forum)
        if setting is None:
            return None
        file = Path(app.confdir, setting.topics)
        return Forum(setting.provider, topic_map.read_topics(file), file)
    except ForumError as err:
        raise BookError(str(err)) from err


def setup(app: Sphinx) -> None:
    # No build needs the key, and code in a page could print it.
    credentials.forget(os.environ)
