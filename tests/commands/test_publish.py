"""`sphinx-d2lbook publish notebooks`: what comes onto the branch, what stays there, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.commands.publish.branch_content import (
    GitEntry,
    binder_files,
    listed_files,
    merged,
)
from sphinxcontrib_d2lbook.common.errors import BookError
from tests.conftest import NOTEBOOK, Project

CONF = """extensions = ['sphinxcontrib_d2lbook']
project = 'A Book'
d2lbook_outputs = ['notebooks', 'package']
d2lbook_package = ''
# Defaults that other applications of this process have added to:
templates_path = []
source_suffix = {'.rst': 'restructuredtext'}
"""
PAGES = {
    "index.md": "# Root\n\n```{toctree}\none\nzwei Wörter\n```\n",
    "one.md": f"{NOTEBOOK}# One\n\n```{{code-cell}}\nopen('data/zahlen ä.txt').read()\n```\n",
    "zwei Wörter.md": f"{NOTEBOOK}# Zwei\n\n```{{code-cell}}\n1 + 1\n```\n",
    "data/zahlen ä.txt": "1 2 3\n",
}
FILES = {
    ".binder/environment.yml",
    ".binder/postBuild",
    ".published-notebooks.json",
    "data/zahlen ä.txt",
    "environment.yml",
    "index.ipynb",
    "one.ipynb",
    "requirements.txt",
    "zwei Wörter.ipynb",
}


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "core.quotePath=false", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A book that is built, in a repository of its own."""
    project = Project(tmp_path_factory.mktemp("publish") / "a book")
    project.conf = CONF
    project.write(PAGES)
    done = project.run("book")
    assert done.returncode == 0, done.stderr
    git(project.folder, "init", "--quiet", "--initial-branch=main")
    git(project.folder, "config", "user.name", "A. Author")
    git(project.folder, "config", "user.email", "author@book.example")
    (project.folder / ".gitignore").write_text("_build\n", "utf-8")
    git(project.folder, "add", ".")
    git(project.folder, "commit", "--quiet", "--message", "The book")
    return project


@pytest.fixture
def book(built: Project) -> Iterator[Project]:
    """The same, restored afterwards; nothing of the author's repository may have changed."""
    before = (
        git(built.folder, "status", "--porcelain"),
        git(built.folder, "for-each-ref"),
        git(built.folder, "stash", "list"),
    )
    index = (built.folder / ".git/index").read_bytes()
    times = {path: path.stat().st_mtime_ns for path in built.source.rglob("*")}
    yield built
    assert (built.folder / ".git/index").read_bytes() == index
    git(built.folder, "checkout", "--quiet", ".")
    for path, time in times.items():
        os.utime(path, ns=(time, time))
    after = (
        git(built.folder, "status", "--porcelain"),
        git(built.folder, "for-each-ref"),
        git(built.folder, "stash", "list"),
    )
    assert after == before


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """An empty repository without a work tree, with a name that is not plain."""
    folder = tmp_path / "readers' ноутбуки.git"
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare")
    return folder


def publish(book: Project, repository: Path | str, *words: str) -> int:
    place = ["--repository", str(repository), "-c", str(book.folder), "-s", str(book.source)]
    return main(["publish", "notebooks", *place, *words])


def files_on(bare: Path, branch: str = "notebooks") -> set[str]:
    return set(git(bare, "ls-tree", "-r", "-z", "--name-only", branch).strip("\0").split("\0"))


def commits_on(bare: Path, branch: str = "notebooks") -> int:
    return int(git(bare, "rev-list", "--count", branch))


def commit_on(bare: Path, folder: Path, changes: dict[str, str], branch: str = "notebooks") -> None:
    """Change a branch as somebody else would."""
    git(folder, "clone", "--quiet", str(bare), "clone")
    clone = folder / "clone"
    if git(bare, "branch", "--list", branch):
        git(clone, "checkout", "--quiet", branch)
    else:
        git(clone, "checkout", "--quiet", "--orphan", branch)
    for name, text in changes.items():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text(text, "utf-8")
    git(clone, "add", "--force", ".")
    git(clone, "-c", "user.name=B", "-c", "user.email=b@b.example", "commit", "--quiet", "--message", "Of somebody")
    git(clone, "push", "--quiet", "origin", branch)


