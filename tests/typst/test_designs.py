"""Designs of the PDF: what each sets, what the author sets instead, and pages without faults in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from sphinxcontrib_d2lbook.config.pdf_options import DESIGNS, PDF_OPTIONS
from sphinxcontrib_d2lbook.outputs.latex.preamble import latex_design
from sphinxcontrib_d2lbook.outputs.paper.page_design import page_design
from sphinxcontrib_d2lbook.outputs.paper.themes import THEMES
from sphinxcontrib_d2lbook.outputs.typst.template_contract import PARTS, VALUES
from tests.conftest import Project

TEMPLATE = Path(__file__).parents[2] / "sphinxcontrib_d2lbook/outputs/typst/template"
CONF = """
project = "Tales of Waves"
author = "A. Author"
release = "1.2"
extensions = ["sphinxcontrib_d2lbook"]
nb_execution_mode = "off"
html_baseurl = "https://example.org/waves/"
d2lbook_forum = {"url": "https://github.com/x/y/discussions"}
d2lbook_pdf_front = {"half_title": True, "subtitle": "With code", "lists": ["figures", "tables", "statements", "code"]}
d2lbook_pdf_page_faults = ["short", "heading", "wide"]
d2lbook_editions = {
    "monograph": {"theme": "monograph"},
    "monograph-margin": {"theme": "monograph", "paper": "a4", "notes": "margin", "colours": "gray"},
    "lecture": {"theme": "lecture-notes", "standards": ["ua-1"]},
    "lecture-two": {"theme": "lecture-notes", "sides": 2, "paper": "b5", "notes": "foot"},
}
"""
INDEX = """# Tales of Waves

What this book is about.

```{toctree}
:matter: front
preface
```

```{toctree}
:matter: main
:caption: Water
one
two
```

```{toctree}
:matter: appendix
more
```

```{toctree}
:matter: back
genindex
```
"""
SENTENCE = "A wave of water runs to the shore and back, and carries nothing but its own shape. "
CHAPTER = f"""(sec-{{name}})=
# {{title}}

{SENTENCE * 3}See {{{{numref}}}}`fig-{{name}}`, {{{{prf:ref}}}}`thm-{{name}}` and {{{{ref}}}}`sec-one`. [^f]

[^f]: A footnote.

{SENTENCE * 2}

```{{{{margin}}}} A note
This stands beside, with `torch.nn.functional.scaled_dot_product_attention` in it.
```

## A Section with *Emphasis* and $E = mc^2$

{SENTENCE * 6}

```{{{{figure}}}} wave.svg
:name: fig-{{name}}
:alt: a wave
A wave of water. It moves.
```

```{{{{prf:theorem}}}} Energy
:label: thm-{{name}}
{SENTENCE}
```

```{{{{prf:proof}}}}
{SENTENCE}
```

```{{{{prf:remark}}}}
{SENTENCE}
```

### Below the Section

- {SENTENCE}
- {SENTENCE}

  {SENTENCE}

#### Far Below

{SENTENCE * 2}

##### Further

```{{{{note}}}}
{SENTENCE}
```

```{{{{warning}}}}
{SENTENCE}
```

```{{{{dropdown}}}} A dropdown
{SENTENCE}
```

```{{{{exercise}}}} A question
:label: ex-{{name}}
{SENTENCE}
```

```{{{{list-table}}}} Numbers of *waves*
:name: tab-{{name}}
:header-rows: 1
* - first
  - second
* - {SENTENCE}
  - 2
* - 3
  - 4
```

```{{{{code-block}}}} python
:caption: A listing
:name: lst-{{name}}

@decorator
def f(x):  # a comment
    return [x + 1 for x in range(100)] + ["text"]
```

```{{{{rubric}}}} A rubric
```

$$ a = b $$ (eq-{{name}})

{SENTENCE * 9}

```{{{{discussion}}}}
```
"""
WAVE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 60"><path d="M0 30 Q 50 0 100 30 T 200 30"/></svg>'
FILES = {
    "wave.svg": WAVE,
    "index.md": INDEX,
    "preface.md": f"# Preface\n\n{SENTENCE * 4}\n\n## Thanks\n\n{{index}}`wave` {SENTENCE}\n",
    **{
        f"{name}.md": CHAPTER.format(name=name, title=title)
        for name, title in (
            ("one", "Waves"),
            ("two", "A Chapter with a Rather Long Title that Needs More than One Line on Any Paper"),
            ("more", "More"),
        )
    },
}


class Book:
    """The book in all designs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def document(self, edition: str) -> pypdfium2.PdfDocument:
        return pypdfium2.PdfDocument(self.folder / f"tales-of-waves{'-' * bool(edition)}{edition}.pdf")

    def size(self, edition: str) -> tuple[int, int]:
        """Return the size of the pages in millimetres."""
        with self.document(edition) as document:
            width, height = document[5].get_size()
            return round(width / 72 * 25.4), round(height / 72 * 25.4)

    def fonts(self, edition: str) -> set[str]:
        with self.document(edition) as document:
            return {
                item.get_font().get_base_name().rpartition("+")[2]
                for page in document
                for item in page.get_objects()
                if isinstance(item, pypdfium2.PdfTextObj)
            }

    def colours(self, edition: str) -> set[tuple[int, ...]]:
        """Return the colours of all that is drawn but links and words in code."""
        with self.document(edition) as document:
            return {
                tuple(pixel[:3])
                for number in range(len(document))
                for pixel in document[number].render(scale=0.4).to_numpy().reshape(-1, 3)[::7].tolist()
                if max(pixel) - min(pixel) > 60
            }

    def text(self, edition: str) -> str:
        with self.document(edition) as document:
            return "\n".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    project = Project(tmp_path_factory.mktemp("designs"))
    project.conf = CONF
    project.write(FILES)
    built = project.run("book", "-W", "--keep-going")
    assert (built.returncode, built.stderr) == (0, ""), "no page has a fault, numbers are read back, nothing is lost"
    return Book(project.build_folder / "book" / "pdf")


