"""The version of this distribution, for modules that the package itself imports."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("sphinxcontrib-d2lbook")
except PackageNotFoundError:  # used from a source tree that was never installed
    __version__ = "0"
