"""A build makes one edition: all outputs show what was read, whatever becomes of the sources meanwhile."""

from __future__ import annotations

from typing import Any

import pypdf
import pytest

pytestmark = pytest.mark.long

CONF = """
import os, pathlib
def change(app, exception):
    '''Edit the sources at the end of whatever a process does, as an author who goes on writing.'''
    if os.environ.get("EDIT"):
        for name in ("page.md", "data.txt"):
            file = pathlib.Path(app.srcdir, name)
            file.write_text(file.read_text().replace("OLD", "NEW"))
        (pathlib.Path(app.srcdir) / "more.md").write_text("# A new page\\n")
def setup(app):
    app.connect("env-updated", lambda app, env: change(app, None) or [])
"""
PAGE = "# Page\n\nProse is OLD.\n\n```{code-cell}\nprint('cell is OLD', open('data.txt').read())\n```\n"


@pytest.mark.parametrize("processes", ["spawn", "fork"])
def test_a_source_that_changes_during_the_build_is_for_the_next(
    project: Any, page: Any, processes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.conf += f"d2lbook_outputs = ['html', 'pdf', 'notebooks']\nd2lbook_processes = {processes!r}\n{CONF}"
    project.write({"index.md": "# Book\n\n```{toctree}\npage\n```\n", "page.md": page(PAGE), "data.txt": "data is OLD"})
    monkeypatch.setenv("EDIT", "1")
    done = project.run("book")
    assert done.returncode == 0, done.stderr
    assert shown(project) == {"html": "OLD", "pdf": "OLD", "notebooks": "OLD"}
    assert "page.md changed after this build had read it, so the book has its earlier text; build again" in done.stderr
    monkeypatch.delenv("EDIT")
    done = project.run("book")
    assert "book/page.md changed" not in done.stderr
    assert shown(project) == {"html": "NEW", "pdf": "NEW", "notebooks": "NEW"}


def shown(project: Any) -> dict[str, str]:
    """Each output -> which edition it has; both where it has both."""
    folder = project.build_folder / "book"
    (pdf,) = (folder / "pdf").glob("*.pdf")
    texts = {
        "html": (folder / "html/page.html").read_text("utf-8"),
        "pdf": "\n".join(one.extract_text() for one in pypdf.PdfReader(pdf).pages),
        "notebooks": (folder / "notebooks/page.ipynb").read_text("utf-8"),
    }
    for text in texts.values():
        assert "Prose is " in text
        assert "cell is " in text
    return {name: " ".join(word for word in ("OLD", "NEW") if word in text) for name, text in texts.items()}


def test_a_source_that_changes_while_its_cells_run_is_for_the_next_build(project: Any, page: Any) -> None:
    source = project.source / "page.md"
    change = "p.write_text(p.read_text().replace('Prose is O' + 'LD', 'Prose is N' + 'EW'))"
    edit = f"from pathlib import Path\np = Path({str(source)!r})\n{change}\n"
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\npage\n```\n",
            "page.md": page(PAGE.replace("print(", f"{edit}print(")),
            "data.txt": "x",
        }
    )
    done = project.run("html")
    assert done.returncode == 0, done.stderr
    html = project.build_folder / "html/page.html"
    assert "Prose is OLD" in html.read_text("utf-8")
    assert "book/page.md changed after this build had read it" in done.stderr
    project.run("html")
    assert "Prose is NEW" in html.read_text("utf-8")


def test_a_file_elsewhere_that_changes_after_its_page_ran_is_seen_by_the_next_build(project: Any, page: Any) -> None:
    data = project.folder.parent / "outside.txt"
    data.write_text("OLD")
    project.conf += f"""
import pathlib
def setup(app):
    app.connect("env-updated", lambda app, env: pathlib.Path({str(data)!r}).write_text("NEW") and [])
"""
    project.write({"index.md": page(f"# Book\n\n```{{code-cell}}\nprint('it is', open({str(data)!r}).read())\n```\n")})
    assert project.run("book", "-D", "d2lbook_outputs=html").returncode == 0
    assert "it is OLD" in (project.build_folder / "book/html/index.html").read_text("utf-8")
    project.run("book", "-D", "d2lbook_outputs=html")
    assert "it is NEW" in (project.build_folder / "book/html/index.html").read_text("utf-8")


def test_a_page_that_an_extension_writes_before_pages_are_read_is_read_as_it_was_written(project: Any) -> None:
    project.conf += """
import os, pathlib
def write(app):
    pathlib.Path(app.srcdir, "made.md").write_text(f"# Made\\n\\nversion {os.environ['VERSION']}\\n")
def setup(app):
    app.connect("builder-inited", write)
"""
    project.write({"index.md": "# Book\n\n```{toctree}\nmade\n```\n"})
    for version in ("1", "2"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("VERSION", version)
            done = project.run("html")
        assert "changed while" not in done.stderr
        assert f"version {version}" in (project.build_folder / "html/made.html").read_text("utf-8")


EDITOR = """
import os, pathlib
def edit(app):
    page = pathlib.Path(app.srcdir, "page.md")
    page.write_text(page.read_text("utf-8").replace("OLD", "NEW"), "utf-8")
def setup(app):
    app.connect("builder-inited", edit)  # behind the collection of the sources, before what generates pages is told
"""


@pytest.mark.parametrize("builder", ["html", "book"])
def test_a_page_with_cells_that_changes_before_they_run_is_for_the_next_build(
    project: Any, page: Any, builder: str
) -> None:
    conf = project.conf + "d2lbook_outputs = ['html']\n"
    project.conf = conf + EDITOR
    project.write({"index.md": "# Book\n\n```{toctree}\npage\n```\n", "page.md": page(PAGE), "data.txt": "x"})
    done = project.run(builder)
    assert done.returncode == 0, done.stderr
    assert "page.md changed after this build had read it, so the book has its earlier text; build again" in done.stderr
    html = project.build_folder / ("html/page.html" if builder == "html" else "book/html/page.html")
    assert "NEW" not in html.read_text("utf-8")
    project.conf = conf
    assert project.run(builder).returncode == 0
    assert "OLD" not in html.read_text("utf-8")


@pytest.mark.parametrize("what", ["unlink()", "write_bytes(b'\\xff\\xfe')"])
@pytest.mark.parametrize("builder", ["html", "book"])
def test_a_page_that_goes_away_while_its_cells_run_is_told_plainly(
    project: Any, page: Any, builder: str, what: str
) -> None:
    project.conf += "d2lbook_outputs = ['html']\n"
    cell = f"from pathlib import Path\nPath('page.md').{what}"
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\npage\n```\n",
            "page.md": page(f"# Page\n\n```{{code-cell}}\n{cell}\n```\n"),
        }
    )
    done = project.run(builder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr + done.stdout
    assert "book/page.md: is gone, or is no longer UTF-8, since this build has read it; build again" in done.stderr
