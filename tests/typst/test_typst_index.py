"""The index at the end of the PDF."""

from __future__ import annotations

import re

import pypdf
import pypdfium2
import pytest

from tests.conftest import Project

ONE = """# One

```{index} single: gradient descent
```

Text on {index}`momentum`, {index}`! saddle point` and {index}`shown <pair: loop; for>`.

```{index} see: slope; gradient descent
```

```{index} seealso: momentum; inertia
```

```{index} single: gradient descent; stochastic
```

{index}`Étude` {index}`signs <single: x_*; $a$ #raw "q">` {index}`often`

````{only} html
{index}`elsewhere`
````
"""


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> pypdf.PdfReader:
    project = Project(tmp_path_factory.mktemp("index"))
    more = {f"p{n}.md": f"# P{n}\n\n{{index}}`often`\n\n## On {{index}}`headings`\n\nText.\n" for n in range(4)}
    project.write(
        {
            "index.md": "# Root\n\n```{toctree}\n:matter: front\n\npreface\n```\n\n"
            "```{toctree}\n:matter: main\n\none\np0\np1\np2\np3\n```\n",
            "preface.md": "# Preface\n\n{index}`often` and {index}`! momentum`\n",
            "one.md": ONE,
            "lonely.md": "---\norphan: true\n---\n# Lonely\n\n{index}`nowhere`\n",
            **more,
        }
    )
    done = project.run("pdf")
    assert (done.returncode, done.stderr) == (0, "")
    return pypdf.PdfReader(next((project.build_folder / "pdf").glob("*.pdf")))


@pytest.fixture(scope="module")
def lines(pdf: pypdf.PdfReader) -> list[str]:
    """The lines of the last page."""
    return pdf.pages[-1].extract_text().splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "gradient descent, 1",
        "stochastic, 1",
        "see gradient descent",
        "see also inertia",
        "for, 1",
        "loop, 1",
        "x_*",
        '$a$ #raw "q", 1',
        "Étude, 1",
        "headings, 2–5",
        "saddle point, 1",
    ],
)
def test_an_entry_has_its_pages(lines: list[str], line: str) -> None:
    assert line in lines


def test_pages_of_the_front_are_told_apart(lines: list[str]) -> None:
    assert [line for line in lines if line.startswith("often")] == ["often, iv, 1–5"]
    assert [line for line in lines if line.startswith("momentum")] == ["momentum, iv, 1"]


def test_letters_head_the_entries_in_order(lines: list[str]) -> None:
    letters = [line for line in lines if re.fullmatch(r"[A-ZÉ]", line)]
    assert letters == ["E", "F", "G", "H", "L", "M", "O", "S", "X"]


def test_what_the_book_does_not_have_is_not_in_its_index(lines: list[str]) -> None:
    assert not [line for line in lines if "elsewhere" in line or "nowhere" in line]


def test_numbers_lead_to_their_pages_and_the_index_is_in_the_outline(pdf: pypdf.PdfReader) -> None:
    links = [item.get_object()["/Dest"] for item in pdf.pages[-1]["/Annots"]]
    places = {page.indirect_reference.idnum: number for number, page in enumerate(pdf.pages)}
    named = {name: pdf.get_destination_page_number(place) for name, place in pdf.named_destinations.items()}
    pages = [named[link] if isinstance(link, str) else places[list.__getitem__(link, 0).idnum] for link in links]
    assert len(pages) == 12
    assert {pdf.page_labels[page] for page in pages} == {"iv", "1", "2"}
    outline = [item.title for item in pdf.outline if not isinstance(item, list)]
    assert outline[-1] == "Index"


@pytest.mark.parametrize(("count", "pages"), [(24, 1), (200, 2)])
def test_columns_of_the_last_page_are_equally_high(project: Project, count: int, pages: int) -> None:
    entries = " ".join(f"{{index}}`{chr(97 + n % 26)} entry {n}`" for n in range(count))
    long = "{index}`a long entry of more words than one line of a column has place for`"
    project.write({"index.md": f"# Root\n\n{entries} {long}\n"})
    project.build("pdf")
    document = pypdfium2.PdfDocument(next(project.build_folder.glob("pdf/*.pdf")))
    feet = []
    for page in [document[n] for n in range(len(document))][-pages:]:
        middle, text = page.get_width() / 2, page.get_textpage()
        boxes = [text.get_rect(n) for n in range(text.count_rects())]
        boxes = [box for box in boxes if 60 < box[1] < page.get_height() - 60]  # not the head and the foot
        feet.append([min(foot for x, foot, _x, _top in boxes if (x > middle) == right) for right in (False, True)])
    line = 14
    assert abs(feet[-1][0] - feet[-1][1]) <= 3 * line
    assert all(max(foot) < 74 + 3 * line for foot in feet[:-1])  # the others are full


def test_a_book_without_entries_has_no_index(project: Project) -> None:
    project.write({"index.md": "# Root\n\nText.\n"})
    project.build("pdf")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(next(project.build_folder.glob("pdf/*.pdf"))).pages)
    assert "Index" not in text
