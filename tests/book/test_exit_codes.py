"""What a build returns: 0 all well; 1 finished, but a cell failed, or warnings under -W; 2 an output failed or was
refused."""

from __future__ import annotations

import pytest

from sphinxcontrib_d2lbook.outputs.book import gate
from tests.conftest import NOTEBOOK, Project

INDEX = "# Root\n\n```{toctree}\n:numbered:\n\none\n```\n"
WARNING = "{ref}`nowhere`\n"
FAILURE = "```{code-cell}\n1 / 0\n```\n"
SPOIL = """
def spoil(app, error):
    page = app.outdir / "one.html"
    if app.builder.name == "html" and page.is_file():
        page.write_text(page.read_text("utf-8").replace(">1. </span>One", ">2. </span>One"), "utf-8")
def setup(app):
    app.connect("build-finished", spoil, priority=550)
"""
BROKEN = '```{raw} typst\n#panic("no paper")\n```\n'
MATRIX = [
    ("", "", (0, 0)),
    (WARNING, "", (0, 1)),
    (FAILURE, "", (1, 1)),
    ("", SPOIL, (2, 2)),
    (WARNING + FAILURE, SPOIL, (2, 2)),
]
STRICT = {"": 0, "-W": 1, "-W --keep-going": 1}
"""Options -> which of the two codes is due."""


def write(project: Project, text: str, conf: str) -> None:
    project.write({"index.md": INDEX, "one.md": f"{NOTEBOOK}# One\n\nText.\n\n{text}"})
    project.conf += conf


@pytest.mark.long
@pytest.mark.parametrize("strict", [False, True], ids=["", "-W"])
@pytest.mark.parametrize(("text", "conf", "codes"), MATRIX, ids=["well", "warning", "cell", "numbers", "all"])
def test_of_a_site_alone(project: Project, text: str, conf: str, codes: tuple[int, int], strict: bool) -> None:
    write(project, text, conf)
    assert project.build("html", warningiserror=strict).statuscode == codes[strict]


def test_of_outputs_that_cannot_be_read_back(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_given: object) -> None:
        raise OSError("the disk is gone")

    write(project, "", "")
    monkeypatch.setattr(gate, "differences", unreadable)
    assert project.build("html").statuscode == 0  # a check that could not be made has found nothing wrong
    assert "cannot be read back" in project.warnings


@pytest.mark.long
@pytest.mark.parametrize("options", STRICT)
@pytest.mark.parametrize("builder", ["html", "book"])
@pytest.mark.parametrize(("text", "conf", "codes"), MATRIX, ids=["well", "warning", "cell", "numbers", "all"])
def test_of_the_command(
    project: Project, text: str, conf: str, codes: tuple[int, int], builder: str, options: str
) -> None:
    write(project, text, conf + "d2lbook_outputs = ['html', 'notebooks']\n")
    done = project.run(builder, *options.split())
    assert done.returncode == codes[STRICT[options]], done.stderr


@pytest.mark.long
@pytest.mark.parametrize("options", STRICT)
@pytest.mark.parametrize("builder", ["pdf", "book"])
def test_of_an_output_that_fails(project: Project, builder: str, options: str) -> None:
    write(project, WARNING + BROKEN, "d2lbook_outputs = ['html', 'pdf']\n")
    done = project.run(builder, *options.split())
    assert done.returncode == 2, done.stderr
    assert "no paper" in done.stderr


@pytest.mark.long
@pytest.mark.parametrize("options", STRICT)
@pytest.mark.parametrize("builder", ["html", "book"])
def test_of_a_book_that_is_refused(project: Project, builder: str, options: str) -> None:
    write(project, "", "d2lbook_outputs = ['nothing']\n")
    assert project.run(builder, *options.split()).returncode == 2


def test_a_book_without_a_root_page_is_refused_with_the_way_to_begin_one(project: Project) -> None:
    project.write({"other.md": "# Other\n"})
    done = project.run("book")
    assert done.returncode == 2
    assert "book: has no index.md, the root page" in done.stderr
    assert "`sphinx-d2lbook new FOLDER` begins a book" in done.stderr
    assert "Traceback" not in done.stderr
