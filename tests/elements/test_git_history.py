"""Contributors and dates of pages come from git, and say nothing where git does not know."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from sphinxcontrib_d2lbook.elements.git_history import FIELD, RECORD, VALUE, Contributor, name_of, parsed
from tests.conftest import Project

pytestmark = pytest.mark.long

INDEX = "# Root\n\n```{toctree}\none\nzwei ö\n```\n\n```{contributors}\n:without-bots:\n```\n"
ONE = "# One\n\nFirst.\n"
TWO = "# Zwei\n\nText.\n"
LISTED = "Zoë Quux, Ann Author, Bob Builder, Cé"


def git(folder: Path, *words: str, author: str = "Ann Author <ann@book.example>", date: str = "2020-01-02") -> str:
    name, _, address = author.rstrip(">").partition(" <")
    environment = {
        **os.environ,
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": address,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": address,
        "GIT_AUTHOR_DATE": f"{date}T12:00:00+0000",
        "GIT_COMMITTER_DATE": f"{date}T12:00:00+0000",
    }
    done = subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def commit(project: Project, message: str, **who: str) -> None:
    git(project.folder, "add", "book", ".mailmap")
    git(project.folder, "commit", "--quiet", "--message", message, **who)


@pytest.fixture
def written(project: Project) -> Project:
    """A book with four commits of five people and a program."""
    project.conf += "html_last_updated_fmt = ''\nhtml_theme_options = {}\n"
    git(project.folder, "init", "--quiet", "--initial-branch=main")
    (project.folder / ".mailmap").write_text(
        "Zoë Quux <zoe@book.example>\nZoë Quux <zoe@book.example> <z@old.example>\n", "utf-8"
    )
    project.write({"index.md": INDEX, "one.md": ONE})
    commit(project, "Begin")
    project.write({"zwei ö.md": TWO})
    trailers = "\n\nCo-authored-by: Bob Builder <bob@book.example>\nCo-authored-by: zq <z@old.example>"
    commit(project, "Add a page" + trailers, author="Zoë <z@old.example>", date="2020-03-04")
    project.write({"one.md": ONE + "\nMore.\n"})
    commit(project, "Correct", author="dependabot[bot] <1+dependabot[bot]@users.example>", date="2021-05-06")
    project.write({"one.md": ONE + "\nMore still.\n"})
    commit(project, "Add\n\nCo-authored-by: Cé <c@c.example>", author="Z Q <zoe@book.example>", date="2022-07-08")
    return project


def dates(project: Project) -> dict[str, str]:
    """The date that each page of the website shows."""
    found = {}
    for path in (project.build_folder / "html").glob("*.html"):
        match = re.search(r"Last updated on ([^<]*?)\.\s*<", path.read_text("utf-8"))
        found[path.stem] = match[1] if match else ""
    return found


def listed(project: Project, builder: str = "html", file: str = "index.html") -> str:
    match = re.search(r"Zoë Quux[^<\n\"]*", (project.build_folder / builder / file).read_text("utf-8"))
    return match[0] if match else ""


def test_people_and_dates_of_a_history(written: Project) -> None:
    written.build()
    assert written.warnings == ""
    assert listed(written) == LISTED
    shown = dates(written)
    assert (shown["index"], shown["one"], shown["zwei ö"]) == ("Jan 02, 2020", "Jul 08, 2022", "Mar 04, 2020")
    assert shown["genindex"] == ""
    whole = "".join(path.read_text("utf-8") for path in (written.build_folder / "html").glob("*.html"))
    assert re.findall(r"[\w.]+@[\w.]+example", whole) == []
    assert "dependabot" not in whole
    written.build("notebooks")
    assert listed(written, "notebooks", "index.ipynb") == LISTED


def test_the_printed_book_names_them_too(written: Project) -> None:
    written.build("pdf")
    (file,) = (written.build_folder / "pdf").glob("*.pdf")
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(file).pages).split())
    assert LISTED in text


def test_dates_are_in_the_language_of_the_book(written: Project) -> None:
    written.conf += "language = 'de'\n"
    written.build()
    page = (written.build_folder / "html/one.html").read_text("utf-8")
    assert re.search(r"Zuletzt aktualisiert am 08\.07\.2022\.", page)


def test_a_commit_brings_new_names_and_dates_and_no_other_page_is_read_again(written: Project) -> None:
    written.build()
    written.write({"zwei ö.md": TWO + "\nMore.\n"})
    written.build()
    assert dates(written)["zwei ö"] == "Mar 04, 2020"
    commit(written, "Go on", author="Dora <d@d.example>", date="2023-09-10")
    app = written.build()
    assert "0 added, 2 changed, 0 removed" in written.status.getvalue()
    assert dates(written)["zwei ö"] == "Sep 10, 2023"
    assert listed(written) == f"{LISTED}, Dora"
    assert app.statuscode == 0
    written.build()
    assert "0 added, 0 changed, 0 removed" in written.status.getvalue()


def test_the_quick_end_of_an_unchanged_build_sees_a_commit(written: Project) -> None:
    options = ("-D", "d2lbook_outputs=html")
    assert written.run("dirhtml", *options).returncode == 0
    assert "nothing has changed" in written.run("dirhtml", *options).stdout
    git(written.folder, "commit", "--quiet", "--allow-empty", "--message", "Nothing")
    assert "nothing has changed" not in written.run("dirhtml", *options).stdout


def test_a_clone_without_history_says_nothing(written: Project, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{written.folder}", "shallow")
    clone = Project(tmp_path / "shallow")
    clone.conf = written.conf
    clone.build()
    assert clone.warnings == ""
    assert (listed(clone), set(dates(clone).values())) == ("", {""})


@pytest.mark.parametrize("without", ["repository", "git"])
def test_without_git_there_are_no_names_and_no_warning(
    written: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    if without == "repository":
        shutil.rmtree(written.folder / ".git")
    else:
        monkeypatch.setenv("PATH", str(tmp_path))
    written.build()
    assert (written.warnings, listed(written)) == ("", "")


def test_the_history_is_asked_for_once(written: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    run = subprocess.run

    def counted(command: list[str], **options: object) -> object:
        calls.append(command[:2])
        return run(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr("sphinxcontrib_d2lbook.elements.git_history.subprocess.run", counted)
    written.build()
    assert calls.count(["git", "log"]) == 1
    calls.clear()
    written.build("html", freshenv=True)
    assert calls.count(["git", "log"]) == 0


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (":sort: name", "Ann Author, Bob Builder, Cé, dependabot[bot], Zoë Quux"),
        (":sort: first", "Ann Author, Zoë Quux, Bob Builder, dependabot[bot], Cé"),
        (":without: Ann Author, Cé\n:without-bots:", "Zoë Quux, Bob Builder"),
    ],
)
def test_options_of_the_directive(written: Project, options: str, expected: str) -> None:
    written.write({"index.md": f"# Root\n\n```{{toctree}}\none\nzwei ö\n```\n\n```{{contributors}}\n{options}\n```\n"})
    written.build()
    assert f">{expected}</p>" in (written.build_folder / "html/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("person", "name"),
    [
        ("Ann  Author <a@b.c>", "Ann Author"),
        ("ann@book.example <ann@book.example>", "ann"),
        ("<ann@book.example>", ""),
        ("Ann", "Ann"),
        ("ann@book.example", "ann"),
        ("", ""),
    ],
)
def test_names_have_no_addresses(person: str, name: str) -> None:
    assert name_of(person) == name


def test_odd_commits_are_read() -> None:
    def line(author: str, date: str, trailers: str, files: str) -> str:
        return RECORD + FIELD.join([author, "a@b.c", date, trailers, files])

    log = line("B", "2021-01-01", f"No Address{VALUE}Talbot <t@t.c>", "\n\0a b.md\0") + line(
        "A-bot", "2020-01-01", "", ""
    )
    same: Callable[[list[str]], list[str]] = list
    history = parsed(log, same)
    assert history.dates == {"a b.md": "2021-01-01"}
    assert history.contributors == (
        Contributor("A-bot", 1, True),
        Contributor("B", 1),
        Contributor("No Address", 1),
        Contributor("Talbot", 1),
    )


def test_the_edit_button_leads_to_the_folder_of_the_pages(written: Project) -> None:
    options = "{'repository_url': 'https://github.com/o/b', 'use_edit_page_button': True}"
    written.conf += f"html_theme_options = {options}\n"
    written.build()
    assert "https://github.com/o/b/edit/main/book/one.md" in (written.build_folder / "html/one.html").read_text("utf-8")
