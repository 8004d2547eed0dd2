"""Provide `sphinx-d2lbook migrate`: convert a book of another tool to this extension.

`moving` finds out which tool a book was made with, and writes what `jupyter_book`, `d2lbook` or `notebooks` plans. For
Jupyter Book 1, `config` converts `_config.yml` to conf.py, `contents` reads `_toc.yml`, and `pages` writes its tree
into the pages as toctrees. Nothing is lost in silence: the report has a line for each construct, or counts it in one.
"""

from __future__ import annotations

from .moving import migrate

__all__ = ["migrate"]
