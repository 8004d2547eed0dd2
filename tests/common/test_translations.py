"""The words that outputs print are those of the book's language."""

from __future__ import annotations

import gettext
import html
import json
import re
import sys
from pathlib import Path
from typing import Any

import pypdf
import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po, write_po

from sphinxcontrib_d2lbook.common.translations import DOMAIN, LOCALES, formats
from tests.conftest import NOTEBOOK, Project

ROOT = Path(__file__).parents[2]
LANGUAGES = ("de", "es", "fr", "it", "ja", "ko", "pl", "pt_BR", "ru", "zh_CN")
ONE = NOTEBOOK + (
    "(sec)=\n# One\n\n```{figure} pic.svg\n:name: fig\n:alt: A square\n\nCap\n```\n\n```{table} T\n:name: tab\n\n"
    "| a |\n|---|\n| 1 |\n```\n\n```{code-block} python\n:caption: L\n:name: lst\n\nx = 1\n```\n\n"
    "```{prf:theorem} N\n:label: thm\n\nBody\n```\n\n```{prf:proof}\nAll is said.\n```\n\n"
    "```{exercise}\n:label: ex\n\nDo\n```\n\n```{solution} ex\n:label: so\n\nS\n```\n\n(sub)=\n## Sub\n\n"
    "{numref}`fig` {numref}`tab` {numref}`lst` {prf:ref}`thm` {ref}`ex` {ref}`so` {numref}`sec` {numref}`app` "
    "{numref}`sub` {index}`word`\n"
)
PAGES = {
    "index.md": "# Book\n\n```{toctree}\n:numbered:\none\n```\n\n```{toctree}\n:matter: appendix\napp\n```\n",
    "one.md": ONE,
    "app.md": "(app)=\n# Appendix page\n\nText.\n",
    "pic.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
}
GERMAN = ("Abb. 1.1", "Tab. 1.1", "Quellcode 1.1", "Satz 1.1", "Übung 1.1", "Kapitel 1", "Anhang A", "Abschnitt 1.1")


@pytest.fixture
def catalogues(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / ".ci"))
    import catalogues

    yield catalogues
    del sys.modules["catalogues"]


def test_every_word_is_in_every_catalogue_and_in_use(catalogues: Any) -> None:
    words = catalogues.messages()
    assert {"Chapter %s", "Proof", "Replies:", "Discuss this section"} <= set(words)
    assert tuple(sorted(path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/d2lbook.po"))) == LANGUAGES
    for language in LANGUAGES:
        path = LOCALES / language / "LC_MESSAGES" / "d2lbook.po"
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=language)
        assert sorted(message.id for message in catalog if message.id) == words
        translated = gettext.translation(DOMAIN, LOCALES, [language])
        for message in catalog:
            if message.id:
                assert translated.gettext(message.id) == message.string != ""
                assert sorted(re.findall(r"%s|\{\w+\}", message.string)) == sorted(
                    re.findall(r"%s|\{\w+\}", message.id)
                )


def test_catalogues_are_as_the_script_writes_them(catalogues: Any) -> None:
    words = catalogues.messages()
    for path in LOCALES.glob("*/LC_MESSAGES/d2lbook.po"):
        with path.open("rb") as stream:
            catalog = catalogues.updated(read_po(stream, locale=path.parts[-3]), words)
        assert path.read_bytes() == catalogues.text(catalog)
        with path.with_suffix(".mo").open("rb") as stream:
            compiled = read_mo(stream)
        assert {message.id: message.string for message in compiled if message.id} == {
            message.id: message.string for message in catalog if message.id
        }


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("german"))
    project.write(PAGES)
    project.conf += "language = 'de'\nd2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    done = project.run("book")
    assert (done.returncode, done.stderr) == (0, "")
    return project.build_folder / "book"


