"""Each language has its own quotation marks, hyphens, spaces and fonts in print."""

from __future__ import annotations

import re

import pypdfium2
import pytest

from sphinxcontrib_d2lbook.outputs.paper.fonts import NONE, Fonts
from sphinxcontrib_d2lbook.outputs.typst.builder import region_of
from sphinxcontrib_d2lbook.outputs.typst.generated_template import typst_fonts
from sphinxcontrib_d2lbook.outputs.typst.translator.inline import french_spaces
from tests.conftest import Project

CONF = """
extensions = ["sphinxcontrib_d2lbook"]
project = "Tales"
d2lbook_pdf_paper = "100x150mm"
d2lbook_pdf_notes = "foot"
"""
GERMAN = 'Die "Zusammenhangsvermutungen" und "Geschwindigkeitsbegrenzungen" sind Wahrscheinlichkeitsverteilungen.'
FRENCH = 'Le "joli" mot est-il utile ? Oui : il est simple ; mais `a ?` reste "ici" !'


def printed(project: Project, language: str, text: str) -> str:
    project.conf = f"{CONF}language = {language!r}\n"
    project.write({"index.md": f"# Tales\n\n{text}\n"})
    project.build("pdf")
    assert project.warnings == ""
    with pypdfium2.PdfDocument(project.build_folder / "pdf" / "tales.pdf") as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_german_words_are_divided_and_quoted_as_in_german(project: Project) -> None:
    text = printed(project, "de", GERMAN)
    assert "\N{DOUBLE LOW-9 QUOTATION MARK}Zusammenhangsvermutungen\N{LEFT DOUBLE QUOTATION MARK}" in text
    english = printed(project, "en", GERMAN)
    assert "\N{LEFT DOUBLE QUOTATION MARK}Zusammenhangsvermutungen\N{RIGHT DOUBLE QUOTATION MARK}" in english
    # A hyphen at the end of a line is read as this character.
    german, other = (re.findall(r"\w+(?=\ufffe)", shown) for shown in (text, english))
    assert german
    assert german != other


def test_no_french_line_begins_with_a_sign(project: Project) -> None:
    text = printed(project, "fr", FRENCH)
    for shown in ("utile\u202f?", "Oui\u00a0:", "simple\u202f;", "a ?", "\u202f!"):
        assert shown in text, shown
    assert "utile ?" in printed(project, "de", FRENCH)


@pytest.mark.parametrize(
    ("text", "spaced"),
    [
        ("quoi ?", "quoi\u202f?"),
        ("ainsi : oui", "ainsi\u00a0: oui"),
        ("« mot » !", "«\u202fmot\u202f»\u202f!"),
        ("quoi? a :b", "quoi? a\u00a0:b"),
        ("sans signe", "sans signe"),
    ],
)
def test_spaces_before_french_signs(text: str, spaced: str) -> None:
    assert french_spaces(text) == spaced


@pytest.mark.parametrize(("language", "region"), [("zh_TW", "TW"), ("sr_Latn_RS", "RS"), ("de", None), ("", None)])
def test_the_region_of_a_language(language: str, region: str | None) -> None:
    assert region_of(language) == region


HAN = Fonts({"scripts": ("Tiny Han",)}, ())


@pytest.mark.parametrize(
    ("named", "language", "fonts"),
    [
        (NONE, "en", '("Libertinus Serif", )'),
        (HAN, "en", '("Libertinus Serif", "Tiny Han", "Libertinus Serif", )'),
        (HAN, "zh", '(("name": "Libertinus Serif", "covers": "latin-in-cjk"), "Tiny Han", "Libertinus Serif", )'),
        (HAN, "ar", '("Tiny Han", "Libertinus Serif", )'),
        (Fonts({"text": ("Own",), "scripts": ("Tiny Han",)}, ()), "zh", '("Own", "Tiny Han", "Libertinus Serif", )'),
    ],
)
def test_letters_are_those_of_the_text_beside_another_script(named: Fonts, language: str, fonts: str) -> None:
    source = typst_fonts(named, language)
    assert f"#let text-font = {fonts}" in source
    assert f"#let heading-font = {fonts}" in source
