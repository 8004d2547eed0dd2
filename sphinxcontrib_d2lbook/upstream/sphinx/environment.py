"""Use the environment's doctrees in memory."""

from __future__ import annotations

from sphinx.environment import BuildEnvironment

from .versions import SPHINX

CACHES = ("_write_doc_doctree_cache", "_pickled_doctree_cache")
"""Dictionaries of doctrees as they were read, and as bytes from the disk."""


def forget_doctrees(env: BuildEnvironment, most: int) -> None:
    """Remove the doctrees in memory if there are more than ``most``; all of them are on the disk.

    Sphinx keeps each doctree that it reads until its page is written, and the bytes of each that it loads for good. It
    has no setting for that. Sphinx 9.0 to 9.2 load doctrees that are not in these two dictionaries. Without them, only
    memory is lost.
    """
    for name in CACHES:
        doctrees = getattr(env, name, None)
        if not isinstance(doctrees, dict):
            SPHINX.do_without(f"BuildEnvironment.{name}", "memory grows with the number of pages")
        elif len(doctrees) > most:
            doctrees.clear()
