"""The processes that write outputs end as a process does, and nothing that was started in them outlives the build."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.testing.executors import marked, marking
from tests.conftest import Project, take_interrupts

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans can be adopted on Linux only")

KEEPS = """
import atexit, multiprocessing, os, pathlib, signal, subprocess, sys, tempfile, weakref

LOG = pathlib.Path(__file__).parent / "log"

def note(text):
    with LOG.open("a") as log:
        log.write(text + "\\n")

class Kept: pass

KEPT = []

def make(app):
    KEPT.extend([multiprocessing.Manager().Queue(), tempfile.TemporaryDirectory(), Kept()])
    weakref.finalize(KEPT[-1], note, f"finalized {app.builder.name}")
    if app.builder.name != "dummy":
        KEPT.append(subprocess.Popen(["sleep", "600"]))
    atexit.register(note, f"exit {app.builder.name}")

def look(app, error):
    if app.builder.name == "book":
        note("folder " + str(os.path.isdir(KEPT[1].name)))
    elif app.builder.name == "html":
        PLACE

def setup(app):
    app.connect("builder-inited", make)
    app.connect("build-finished", look)
"""


def run(project: Project, place: str = "pass", processes: str = "fork") -> tuple[int, str]:
    """Build a book whose site does something at its end; exit code and messages of the command."""
    project.write({"index.md": "# Root\n"})
    project.conf += f"d2lbook_outputs = ['html', 'notebooks']\nd2lbook_processes = '{processes}'\n"
    project.conf += KEEPS.replace("PLACE", place)
    (project.folder / "conf.py").write_text(project.conf, "utf-8")
    command = [sys.executable, "-m", "sphinx", "-M", "book", "book", "_build", "-c", "."]
    with marking() as mark:
        # The output is read to its end, which comes when the last process that could write to it is gone.
        done = subprocess.run(
            command,
            cwd=project.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
            env=dict(os.environ),
            preexec_fn=take_interrupts,
        )
        assert marked(mark) == []
    return done.returncode, done.stderr


def log(folder: Path) -> list[str]:
    return sorted((folder / "log").read_text("utf-8").splitlines())


def test_what_was_registered_for_the_end_of_a_process_is_done_once_in_each(project: Project) -> None:
    assert run(project) == (0, "")
    # The process that leads the build reads in the name of the site, and begins what is for it.
    ends = [f"{what} {name}" for what in ("exit", "finalized") for name in ("html", "notebooks")]
    assert log(project.folder) == sorted([*ends, "folder True"])


@pytest.mark.long
def test_the_same_where_processes_are_not_forked(project: Project) -> None:
    assert run(project, processes="spawn") == (0, "")
    assert "exit html" in log(project.folder)


def test_after_the_death_of_a_process(project: Project) -> None:
    code, messages = run(project, "os.kill(os.getpid(), signal.SIGKILL)")
    assert code == 2
    assert "the output 'html' failed:\nits process ended with -9 and no result" in messages


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_after_a_build_that_is_interrupted(project: Project, number: str) -> None:
    code, _messages = run(project, f"os.kill(os.getppid(), signal.{number}); signal.pause()")
    assert code != 0
