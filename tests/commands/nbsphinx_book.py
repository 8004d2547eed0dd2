"""A small book as nbsphinx reads it, with each construct of that extension."""

from __future__ import annotations

import json
from typing import Any

CONF = '''\
"""Bells."""

import os

project = "Bells"
author = "Ada B."
extensions = [
    "nbsphinx",
    "nbsphinx_link",
    "sphinx.ext.mathjax",
    "sphinxcontrib.bibtex",
    "sphinx_gallery.load_style",  # the look of galleries
    "myst_parser",
]
bibtex_bibfiles = ["bells.bib"]
exclude_patterns = ["_build", "**.ipynb_checkpoints"]
html_theme = "alabaster"
source_suffix = {".rst": "restructuredtext", ".ipynb": "jupyter_notebook", ".nblink": "linked_jupyter_notebook"}
nbsphinx_execute = "always"
nbsphinx_allow_errors = False
nbsphinx_timeout = 120  # seconds
nbsphinx_kernel_name = "python3"
nbsphinx_execute_arguments = [
    "--InlineBackend.rc={'figure.dpi': 96}",
]
nbsphinx_prompt_width = "0"
nbsphinx_prolog = """
.. note:: A prolog.
"""
nbsphinx_thumbnails = {"bells": "_static/bell.png"}
'''
INDEX = """\
Bells
=====

A book on bells, see :ref:`the first one </bells.ipynb>` and `casting <casting.ipynb>`__.

.. toctree::
   :numbered:

   bells
   casting
   more

.. nbinput:: ipython3
   :execution-count: 3

   ring(2)

.. nboutput::
   :execution-count: 3

   'ding dong'

.. nboutput:: rst

   A *loud* one.

.. nbinfo:: Bells are loud.

.. bibliography::
"""
KERNEL = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python"},
}


def notebook(*cells: dict[str, Any], **metadata: Any) -> str:
    """Return the text of a notebook."""
    value = {"cells": list(cells), "metadata": {**KERNEL, **metadata}, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def text(source: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": metadata, "source": source.splitlines(keepends=True)}


def raw(source: str, **metadata: Any) -> dict[str, Any]:
    return {**text(source, **metadata), "cell_type": "raw"}


def code(source: str, **metadata: Any) -> dict[str, Any]:
    return {**text(source, **metadata), "cell_type": "code", "execution_count": None, "outputs": []}


BELLS = notebook(
    text("This text is for editors.", nbsphinx="hidden"),
    text(
        "# The First Bell\n\nIt rings $f$ times, see [below](#A-Deep-Tone), <cite data-cite='Mersenne1636'>M.</cite>."
    ),
    text(
        '<div class="alert alert-info">\n\n**Note:**\n\nBells are heavy.\n\n</div>\n\n'
        '<div class="alert alert-warning">\n\nMind the clapper.\n\n</div>'
    ),
    code("rings = 2", nbsphinx="hidden"),
    code("'ding ' * rings"),
    raw(".. math::\n\n   f = 440", raw_mimetype="text/restructuredtext"),
    raw("<b>loud</b>", raw_mimetype="text/html"),
    raw("\\emph{loud}", raw_mimetype="text/latex"),
    text("## A Deep Tone\n\nSee [casting](casting.ipynb#How-It's-Done)."),
    nbsphinx={"timeout": 30, "allow_errors": True},
)
CASTING = notebook(text("# Casting\n\n## How It's Done\n\nWith bronze."), code("3 + 4"), nbsphinx={"execute": "never"})
MORE = notebook(
    text("# More"),
    text(
        "## Further Bells\n\n* [Hand bells](sub/hand.ipynb)\n* [Elsewhere](https://bells.example/)\n",
        **{"nbsphinx-toctree": {"maxdepth": 1, "hidden": False}},
    ),
)
HAND = notebook(text("# Hand Bells"), code("1", tags=["nbsphinx-thumbnail"]))
FILES = {
    "conf.py": CONF,
    "index.rst": INDEX,
    "bells.ipynb": BELLS,
    "casting.ipynb": CASTING,
    "more.ipynb": MORE,
    "sub/hand.nblink": '{"path": "../../shared/hand.ipynb"}\n',
    "../shared/hand.ipynb": HAND,
    "bells.bib": "@book{Mersenne1636, author={Mersenne, Marin}, title={Harmony}, year={1636}, publisher={C}}\n",
    "requirements.txt": "nbsphinx>=0.9\nnumpy\n",
}
