"""What an extension makes of a page for one builder is in no other output: each is as when it is built alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pypdf
import pytest

pytestmark = pytest.mark.long

EXTENSION = '''
from docutils import nodes
from docutils.parsers.rst import Directive

class Tabs(Directive):
    """Makes other nodes for a website than for anything else, with a label and an image in them."""

    has_content = True
    required_arguments = 1

    def run(self):
        env = self.state.document.settings.env
        box = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, box)
        if self.arguments[0] == "name":
            text = f"made for {env._app.builder.name}"
        elif self.arguments[0] == "format":
            text = "made for a site" if env._app.builder.format == "html" else "made for paper"
        else:
            text = "made for the tag" if env._app.tags.has("html") else "made without the tag"
        return [nodes.paragraph("", text), box]

def transform(app, doctree):
    for node in doctree.findall(nodes.strong):
        node += nodes.Text(f" read by {app.builder.name}")

def setup(app):
    app.add_directive("tabs", Tabs)
    app.connect("doctree-read", transform)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
'''
ASKING = """\
# {title}

```{{tabs}} {what}
(sec-{what}-inner)=
## Inner {what}

$$ a = b $$ (eq-{what})

![drawing](dot.svg)
```

See {{numref}}`sec-plain`, {{eq}}`eq-{what}` and **strong**.
"""
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nplain\nname\nformat\ntag\n```\n",
    "plain.md": "(sec-plain)=\n# Plain\n\nSee {eq}`eq-name` and {numref}`sec-plain`.\n",
    "dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15"/></svg>',
    **{f"{what}.md": ASKING.format(title=what.title(), what=what) for what in ("name", "format", "tag")},
}


def text_of(pdf: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)


def texts_of(notebook: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(notebook.read_text("utf-8"))["cells"]]


@pytest.fixture
def asking(project: Any) -> Any:
    project.write(PAGES)
    project.conf = (
        "import sys; sys.path.insert(0, '.')\nproject = 'A Book'\nextensions = ['sphinxcontrib_d2lbook', 'asking']\n"
        "d2lbook_outputs = ['html', 'pdf', 'notebooks']\nmyst_heading_anchors = 0\n"
    )
    (project.folder / "asking.py").write_text(EXTENSION, "utf-8")
    return project


@pytest.mark.parametrize(
    "ways", [("fork", []), ("fork", ["-j", "2"]), ("spawn", [])], ids=["fork", "parallel", "spawn"]
)
def test_each_output_of_a_book_is_as_when_it_is_built_alone(asking: Any, ways: tuple[str, list[str]]) -> None:
    processes, options = ways
    asking.conf += f"d2lbook_processes = '{processes}'\n"
    done = asking.run("book", *options)
    assert done.returncode == 0, done.stderr
    whole = done.stderr
    folder = asking.build_folder
    book = {
        "pdf": text_of(folder / "book/pdf/a-book.pdf"),
        "notebooks": [texts_of(folder / f"book/notebooks/{name}.ipynb") for name in ("name", "format", "tag")],
    }
    site = (folder / "book/html/name.html").read_text("utf-8")
    assert "made for html" in site
    assert "read by html" in site
    assert "made for pdf" in book["pdf"]
    assert "read by pdf" in book["pdf"]
    assert "made for paper" in book["pdf"]
    assert "made without the tag" in book["pdf"]
    assert "html" not in book["pdf"]
    folder.rename(asking.folder / "before")
    for name in ("pdf", "notebooks"):
        alone = asking.run(name, "-E")
        assert alone.returncode == 0
        assert sorted(set(alone.stderr.splitlines())) == sorted(set(whole.splitlines()))
    assert text_of(folder / "pdf/a-book.pdf") == book["pdf"]
    assert [texts_of(folder / f"notebooks/{name}.ipynb") for name in ("name", "format", "tag")] == book["notebooks"]


def test_builds_one_after_the_other_do_not_take_what_was_made_for_another(asking: Any) -> None:
    folder = asking.build_folder
    assert asking.run("html").returncode == 0
    assert "made for notebooks" in str(texts_of(folder / "html/_downloads/notebooks/name.ipynb"))
    assert asking.run("pdf").returncode == 0
    assert "made for pdf" in text_of(folder / "pdf/a-book.pdf")
    asking.write({"plain.md": PAGES["plain.md"] + "\nMore.\n"})
    assert asking.run("html").returncode == 0
    assert "made for html" in (folder / "html/name.html").read_text("utf-8")


def test_pages_about_which_nobody_asks_are_read_once(asking: Any) -> None:
    asking.write({name: PAGES["plain.md"].replace("plain", name[:-3]) for name in ("name.md", "format.md", "tag.md")})
    (asking.folder / "asking.py").write_text("def setup(app):\n    return {'parallel_read_safe': True}\n", "utf-8")
    asking.write({"plain.md": "(sec-plain)=\n# Plain\n"})
    asking.conf += "def setup(app):\n    app.connect('source-read', lambda app, name, text: print('reading', name))\n"
    done = asking.run("book")
    assert done.stdout.count("reading plain") == 1
