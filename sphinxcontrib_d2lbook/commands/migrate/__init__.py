"""Provide `sphinx-d2lbook migrate`: convert a book of another tool to this extension.

`migration` finds out which tool a book was made with, and writes what `jupyter_book`, `d2lbook` or `notebooks` plans.
For Jupyter Book 1, `config_file` converts `_config.yml` to conf.py, `toc_file` reads `_toc.yml`, and `page_toctrees`
writes its tree into the pages as toctrees. Nothing is lost in silence: the report has a line for each construct, or
counts it in one.
"""

from __future__ import annotations

from .migration import migrate

__all__ = ["migrate"]
