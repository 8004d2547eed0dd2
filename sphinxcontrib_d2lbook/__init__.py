"""One Sphinx build for books made of code and mathematics: website, PDF, notebooks and package, together.

`extensions = ["sphinxcontrib_d2lbook"]` in conf.py is all that a book needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:  # the processes that hold kernels, here and on other machines, do without Sphinx
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

__all__ = ["__version__", "setup"]


def setup(app: Sphinx) -> ExtensionMetadata:
    from . import garbage, refusal, unchanged

    unchanged.leave_if_unchanged(app)  # first: what follows takes longer to import than all that it looks at
    refusal.setup_extension(app)  # before rooms are imported, which may find that they cannot work here

    with garbage.imports_kept(unchanged.is_command()):
        _set_up_rooms(app)
    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def _set_up_rooms(app: Sphinx) -> None:
    from . import config, defaults, doctree_files, doctrees, unchanged
    from .addresses import extension as addresses
    from .elements import extension as elements
    from .execution import extension as execution
    from .forum import extension as forum
    from .library import extension as library
    from .numbering import extension as numbering
    from .outputs.book import extension as book
    from .outputs.html import extension as html
    from .outputs.latex import extension as latex
    from .outputs.notebooks import extension as notebooks
    from .outputs.package import extension as package
    from .outputs.paper import extension as paper
    from .outputs.typst import extension as typst

    for room in (
        unchanged,
        forum,
        config,
        defaults,
        doctrees,
        doctree_files,
        library,
        execution,
        numbering,
        addresses,
        elements,
        html,
        paper,
        typst,
        latex,
        notebooks,
        package,
        book,
    ):
        room.setup_extension(app)
