"""Every block of code in the manual is tried: built, run, parsed or checked by what reads it; or it is plain text.

The language of a block says how it is tried. What is not an example has the language `text`.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup
from sphinx.cmd.build import get_parser

from sphinxcontrib_d2lbook.commands.main import parser
from sphinxcontrib_d2lbook.config import OPTIONS
from sphinxcontrib_d2lbook.execution.page_options import page_options
from sphinxcontrib_d2lbook.notebook import read_notebook

from ..conftest import NOTEBOOK, Project
from .pages import DOCS, Sample, Section, pages, samples, sections

ALL = [sample for page in pages() for sample in samples(page)]
TRIED = {
    "{code-block} python": "files",
    "{code-block} markdown": "files",
    "{code-block} text": "files",
    "{code-block} json": "files",
    "{code-block} yaml": "files",
    "{code-block} bib": "files",
    "{code-block} diff": "files",
    "{code-block} latex": "files",
    "{code-block} po": "files",
    "{code-block} typst": "files",
    "bash": "commands",
    "python": "python",
    "yaml": "yaml",
    "json": "json",
    "toml": "toml",
    "text": "not an example",
}
"""Language -> how the block is tried. Of directives, only these are listed; the manual's own build tries the others."""
ELSEWHERE = {
    "tutorial/first-book.md": "test_tutorial.py",
    "reference/warnings.md": "test_reference.py",
    "reference/directives.md": "test_reference.py",
    "reference/roles.md": "test_reference.py",
}
"""Pages whose files another module builds."""
SPECIAL = {
    ("how-to/failing-cell.md", "book/index.md of a failing book"),
    ("how-to/failing-cell.md", "the message"),
    ("how-to/frameworks.md", "in conf.py"),
    ("how-to/frameworks.md", "a cell each"),
    ("how-to/frameworks.md", "a block"),
    ("how-to/frameworks.md", "a cell for all"),
    ("reference/roles.md", "a reference to another book"),
}
"""Page and caption of what is not a file of an example, and has a test of its own."""
SYSTEM = {
    "apt-get",
    "cd",
    "cp",
    "curl",
    "dask",
    "export",
    "latexmk",
    "gh",
    "git",
    "head",
    "jupyter",
    "ls",
    "mkdir",
    "pip",
} | {
    "rsync",
    "sleep",
    "source",
    "sphinx-intl",
    "sudo",
    "twine",
    "uv",
}
"""Programs and builtins of the shell that are no concern of ours."""


def of_kind(kind: str) -> list[Sample]:
    return [sample for sample in ALL if TRIED.get(sample.language) == kind]


def test_the_language_of_each_block_says_how_it_is_tried() -> None:
    unknown = [str(one) for one in ALL if not one.language.startswith("{") and one.language not in TRIED]
    unknown += [str(one) for one in ALL if one.language.startswith("{code-block}") and one.language not in TRIED]
    assert unknown == []


def test_a_block_with_a_file_name_is_in_a_section_that_is_built() -> None:
    words = {(one.page, one.caption) for one in of_kind("files") if " " in one.caption or not one.caption}
    assert words == SPECIAL


def built() -> list[Any]:
    """Return page and section of the examples that are built here."""
    found = [(page, section) for page in pages() if page not in ELSEWHERE for section in sections(page)]
    return [
        pytest.param(page, section, marks=[pytest.mark.latex] if "pdf_engine" in str(section.files()) else [])
        for page, section in found
        if section.files()
    ]


def test_the_files_of_other_pages_are_built_elsewhere() -> None:
    for page, module in ELSEWHERE.items():
        assert f'"{page}"' in (DOCS.parent / "tests" / "docs" / module).read_text("utf-8")


@pytest.mark.long
@pytest.mark.parametrize(("page", "section"), built(), ids=lambda one: getattr(one, "label", one))
def test_the_files_of_a_section_build_without_a_warning(page: str, section: Section, filled: Any) -> None:
    """In all outputs that need no process of their own; entries of toctrees that it does not show get a page."""
    files = section.files()
    root = files.setdefault("book/index.md", "# Root\n")
    entries = re.findall(r"^[a-z-]+(?:/[a-z-]+)*$", root, re.MULTILINE) if "{toctree}" in root else []
    for name in entries:
        files.setdefault(f"book/{name}.md", f"# A Page ({name})\n")
    project = filled(files)
    for builder in ("html", "pdf", "notebooks"):
        project.build(builder)
        assert project.warnings == "", builder


@pytest.mark.parametrize("sample", of_kind("python"), ids=str)
def test_python_is_python_and_what_sets_values_is_a_configuration(sample: Sample, project: Any) -> None:
    body = ast.parse(sample.content).body
    options = {option.full_name for option in OPTIONS}
    targets = [target for statement in body if isinstance(statement, ast.Assign) for target in statement.targets]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    if names & {*options, "extensions", "language", "numfig_format"} and "development" not in sample.page:
        project.conf += sample.content
        project.write({"index.md": "# Root\n"})
        with project.app("dummy") as app:
            assert names <= {*app.config.values, "extensions"}


def commands(script: str) -> Iterator[list[str]]:
    """Yield the commands of a script, each as its words."""
    text = re.sub(r"(^|\s)#.*$", "", script, flags=re.MULTILINE).replace("\\\n", " ")
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|\n<>")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, ""
    words: list[str] = []
    for word in lexer:
        if word.strip(";&|\n") == "":
            if words:
                yield words
            words = []
        else:
            words.append(word)
    if words:
        yield words


