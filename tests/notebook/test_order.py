"""The reading order is found from the text of the pages, as Sphinx will find it from their trees."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sphinx.util.matching import patmatch

from sphinxcontrib_d2lbook.notebook.page_order import pattern_regex, reading_order
from sphinxcontrib_d2lbook.notebook.toctrees import Toctree, find_toctrees

BOOK = {
    "index": """# Book

```{toctree}
:caption: Front
:numbered:

preface
Title <part/index>
https://example.org
self
part/missing
```

:::::{note}
::::{toctree}
---
maxdepth: 2
glob:
---
zoo/*
/part/b.md
::::
:::::

````{code-block} md
```{toctree}
hidden
```
````

<!--
```{toctree}
hidden
```
-->

```{eval-rst}
.. a comment
   .. toctree::

      hidden

.. toctree::
   :reversed:

   r1
   r2

An example::

   .. toctree::

      hidden
```
""",
    "part/index": "# P\n\n~~~{toctree}\n:glob:\nsub/**\n../preface\n./a\n~~~\n",
    "part/sub/x/deep": "# D\n",
    "part/sub/one": "# O\n\n```{toctree}\n/zoo/[!a]?\n```\n",
    **dict.fromkeys(["preface", "part/a", "part/b", "zoo/a", "zoo/b1", "zoo/b", "hidden", "r1", "r2"], "# X\n"),
}
ORDER = [
    "index",
    "preface",
    "part/index",
    "part/sub/one",
    "part/sub/x/deep",
    "part/a",
    "zoo/a",
    "zoo/b",
    "zoo/b1",
    "part/b",
    "r2",
    "r1",
]


def test_order_of_a_book() -> None:
    assert reading_order("index", BOOK) == ORDER


def test_sphinx_agrees(project: Any) -> None:
    project.conf += "suppress_warnings = ['toc', 'myst']\n"
    project.write({f"{name}.md": text for name, text in BOOK.items()})
    app = project.build("dummy")
    found: list[str] = []

    def walk(docname: str) -> None:
        if docname not in found:
            found.append(docname)
            for child in app.env.toctree_includes.get(docname, ()):
                walk(child)

    walk("index")
    assert found == ORDER


def test_a_circle_of_toctrees_ends() -> None:
    sources = {"a": "```{toctree}\nb\n```", "b": "```{toctree}\na\nb\nc\n```", "c": ""}
    assert reading_order("a", sources) == ["a", "b", "c"]


def test_a_missing_root_has_no_order() -> None:
    assert reading_order("index", {"a": ""}) == []


def test_restructuredtext_and_json_pages() -> None:
    rst = "T\n=\n\n.. toctree::\n   :maxdepth: 1\n\n   a\n   B <b>\n\nend\n"
    ipynb = '{"cells": [{"cell_type": "markdown", "source": ["```{toctree}\\n", "c\\n", "```"]}]}'
    sources = {"index": rst, "a": ipynb, "b": "", "c": ""}
    assert reading_order("index", sources, suffixes={"index": ".rst", "a": ".ipynb"}) == ["index", "a", "c", "b"]


@pytest.mark.parametrize(
    ("text", "suffix"),
    [("toctree {", ".ipynb"), ("```{toctree}", ".md"), (".. toctree::", ".rst"), ("```{toctree}\n---\n", ".md")],
)
def test_malformed_toctrees_hold_nothing(text: str, suffix: str) -> None:
    assert all(tree == Toctree(()) for tree in find_toctrees(text, suffix))


@pytest.mark.parametrize("pattern", ["a*", "**/b", "a?c", "[ab]/c", "[!a]b", "[", "[]a]", "a[^b]", "[a\\b]", "x.y+z"])
def test_patterns_are_sphinx_patterns(pattern: str) -> None:
    for name in ["a", "ab", "abc", "a/c", "b/c", "x/b", "[", "]", "cb", "a^", "ac", "x.y+z", "xay+z", "\\", "b", "/b"]:
        assert bool(re.match(pattern_regex(pattern), name)) == bool(patmatch(name, pattern)), name
