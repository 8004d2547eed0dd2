"""`sphinx-d2lbook migrate`: move a book of Jupyter Book 1 to this plugin.

`config` makes conf.py of `_config.yml`, `contents` reads `_toc.yml`, `pages` writes what that says into the pages as
toctrees, and `moving` puts all together. Nothing is lost in silence: each construct is a line of the report.
"""

from __future__ import annotations

from .moving import migrate

__all__ = ["migrate"]
