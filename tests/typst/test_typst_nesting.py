"""Everything inside everything: it can be set, and none of it is lost."""

from __future__ import annotations

import re
import string
import textwrap
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pypdf
import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from tests.conftest import own_imports

pytestmark = pytest.mark.long

CONF = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
project = "Nested"
extensions = ["typst_rooms"]
nb_execution_mode = "off"
"""
EXTENSION = """
def setup(app):
    from sphinxcontrib_d2lbook import config
    from sphinxcontrib_d2lbook.lifecycle import default_settings
    from sphinxcontrib_d2lbook.numbering import extension as numbering
    from sphinxcontrib_d2lbook.outputs.typst.output import TypstPdfOutput
    for room in (config, default_settings, numbering):
        room.setup(app)
    TypstPdfOutput().add_to(app)
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"><rect width="300" height="100"/></svg>'

BLOCKS = {
    "words": "WORD",
    "code": "```python\ndef f(a, b):\n    return '" + "long words " * 12 + "WORD'\n```",
    "numbered code": "```{code-block} python\n:linenos:\n:emphasize-lines: 1\nx = 'WORD'\n```",
    "formula": "$$\nx^2 + \\text{WORD}\n$$",
    "image": "![](a.svg) WORD",
    "wide image": "```{image} a.svg\n:width: 50%\n:height: 40px\n```\n\nWORD",
    "figure": "```{figure} a.svg\nWORD\n```",
    "table": "| a | b |\n|---|---|\n| WORD | 2 |",
    "list": "- one\n  - two\n    1. WORD",
    "definition": "Term\n: WORD",
    "note": "```{note}\nWORD\n```",
    "quote": "> WORD",
    "tabs": "````{tab-set}\n```{tab-item} Label\nWORD\n```\n````",
    "footnote": "WORD[^f]",
    "theorem": "```{prf:theorem}\nWORD\n```",
    "dropdown": "```{dropdown} Title\nWORD\n```",
    "grid": "`````{grid} 2\n````{grid-item}\nWORD\n````\n````{grid-item}\nother\n````\n`````",
    "interface": "```{py:function} f(a, b=1) -> int\n:no-index:\n\nWORD\n```",
    "table of code": "```{list-table}\n* - a\n  - b\n* - :::{code-block} text\n    WORD\n    :::\n  - - item\n```",
    "lines": "```{line-block}\none\n  WORD\n```",
}


def fenced(head: str) -> Callable[[str], str]:
    """Wrap a text by a fence that is longer than all in it."""

    def wrap(body: str) -> str:
        fence = "`" * max(6, 1 + max(map(len, re.findall("`+", body)), default=0))
        return f"{fence}{head}\n\n{body}\n{fence}"

    return wrap


def indented(first: str, width: int) -> Callable[[str], str]:
    return lambda body: f"{first}\n\n" + textwrap.indent(body, " " * width)


CONTAINERS: dict[str, Callable[[str], str]] = {
    "note": fenced("{note}"),
    "admonition": fenced("{admonition} *Title*"),
    "item": indented("- first", 2),
    "numbered item": indented("1. first", 3),
    "definition": indented("Term\n: Definition", 2),
    "quote": lambda body: textwrap.indent(body, "> ", lambda _line: True),
    "tab": lambda body: fenced("{tab-set}")(fenced("{tab-item} Label")(body)),
    "card": fenced("{card} Title"),
    "dropdown": fenced("{dropdown} Title"),
    "grid": lambda body: fenced("{grid} 2")(fenced("{grid-item}")(body)),
    "margin": fenced("{margin}"),
    "sidebar": fenced("{sidebar} Title"),
    "theorem": fenced("{prf:theorem} Name"),
    "proof": lambda body: fenced("{prf:proof}")("Begin.\n\n" + body),
    "exercise": fenced("{exercise}"),
    "topic": fenced("{topic} Title"),
    "cell": lambda body: fenced("{list-table}")("* - A\n  - B\n* - x\n  -\n" + textwrap.indent(body, "    ")),
    "legend": lambda body: fenced("{figure} a.svg")("Caption\n\n" + body),
}

OUTER_ONLY = frozenset({"margin", "sidebar", "topic"})
"""What docutils refuses inside of others."""
DEEP = [
    (outer, middle, [*BLOCKS][(5 * m + 7 * n + 10 * k) % len(BLOCKS)])
    for m, outer in enumerate(CONTAINERS)
    for n, middle in enumerate(CONTAINERS)
    for k in range(2)
    if middle not in OUTER_ONLY
]
"""Nestings of three: every container in every other one, and two of the blocks in these, in turn."""


def deep_page(outer: str) -> str:
    """Return a page with all of `DEEP` that begin with a container."""
    parts = [f"# Deep in {outer}\n\n[^f]: Note.\n"]
    for first, middle, inner in DEEP:
        if first == outer:
            block = BLOCKS[inner].replace("WORD", deep_word(outer, middle, inner))
            parts.append(CONTAINERS[outer](CONTAINERS[middle](block)) + "\n\nBetween.\n")
    return "\n".join(parts)


def deep_word(outer: str, middle: str, inner: str) -> str:
    """Return a word that is short enough for the narrowest line."""
    places = [*CONTAINERS].index(outer), [*CONTAINERS].index(middle), [*BLOCKS].index(inner)
    return f"q{''.join(string.ascii_uppercase[place] for place in places)}q"


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All of the PDF's text, white space and hyphens left out."""
    source = tmp_path_factory.mktemp("nested")
    parts = ["# Nested\n\n[^f]: Note.\n"]
    for outer, wrap in CONTAINERS.items():
        parts.append(f"## In {outer}\n")
        for inner, block in BLOCKS.items():
            parts.append(wrap(block.replace("WORD", word(outer, inner))) + "\n\nBetween.\n")
    pages = {f"deep{place}": deep_page(outer) for place, outer in enumerate(CONTAINERS)}
    parts.append("```{toctree}\n" + "\n".join(pages) + "\n```\n")
    for name, page in pages.items():
        (source / f"{name}.md").write_text(page, encoding="utf-8")
    (source / "index.md").write_text("\n".join(parts), encoding="utf-8")
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "typst_rooms.py").write_text(EXTENSION, encoding="utf-8")
    (source / "a.svg").write_text(SVG, encoding="utf-8")
    warning = StringIO()
    with patch_docutils(str(source)), docutils_namespace(), own_imports(source):
        app = Sphinx(
            str(source), str(source), str(source / "pdf"), str(source / "trees"), "pdf", status=None, warning=warning
        )
        app.build()
    assert "d2lbook" not in warning.getvalue()
    reader = pypdf.PdfReader(Path(source) / "pdf" / "nested.pdf")
    return re.sub(r"[\s-]+", "", "".join(page.extract_text() for page in reader.pages))


def word(outer: str, inner: str) -> str:
    return f"q{[*CONTAINERS].index(outer):02d}x{[*BLOCKS].index(inner):02d}q"


@pytest.mark.parametrize("outer", CONTAINERS)
def test_all_that_is_inside_is_set(text: str, outer: str) -> None:
    assert [inner for inner in BLOCKS if word(outer, inner) not in text] == []


@pytest.mark.parametrize("outer", CONTAINERS)
def test_all_that_is_inside_of_what_is_inside_is_set(text: str, outer: str) -> None:
    assert [names for names in DEEP if names[0] == outer and deep_word(*names) not in text] == []
