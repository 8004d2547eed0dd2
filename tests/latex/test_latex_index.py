"""The index of the PDF that LaTeX sets is that of the other engine, entry for entry."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
import pypdfium2
import pytest

from tests.conftest import Project
from tests.typst.test_typst_index import ONE

pytestmark = pytest.mark.latex

MORE = r"""# More

{index}`$\alpha$-ball <single: $\alpha$-ball>` {index}`code <single: np.dot; its "axis" | @ ! % & _ #>`
{index}`twice` and {index}`twice`, {index}`! twice on a page` and {index}`twice on a page`
{index}`deep <triple: one; two; three>` {index}`Ω of Chaitin`

```{index} pair: loop; while
```

```{index} ! gradient descent
```
"""
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:matter: front\n\npreface\n```\n\n"
    "```{toctree}\n:matter: main\n\none\nmore\np0\np1\np2\np3\n```\n",
    "preface.md": "# Preface\n\n{index}`often` and {index}`! momentum`\n",
    "one.md": ONE,
    "more.md": MORE,
    "lonely.md": "---\norphan: true\n---\n# Lonely\n\n{index}`nowhere`\n",
    **{f"p{n}.md": f"# P{n}\n\n{{index}}`often`\n\n## On {{index}}`headings`\n\nText.\n" for n in range(4)},
}


def index_lines(pdf: Path) -> list[str]:
    """The lines of the last page, with single spaces and without ligatures."""
    text = pypdf.PdfReader(pdf).pages[-1].extract_text()
    for ligature, letters in (("ﬁ", "fi"), ("ﬂ", "fl"), ("\u00a0", " ")):
        text = text.replace(ligature, letters)
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    project = Project(tmp_path_factory.mktemp("index"))
    project.write(PAGES)
    found = {}
    for engine in ("typst", "latex"):
        project.build("pdf", confoverrides={"d2lbook_pdf_engine": engine, "d2lbook_outputs": ["pdf"]})
        assert project.warnings == ""
        made = next((project.build_folder / "pdf").glob("*.pdf"))
        found[engine] = made.rename(project.folder / f"{engine}.pdf")
    return found


def test_entries_are_those_of_the_other_engine(pdfs: dict[str, Path]) -> None:
    ours, theirs = (index_lines(pdfs[engine]) for engine in ("latex", "typst"))
    skipped = re.compile(r"Index|[ivxlc\d]+|.*\bRoot")  # the heading, and the folio at the foot
    kept = [[line for line in lines if not skipped.fullmatch(line)] for lines in (ours, theirs)]
    assert kept[0] == kept[1]
    assert "often, iv, 1, 3–6" in kept[0]


def test_numbers_lead_to_their_pages(pdfs: dict[str, Path]) -> None:
    reader = pypdf.PdfReader(pdfs["latex"])
    links = [note.get_object()["/A"]["/D"] for note in reader.pages[-1]["/Annots"]]
    pages = [reader.get_destination_page_number(reader.named_destinations[str(name)]) for name in links]
    assert len(links) > 20
    assert {reader.page_labels[page or 0] for page in pages} >= {"iv", "1", "2", "3"}
    assert [item.title for item in reader.outline if not isinstance(item, list)][-1] == "Index"


@pytest.mark.long
def test_columns_of_the_last_page_are_equally_high(project: Project) -> None:
    entries = " ".join(f"{{index}}`{chr(97 + n % 26)} entry {n}`" for n in range(200))
    project.write({"index.md": f"# Root\n\n{entries}\n"})
    project.build("pdf", confoverrides={"d2lbook_pdf_engine": "latex", "d2lbook_outputs": ["pdf"]})
    document = pypdfium2.PdfDocument(next(project.build_folder.glob("pdf/*.pdf")))
    page = document[len(document) - 1]
    text, middle = page.get_textpage(), 250  # of the columns, as the margins of a right-hand page have it
    boxes = [text.get_rect(n) for n in range(text.count_rects())]
    boxes = [box for box in boxes if 80 < box[1] < page.get_height() - 70]  # not the head and the foot
    feet = [min(foot for x, foot, _x, _top in boxes if (x > middle) == right) for right in (False, True)]
    document.close()
    assert abs(feet[0] - feet[1]) < 30