@pytest.mark.long
def test_a_design_sets_paper_and_notes_where_the_edition_does_not(book: Book) -> None:
    assert book.size("") == (210, 297)
    assert book.size("monograph") == (170, 240)
    assert book.size("monograph-margin") == (210, 297)
    assert book.size("lecture") == (210, 297)
    assert book.size("lecture-two") == (176, 250)


def test_headings_have_the_fonts_of_their_design(book: Book) -> None:
    assert not any("Sans-" in name or "LibertinusSans" in name for name in book.fonts("") | book.fonts("monograph"))
    assert any("LibertinusSans" in name for name in book.fonts("lecture"))


def test_a_monograph_has_no_colours(book: Book) -> None:
    assert book.colours("")
    assert not book.colours("monograph")


def test_all_designs_have_the_same_words(book: Book) -> None:
    for edition in ("monograph", "lecture"):
        text = book.text(edition)
        for words in (
            "Energy",
            "A Chapter with a Rather Long Title",
            "Theorem 1.1",
            "Figure 2.1",
            "Far Below",
            "Proof",
        ):
            assert words in text


def test_what_is_in_the_list_of_designs_is_there() -> None:
    assert tuple(THEMES) == DESIGNS
    for name in DESIGNS:
        assert (TEMPLATE / f"{name}.typ").is_file()
        assert (TEMPLATE / f"{name}-values.typ").is_file()


def defined(file: str) -> set[str]:
    lines = (TEMPLATE / file).read_text("utf-8").splitlines()
    return {line.split()[1].partition("(")[0] for line in lines if line.startswith("#let ")}


def test_the_textbook_defines_the_whole_contract_and_nothing_else() -> None:
    assert defined("textbook.typ") == set(PARTS)
    assert defined("textbook-values.typ") | {"part-colours", "plain-colour"} == set(VALUES)
    assert defined("parts.typ") - {"layers", "part"} == set(PARTS)
    for name in DESIGNS[1:]:
        assert defined(f"{name}-values.typ") <= set(VALUES)


def test_a_design_that_is_not_there_is_refused_with_those_that_are(project: Project) -> None:
    project.conf += 'd2lbook_pdf_theme = "novel"\n'
    project.write({"index.md": "# Tales\n"})
    built = project.run("pdf")
    assert built.returncode == 2
    assert "takes one of 'textbook', 'monograph', 'lecture-notes'" in built.stderr


def test_an_edition_takes_a_design_that_is_there() -> None:
    check = next(option for option in PDF_OPTIONS if option.name == "editions").check
    assert check is not None
    assert "takes one of 'textbook'" in (check.fault({"print": {"theme": "novel"}}) or "")


class Options(dict[str, Any]):
    """The options of a configuration that measures depend on."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


@pytest.mark.parametrize(
    ("given", "inner", "outer"),
    [
        ({}, 21.0, 42.0),
        ({"sides": 1, "notes": "foot"}, 25.2, 37.8),
        ({"notes": "foot", "margins": {"inner": "40mm"}}, 40.0, 25.2),
        ({"theme": "monograph", "paper": "17x24cm", "notes": "foot"}, 20.0, 30.0),
        ({"theme": "monograph", "paper": "17x24cm", "notes": "foot", "margins": {"outer": "10mm"}}, 20.0, 10.0),
        ({"theme": "lecture-notes", "sides": 1}, 18.9, 58.8),
    ],
)
def test_margins_go_with_the_design_unless_they_are_given(given: Mapping[str, Any], inner: float, outer: float) -> None:
    options = Options({f"d2lbook_{option.name}": option.default for option in PDF_OPTIONS})
    options.update({f"d2lbook_pdf_{name}": value for name, value in given.items()})
    design = page_design(options)  # type: ignore[arg-type]
    assert (design.inner, design.outer) == (pytest.approx(inner), pytest.approx(outer))


def test_the_other_engine_has_the_measures_of_the_first_design_whatever_is_chosen() -> None:
    options = Options({f"d2lbook_{option.name}": option.default for option in PDF_OPTIONS})
    first = latex_design(options)  # type: ignore[arg-type]
    options["d2lbook_pdf_theme"] = "lecture-notes"
    assert page_design(options) != first  # type: ignore[arg-type]
    assert latex_design(options) == first  # type: ignore[arg-type]


def test_what_the_book_sets_goes_before_its_design(project: Project) -> None:
    project.conf += 'd2lbook_pdf_theme = "monograph"\nd2lbook_pdf_paper = "a4"\n'
    project.write({"index.md": "# Tales\n\nText.\n"})
    project.build("pdf")
    assert project.warnings == ""
    with pypdfium2.PdfDocument(next((project.build_folder / "pdf").glob("*.pdf"))) as document:
        assert round(document[0].get_size()[0] / 72 * 25.4) == 210, "though that is the option's default"
