"""Fonts that a book names: where they are found, what they show, and what is said of characters that none has."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from sphinxcontrib_d2lbook.common.errors import BookError
from sphinxcontrib_d2lbook.outputs.latex.fonts import font_commands, script_commands
from sphinxcontrib_d2lbook.outputs.paper import fonts
from sphinxcontrib_d2lbook.outputs.paper.compilation_record import Record
from sphinxcontrib_d2lbook.outputs.paper.embedded_fonts import fallback_fonts, with_embedded
from sphinxcontrib_d2lbook.outputs.paper.missing_glyphs import family_for, script_of
from tests.conftest import Project

TEXT = "# 你好 🎉\n\nText 你好世界 and こん.\n\n```python\nx = '世'\n```\n"


def tiny_font(file: Path, family: str, chars: Iterable[str], width: int = 1000) -> None:
    """Write a font in which each of ``chars`` is a square."""
    pen = TTGlyphPen(None)
    for number, point in enumerate(((0, 0), (0, 500), (500, 500), (500, 0))):
        (pen.lineTo if number else pen.moveTo)(point)
    pen.closePath()
    names = {ord(char): f"u{ord(char):04X}" for char in chars}
    order = [".notdef", *names.values()]
    square = pen.glyph()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys(order, square))
    builder.setupHorizontalMetrics(dict.fromkeys(order, (width, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")})
    builder.setupOS2(sTypoAscender=800, sTypoDescender=-200)
    builder.setupPost()
    file.parent.mkdir(parents=True, exist_ok=True)
    builder.save(file)


def conf(**fonts: Any) -> str:
    named = f"d2lbook_pdf_fonts = {fonts!r}\n" if fonts else ""
    return f"extensions = ['sphinxcontrib_d2lbook']\nproject = 'Signs'\nauthor = 'An 好'\n{named}"


def embedded(project: Project) -> set[str]:
    """Names of the fonts in the PDF, without the mark of a subset."""
    found = set()
    for page in pypdf.PdfReader(project.build_folder / "pdf" / "signs.pdf").pages:
        for font in page["/Resources"].get("/Font", {}).values():  # type: ignore[index,union-attr]
            found.add(str(font.get_object()["/BaseFont"]).rpartition("+")[2])
    return found


def test_without_fonts_there_is_one_warning_a_script_at_its_first_place(project: Project) -> None:
    """Titles and the cover count, too."""
    project.conf = conf()
    project.write({"index.md": TEXT})
    project.build("pdf")
    said = re.findall(
        r"index\.md:(\d+): WARNING: no font of the PDF has (.*); (?:they print|it prints)", project.warnings
    )
    assert said == [
        ("1", "U+4F60 (CJK UNIFIED IDEOGRAPH-4F60) and 3 more of the script Han"),
        ("1", "U+1F389 (PARTY POPPER)"),
        ("3", "U+3053 (HIRAGANA LETTER KO) and 1 more of the script Hiragana"),
    ]
    assert 'd2lbook_pdf_fonts = {"scripts": ["Noto Serif CJK SC"]}' in project.warnings
    assert "apt-get install fonts-noto-cjk" in project.warnings
    assert "apt-get install fonts-noto-color-emoji" in project.warnings
    assert len(project.warnings.splitlines()) == 3


def test_for_the_language_of_the_book_there_is_one_warning_at_conf_py(project: Project) -> None:
    project.conf = conf() + "language = 'ja'\n"
    project.write({"index.md": "# 本\n\nこんにちは カタカナ。\n"})
    project.build("pdf")
    said = [line for line in project.warnings.splitlines() if "d2lbook.glyph" in line]
    assert len(said) == 1
    assert "conf.py:1: WARNING: the book's language is 'ja', and the PDF has no font for it: " in said[0]
    assert "Noto Serif CJK JP" in said[0]


def test_fonts_of_a_folder_are_used_and_noted(project: Project) -> None:
    project.conf = conf(folder="fonts", scripts="tiny han")
    tiny_font(project.folder / "fonts" / "han.ttf", "Tiny Han", "你好世界こん🎉")
    project.write({"index.md": TEXT})
    app = project.build("pdf")
    assert project.warnings == ""
    assert "TinyHan" in embedded(project)
    assert [(row["family"], row["file"], row["system"]) for row in Record.of_engine(app.doctreedir, "typst").fonts] == [
        ("Tiny Han", "fonts/han.ttf", False)
    ]
    first = (project.build_folder / "pdf" / "signs.pdf").read_bytes()
    tiny_font(project.folder / "fonts" / "han.ttf", "Tiny Han", "你好世界こん🎉", width=700)
    project.build("pdf")
    assert (project.build_folder / "pdf" / "signs.pdf").read_bytes() != first


def test_a_folder_alone_serves_all_scripts_and_the_report_tells_of_it(project: Project) -> None:
    project.conf = conf(folder="fonts")
    tiny_font(project.folder / "fonts" / "han.ttf", "Tiny Han", "你好世界こん🎉")
    project.write({"index.md": TEXT})
    done = project.run("book", "-D", "d2lbook_outputs=pdf")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads((project.build_folder / "book" / "report.json").read_text("utf-8"))
    assert [row["family"] for row in report["outputs"]["pdf"]["fonts"]] == ["Tiny Han"]
    file = project.build_folder / "book" / "pdf" / "signs.pdf"
    first = file.read_bytes()
    tiny_font(project.folder / "fonts" / "han.ttf", "Tiny Han", "你好世界こん🎉", width=700)
    assert project.run("book", "-D", "d2lbook_outputs=pdf").returncode == 0
    assert file.read_bytes() != first


def test_each_role_has_its_font(project: Project) -> None:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,= "
    for role in ("Text", "Heading", "Code"):
        tiny_font(project.folder / "fonts" / f"{role}.ttf", f"Tiny {role}", letters)
    project.conf = conf(folder="fonts", text="Tiny Text", headings=["Tiny Heading"], code="Tiny Code")
    project.write(
        {"index.md": "# Book\n\n```{toctree}\none\n```\n", "one.md": "# One\n\nText.\n\n```\ncode = 1\n```\n"}
    )
    project.build("pdf")
    assert {"TinyText", "TinyHeading", "TinyCode"} <= embedded(project)


def test_a_family_that_is_nowhere_is_refused_with_a_near_name(tmp_path: Path) -> None:
    tiny_font(tmp_path / "fonts" / "han.ttf", "Tiny Han Of A Test", "你")
    with pytest.raises(BookError, match=r"'Tiny Hna Of A Test', which neither .* did you mean 'Tiny Han Of A Test'"):
        fonts.resolve({"folder": "fonts", "text": "Tiny Hna Of A Test"}, tmp_path)
    with pytest.raises(BookError, match=r"there is no folder 'font' beside conf\.py"):
        fonts.resolve({"folder": "font"}, tmp_path)


def test_fonts_of_the_engine_can_be_named(tmp_path: Path) -> None:
    found = fonts.resolve({"text": "new computer modern"}, tmp_path)
    assert (found.role("text"), found.faces) == (("New Computer Modern",), ())


@pytest.mark.parametrize(
    ("char", "script", "family"),
    [
        ("你", "Hani", "Noto Serif CJK SC"),
        ("。", "Hani", "Noto Serif CJK SC"),
        ("は", "Hira", "Noto Serif CJK JP"),
        ("한", "Hang", "Noto Serif CJK KR"),
        ("ก", "Thai", "Noto Serif Thai"),
        ("न", "Deva", "Noto Serif Devanagari"),
        ("م", "Arab", "Noto Naskh Arabic"),
        ("🎉", "Emoji", "Noto Color Emoji"),
        ("✅", "Emoji", "Noto Color Emoji"),
        ("⨀", "Zyyy", "Noto Sans Symbols 2"),
    ],
)
def test_scripts_and_what_has_them(char: str, script: str, family: str) -> None:
    assert script_of(char) == script
    assert family_for(script, "en")[0] == family


def test_chinese_of_taiwan_has_its_own_forms() -> None:
    assert family_for("Hani", "zh_TW")[0] == "Noto Serif CJK TC"
    assert family_for("Hani", "ja")[0] == "Noto Serif CJK JP"


def test_latex_changes_the_font_at_characters_of_a_script(tmp_path: Path) -> None:
    tiny_font(tmp_path / "fonts" / "han.ttf", "Tiny Han", "你好")
    tiny_font(tmp_path / "fonts" / "arabic.ttf", "Tiny Arabic", "م")
    named = fonts.resolve({"folder": "fonts", "scripts": ["Tiny Han", "Tiny Arabic"], "text": "Tiny Han"}, tmp_path)
    style, used = script_commands(named, "Text 你 م é", fonts.NONE)
    assert r"\XeTeXcharclass`\你=\bookscriptaclass" in style
    assert r"\XeTeXcharclass`\م=\bookscriptbclass" in style
    assert "好" not in style
    assert r"\beginR" in style
    assert "Script=Arabic" in style
    assert re.search(r"setmainfont\{\w+-han\.ttf\}\[Path=fonts/", font_commands(named))
    assert "FreeSerif" not in font_commands(named)
    assert {face.family for face in used.faces} == {"Tiny Han", "Tiny Arabic"}
    assert "interchartoks" not in script_commands(named, "Text", fonts.NONE)[0]
    assert "FreeSerif" in font_commands(fonts.NONE)


def test_latex_has_the_fonts_of_the_engine_and_others_of_it_for_what_these_lack(tmp_path: Path) -> None:
    book, spare = with_embedded(fonts.NONE, tmp_path), fallback_fonts(tmp_path)
    commands = font_commands(book)
    for file in ("LibertinusSerif-Regular.otf", "LibertinusSerif-Semibold.otf", "DejaVuSansMono.ttf", "NewCMMath-Book"):
        assert file in commands
    assert "FreeSerif" not in commands
    style, used = script_commands(book, "Text é α ✓ ⇝", spare)
    assert r"\XeTeXcharclass`\✓=" in style
    assert "é" not in style
    assert "α" not in style
    assert {face.family for face in used.faces} <= {"New Computer Modern", "DejaVu Sans Mono"}
    assert r"\ifx\f@family\ttdefault" in style  # code has them in its own font


def test_a_family_of_the_engine_that_is_named_is_taken_from_it(tmp_path: Path) -> None:
    named = fonts.resolve({"text": "New Computer Modern"}, tmp_path)
    book = with_embedded(named, tmp_path)
    assert "NewCM10-Regular.otf" in font_commands(book)
    assert "Libertinus" not in font_commands(book)
