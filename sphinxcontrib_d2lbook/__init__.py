"""Build books of code and mathematics with Sphinx: website, PDF, notebooks and package in one build.

A book needs only `extensions = ["sphinxcontrib_d2lbook"]` in conf.py.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # processes that hold kernels, here and on other machines, do without Sphinx
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

try:
    __version__ = version("sphinxcontrib-d2lbook")
except PackageNotFoundError:  # used from a source tree that was never installed
    __version__ = "0"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set up the extension, unless the build has nothing to do."""
    from .common import garbage_collection
    from .lifecycle import error_printing, unchanged_build

    unchanged_build.leave_if_unchanged(app)  # first, because it is faster than the imports below
    error_printing.setup(app)  # before importing rooms, which may raise errors

    with garbage_collection.imports_kept(unchanged_build.is_command()):
        _set_up_rooms(app)
    return {"version": __version__, "env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}


def _set_up_rooms(app: Sphinx) -> None:
    from . import config
    from .addresses import extension as addresses
    from .common import builder_visitors, translations
    from .elements import extension as elements
    from .execution import extension as execution
    from .forum import extension as forum
    from .library import extension as library
    from .lifecycle import (
        build_folders,
        default_settings,
        doctree_integrity,
        doctree_memory,
        source_contents,
        unchanged_build,
    )
    from .mathematics import extension as mathematics
    from .numbering import extension as numbering
    from .outputs import registry as outputs
    from .outputs.book import extension as book

    for room in (
        unchanged_build,
        build_folders,
        translations,
        forum,
        config,
        default_settings,
        doctree_memory,
        source_contents,
        doctree_integrity,
        builder_visitors,
        library,
        execution,
        mathematics,
        numbering,
        addresses,
        elements,
        outputs,
        book,
    ):
        room.setup(app)