def test_an_empty_repository_gets_all_that_readers_need(
    book: Project, bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(book, bare) == 0
    assert "9 added, 0 changed, 0 removed; commit " in capsys.readouterr().out
    assert files_on(bare) == FILES
    assert git(bare, "log", "-1", "--format=%an <%ae>%n%B", "notebooks").split("\n\n") == [
        "A. Author <author@book.example>\nPublish the notebooks of A Book",
        f"They were built from {git(book.folder, 'rev-parse', 'HEAD')}.",
    ]
    assert "100755 blob" in git(bare, "ls-tree", "notebooks", ".binder/postBuild")
    listed = json.loads(git(bare, "show", "notebooks:.published-notebooks.json"))
    assert listed == {"version": 1, "files": sorted(FILES - {".published-notebooks.json"})}
    for name in ("one.ipynb", "zwei Wörter.ipynb", "requirements.txt"):
        there = subprocess.run(["git", "show", f"notebooks:{name}"], cwd=bare, capture_output=True, check=True).stdout
        assert there == (book.build_folder / "book/notebooks" / name).read_bytes()


def test_a_second_time_changes_nothing(book: Project, bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(book, bare) == 0
    before = git(bare, "for-each-ref")
    assert publish(book, bare) == 0
    assert "nothing has changed: branch 'notebooks' of " in capsys.readouterr().out
    assert git(bare, "for-each-ref") == before


def test_a_dry_run_pushes_nothing(book: Project, bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(book, bare, "--dry-run") == 0
    assert "+ one.ipynb" in capsys.readouterr().out
    assert git(bare, "for-each-ref") == ""


def test_files_that_are_gone_go_and_those_of_others_stay(book: Project, bare: Path, tmp_path: Path) -> None:
    assert publish(book, bare, "--branch", "für alle") == 2  # no name of a branch
    assert publish(book, bare, "--branch", "für/alle") == 0
    listed = json.loads(git(bare, "show", "für/alle:.published-notebooks.json"))
    listed["files"].append("gone.ipynb")
    changes = {".published-notebooks.json": json.dumps(listed), "gone.ipynb": "{}", "LICENSE": "Free\n"}
    commit_on(bare, tmp_path, changes, "für/alle")
    assert publish(book, bare, "--branch", "für/alle", "--message", "Again") == 0
    assert files_on(bare, "für/alle") == FILES | {"LICENSE"}
    assert git(bare, "show", "für/alle:LICENSE") == "Free"
    assert (commits_on(bare, "für/alle"), git(bare, "log", "-1", "--format=%s", "für/alle")) == (3, "Again")


def test_one_commit_takes_the_place_of_a_history(book: Project, bare: Path, tmp_path: Path) -> None:
    assert publish(book, bare) == 0
    commit_on(bare, tmp_path, {"LICENSE": "Free\n"})
    assert publish(book, bare, "--squash") == 0
    assert (commits_on(bare), files_on(bare)) == (1, FILES | {"LICENSE"})
    before = git(bare, "for-each-ref")
    assert publish(book, bare, "--squash") == 0
    assert git(bare, "for-each-ref") == before


def test_a_branch_of_something_else_is_left_alone(
    book: Project, bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit_on(bare, tmp_path, {"index.html": "<p>\n"}, "gh-pages")
    before = git(bare, "for-each-ref")
    for words in ([], ["--squash"], ["--dry-run"]):
        assert publish(book, bare, "--branch", "gh-pages", *words) == 2
        assert "holds something else (index.html)" in capsys.readouterr().err
    assert git(bare, "for-each-ref") == before
    assert publish(book, bare) == 0
    assert git(bare, "for-each-ref").count("\n") == 1


def test_a_file_of_somebody_else_is_not_overwritten(
    book: Project, bare: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(book, bare) == 0
    listed = json.loads(git(bare, "show", "notebooks:.published-notebooks.json"))
    listed["files"].remove("one.ipynb")
    commit_on(bare, tmp_path, {".published-notebooks.json": json.dumps(listed), "one.ipynb": "mine"})
    assert publish(book, bare) == 2
    assert "one.ipynb there was not published by this command" in capsys.readouterr().err
    assert git(bare, "show", "notebooks:one.ipynb") == "mine"


def test_a_refused_push_is_said_in_gits_words(book: Project, bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hook = bare / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho only editors may do this >&2\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    assert publish(book, bare) == 2
    said = capsys.readouterr().err
    assert "does not take the commit" in said
    assert "only editors may do this" in said
    assert git(bare, "for-each-ref") == ""


@pytest.mark.parametrize("place", ["nowhere", "https://user:secret@127.0.0.1:9/x.git", "--upload-pack=touch"])
def test_a_repository_that_is_not_there(
    book: Project, tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(book, place if place != "nowhere" else tmp_path / place) == 2 if place[0] != "-" else True
    if place[0] == "-":
        assert main(["publish", "notebooks", f"--repository={place}", "-c", str(book.folder)]) == 2
    said = capsys.readouterr().err
    assert "cannot be read; --repository names another" in said
    assert "secret" not in said


def test_without_a_remote_the_place_is_asked_for(book: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "notebooks", "-c", str(book.folder), "-s", str(book.source)]) == 2
    assert "there is no remote `origin`" in capsys.readouterr().err


def test_a_remote_by_its_name_and_a_head_that_is_detached(book: Project, bare: Path) -> None:
    git(book.folder, "remote", "add", "origin", os.path.relpath(bare, book.folder))
    git(book.folder, "checkout", "--quiet", "--detach")
    try:
        assert main(["publish", "notebooks", "-c", str(book.folder), "-s", str(book.source)]) == 0
    finally:
        git(book.folder, "checkout", "--quiet", "main")
        git(book.folder, "remote", "remove", "origin")
    assert files_on(bare) == FILES


def test_without_git(
    book: Project, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert publish(book, bare) == 2
    monkeypatch.undo()
    assert "git is not installed" in capsys.readouterr().err


def test_variables_of_a_hook_do_not_lead_git_elsewhere(
    book: Project, bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert publish(book, bare) == 0
    monkeypatch.undo()
    assert files_on(bare) == FILES
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"one.md": PAGES["one.md"] + "\nMore.\n"}, "older than 'one'"),
        ({"data/zahlen ä.txt": "4 5 6\n"}, "'one' would run again (book/data/zahlen ä.txt changed)"),
        (
            {"../conf.py": CONF + "d2lbook_launch = {'branch': 'x'}\n"},
            "other values now than these notebooks were built with: 'd2lbook_launch'",
        ),
        ({"../_build/book/notebooks/one.ipynb": "{}"}, "'one.ipynb' in "),
        (
            {"../_build/book/report.json": '{"pages": {"one": {"execution": "failed"}}, "outputs": {}}'},
            "a cell failed on 'one'",
        ),
        (
            {"../_build/book/report.json": '{"pages": {}, "outputs": {"package": {"state": "failed"}}}'},
            "the output 'package' failed",
        ),
        ({"../_build/book/report.json": "{"}, "the report of the build cannot be read"),
    ],
    ids=["page", "data", "conf", "notebook", "failed", "output", "report"],
)
def test_what_was_not_built_in_this_state_is_not_published(
    book: Project, bare: Path, capsys: pytest.CaptureFixture[str], change: dict[str, str], fault: str
) -> None:
    kept = {}
    for name, text in change.items():
        path = book.source / name
        kept[path] = (path.read_bytes(), path.stat().st_mtime_ns)
        path.write_text(text, "utf-8")
    try:
        assert publish(book, bare) == 2
    finally:
        for path, (content, time) in kept.items():
            path.write_bytes(content)
            os.utime(path, ns=(time, time))
    said = capsys.readouterr().err
    assert fault in said
    assert "Build the book again, without an error, and then publish" in said
    assert git(bare, "for-each-ref") == ""


def test_without_a_build_there_is_nothing_to_publish(
    project: Project, bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write(PAGES)
    project._write_conf()
    assert publish(project, bare) == 2
    assert "build the book first: sphinx-build -M book" in capsys.readouterr().err


def test_the_authors_files_for_binder_go_before_ours(book: Project, bare: Path) -> None:
    folder = book.folder / "binder"
    folder.mkdir()
    try:
        (folder / "apt.txt").write_text("libgomp1\n", "utf-8")
        (folder / "postBuild").write_text("#!/bin/sh\n", "utf-8")
        (folder / "start").write_text("#!/bin/sh\n", "utf-8")
        (folder / "start").chmod(0o755)
        assert publish(book, bare) == 0
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    there = {name for name in files_on(bare) if "binder" in name}
    assert there == {"binder/apt.txt", "binder/environment.yml", "binder/postBuild", "binder/start"}
    assert git(bare, "show", "notebooks:binder/postBuild") == "#!/bin/sh"
    assert "100755 blob" in git(bare, "ls-tree", "notebooks", "binder/start")


def test_binder_installs_what_is_in_the_folder_and_resolves_nothing() -> None:
    text = binder_files("of readers")["postBuild"].content.decode("utf-8")
    assert text.splitlines()[2:] == [
        "cd 'of readers'",
        "python -m pip install --no-cache-dir --no-deps -r requirements.txt",
    ]
    assert "cd " not in binder_files("")["postBuild"].content.decode("utf-8")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"version": 1}', '{"version": 0, "files": []}', '{"version": 1, "files": [1]}']
)
def test_a_damaged_list_is_refused(text: str) -> None:
    with pytest.raises(BookError, match="is not as sphinx-d2lbook writes it"):
        listed_files(text, "there")


def test_a_file_in_the_place_of_a_folder_is_refused() -> None:
    entry = GitEntry("100644", "0")
    with pytest.raises(BookError, match="is in the way"):
        merged({"part": entry, "old": entry}, frozenset({"old"}), {"part/one.ipynb": entry}, "there")
