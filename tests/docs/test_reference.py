"""Everything that an author can write has an entry in the manual, and its example works."""

from __future__ import annotations

import ast
import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sphinx.application import Sphinx

from sphinxcontrib_d2lbook.commands.main import parser
from sphinxcontrib_d2lbook.common.warning_types import Warn
from sphinxcontrib_d2lbook.config import GROUPS, OPTIONS

from .pages import DOCS, Section, sections

GIVEN = re.compile(r"\[([\w.]+)\]$", re.MULTILINE)
"""The type of a warning, at the end of its line."""
BUILDERS = {"glyph": "pdf", "image": "pdf", "node": "pdf", "output": "pdf", "page": "pdf", "notebook": "notebooks"}
"""Which output the example of a warning is about, where it is not the website."""
WARNINGS = {section.title: section for section in sections("reference/warnings.md")[1:]}
DIRECTIVES = {section.title: section for section in sections("reference/directives.md")[1:]}
ROLES = {section.title: section for section in sections("reference/roles.md")[1:]}


def arguments(page: str, directive: str) -> list[str]:
    """What a page of the manual gives a directive of the reference, in order."""
    blocks = [block for section in sections(page) for block in section.blocks]
    return [block.argument for block in blocks if block.name == directive]


def commands(top: Any, prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for action in top._subparsers._group_actions if top._subparsers else ():
        for name, command in action.choices.items():
            found |= commands(command, f"{prefix}{name} ") or {prefix + name: command}
    return found


def test_every_group_of_options_is_on_the_page_once() -> None:
    assert arguments("reference/options.md", "option-reference") == list(GROUPS)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_the_example_of_an_option_is_accepted_and_says_something_new(option: Any) -> None:
    assert isinstance(option.example, option.types)
    assert option.example != option.default
    assert option.check is None or option.check.fault(option.example) is None
    assert option.check is None or option.check.fault(option.default) is None
    assert re.match(r"[A-Z]\w+s .*\.$", option.help)


def test_the_manual_writes_values_as_python_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    from manual.options import python

    for option in OPTIONS:
        for value in (option.example, option.default):
            assert ast.literal_eval(python(value)) == value


def test_every_command_is_on_the_page_and_its_example_is_one() -> None:
    known = commands(parser())
    assert arguments("reference/commands.md", "command-reference") == list(known)
    for name, command in known.items():
        program, *words = shlex.split(command.epilog.removeprefix("Example: "))
        assert program == "sphinx-d2lbook"
        assert words[: len(name.split())] == name.split()
        parser().parse_args(words)


def test_every_warning_is_on_the_page() -> None:
    assert list(WARNINGS) == sorted(Warn)
    assert arguments("reference/warnings.md", "warning-reference") == list(WARNINGS)


@pytest.mark.long
@pytest.mark.parametrize("kind", Warn)
def test_the_example_of_a_warning_gives_it_and_no_other(kind: Warn, filled: Any) -> None:
    project = filled(WARNINGS[kind].files())
    project.build(BUILDERS.get(kind, "html"))
    assert set(GIVEN.findall(project.warnings)) == {f"d2lbook.{kind}"}, project.warnings


def test_every_directive_and_role_has_a_section(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of our own names, and Sphinx's `toctree`, which takes more here."""
    directives, roles = set(), set()
    add_directive, add_role = Sphinx.add_directive, Sphinx.add_role

    def ours() -> bool:
        return str(inspect.stack()[2].frame.f_globals["__name__"]).startswith("sphinxcontrib_d2lbook.")

    def note_directive(self: Sphinx, name: str, *arguments: Any, **options: Any) -> None:
        if ours():
            directives.add(name)
        add_directive(self, name, *arguments, **options)

    def note_role(self: Sphinx, name: str, *arguments: Any, **options: Any) -> None:
        if ours():
            roles.add(name)
        add_role(self, name, *arguments, **options)

    monkeypatch.setattr(Sphinx, "add_directive", note_directive)
    monkeypatch.setattr(Sphinx, "add_role", note_role)
    project.write({"index.md": "# Root\n"})
    with project.app("dummy"):
        pass
    same_as_theirs = {"math", "exercise", "exercise-start", "solution", "solution-start"}
    assert directives - same_as_theirs == set(DIRECTIVES)
    assert roles == {"book-download", "saved", "a_book"}  # the last is the name of this project's package
    assert set(ROLES) >= roles - {"a_book"}


@pytest.mark.parametrize(
    ("name", "section"),
    [*DIRECTIVES.items(), *ROLES.items()],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_directive_or_role_has_an_example(name: str, section: Section) -> None:
    """One that the manual shows with its result, which its own build makes, or files that the next test builds."""
    shown = [*section.examples(), *section.files().values()]
    for one in name.split(", "):
        assert any(f"{{{one}}}" in text for text in shown) or name == "external:numref"


@pytest.mark.parametrize(
    "section",
    [section for section in (*DIRECTIVES.values(), *ROLES.values()) if section.files()],
    ids=lambda one: one.title,
)
def test_the_files_of_an_example_build_without_a_warning(section: Section, filled: Any) -> None:
    files = section.files()
    pages = [name.removeprefix("book/").removesuffix(".md") for name in files if name.endswith(".md")]
    if "index" in pages:
        for name in re.findall(r"^[a-z]+$", files["book/index.md"], re.MULTILINE):
            files.setdefault(f"book/{name}.md", "# A Page\n")
    else:
        listed = "\n".join(pages)
        files["book/index.md"] = f"# Root\n\n```{{toctree}}\n:numbered:\n\n{listed}\n```\n"
    project = filled(files)
    project.build()
    assert project.warnings == ""


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"])
def test_links_into_the_repository_lead_to_files(name: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (DOCS.parent / name).read_text("utf-8"))
    assert links
    assert [link for link in links if not (DOCS.parent / link).exists()] == []


def test_every_room_is_on_its_page() -> None:
    package = DOCS.parent / "sphinxcontrib_d2lbook"
    rooms = sorted(path.parent.name for path in package.glob("*/__init__.py"))
    listed = re.findall(r"^\| `(\w+)/` \|", (DOCS / "development" / "rooms.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == rooms
    assert sorted(arguments("development/files.md", "files-reference")) == rooms


@pytest.mark.long
@pytest.mark.slow
def test_the_manual_builds_without_a_warning_in_all_outputs(tmp_path: Path) -> None:
    """The examples that it shows with their results among it."""
    command = [sys.executable, "-m", "sphinx", "-M", "book", str(DOCS), str(tmp_path), "-W", "--keep-going"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "book" / "html" / "reference" / "options.html").is_file()
    assert (tmp_path / "book" / "pdf" / "d2lbook-manual.pdf").is_file()
    assert (tmp_path / "book" / "notebooks" / "tutorial" / "first-book.ipynb").is_file()
