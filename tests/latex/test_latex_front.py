"""Title page, imprint, lists and colophon of the PDF that LaTeX sets."""

from __future__ import annotations

import pypdf
import pytest

from sphinxcontrib_d2lbook.elements.printings.book_changes import record_of
from sphinxcontrib_d2lbook.elements.printings.record import record_text
from tests.conftest import Project

pytestmark = pytest.mark.latex

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#c30"/></svg>'
FRONT = {
    "half_title": True,
    "subtitle": "With code & formulas",
    "cover": "cover.svg",
    "publisher": "Harbour Press",
    "edition": "First edition",
    "isbn": "978-0-00-000000-2",
    "doi": "10.1000/1_82",
    "licence": "CC BY 4.0",
    "imprint": ["Typeset by the authors."],
    "dedication": "For the sea",
    "epigraph": ["All is water.", "Thales"],
    "lists": ["figures", "tables", "statements", "code"],
    "colophon": "Set in Libertinus Serif.",
}
ONE = """# One

```{figure} a.svg
:name: fig

A wave of the sea. It rolls.
```

```{table} Tides
:name: tab

| a | b |
|---|---|
| 1 | 2 |
```

```{prf:theorem} Of Tides
:label: thm

True.
```

```{code-block} python
:caption: A loop
:name: lst

pass
```
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> pypdf.PdfReader:
    project = Project(tmp_path_factory.mktemp("front"))
    project.write(
        {"index.md": "# Waves\n\n```{toctree}\n:numbered:\n\none\n```\n", "one.md": ONE, "a.svg": SVG, "cover.svg": SVG}
    )
    (project.folder / "cover.svg").write_text(SVG, "utf-8")
    project.conf += f"copyright = '2026, A. Author'\nd2lbook_pdf_front = {FRONT!r}\n"
    with project.app("dummy") as app:
        app.build()
        record = record_text(record_of(app))
    (project.folder / "printings").mkdir()
    (project.folder / "printings" / "first.json").write_text(record, "utf-8")
    project.conf += "d2lbook_printing = 'first'\n"
    project.build("pdf", confoverrides={"d2lbook_pdf_engine": "latex", "d2lbook_outputs": ["pdf"]})
    assert project.warnings == ""
    return pypdf.PdfReader(next((project.build_folder / "pdf").glob("*.pdf")))


@pytest.fixture(scope="module")
def pages(reader: pypdf.PdfReader) -> list[str]:
    return [" ".join(page.extract_text().replace("ﬁ", "fi").split()) for page in reader.pages]


def test_titles_stand_on_right_hand_pages(pages: list[str]) -> None:
    assert pages[0] == "Waves"
    assert pages[1] == ""
    assert pages[2].startswith("Waves With code & formulas")
    assert pages[4] == "For the sea"
    assert pages[6] == "All is water. — Thales"


def test_the_imprint_has_every_line_in_order(pages: list[str]) -> None:
    assert pages[3] == (
        "First edition Printing first Harbour Press © 2026, A. Author CC BY 4.0 ISBN 978-0-00-000000-2 "
        "https://doi.org/10.1000/1_82 Typeset by the authors."
    )


def test_lists_follow_the_contents_with_the_first_sentence(pages: list[str], reader: pypdf.PdfReader) -> None:
    after = [text for text in pages if text.startswith(("Contents", "Figures", "Tables", "Theorems", "Listings"))]
    assert [text.split()[0] for text in after] == ["Contents", "Figures", "Tables", "Theorems", "Listings"]
    assert "Figure 1.1 A wave of the sea 1" in after[1]
    assert "It rolls" not in after[1]
    assert "Table 1.1 Tides 1" in after[2]
    assert "Theorem 1.1 Of Tides 1" in after[3]
    assert "Listing 1.1 A loop 1" in after[4]
    assert reader.pages[pages.index(after[1])]["/Annots"]


def test_the_colophon_is_the_last_page(pages: list[str]) -> None:
    assert pages[-1] == "Set in Libertinus Serif."


@pytest.mark.long
def test_date_sides_and_plain_links_are_heeded(project: Project) -> None:
    root = "# Waves\n\n```{toctree}\n:numbered:\n:caption: Part\n\none\n```\n"
    project.write({"index.md": root, "one.md": "# One\n\n[Out](https://x.example/)\n"})
    options = {"d2lbook_pdf_date": "2026-11-28", "d2lbook_pdf_sides": 1, "d2lbook_pdf_links": "plain"}
    project.build("pdf", confoverrides={"d2lbook_pdf_engine": "latex", "d2lbook_outputs": ["pdf"], **options})
    assert project.warnings == ""
    reader = pypdf.PdfReader(next((project.build_folder / "pdf").glob("*.pdf")))
    assert str((reader.metadata or {})["/CreationDate"]).startswith("D:20261128")
    texts = [page.extract_text().strip() for page in reader.pages]
    assert [text for text in texts[2:] if not text] == []  # no page is left blank for the next to be on the right
    project.build(
        "pdf",
        confoverrides={
            "d2lbook_pdf_engine": "latex", "d2lbook_outputs": ["pdf"], "d2lbook_pdf_links": "addresses",
        },
    )  # fmt: skip
    assert "LaTeX does not heed d2lbook_pdf_links" in project.warnings
