"""What stands in the margin is read back apart from the text beside it, on left and on right pages."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.numbering.agreement.expected_numbers import ExpectedNumbers, expected_numbers
from sphinxcontrib_d2lbook.numbering.agreement.read_pdf import readable_pdf
from sphinxcontrib_d2lbook.numbering.agreement.readback import differences
from sphinxcontrib_d2lbook.outputs.paper.compilation_record import destinations
from tests.conftest import Project

PAGE = """# Chapter NAME

{numref}`fig_NAME` and **word** {prf:ref}`thm_body_NAME`

````{margin}
```{prf:theorem}
:label: thm_NAME

In the margin[^again], and more[^again].
```

```{exercise}
:label: ex_NAME

Do[^again] it.
```

```{figure} a.svg
:name: fig_aside_NAME

Aside[^again].
```
````

{prf:ref}`thm_body_NAME` and {numref}`fig_NAME` are what this line begins with, and it goes on for as long as lines do.

{numref}`fig_NAME` is what this line begins with.

```{figure} a.svg
:name: fig_NAME

Below.
```

```{prf:theorem}
:label: thm_body_NAME

WORDS
```

$$ x = 1 $$ (eq_NAME)

[^again]: A note that is referred to at the ends of lines, too.
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
NAMES = ("one", "two")


@dataclasses.dataclass
class Book:
    table: ExpectedNumbers
    keys: dict[str, Any]
    pdf: Path

    def differences(self, table: ExpectedNumbers) -> list[str]:
        return [f"{one.name}: {one.found}" for one in differences(table, readable_pdf(table, self.pdf, self.keys))]


@pytest.fixture(scope="module", params=["typst", pytest.param("latex", marks=pytest.mark.latex)])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Book:
    project = Project(tmp_path_factory.mktemp(request.param))
    project.conf += f"d2lbook_pdf_engine = {request.param!r}\n"
    words = " ".join(["word[^again]"] * 40)
    project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\n\n" + "\n".join(NAMES) + "\n```\n", "a.svg": SVG})
    project.write({f"{name}.md": PAGE.replace("NAME", name).replace("WORDS", words) for name in NAMES})
    app = project.build("pdf", confoverrides={"d2lbook_outputs": ["pdf"]})
    assert project.warnings == ""
    return Book(expected_numbers(app.env), destinations(app), project.build_folder / "pdf" / "a-book.pdf")


def test_what_stands_in_margins_on_both_sides_is_noted(book: Book) -> None:
    asides = {name: place["page"] % 2 for name, place in book.keys.items() if place.get("aside")}
    assert set(asides.values()) == {0, 1}
    assert {
        f"{name}#{kind}" for name in NAMES for kind in (f"thm_{name}", f"ex_{name}", f"fig-aside-{name}")
    } <= asides.keys()
    assert not {f"{name}#thm_body_{name}" for name in NAMES} & asides.keys()


def test_numbers_in_and_beside_margins_agree(book: Book) -> None:
    assert book.differences(book.table) == []


def test_another_number_in_or_beside_a_margin_is_seen(book: Book) -> None:
    missed = []
    for docname in NAMES:
        entries = book.table.pages[docname]
        for position, entry in enumerate(entries):
            other = dataclasses.replace(entry, number="7.7")
            pages = {docname: (*entries[:position], other, *entries[position + 1 :])}
            found = book.differences(ExpectedNumbers(pages, book.table.words, frozenset({docname}), book.table.root))
            if f"{entry.name}: {entry.number}" not in found:
                missed.append((entry.name, found))
    assert missed == []
