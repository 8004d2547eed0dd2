"""A book's own parts of the template: the manual's example, what the contract refuses, when the PDF is set again."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest

from tests.conftest import Project
from tests.docs.pages import sections

EXAMPLE = next(one for one in sections("how-to/design.md") if one.label == "howto_design_own").files()
CONTRACT = "#let contract = 1\n"


@pytest.fixture
def own(project: Project) -> Project:
    """A book whose template is in the folder `design`."""
    project.conf += 'd2lbook_pdf_template = "design"\n'
    project.write(
        {"index.md": "# Tales\n\nText.\n\n```{toctree}\none\n```\n", "one.md": "# One\n\n## Below\n\nText.\n"}
    )
    (project.folder / "design").mkdir()
    return project


def write(project: Project, theme: str, values: str | None = None) -> None:
    (project.folder / "design/theme.typ").write_text(theme, "utf-8")
    if values is not None:
        (project.folder / "design/values.typ").write_text(values, "utf-8")


def text_of(project: Project, builder: str = "pdf") -> str:
    pdf = next(project.build_folder.glob(f"{'book/' if builder == 'book' else ''}pdf/*.pdf"))
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


def test_the_example_of_the_manual_is_a_template(project: Project) -> None:
    project.conf = EXAMPLE["conf.py"]
    for name, text in EXAMPLE.items():
        if name != "conf.py":
            path = project.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    project.write(
        {"index.md": "# Tales\n\n```{toctree}\none\n```\n", "one.md": "# One\n\n```{danger}\nDeep water.\n```\n"}
    )
    project.build("pdf")
    assert project.warnings == ""
    assert "Deep water." in text_of(project)
    pdf = next((project.build_folder / "pdf").glob("*.pdf"))
    with pypdfium2.PdfDocument(pdf) as document:
        kinds = {item.type for page in document for item in page.get_objects()}
    assert kinds & {2, 5}, "the wave is drawn"


def test_each_part_can_be_defined(own: Project) -> None:
    shown = ("chapter-opening", "section-heading", "running-head", "opening-foot", "contents-line")
    parts = "".join(
        f'#let {name}(it) = [part {name} #repr(it.keys()) #it.at("title", default: [])]\n' for name in shown
    )
    write(own, CONTRACT + parts, "#let section-sizes = (20pt,)\n#let row-rules = false\n")
    own.build("pdf")
    assert own.warnings == ""
    text = text_of(own)
    for name in shown:
        if name != "running-head":  # the book is too short for one
            assert f"part {name}" in text


@pytest.mark.parametrize(
    ("theme", "values", "place", "words"),
    [
        ("", None, "theme.typ:", "write `#let contract = 1`"),
        ("#let contract = 7\n", None, "theme.typ:", "This version has contract 1"),
        (CONTRACT + "#let chapter-opening = 3\n", None, "theme.typ:", "'chapter-opening' must be a function of one"),
        (
            CONTRACT + "\n#let proof(it) = [#it.nothing]\n",
            None,
            "theme.typ:3:",
            "'proof' cannot be called with its one",
        ),
        (
            CONTRACT + "#let proof() = [a]\n",
            None,
            "theme.typ:2:",
            "'proof' cannot be called with its one dictionary, which has word, body",
        ),
        (CONTRACT + "#let proof(it) = 3pt\n", None, "theme.typ:", "'proof' must return content, and returns length"),
        (CONTRACT + "#let proof(it) = none\n", None, "theme.typ:", "'proof' must return content, and returns none"),
        (
            CONTRACT + "#let caption(it) = context [#here().nothing]\n",
            None,
            "theme.typ:2:",
            "'caption' cannot be called",
        ),
        (CONTRACT + "#let (\n", None, "theme.typ:2:", "it cannot be read: "),
        (CONTRACT, "#let ink = 3pt\n", "values.typ:", "'ink' must be a colour"),
        (CONTRACT, "#let tones = (note: 3)\n", "values.typ:", "'tones' must be a dictionary of colours"),
        (CONTRACT, "#let section-sizes = 3pt\n", "values.typ:", "'section-sizes' must be an array of lengths"),
        (CONTRACT, "#let ink = \n", "values.typ:1:", "it cannot be read: "),
    ],
)
def test_what_does_not_keep_the_contract_is_refused(
    own: Project, theme: str, values: str | None, place: str, words: str
) -> None:
    write(own, theme, values)
    built = own.run("pdf")
    assert built.returncode == 2
    assert re.search(rf"{re.escape(place)}.*{re.escape(words)}", built.stderr), built.stderr
    assert built.stderr.count(words) == 1


def test_a_fault_of_a_page_in_a_part_is_told_at_the_part(own: Project) -> None:
    write(own, CONTRACT + '#let section-heading(it) = if repr(it.title).contains("Below") { panic("no") } else [a]\n')
    built = own.run("pdf")
    assert built.returncode == 2
    assert re.search(r"design/theme\.typ:2: the PDF cannot be set: panicked with: no", built.stderr), built.stderr


@pytest.mark.parametrize(
    ("value", "words"),
    [("nowhere", "there is no folder 'nowhere' beside conf.py or in "), ("empty", "has a file theme.typ")],
)
def test_a_folder_that_is_none_is_refused(project: Project, value: str, words: str) -> None:
    project.conf += f'd2lbook_pdf_template = "{value}"\n'
    project.write({"index.md": "# Tales\n", "empty/readme.txt": "Nothing."})
    built = project.run("pdf")
    assert built.returncode == 2
    assert words in built.stderr


def test_names_that_resemble_those_of_the_contract_are_told(own: Project) -> None:
    write(own, CONTRACT + "#let chapter-openning(it) = it.title\n#let helper(a) = a\n", "#let link-color = red\n")
    own.build("pdf")
    assert "theme.typ:1: WARNING: the contract of the template has no 'chapter-openning'; did you mean" in own.warnings
    assert "values.typ:1: WARNING: the contract of the template has no 'link-color'; did you mean" in own.warnings
    assert own.warnings.count("WARNING") == 2


@pytest.mark.long
def test_an_edited_file_sets_the_pdf_again_and_nothing_else(own: Project) -> None:
    theme = CONTRACT + "#let chapter-opening(it) = [#emph(it.title) FIRST]\n"
    write(own, theme)
    (own.folder / "design/more.typ").write_text("#let a = 1\n", "utf-8")
    assert own.run("book").returncode == 0
    assert "FIRST" in text_of(own, "book")
    site = {path: path.stat().st_mtime_ns for path in (own.build_folder / "book/html").rglob("*.html")}
    again = own.run("book")
    assert "pdf written" not in again.stdout
    write(own, theme.replace("FIRST", "SECOND"))
    changed = own.run("book")
    assert changed.returncode == 0, changed.stderr
    assert "nothing new for html, notebooks, package\nbook: pdf written" in changed.stdout
    assert "SECOND" in text_of(own, "book")
    assert site == {path: path.stat().st_mtime_ns for path in (own.build_folder / "book/html").rglob("*.html")}
    (own.folder / "design/more.typ").unlink()
    assert "book: pdf written" in own.run("book").stdout, "a file that is gone is a change, too"
    assert not list(Path(own.build_folder).rglob("own/more.typ"))


@pytest.mark.long
@pytest.mark.parametrize("builder", ["pdf", "book"])
def test_a_folder_outside_of_the_book_is_watched_too(own: Project, builder: str) -> None:
    own.conf = own.conf.replace('"design"', '"../shared"')
    shared = own.folder.parent / "shared"
    shared.mkdir()
    theme = CONTRACT + "#let chapter-opening(it) = [#emph(it.title) FIRST]\n"
    (shared / "theme.typ").write_text(theme, "utf-8")
    assert own.run(builder).returncode == 0
    assert "nothing has changed since the last build" in own.run(builder).stdout
    (shared / "theme.typ").write_text(theme.replace("FIRST", "SECOND"), "utf-8")
    assert own.run(builder).returncode == 0
    assert "SECOND" in text_of(own, builder)


def test_an_edition_has_a_template_of_its_own(own: Project) -> None:
    own.conf = own.conf.replace(
        'd2lbook_pdf_template = "design"', 'd2lbook_editions = {"x": {"template": "design", "theme": "monograph"}}'
    )
    write(own, CONTRACT + "#let chapter-opening(it) = [#it.title OWN]\n")
    own.build("pdf")
    assert own.warnings == ""
    for name, words in (("a-book.pdf", False), ("a-book-x.pdf", True)):
        with pypdfium2.PdfDocument(own.build_folder / "pdf" / name) as document:
            text = "\n".join(page.get_textpage().get_text_range() for page in document)
        assert ("OWN" in text) is words
