"""Builders of Sphinx that have no visitors for our nodes write what is in them, with the numbers of all outputs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from tests.conftest import NOTEBOOK, Project

PAGE = (
    NOTEBOOK
    + """(sec-one)=
# One

```{code-cell}
---
mystnb:
  figure:
    caption: Rents of towns
    name: tab-rents
---
from IPython.display import HTML

HTML("<table><tr><td>Ulm</td></tr></table>")
```

```{prf:theorem} Gauss
:label: thm-gauss
Least squares are best.
```

```{exercise}
:label: ex-one
Prove it.
```

```{solution} ex-one
By force.
```

````{subfigure} AB
:name: fig-sub
![left](a.png)

![right](b.png)

Two parts.
````

```{qrcode} https://example.org/x
```

```{book-map}
```

$$ x = 1 $$ (eq-one)

See {numref}`tab-rents`, {eq}`eq-one`, {prf:ref}`thm-gauss` and {numref}`ex-one`.

```{discussion}
```
"""
)
FORUM = {"provider": "giscus", "repo": "a/b", "repo_id": "x", "category": "c", "category_id": "y"}
BUILDERS = [
    "text",
    "man",
    "texinfo",
    "singlehtml",
    "dirhtml",
    "epub",
    "xml",
    "pseudoxml",
    "gettext",
    "linkcheck",
    "changes",
    "latex",
    "htmlhelp",
    "dummy",
]


def fill(project: Project) -> Project:
    project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\n\none\n```\n", "one.md": PAGE})
    for name in "ab":
        Image.new("RGB", (9, 9)).save(project.source / f"{name}.png")
    project.conf += f"""html_baseurl = "https://example.org/"
d2lbook_forum = {FORUM!r}
linkcheck_ignore = [".*"]
epub_copyright = copyright = "A"
version = release = "1"
suppress_warnings = ["epub.unknown_project_files"]
"""
    return project


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return fill(Project(tmp_path_factory.mktemp("builders") / "project"))


@pytest.mark.parametrize("builder", BUILDERS)
def test_no_builder_fails_or_warns(book: Project, builder: str) -> None:
    app = book.build(builder, freshenv=builder in ("gettext", "changes", "linkcheck"))
    assert app.statuscode == 0
    assert book.warnings == ""


def words(file: Path) -> str:
    return " ".join(file.read_text("utf-8").split())


def test_text_has_content_and_numbers(book: Project) -> None:
    book.build("text", freshenv=True)
    text = words(book.build_folder / "text" / "one.txt")
    for part in (
        "Table 1.1 Rents of towns",
        "**Theorem 1.1 (Gauss)** Least squares are best.",
        "**Exercise 1.1** Prove it.",
        "**Solution to Exercise 1.1** By force.",
        "(a)",
        "(b)",
        "Two parts.",
        "https://example.org/x",
        "See Table 1.1, (1.1), Theorem 1.1 and Exercise 1.1.",
        "https://example.org/go/sec-one/",
    ):
        assert part in text


def test_one_page_has_the_numbers(book: Project) -> None:
    book.build("singlehtml", freshenv=True)
    page = etree.parse(book.build_folder / "singlehtml" / "index.html", etree.HTMLParser())
    text = " ".join("".join(page.getroot().itertext()).split())
    for part in ("Table 1.1 Rents", "Theorem 1.1 (Gauss)", "Exercise 1.1", "Figure 1.1 Two parts"):
        assert part in text
    assert not (book.build_folder / "singlehtml" / "_downloads").exists()


def test_an_e_book_is_well_formed(book: Project) -> None:
    book.build("epub", freshenv=True)
    for page in (book.build_folder / "epub").rglob("*.xhtml"):
        etree.parse(page)


STRANGE = """
from docutils import nodes
from docutils.parsers.rst import Directive

class strange(nodes.General, nodes.Element): pass
class half(nodes.General, nodes.Element): pass
class single(nodes.General, nodes.Element): pass

class Strange(Directive):
    def run(self):
        node = {"strange": strange, "half": half}[self.name]("", nodes.paragraph("", f"inside {self.name}"))
        node.source, node.line = self.state_machine.get_source_and_line(self.lineno)
        return [node]

def visit_half(self, node): pass

def setup(app):
    app.add_directive("strange", Strange)
    app.add_directive("half", Strange)
    app.add_node(half, html=(visit_half, None))
    app.add_node(single, singlehtml=(visit_half, None))
"""


def test_a_node_without_a_visitor_is_told_and_its_content_written(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"index.md": "# Book\n\n```{strange}\n```\n\n```{half}\n```\n"})
    (project.folder / "strange_nodes.py").write_text(STRANGE, "utf-8")
    project.conf += "import sys; sys.path.insert(0, '.')\nextensions.append('strange_nodes')\n"
    monkeypatch.chdir(project.folder)
    for builder, file in (("html", "index.html"), ("singlehtml", "index.html"), ("text", "index.txt")):
        app = project.build(builder, freshenv=True)
        assert app.statuscode == 0
        text = (project.build_folder / builder / file).read_text("utf-8")
        assert "inside strange" in text
        assert "inside half" in text
        told = f"index.md:3: WARNING: the builder '{builder}' has no rule for a 'strange' node"
        assert project.warnings.count(told) == 1
        assert project.warnings.count("'half'") == (builder == "text")


def test_doctrees_below_the_output_are_no_fault(project: Project) -> None:
    project.write({"index.md": "# Book\n"})
    with project.app("html") as app:
        doctrees = app.doctreedir
    assert doctrees.is_dir()
    project.build_folder = doctrees.parent
    site = project.build_folder / "html"
    shutil.rmtree(project.build_folder)
    with patch_docutils(str(project.folder)), docutils_namespace():
        Sphinx(
            srcdir=project.source,
            confdir=project.folder,
            outdir=site,
            doctreedir=site / ".doctrees",
            buildername="html",
            status=project.status,
            warning=project.warning,
            confoverrides={"d2lbook_outputs": ["html"]},
        ).build()
    assert project.warnings == ""
    assert (site / "_static" / "d2lbook-parts.css").is_file()
