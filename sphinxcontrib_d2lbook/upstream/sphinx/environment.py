"""Use the environment's doctrees in memory, and an environment that was loaded before."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import sphinx.application
from sphinx.environment import BuildEnvironment

from .versions import SPHINX

CACHES = ("_write_doc_doctree_cache", "_pickled_doctree_cache")
"""Dictionaries of doctrees as they were read, and as bytes from the disk."""

ENVIRONMENT = "environment.pickle"
"""Name of the environment's file in the folder of doctrees; Sphinx 9.0 to 9.2 keep it in `ENV_PICKLE_FILENAME`."""


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


@dataclass(frozen=True)
class LoadedEnvironment:
    """Environment as it is in its file, before an application has used it."""

    status: tuple[int, int, int, int]
    """Status of the file when it was loaded."""
    environment: Any


class _ImportsNothing(pickle.Unpickler):
    """Unpickler that finds classes only in modules that are imported already."""

    def find_class(self, module: str, name: str) -> Any:
        if module not in sys.modules:
            raise pickle.UnpicklingError(f"{module} is not imported")
        return super().find_class(module, name)


def load_environment(file: Path, known: LoadedEnvironment | None = None) -> LoadedEnvironment | None:
    """Load the environment of a finished build for the next one, which `use_loaded` gives it in a forked process.

    Return ``known`` if it is from the same file and that has not changed. Return None if it cannot be loaded, or needs
    a module that this process has not imported, such as one of the book, which may be another in the next build.
    """
    try:
        with file.open("rb") as stream:
            status = _status(stream)
            return (
                known if known and known.status == status else LoadedEnvironment(status, _ImportsNothing(stream).load())
            )
    except Exception:  # noqa: BLE001  unpickling calls whatever extensions define; the build loads the file itself
        return None


def use_loaded(loaded: LoadedEnvironment) -> None:
    """Let the application of this process take the environment from memory if the file is still the same.

    The application changes it, so that it can be used once in a process. Sphinx has no setting for that; Sphinx 9.0 to
    9.2 load it in `Sphinx._load_existing_env`, by the name `pickle` of their module. Without it, only time is lost.
    """
    if not isinstance(getattr(sphinx.application, "pickle", None), ModuleType):
        SPHINX.do_without("sphinx.application.pickle", "each build of the preview loads the environment from its file")
        return
    setattr(sphinx.application, "pickle", _Pickle([loaded]))  # noqa: B010  (mypy knows it as a module)


class _Pickle(ModuleType):
    """Stands for the module `pickle`, and returns the loaded environment for its file."""

    def __init__(self, loaded: Collection[LoadedEnvironment]) -> None:
        super().__init__("pickle")
        self.__dict__.update({name: getattr(pickle, name) for name in pickle.__all__ if name != "load"})
        self._loaded = list(loaded)

    def load(self, stream: IO[bytes]) -> Any:
        if self._loaded and self._loaded[0].status == _status(stream):
            return self._loaded.pop().environment
        return pickle.load(stream)


def _status(stream: IO[bytes]) -> tuple[int, int, int, int]:
    status = os.fstat(stream.fileno())
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
