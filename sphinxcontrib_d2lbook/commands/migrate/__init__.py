"""`sphinx-d2lbook migrate`: move a book of another tool to this plugin.

`moving` tells what kind of book it is and writes what `jupyter_book`, `d2lbook` or `notebooks` plans. Of Jupyter
Book 1, `config` makes conf.py of `_config.yml`, `contents` reads `_toc.yml`, and `pages` writes what that says into the
pages as toctrees. Nothing is lost in silence: each construct is a line of the report, or is counted in one.
"""

from __future__ import annotations

from .moving import migrate

__all__ = ["migrate"]