@pytest.mark.parametrize("sample", of_kind("commands"), ids=str)
def test_commands_are_there_and_take_these_arguments(sample: Sample, project: Any) -> None:
    project.write({"index.md": "# Root\n"})
    for words in commands(sample.content):
        check_command([word for word in words if not re.fullmatch(r"[A-Z_0-9]+=\S*", word)], project)


def check_command(words: list[str], project: Any) -> None:
    program, *arguments = words
    program = program.rpartition("/bin/")[2]  # of an environment that the page names
    if program == "sphinx-d2lbook":
        parser().parse_args(arguments)
    elif program == "sphinx-build":
        check_build(arguments, project)
    elif program == "make":
        targets = re.findall(r"^([a-z -]+):", (DOCS.parent / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert arguments[0] in {name for target in targets for name in target.split()}
    elif program in {"python", "python3"}:
        check_python(arguments, project)
    else:
        assert program in SYSTEM


def check_build(arguments: list[str], project: Any) -> None:
    if arguments[0] == "-M":
        _, builder, source, build, *rest = arguments
        arguments = ["-b", builder, *rest, source, build]
    options = get_parser().parse_args(arguments)
    with project.app("dummy") as app:
        assert options.builder in {"clean", *app.registry.builders}


def check_python(arguments: list[str], project: Any) -> None:
    if arguments[0] == "-c":
        compile(arguments[1], "-c", "exec")
    elif arguments[:2] == ["-m", "sphinx"]:
        check_build(arguments[2:], project)
    elif arguments[0] == "-m":
        assert importlib.util.find_spec(arguments[1])
    else:
        assert (DOCS.parent / arguments[0]).is_file()


@pytest.mark.parametrize("sample", of_kind("yaml"), ids=str)
def test_yaml_is_front_matter_or_has_commands_that_are_there(sample: Sample, project: Any) -> None:
    """The latter are configurations of services that build a book."""
    value = yaml.safe_load(sample.content)
    if value.keys() <= {"d2lbook", "kernelspec"}:
        page = read_notebook(f"---\nfile_format: mystnb\n{sample.content}---\n# A\n", "a", "a.md")
        assert page_options(page)[1] == []
        return
    project.write({"index.md": "# Root\n"})
    ours = [words for text in texts(value) for words in commands(text) if words[0].startswith("sphinx-")]
    assert ours
    for words in ours:
        check_command(words, project)


def texts(value: Any) -> Iterator[str]:
    """Yield all texts in a value of YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


@pytest.mark.parametrize("sample", of_kind("toml"), ids=str)
def test_toml_is_toml(sample: Sample) -> None:
    assert tomllib.loads(sample.content)


@pytest.mark.parametrize("sample", of_kind("json"), ids=str)
def test_json_is_json(sample: Sample) -> None:
    assert json.loads(sample.content)


def test_a_failing_cell_gives_the_message_that_the_manual_shows(filled: Any) -> None:
    shown = {one.caption: one.content for one in samples("how-to/failing-cell.md")}
    project = filled({"book/index.md": shown["book/index.md of a failing book"]})
    project.build()
    first, second = shown["the message"].splitlines()
    assert f"{first}\n{second}\n" in project.warnings


def test_the_page_in_several_frameworks_is_read_and_shown(filled: Any) -> None:
    """It does not run: not every machine has these frameworks."""
    shown = {one.caption: one.content for one in samples("how-to/frameworks.md") if one.caption}
    cell = f"```{{code-cell}}\n{shown['a cell for all']}```\n"
    page = "\n".join([NOTEBOOK + "# Shapes\n", shown["a cell each"], shown["a block"], cell])
    conf = 'extensions = ["sphinxcontrib_d2lbook"]\nnb_execution_mode = "off"\n'
    project = filled({"conf.py": conf + shown["in conf.py"], "book/index.md": page})
    project.build()
    assert project.warnings == ""
    html = (project.build_folder / "html" / "index.html").read_text("utf-8")
    assert "NumPy has no" in BeautifulSoup(html, "lxml").get_text()
    assert "#@tab" not in BeautifulSoup(html, "lxml").get_text()


def test_the_catalogue_that_the_manual_shows_translates_its_page(filled: Any) -> None:
    (section,) = (one for one in sections("how-to/language.md") if one.files())
    project = filled(section.files())
    project.build("gettext", freshenv=True)
    collected = (project.build_folder / "gettext" / "index.pot").read_text("utf-8")
    catalogue = section.files()["locale/de/LC_MESSAGES/index.po"]
    assert all(line in collected for line in re.findall(r'^msgid "..*"$', catalogue, re.MULTILINE))
    project.build(freshenv=True)
    assert "Zwei Würfel" in (project.build_folder / "html" / "index.html").read_text("utf-8")


def test_a_reference_to_another_book_prints_its_number(filled: Any, tmp_path: Any) -> None:
    other = Project(tmp_path / "calculus")
    other.conf += "project = 'Calculus'\n"
    other.write({"index.md": "# Calculus\n\n```{toctree}\n:numbered:\n\na\n```\n", "a.md": "(sec_limits)=\n# Limits\n"})
    other.build()
    (conf,) = (one.content for one in samples("how-to/numbers.md") if "intersphinx_mapping" in one.content)
    (shown,) = (one.content for one in samples("reference/roles.md") if "external" in one.content)
    inventory = str(other.build_folder / "html" / "objects.inv")
    project = filled({"conf.py": conf.replace("None", repr(inventory)), "book/index.md": f"# Tales\n\n{shown}"})
    project.build()
    assert project.warnings == ""
    assert "Chapter 1 of Calculus" in BeautifulSoup(
        (project.build_folder / "html" / "index.html").read_text("utf-8"), "lxml"
    ).get_text(" ", strip=True)