def page(folder: Path, name: str) -> str:
    text = (folder / "html" / f"{name}.html").read_text("utf-8")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def notebook(folder: Path, name: str) -> str:
    cells = json.loads((folder / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def printed(folder: Path) -> str:
    pdf = pypdf.PdfReader(next((folder / "pdf").glob("*.pdf")))
    return "\n".join(sheet.extract_text() for sheet in pdf.pages)


@pytest.mark.parametrize("read", [lambda built: page(built, "one"), lambda built: notebook(built, "one"), printed])
def test_numbers_have_the_words_of_the_language_in_all_outputs(german: Path, read: Any) -> None:
    text = read(german)
    for words in (*GERMAN, "Lösung zu Übung 1.1", "Beweis."):
        assert words in text, words
    for words in ("Figure", "Listing 1", "Section 1", "Chapter 1", "Appendix A", "Proof", "Theorem 1"):
        assert words not in text, words


def test_the_parts_of_the_pdf_have_the_words_of_the_language(german: Path) -> None:
    text = printed(german)
    assert "\nInhalt\n" in text
    assert "\nStichwortverzeichnis" in text


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Figure %s", "Table %s", "Listing %s", "Section %s", "Chapter %s", "Appendix %s"]),
        ("fr", ["Figure %s", "Tableau %s", "Code source %s", "Section %s", "Chapitre %s", "Annexe %s"]),
        ("ja", ["図 %s", "表 %s", "リスト %s", "%s 章", "第 %s 章", "付録 %s"]),
        ("zh_CN", ["图 %s", "表 %s", "列表 %s", "节 %s", "第 %s 章", "附录 %s"]),
        ("pt_BR", ["Figura %s", "Tabela %s", "Listagem %s", "Seção %s", "Capítulo %s", "Apêndice %s"]),
        ("eo", ["Figure %s", "Table %s", "Listing %s", "Section %s", "Chapter %s", "Appendix %s"]),
    ],
)
def test_words_are_those_of_sphinx_where_it_has_them(project: Project, language: str, expected: list[str]) -> None:
    project.write({"index.md": "# Root\n"})
    project.conf += f"language = {language!r}\n"
    with project.app("dummy"):
        found = formats()
    if language == "eo":  # what nobody has translated is English
        assert [found[kind] for kind in ("chapter", "appendix")] == expected[-2:]
        return
    kinds = ("figure", "table", "code-block", "section", "chapter", "appendix")
    assert [found[kind] for kind in kinds] == expected


def test_an_authors_words_come_first(project: Project) -> None:
    project.write({"index.md": "# Root\n"})
    project.conf += "language = 'de'\nnumfig_format = {'chapter': 'Lektion %s'}\n"
    with project.app("dummy") as app:
        assert app.config.numfig_format["chapter"] == "Lektion %s"
        assert app.config.numfig_format["section"] == "Abschnitt %s"


def test_a_book_that_gettext_translates_builds_in_all_outputs(project: Project) -> None:
    project.write(PAGES)
    project.conf += (
        "gettext_compact = False\nlocale_dirs = ['locale']\nd2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    )
    assert project.run("gettext").returncode == 0
    for file in (project.build_folder / "gettext").glob("*.pot"):
        with file.open("rb") as stream:
            catalog = read_po(stream, locale="de")
        for message in catalog:
            if message.id:
                message.string = {"Proof. All is said.": "Proof. Alles ist gesagt."}.get(
                    message.id, f"{message.id} (neu)"
                )
        target = project.source / "locale" / "de" / "LC_MESSAGES" / f"{file.stem}.po"
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as stream:
            write_po(stream, catalog)
    project.conf += "language = 'de'\n"
    done = project.run("book")
    assert (done.returncode, done.stderr) == (0, "")
    folder = project.build_folder / "book"
    for text in (page(folder, "one"), notebook(folder, "one"), printed(folder)):
        assert "One (neu)" in text
        assert re.search(r"Beweis\.\W* Alles ist gesagt\.", text)
        assert "Satz 1.1" in text
