"""`sphinx-d2lbook deploy`: the files of a service are well-formed, and their commands build a book."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sphinxcontrib_d2lbook.commands.deploy import HOSTS, deploy_files
from sphinxcontrib_d2lbook.commands.main import main
from tests.conftest import Project

CONF = """extensions = ['sphinxcontrib_d2lbook']
project = 'A Book'
html_baseurl = 'https://book.example/'
d2lbook_package = ''
"""
PAGES = {"index.md": "# Root\n\n```{toctree}\none\n```\n", "one.md": "(sec_one)=\n# One\n\nText.\n"}
ODD = 'seiten & "mehr" # ä'
FILES = {
    "github": ".github/workflows/book.yml",
    "gitlab": ".gitlab-ci.yml",
    "netlify": "netlify.toml",
    "readthedocs": ".readthedocs.yaml",
}


def loaded(host: str, source: str = "book", requirements: str = "requirements.txt") -> Any:
    files = dict(deploy_files(host, source, requirements))
    assert list(files) == [FILES[host]]
    text = files[FILES[host]]
    return tomllib.loads(text) if FILES[host].endswith(".toml") else yaml.safe_load(text)


def scripts(host: str, source: str = "book") -> list[str]:
    """What the shell of a service runs, those of a release left out, in order."""
    data = loaded(host, source)
    if host == "github":
        jobs = [data["jobs"]["build"], data["jobs"]["notebooks"]]
        return [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    if host == "gitlab":
        return [*data["book"]["script"], *data["pages"]["script"]]
    if host == "netlify":
        return [data["build"]["command"], data["context"]["deploy-preview"]["command"]]
    return list(data["build"]["commands"])


@pytest.mark.parametrize("host", HOSTS)
def test_the_file_names_the_folder_of_the_pages_however_it_is_called(host: str) -> None:
    builds = [line for text in scripts(host, ODD) for line in text.splitlines() if "sphinx-build" in line]
    assert builds
    assert all(f"sphinx-build -M book '{ODD}' _build -c . -W --keep-going" in line for line in builds)
    assert any("pip install sphinxcontrib-d2lbook" in str(value) for value in values(loaded(host, requirements="")))


def values(data: Any) -> Iterator[Any]:
    if isinstance(data, dict):
        for item in data.values():
            yield from values(item)
    elif isinstance(data, list):
        for item in data:
            yield from values(item)
    else:
        yield data


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("deploy") / "book")
    project.conf = CONF
    project.write(PAGES)
    project._write_conf()
    (project.folder / "requirements.txt").write_text("sphinxcontrib-d2lbook\n", "utf-8")
    return project


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("host", HOSTS)
def test_its_commands_build_the_book_and_put_it_where_the_service_looks(
    book: Project, host: str, tmp_path: Path
) -> None:
    """With all that is installed here in place of what pip would fetch, and a repository of its own for git."""
    programs = tmp_path / "bin"
    programs.mkdir()
    installed = Path(sys.executable).parent
    for name, code in {
        "pip": "exit 0",
        "sphinx-build": f'exec "{installed}/sphinx-build" "$@"',
        "sphinx-d2lbook": f'exec "{installed}/sphinx-d2lbook" "$@"',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{code}\n", "utf-8")
        (programs / name).chmod(0o755)
    environment = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "READTHEDOCS_OUTPUT": str(tmp_path / "output"),
        "NO_COLOR": "1",
    }

    def run(script: str) -> None:
        command = ["sh", "-e", "-c", script]
        done = subprocess.run(command, cwd=book.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (script, done.stderr)

    if host == "github":
        run("git init --quiet . && git init --quiet --bare ../readers.git && git remote add origin ../readers.git")
    for script in scripts(host):
        run(script)
    assert (book.build_folder / "book/html/index.html").is_file()
    if host == "github":
        assert '"sec_one": "one"' in (book.folder / "book-addresses.json").read_text("utf-8")
        run("git ls-remote --exit-code origin refs/heads/notebooks")
    if host == "gitlab":
        assert (book.folder / loaded(host)["pages"]["artifacts"]["paths"][0] / "index.html").is_file()
    if host == "netlify":
        assert (book.folder / loaded(host)["build"]["publish"] / "index.html").is_file()
    if host == "readthedocs":
        assert (tmp_path / "output/html/index.html").is_file()
        assert (tmp_path / "output/pdf/a-book.pdf").is_file()


def test_no_job_of_githubs_workflow_runs_code_of_a_fork_with_a_token_or_secrets() -> None:
    workflow = loaded("github")
    events = workflow[True]  # YAML reads the key `on` so
    assert set(events) == {"push", "pull_request", "release"}
    assert workflow["permissions"] == {"contents": "read"}
    assert "secrets." not in dict(deploy_files("github", "book", ""))[FILES["github"]]
    writing = {name for name, job in workflow["jobs"].items() if "write" in job.get("permissions", {}).values()}
    assert writing == {"deploy", "addresses", "notebooks", "release"}
    for name in writing:
        job = workflow["jobs"][name]
        conditions = [job.get("if", ""), workflow["jobs"][job["needs"]].get("if", "")]
        assert any("refs/heads/main" in text or "event_name == 'release'" in text for text in conditions), name
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            assert "uses" not in step or re.fullmatch(r"actions/[a-z-]+(/[a-z]+)?@v\d+", step["uses"])
    needed = [job.get("needs") for job in workflow["jobs"].values()]
    assert {name for name in needed if name} <= set(workflow["jobs"])


def test_gitlabs_jobs_belong_to_stages_and_the_needed_ones_are_there() -> None:
    pipeline = loaded("gitlab")
    jobs = {name: job for name, job in pipeline.items() if isinstance(job, dict)}
    assert {job["stage"] for job in jobs.values()} == set(pipeline["stages"])
    assert {name for job in jobs.values() for name in job.get("needs", [])} <= set(jobs)
    assert all(job["rules"] and job["script"] for job in jobs.values())


def test_previews_on_netlify_run_no_page() -> None:
    data = loaded("netlify")
    assert data["context"]["deploy-preview"]["command"] == f"{data['build']['command']} -D d2lbook_execute=never"


def test_a_file_of_the_author_is_left_alone(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project._write_conf()
    words = ["deploy", "gitlab", "-c", str(project.folder), "-s", str(project.source)]
    assert main(words) == 0
    assert "add to its `pip install` what else the pages need" in capsys.readouterr().out
    assert main(words) == 0  # it is the same
    (project.folder / ".gitlab-ci.yml").write_text("mine", "utf-8")
    assert main(words) == 2
    assert ".gitlab-ci.yml: is there already, and is another" in capsys.readouterr().err
    assert (project.folder / ".gitlab-ci.yml").read_text("utf-8") == "mine"


@pytest.mark.parametrize("host", [*HOSTS, "none"])
def test_a_new_book_has_the_files_of_the_service_that_is_chosen(tmp_path: Path, host: str) -> None:
    given = ["--author", "A", "--forum", "none", "--repository", "none"]
    assert main(["new", str(tmp_path / "b"), "--yes", *given, "--deploy", host]) == 0
    there = {name for name, file in FILES.items() if (tmp_path / "b" / file).is_file()}
    assert there == {host} - {"none"}
