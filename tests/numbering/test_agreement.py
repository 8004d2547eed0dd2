"""The check reads numbers back out of every output, and is seen to find each kind of corruption."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import NameObject, TextStringObject

from sphinxcontrib_d2lbook.addresses.permanent_addresses import page_addresses
from sphinxcontrib_d2lbook.numbering.agreement.compare import Difference, PrintedNumber, compare, number_before
from sphinxcontrib_d2lbook.numbering.agreement.expected_numbers import ExpectedEntry, ExpectedNumbers, expected_numbers
from sphinxcontrib_d2lbook.numbering.agreement.read_docstrings import Origins, readable_modules
from sphinxcontrib_d2lbook.numbering.agreement.read_html import BuiltSite, readable_pages
from sphinxcontrib_d2lbook.numbering.agreement.read_notebooks import readable_notebooks
from sphinxcontrib_d2lbook.numbering.agreement.read_pdf import readable_pdf
from sphinxcontrib_d2lbook.numbering.agreement.readback import differences
from sphinxcontrib_d2lbook.outputs.book import gate
from sphinxcontrib_d2lbook.outputs.package.book_locations import origins
from sphinxcontrib_d2lbook.outputs.paper import compiler
from sphinxcontrib_d2lbook.outputs.paper.compilation_record import destinations
from tests.conftest import NOTEBOOK, Project

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
PAGES = {
    "index.md": "# A Book\n\nA word first.\n\n```{toctree}\npreface\n```\n\n"
    "```{toctree}\n:numbered:\n:caption: Part\n\nfirst\nsecond\n```\n\n"
    "```{toctree}\n:matter: appendix\n\nmore\nfamily\n```\n",
    "preface.md": "# Preface\n\n```{figure} picture.svg\n:name: fig_preface\n:alt: A square\n\nA square.\n```\n",
    "first.md": "(sec_first)=\n# A First Look at $x^2$\n\n"
    "```{figure} picture.svg\n:name: fig_first\n:alt: A square\n\nA square.\n```\n\n"
    "(sec_first_inner)=\n## Inner\n\n$$ a^2 = b $$ (eq_first)\n\n"
    "```{table} Values\n:name: tab_first\n\n| a | b |\n| - | - |\n| 1 | 2 |\n```\n\n"
    "```{prf:theorem} Its name\n:label: thm_first\n\nText.\n```\n\n"
    "```{exercise} A task\n:label: ex_first\n\nDo it.\n```\n\n### Deeper\n\nText.\n\n"
    "````{only} html\n## Online\n\nText.\n````\n",
    "second.md": NOTEBOOK + "(sec_second)=\n# Second\n\nSee {numref}`sec_first_inner`, {numref}`fig_first`, "
    "{eq}`eq_first`, {prf:ref}`thm_first`, {ref}`sec_first`, {numref}`sec_first`, [GRU](#sec_first), "
    "{numref}`tab_first`, {numref}`sec_more`.\n\n```{code-cell}\n# Save to the tiny package\ndef twice(x):\n"
    '    """Double x."""\n    return 2 * x\n```\n',
    # What is easily taken for something else: a figure in the margin beside another, an argument like a number, a title
    # with a reference in it, a title that begins like a number.
    "more.md": "(sec_more)=\n# More\n\n````{margin}\n```{figure} picture.svg\n:name: fig_aside\n"
    ":alt: A square\n\nAside.\n```\n````\n\n"
    "```{figure} picture.svg\n:name: fig_more\n:alt: A square\n\nMore, not {numref}`fig_aside`.\n```\n\n"
    "\\begin{align}\na &= f(2) \\label{eq_more} \\\\ c &= f(1)\n\\end{align}\n\n"
    "## Inner of More\n\nText.\n\n## As in {numref}`sec_first`\n\nText.\n\n## A 2nd Word\n\nText.\n",
    # What shows less than its number, or another word than its counter has.
    "family.md": "# Family\n\n:::{subfigure} AB|CC\n:name: fig_parts\n\n![Left](picture.svg)\n"
    "![Right](picture.svg){#fig_right}\n![Below](picture.svg){#fig_low}\n\nThree squares.\n:::\n\n"
    "\\begin{align}\na &= b \\label{eq_line} \\\\ c &= \\begin{pmatrix} d \\\\ \\text{(9.9)} \\end{pmatrix} "
    "\\\\ e &= f \\label{eq_last}\n\\end{align}\n\n"
    "```{prf:theorem}\nText.\n```\n\n```{prf:lemma}\n:label: lem_one\n\nText.\n```\n\n"
    "```{prf:remark}\n:label: rem_one\n:nonumber:\n\nText.\n```\n\n"
    "See {numref}`fig_low`, {eq}`eq_last`, {prf:ref}`lem_one`.\n",
    "picture.svg": PICTURE,
}


ENTRY = ExpectedEntry("page", ("sec-units",), "section", "8.2", "Gated Units", "sec_units", optional=False)
TABLE = ExpectedNumbers({"page": (ENTRY,)}, {"section": ("Section", "Chapter", "Appendix")}, frozenset({"page"}))


class Book:
    """A written book and what its table says."""

    def __init__(self, project: Project) -> None:
        self.built = project.build_folder / "book"
        self.doctrees = project.build_folder / "doctrees"
        # The whole of it was written by another process; here it is only asked.
        with project.app("dummy", confoverrides={"d2lbook_execute": "never", "d2lbook_package_write": False}) as app:
            self.table: ExpectedNumbers = expected_numbers(app.env)
            self.keys = destinations(app)
            self.origins: Origins = origins(app)
            self.addresses = page_addresses(app.config, app.env.found_docs)
            self.site = BuiltSite(self.built / "html", {name: f"{name}.html" for name in app.env.found_docs})

    def html(self, folder: Path) -> list[Difference]:
        return list(
            differences(
                self.table,
                readable_pages(self.table, BuiltSite(folder, self.site.addresses), sorted(self.site.addresses)),
            )
        )

    def notebooks(self, folder: Path) -> list[Difference]:
        return list(
            differences(
                self.table,
                readable_notebooks(
                    self.table, folder, self.addresses, {name: set() for name in sorted(self.site.addresses)}
                ),
            )
        )

    def pdf(self, file: Path) -> list[Difference]:
        return list(differences(self.table, readable_pdf(self.table, file, self.keys)))

    def wheel(self, file: Path) -> list[Difference]:
        return list(differences(self.table, readable_modules(file, self.origins)))

    def site_with(self, folder: Path, page: str, old: str, new: str) -> Path:
        """A copy of the website in which ``new`` stands on a page in place of ``old``."""
        site = folder / "html"
        shutil.copytree(self.built / "html", site, ignore=shutil.ignore_patterns("_*"))
        file = site / f"{page}.html"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
        return site

    def notebooks_with(self, folder: Path, page: str, old: str, new: str) -> Path:
        """A copy of the notebooks in which ``new`` stands in one place of one of them instead of ``old``."""
        copy = folder / "notebooks"
        shutil.copytree(self.built / "notebooks", copy)
        file = copy / f"{page}.ipynb"
        notebook = json.loads(file.read_text("utf-8"))
        assert json.dumps(notebook).count(json.dumps(old)[1:-1]) == 1
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"]).replace(old, new)
        file.write_text(json.dumps(notebook), "utf-8")
        return copy


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    project = Project(tmp_path_factory.mktemp("agreement"))
    project.write(PAGES)
    project.conf += "d2lbook_package = 'tiny'\nhtml_baseurl = 'https://book.example/'\n"
    project.conf += "prf_realtyp_to_countertyp = {'lemma': 'theorem'}\n"
    done = project.run("book")
    assert done.stderr == ""
    assert done.returncode == 0
    return Book(project)


def the(found: list[Difference]) -> tuple[str, str, str | None]:
    """Label and the two numbers of the only difference."""
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0].name, found[0].expected, found[0].found


def test_what_was_written_agrees(book: Book) -> None:
    assert book.html(book.built / "html") == []
    assert book.notebooks(book.built / "notebooks") == []
    assert book.pdf(next((book.built / "pdf").glob("*.pdf"))) == []
    assert book.wheel(next((book.built / "package").glob("*.whl"))) == []


@pytest.mark.parametrize(
    ("page", "old", "new", "expected"),
    [
        ("first", '"section-number">1.1. ', '"section-number">1.2. ', ("sec_first_inner", "1.1", "1.2")),
        ("first", '"section-number">1.1.1. ', '"section-number">', ("first#deeper", "1.1.1", "")),
        ("preface", "<h1>Preface", '<h1><span class="section-number">1. </span>Preface', ("preface#preface", "", "1")),
        ("first", '"caption-number">Figure 1.1', '"caption-number">Figure 1.2', ("fig_first", "1.1", "1.2")),
        ("first", '"caption-number">Table 1.1', '"caption-number">Table 7', ("tab_first", "1.1", "7")),
        ("first", 'eqno">(1.1)', 'eqno">(1.3)', ("eq_first", "1.1", "1.3")),
        ("first", '"caption-number">Theorem 1.1', '"caption-number">Theorem 2.1', ("thm_first", "1.1", "2.1")),
        ("first", '"caption-number">Exercise 1.1', '"caption-number">Exercise ??', ("ex_first", "1.1", "Exercise ??")),
        ("second", "Section 1.1</span>", "Section 1.2</span>", ("sec_first_inner", "1.1", "1.2")),
        ("second", "Chapter 1</span>", "Chapter 2</span>", ("sec_first", "1", "2")),
        ("second", "Appendix A</span>", "Appendix B</span>", ("sec_more", "A", "B")),
        ("second", ">(1.1)</span></a>", ">(1.2)</span></a>", ("eq_first", "1.1", "1.2")),
        ("more", '"second.html">2. Second', '"second.html">3. Second', ("sec_second", "2", "3")),
        ("more", '"section-number">2. </span>Second', '"section-number">5. </span>Second', ("sec_second", "2", "5")),
        ("first", 'id="fig-first"', 'id="fig-other"', ("fig_first", "1.1", None)),
        ("family", 'caption-number">(b)', 'caption-number">(c)', ("fig_right", "B.1b", "(c)")),
        ("family", "<mtext>(B.2)</mtext>", "<mtext>(B.3)</mtext>", ("eq_last", "B.2", "B.3")),
        ("family", "<mtext>(B.2)</mtext>", "", ("eq_last", "B.2", "")),
        ("family", "Lemma B.2 </span>", "Lemma B.1 </span>", ("lem_one", "B.2", "B.1")),
        ("family", "Remark </span>", "Remark 1 </span>", ("rem_one", "", "1")),
        ("family", "Figure B.1c</span>", "Figure B.1b</span>", ("fig_low", "B.1c", "B.1b")),
        ("family", ">(B.2)</span></a>", ">(B.1)</span></a>", ("eq_last", "B.2", "B.1")),
        ("family", "Lemma B.2</span>", "Lemma B.3</span>", ("lem_one", "B.2", "B.3")),
    ],
)
def test_a_wrong_number_in_html_is_found(
    book: Book, tmp_path: Path, page: str, old: str, new: str, expected: tuple[str, str, str | None]
) -> None:
    assert the(book.html(book.site_with(tmp_path, page, old, new))) == expected


@pytest.mark.parametrize(
    ("page", "old", "new", "expected"),
    [
        ("first", "## 1.1 Inner", "## 1.2 Inner", ("sec_first_inner", "1.1", "1.2")),
        ("first", "# 1 A First", "# A First", ("sec_first", "1", "")),
        ("preface", "# Preface", "# 3 Preface", ("preface#preface", "", "3")),
        ("first", "Figure 1.1:", "Figure 1.2:", ("fig_first", "1.1", "1.2")),
        ("first", "\\tag{1.1}", "\\tag{1.2}", ("eq_first", "1.1", "1.2")),
        ("first", "Theorem 1.1", "Theorem 1.2", ("thm_first", "1.1", "1.2")),
        ("first", "Table 1.1:", "Values:", ("tab_first", "1.1", None)),
        ("second", "[Section 1.1]", "[Section 1.2]", ("sec_first_inner", "1.1", "1.2")),
        ("second", "[(1.1)]", "[(2.1)]", ("eq_first", "1.1", "2.1")),
        ("family", "*(c)*", "*(d)*", ("fig_low", "B.1c", "d")),
        ("family", "\\text{(B.2)}", "\\text{(B.3)}", ("eq_last", "B.2", "B.3")),
        ("family", "**Lemma B.2**", "**Lemma B.1**", ("lem_one", "B.2", "B.1")),
        ("family", "[Figure B.1c]", "[Figure B.2c]", ("fig_low", "B.1c", "B.2c")),
        ("family", "[Lemma B.2]", "[Lemma B.3]", ("lem_one", "B.2", "B.3")),
    ],
)
def test_a_wrong_number_in_a_notebook_is_found(
    book: Book, tmp_path: Path, page: str, old: str, new: str, expected: tuple[str, str, str | None]
) -> None:
    assert the(book.notebooks(book.notebooks_with(tmp_path, page, old, new))) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('label: "Figure 1.1"', 'label: "Figure 1.2"', ("fig_first", "1.1", "1.2")),
        ('label: "Figure A.2"', 'label: "Figure A.1"', ("fig_more", "A.2", "A.1")),
        ('label: "Figure A.1"', 'label: "Figure A.2"', ("fig_aside", "A.1", "A.2")),
        ('label: "Table 1.1"', 'label: ""', ("tab_first", "1.1", "")),
        ('label: "Theorem 1.1"', 'label: "Theorem 3.1"', ("thm_first", "1.1", "3.1")),
        ('label: "Exercise 1.1"', 'label: "Exercise 1.9"', ("ex_first", "1.1", "1.9")),
        ('number: "(1.1)", alt:', 'number: "(1.2)", alt:', ("eq_first", "1.1", "1.2")),
        ('part-caption("(b)"', 'part-caption("(c)"', ("fig_right", "B.1b", "c")),
        ('part-caption("(c)"', 'part-caption("(b)"', ("fig_low", "B.1c", "b")),
        ('"(B.2)"', '"(B.3)"', ("eq_last", "B.2", "B.3")),
        ('label: "Lemma B.2"', 'label: "Lemma B.3"', ("lem_one", "B.2", "B.3")),
    ],
)
def test_a_wrong_number_in_the_pdf_is_found(
    book: Book, tmp_path: Path, old: str, new: str, expected: tuple[str, str, str | None]
) -> None:
    assert the(book.pdf(reprinted(book, tmp_path, lambda text: text.replace(old, new)))) == expected


def reprinted(book: Book, folder: Path, change: Callable[[str], str]) -> Path:
    """The PDF of a changed Typst source."""
    root = folder / "typst"
    shutil.copytree(book.doctrees / "typst", root)
    source = root / "book.typ"
    text = source.read_text("utf-8")
    changed = change(text)
    assert changed != text
    source.write_text(changed, "utf-8")
    file = folder / "book.pdf"
    file.write_bytes(compiler.compile_pdf(source, root=root, labels=["<d2l-places>"]).pdf)
    return file


def test_a_wrong_heading_in_the_pdf_is_found_on_its_page_and_in_the_outline(book: Book, tmp_path: Path) -> None:
    file = reprinted(book, tmp_path, lambda text: text.replace('number: "1.1", key:', 'number: "1.2", key:'))
    found = book.pdf(file)
    assert {(one.name, one.expected, one.found) for one in found} == {("sec_first_inner", "1.1", "1.2")}
    assert [one.where.split(" (")[0] for one in found] == ["page 8", "the outline"]


def test_a_place_that_the_pdf_has_not_is_found(book: Book, tmp_path: Path) -> None:
    file = reprinted(
        book, tmp_path, lambda text: text.replace('destination("first#fig-first")', 'anchor("first#fig-first")')
    )
    assert the(book.pdf(file)) == ("fig_first", "1.1", None)


@pytest.mark.parametrize(("old", "new", "found"), [("2 Second", "3 Second", "3"), ("A More", "More", "")])
def test_a_wrong_number_in_the_outline_alone_is_found(
    book: Book, tmp_path: Path, old: str, new: str, found: str
) -> None:
    writer = pypdf.PdfWriter(clone_from=next((book.built / "pdf").glob("*.pdf")))
    titles = [item for item in writer._objects if isinstance(item, dict) and item.get("/Title") == old]
    assert len(titles) == 1
    titles[0][NameObject("/Title")] = TextStringObject(new)
    writer.write(tmp_path / "book.pdf")
    name, _expected, number = the(book.pdf(tmp_path / "book.pdf"))
    assert (name, number) == ({"2": "sec_second", "A": "sec_more"}[old[0]], found)


@pytest.mark.parametrize(("new", "found"), [("Chapter 3", "3"), ('"Second"', "")])
def test_a_wrong_number_in_a_docstring_is_found(book: Book, tmp_path: Path, new: str, found: str) -> None:
    whole = next((book.built / "package").glob("*.whl"))
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(tmp_path / whole.name, "w") as changed:
        for name in old.namelist():
            text = old.read(name).decode("utf-8")
            changed.writestr(name, text.replace("Defined in Chapter 2 (", f"Defined in {new.replace(chr(34), '')} ("))
    difference = book.wheel(tmp_path / whole.name)
    assert the(difference) == ("sec_second", "2", found)
    assert "the docstring of twice" in str(difference[0])


def test_what_is_numbered_on_a_page_that_is_not_there_is_found(book: Book, tmp_path: Path) -> None:
    for folder, check in (("html", book.html), ("notebooks", book.notebooks)):
        shutil.copytree(book.built / folder, tmp_path / folder, ignore=shutil.ignore_patterns("_*"))
        next((tmp_path / folder).glob("preface.*")).unlink()
        assert the(check(tmp_path / folder)) == ("fig_preface", "1", None)


def test_addresses_without_file_names_are_understood(tmp_path: Path) -> None:
    site = BuiltSite(tmp_path, {"index": "", "page": "page/"})
    (tmp_path / "page").mkdir()
    (tmp_path / "index.html").write_text(
        '<a class="reference internal" href="page/#sec-units">Section 8.3</a>', "utf-8"
    )
    (tmp_path / "page" / "index.html").write_text(
        '<section id="sec-units"><h1><span class="section-number">8.2. </span>Gated Units</h1></section>', "utf-8"
    )
    table = ExpectedNumbers({"index": (), "page": (ENTRY,)}, TABLE.words, TABLE.in_toctree)
    assert the(list(differences(table, readable_pages(table, site, ["index", "page"])))) == ("sec_units", "8.2", "8.3")


def test_a_difference_names_label_numbers_and_files(book: Book, tmp_path: Path) -> None:
    shutil.copytree(book.built / "html", tmp_path / "html", ignore=shutil.ignore_patterns("_*"))
    file = tmp_path / "html" / "first.html"
    file.write_text(file.read_text("utf-8").replace("Figure 1.1 <", "Figure 1.2 <"), "utf-8")
    assert [str(one) for one in book.html(tmp_path / "html")] == [
        f"first: 'fig_first' has the number 1.1 in the table, but the caption in {file} shows the number 1.2"
    ]


@pytest.mark.parametrize(
    ("text", "rule", "found"),
    [
        ("Section 8.2", "link", None),
        ("Section 8.20", "link", "8.20"),
        ("section 7.2", "link", "7.2"),
        ("8.3", "link", "8.3"),
        ("GRU", "link", None),
        ("2014", "link", None),
        ("the 3 gates", "link", None),
        ("Step 2", "link", None),
        ("see Section 8.1, Gated Units", "numbered", "8.1"),
        ("Gated Units", "numbered", None),
        ("8.2. Gated Units", "entry", None),
        ("Gated Units", "entry", ""),
        ("8. Gated Units", "entry", "8"),
    ],
)
def test_what_counts_as_a_number_of_the_book(text: str, rule: Any, found: str | None) -> None:
    seen = [PrintedNumber("a reference", "page", "sec-units", text, rule)]
    assert [one.found for one in compare(TABLE, seen, Path("page.html"))] == ([] if found is None else [found])


def corrupting(builder: str) -> str:
    """A conf.py that spoils a page between writing and check."""
    return (
        "def spoil(app, error):\n"
        f"    if app.builder.name == {builder!r}:\n"
        "        page = app.outdir / 'one.html'\n"
        "        page.write_text(page.read_text('utf-8').replace('>1. </span>One', '>2. </span>One'), 'utf-8')\n"
        "def setup(app):\n"
        "    app.connect('build-finished', spoil, priority=550)\n"
    )


@pytest.fixture
def small(project: Project) -> Project:
    project.write({"index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\n```\n", "one.md": "# One\n\nText.\n"})
    project.conf += corrupting("html")
    return project


def test_a_site_that_disagrees_fails_its_build_only_for_pages_just_written(
    small: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    app = small.build()
    assert app.statuscode == 2
    assert "'one#one' has the number 1 in the table, but the heading in" in small.warnings
    monkeypatch.setattr(gate, "CLOCK", -3600)  # as if the page were an hour old
    assert small.build().statuscode == 0
    monkeypatch.setenv("CI", "true")
    assert small.build().statuscode == 2


@pytest.mark.parametrize(
    ("builder", "options"), [("dirhtml", ""), ("html", "html_file_suffix = '.htm'\nhtml_link_suffix = ''\n")]
)
def test_pages_are_found_whatever_their_addresses(project: Project, builder: str, options: str) -> None:
    index = "# Root\n\n{numref}`sec one`\n\n```{toctree}\n:numbered:\n\nits page\n```\n"
    project.write({"index.md": index, "its page.md": "(sec one)=\n# One\n"})
    project.conf += options
    assert project.build(builder).statuscode == 0
    assert project.warnings == ""
    file = next((project.build_folder / builder).glob("index.*"))
    project.conf += (
        "def spoil(app, error):\n"
        f"    page = app.outdir / {file.name!r}\n"
        "    page.write_text(page.read_text('utf-8').replace('Chapter 1<', 'Chapter 2<'), 'utf-8')\n"
        "def setup(app):\n"
        "    app.connect('build-finished', spoil, priority=550)\n"
    )
    assert project.build(builder, freshenv=True).statuscode == 2
    assert "'sec one' has the number 1 in the table, but a reference in" in project.warnings


def test_the_gate_can_be_left_open(small: Project) -> None:
    small.conf += "d2lbook_checks = []\n"
    assert small.build().statuscode == 0
    assert small.warnings == ""


@pytest.mark.long
def test_a_book_that_disagrees_gives_2_again_and_again(small: Project) -> None:
    small.conf += "d2lbook_outputs = ['html']\n"
    for _ in range(2):
        done = small.run("book", "-W", "--keep-going")
        assert done.returncode == 2
        assert "'one#one' has the number 1 in the table, but the heading in" in done.stderr
    assert (small.build_folder / "book" / "report.json").is_file()


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("2 Two", "T", None),
        ("T\n", "T", ""),
        ("2 Two parts of it", "Two", "2"),
        ("3.1 Well-known facts", "Well-known", "3.1"),
        ("1 One", "Two", None),
        ("A Appendix", "Appendix", "A"),
        ("A Appendix", "A Appendix", ""),
    ],
)
def test_a_number_stands_before_whole_words(text: str, title: str, expected: str | None) -> None:
    assert number_before(text, title) == expected


@pytest.mark.parametrize(("text", "wrong"), [("Figure 2.1", []), ("Figure 2.4a", []), ("Figure 2.2", ["2.2"])])
def test_links_to_notebooks_without_anchors_may_mean_figures_and_their_parts(
    tmp_path: Path, text: str, wrong: list[str]
) -> None:
    there = (
        ExpectedEntry("there", ("fig",), "figure", "2.1", "", "fig", optional=False),
        ExpectedEntry("there", ("part",), "subfigure", "2.4a", "", "part", optional=False),
    )
    words = {"figure": ("Figure",), "subfigure": ("Figure",)}
    table = ExpectedNumbers({"page": (), "there": there}, words, frozenset({"page", "there"}))
    cell = {"cell_type": "markdown", "metadata": {}, "source": f"See [{text}](there.ipynb)."}
    (tmp_path / "page.ipynb").write_text(json.dumps({"cells": [cell]}), "utf-8")
    assert [one.found for one in differences(table, readable_notebooks(table, tmp_path, {}, {"page": set()}))] == wrong
