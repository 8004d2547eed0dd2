"""What other extensions show by nodes of their own is in print and in the readers' notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdf
import pytest

MODULE = '''
"""A module."""

def add(x, y):
    """Add two numbers."""
    return x + y
'''
EXTENSION = '''
from docutils import nodes
from docutils.parsers.rst import Directive

class ThebeButtonNode(nodes.Element):
    """A button, as sphinx-thebe has one."""

class Tab(Directive):
    """A name and what it is of, as sphinx-inline-tabs makes them."""

    required_arguments = 1
    has_content = True

    def run(self):
        tab, inside = nodes.container(), nodes.container()
        tab += nodes.label("", self.arguments[0])
        self.state.nested_parse(self.content, self.content_offset, inside)
        tab += inside
        return [ThebeButtonNode(), tab]

class Figure(Directive):
    """A figure of images, as sphinx-subfigure makes it."""

    def run(self):
        figure = nodes.figure("", is_subfigure=True, subcaptions="above")
        figure += [nodes.image(uri="dot.svg", alt=alt) for alt in ("Left one", "Right one")]
        figure += nodes.caption("", "Both of them.")
        return [figure]

def nothing(self, node):
    pass

def setup(app):
    shown = (nothing, nothing)
    app.add_node(ThebeButtonNode, html=shown)
    app.add_directive("tab", Tab)
    app.add_directive("parts", Figure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
'''
PAGE = """\
# Root

```{eval-rst}
.. autosummary::

   arithmetic.add
```

```{tab} Apples
Apples are green.
```

```{parts}
```

A note.[^one]

[^one]: Below.
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15"/></svg>'


def test_tables_tabs_and_captions_print(project: Any) -> None:
    project.conf = (
        "import sys; sys.path.insert(0, '.')\nproject = 'A Book'\nd2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
        "extensions = ['sphinxcontrib_d2lbook', 'sphinx.ext.autosummary', 'others']\nautosummary_generate = False\n"
    )
    project.write({"index.md": PAGE, "dot.svg": DOT})
    (project.folder / "arithmetic.py").write_text(MODULE, "utf-8")
    (project.folder / "others.py").write_text(EXTENSION, "utf-8")
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    folder = project.build_folder / "book"
    printed = "\n".join(page.extract_text() for page in pypdf.PdfReader(folder / "pdf/a-book.pdf").pages)
    notebook = Path(folder, "notebooks/index.ipynb").read_text("utf-8")
    for words in ("Add two numbers.", "Apples", "Apples are green.", "Left one", "Right one", "Both of them."):
        assert words in printed
        assert words in notebook
    assert printed.index("Apples") < printed.index("Apples are green.")
    assert "Below." in printed


WRITING = '''
from pathlib import Path

def write(app):
    """Write a page, as sphinx-autoapi does before pages are read, for whatever builder."""
    Path(app.srcdir, "made.md").write_text("# Made\\n\\nBy a program.\\n")
    with Path(app.confdir, "log").open("a") as log:
        log.write("written\\n")

def remove(app, error):
    Path(app.srcdir, "made.md").unlink()
    with Path(app.confdir, "log").open("a") as log:
        log.write("removed\\n")

def setup(app):
    app.connect("builder-inited", write)
    app.connect("build-finished", remove)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
'''


@pytest.mark.long
@pytest.mark.parametrize("processes", ["fork", "spawn"])
def test_pages_that_an_extension_makes_and_removes_are_made_once(project: Any, processes: str) -> None:
    project.conf = (
        "import sys; sys.path.insert(0, '.')\nproject = 'A Book'\nd2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
        f"extensions = ['sphinxcontrib_d2lbook', 'autoapi']\nd2lbook_processes = {processes!r}\n"
    )
    project.write({"index.md": "# Root\n\n```{toctree}\nmade\n```\n", "made.md": "# Made\n"})
    (project.folder / "autoapi").mkdir()
    (project.folder / "autoapi/__init__.py").write_text(WRITING, "utf-8")
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    assert (project.folder / "log").read_text("utf-8").split() == ["written", "removed"]
    assert "By a program." in (project.build_folder / "book/html/made.html").read_text("utf-8")
    assert "By a program." in (project.build_folder / "book/notebooks/made.ipynb").read_text("utf-8")
