"""What other extensions do works in the one build of all outputs as in a build of each."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Project

EXTENSION = '''
from pathlib import Path
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.util import logging

LOG = Path(__file__).with_name("log")

def note(text):
    with LOG.open("a") as log:
        log.write(text + "\\n")

class Tabs(Directive):
    """Asks while a page is read, as sphinx-tabs does."""

    def run(self):
        app = self.state.document.settings.env._app
        asked = f"{app.builder.name} {app.builder.format} {type(app.builder).__name__} {app.tags.has('html')}"
        return [nodes.raw("", f"<b>asked: {asked}</b>", format="html"), nodes.paragraph("", "In the page.")]

def role(name, rawtext, text, lineno, inliner, options=None, content=None):
    return [nodes.literal(text, text)], []

def skip(self, node):
    raise nodes.SkipNode

class late(nodes.General, nodes.Element): pass

def begin(app):
    """Registers late, as `sphinx.ext.extlinks` does."""
    note(f"begin {app.builder.name} {app.outdir.name}")
    app.add_role("late", role)
    app.add_node(late, html=(skip, None))
    app.connect("html-page-context", lambda app, page, *rest: note(f"page {page}") if page == "index" else None)
    app.pages = []

def end(app, error):
    """Says what it misses, as sphinx-sitemap does."""
    note(f"end {app.builder.name} {app.outdir.name}")
    if app.builder.format not in ("html", "notebook"):
        logging.getLogger(__name__).warning("No pages generated for %s", app.builder.name)

def setup(app):
    app.add_directive("tabs", Tabs)
    app.connect("builder-inited", begin)
    app.connect("build-finished", end)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
'''


def test_reading_is_done_for_the_site_and_each_output_is_begun_and_ended_once(project: Project) -> None:
    project.write({"index.md": "# Book\n\n{late}`role`\n\n```{tabs}\n```\n"})
    project.conf = (
        "import sys; sys.path.insert(0, '.')\nproject = 'A Book'\nextensions = ['sphinxcontrib_d2lbook', 'imitation']\n"
        "d2lbook_outputs = ['html', 'notebooks']\nd2lbook_processes = 'fork'\n"
    )
    (project.folder / "imitation.py").write_text(EXTENSION, "utf-8")
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    log = (project.folder / "log").read_text("utf-8").splitlines()
    assert sorted(log) == sorted(
        [*(f"{what} {name} {name}" for what in ("begin", "end") for name in ("html", "notebooks")), "page index"]
    )
    page = (project.build_folder / "book" / "html" / "index.html").read_text("utf-8")
    assert "asked: html html StandaloneHTMLBuilder True" in page

    (project.folder / "log").unlink()
    done = project.run("html", "-W", "--keep-going")  # with the notebooks that lie beside a site
    assert (done.returncode, done.stderr) == (0, "")
    log = (project.folder / "log").read_text("utf-8").splitlines()
    assert [line for line in log if "notebooks" not in line and "page" not in line] == [
        "begin html html",
        "end html html",
    ]
    assert log.count("page index") == 1


def test_links_of_sphinx_are_no_fault(project: Project) -> None:
    project.write({"index.md": "# Book\n\n{gh}`12`\n"})
    project.conf = (
        "project = 'A Book'\nextensions = ['sphinxcontrib_d2lbook', 'sphinx.ext.extlinks']\n"
        "extlinks = {'gh': ('https://example.org/issues/%s', 'issue %s')}\nd2lbook_outputs = ['html', 'notebooks']\n"
    )
    for builder in ("book", "html"):
        done = project.run(builder, "-W", "--keep-going")
        assert (done.returncode, done.stderr) == (0, "")
    assert "https://example.org/issues/12" in (project.build_folder / "html" / "index.html").read_text("utf-8")


def test_a_book_without_a_site_is_read_for_each_output(project: Project) -> None:
    project.write({"index.md": "# Book\n\n```{tabs}\n```\n"})
    project.conf = (
        "import sys; sys.path.insert(0, '.')\nproject = 'A Book'\nextensions = ['sphinxcontrib_d2lbook', 'imitation']\n"
        "d2lbook_outputs = ['notebooks']\nd2lbook_processes = 'fork'\n"
    )
    (project.folder / "imitation.py").write_text(EXTENSION.replace("nodes.raw(", "nodes.strong("), "utf-8")
    done = project.run("book", "-W", "--keep-going")
    assert done.returncode == 0, done.stderr
    assert "asked: notebooks" in Path(project.build_folder, "book", "notebooks", "index.ipynb").read_text("utf-8")
