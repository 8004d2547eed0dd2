"""The tables of files have a sentence for each file, whatever it is written in."""

from __future__ import annotations

from typing import Any

import pytest

from .pages import DOCS


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    from manual import files

    return files


@pytest.mark.parametrize(
    ("suffix", "text", "sentence"),
    [
        (".typ", "// Boxes.\n\n#import\n", "Boxes."),
        (".js", "// What is said\n// in two lines. And more.\nlet a;\n", "What is said in two lines."),
        (".js", "/* Opens\n   boxes. */\nlet a; // not this\n", "Opens boxes."),
        (".css", "/* Colours. Dark too. */\na {}\n", "Colours."),
        (".sty", "% Commands.\n\\x\n% More.\n", "Commands."),
        (".css", "a { color: red } /* Colours. */\n", ""),
        (".typ", "#let a = 1 // One.\n", ""),
        (".py", '"""Find files. Quickly."""\n', "Find files."),
        (".py", "# No docstring.\n", ""),
    ],
)
def test_the_first_sentence_of_a_file(files: Any, tmp_path: Any, suffix: str, text: str, sentence: str) -> None:
    file = tmp_path / f"file{suffix}"
    file.write_text(text, "utf-8")
    assert files.sentence_of(file) == sentence


def test_styles_scripts_and_templates_are_listed_and_say_what_they_hold(files: Any) -> None:
    listed = {
        file.relative_to(files.PACKAGE).as_posix()
        for room in files.rooms()
        for file in files.files_of(files.PACKAGE / room)
    }
    assert {
        "outputs/typst/template/text.typ",
        "outputs/latex/template/d2lbook.sty",
        "outputs/html/static/math.css",
        "commands/preview/static/preview.js",
        "mathematics/mathematics.typ",
    } <= listed
    assert [name for name in listed if not files.sentence_of(files.PACKAGE / name)] == []
