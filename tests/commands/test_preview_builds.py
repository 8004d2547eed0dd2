"""What the preview builds in copies of its warm process is what the command builds, whatever was edited."""

from __future__ import annotations

import gc
import os
import pickle
import random
import re
import subprocess
import sys
import weakref
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import sphinx.application
from sphinx.environment import BuildEnvironment

from sphinxcontrib_d2lbook.commands.preview.build_process import Builder, Built
from sphinxcontrib_d2lbook.commands.preview.messages import read_messages
from sphinxcontrib_d2lbook.commands.preview.warm_process import BuildServer, module_files
from sphinxcontrib_d2lbook.common.files import file_digest
from sphinxcontrib_d2lbook.upstream.sphinx.environment import load_environment, use_loaded
from tests.conftest import NOTEBOOK, Project

pytestmark = pytest.mark.long

EXTENSION = """\
import os, signal
WORD = "early"
def replace(app, docname, source):
    source[0] = source[0].replace("@word@", WORD)
    if "@crash@" in source[0]:
        os.kill(os.getpid(), signal.SIGKILL)
def setup(app):
    app.connect("source-read", replace)
"""


class Observed:
    """What a build tells while it goes on."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pages = 0
        self.running: list[Sequence[Mapping[str, Any]]] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def show_pages(self) -> None:
        self.pages += 1

    def show_running(self, running: Sequence[Mapping[str, Any]]) -> None:
        self.running.append(running)


class Previewed:
    """A small book with an extension and a template of its own, and the process that builds it."""

    def __init__(self, folder: Path) -> None:
        self.project = Project(folder)
        self.project.conf += (
            "import os, sys\nsys.path.insert(0, os.path.abspath('.'))\nextensions += ['book_extension']\n"
        )
        self.project.conf += "templates_path = ['templates']\nhtml_title = 'Title 0'\nnb_execution_timeout = 100\n"
        self.project._write_conf()
        self.write("../book_extension.py", EXTENSION)
        self.write("../templates/layout.html", "{% extends '!layout.html' %}{% block footer %}Foot 0{% endblock %}")
        self.write("index.md", "# Book\n\n```{toctree}\n:numbered:\none\ntwo\n```\n")
        self.write("one.md", f"{NOTEBOOK}(one)=\n# One\n\nWords, @word@.\n\n```{{code-cell}}\nprint(20 + 2)\n```\n")
        self.write("two.md", "(two)=\n# Two\n\nSee {numref}`one`.\n\n## Inner\n\nMore words.\n")
        self.importable = folder / "importable"
        self.importable.mkdir()
        (self.importable / "sitecustomize.py").write_text("# imported by every Python\n")
        self.observed = Observed()
        os.environ["PYTHONPATH"] = str(self.importable)
        try:
            build = str(folder / "_build")
            self.builder = Builder(["-M", "html", str(self.project.source), build, "-c", str(folder)])
        finally:
            del os.environ["PYTHONPATH"]

    def write(self, name: str, text: str) -> None:
        file = self.project.source / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")

    def replace(self, name: str, pattern: str, text: str) -> None:
        file = self.project.source / name
        file.write_text(re.sub(pattern, text, file.read_text("utf-8"), count=1), "utf-8")

    def build(self) -> Built:
        self.observed = Observed()
        return self.builder.build(self.observed)

    def page(self, name: str) -> str:
        return (self.project.folder / f"_build/html/{name}.html").read_text("utf-8")

    def edits(self) -> list[Callable[[str], None]]:
        """Edits of all kinds, each with a word that no other has."""
        return [
            lambda word: self.replace("two.md", "More words", f"More words {word}"),
            lambda word: self.replace("one.md", "# One.*", f"# One {word}"),
            lambda word: self.replace("two.md", "## Inner", f"## New {word}\n\nText.\n\n## Inner"),
            lambda word: self.replace("one.md", r"print\(.*\)", f"print('{word}')"),
            lambda word: (
                self.replace("index.md", "one\n|two\n", f"{word}\n\\g<0>") or self.write(f"{word}.md", "# New\n")
            ),
            lambda word: self.replace("../conf.py", "Title .*'", f"Title {word}'"),
            lambda word: self.replace("../templates/layout.html", "Foot [^{]*", f"Foot {word}"),
            lambda word: self.replace("../book_extension.py", 'WORD = ".*"', f'WORD = "{word}"'),
            lambda word: self.replace("two.md", "See .*", f"See {{numref}}`two` {word}."),
        ]

    def commanded(self) -> dict[str, str]:
        """Digests of the website that the command makes from nothing."""
        folder = self.project.folder
        command = [sys.executable, "-m", "sphinx", "-M", "html", "book", "_command", "-c", "."]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return contents(folder / "_command/html")


def contents(folder: Path) -> dict[str, str]:
    """Digests of all files of a website, without Sphinx's record of the configuration, which contains paths."""
    return {
        path.relative_to(folder).as_posix(): file_digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".buildinfo")
    }


@pytest.fixture(scope="module")
def previewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previewed]:
    found = Previewed(tmp_path_factory.mktemp("previewed").resolve())
    with found.builder:
        assert found.build().code == 0
        yield found


def test_a_build_tells_its_pages_before_its_end_and_what_it_has_read(previewed: Previewed) -> None:
    previewed.replace("two.md", "More words", "More words, even more words")
    built = previewed.build()
    assert (built.code, previewed.observed.pages) == (0, 2)
    assert "even more words" in previewed.page("two")
    file = previewed.project.source / "two.md"
    assert built.read[file] == file_digest(file)


def test_a_cell_that_runs_is_told(previewed: Previewed) -> None:
    """The page waits until it was told of, by a build that takes one line at a time."""
    wait = "while not Path('go').exists(): time.sleep(0.01)"
    code = f"from pathlib import Path\nimport time\nprint('waits', flush=True)\n{wait}"
    previewed.replace("one.md", r"print\(.*\)", code)

    def show_running(running: Sequence[Mapping[str, Any]]) -> None:
        shown.extend(running)
        if any(cell["text"] == "waits" for cell in running):
            (previewed.project.source / "go").touch()

    shown: list[Mapping[str, Any]] = []
    observed = Observed()
    observed.show_running = show_running  # type: ignore[method-assign]
    assert previewed.builder.build(observed).code == 0
    assert {(cell["docname"], cell["cell"], cell["cells"]) for cell in shown} == {("one", 0, 0), ("one", 1, 1)}
    assert shown[-1]["source"] == code
    previewed.replace("one.md", "(?s)from pathlib.*exists.*?0.01.", "print(1)")


def test_a_cell_of_the_page_that_was_edited_last_runs_in_a_kernel_that_waits(previewed: Previewed) -> None:
    """It shows in what is imported, which is what the page imports, and does not change what it prints."""
    seen = "import sys\nprint('babel' in sys.modules)\nimport babel\nprint({})"
    previewed.replace("one.md", r"print\(1\)", seen.format("'first'"))
    assert previewed.build().code == 0
    for word, outside in (("second", "True\nsecond"), ("third", "True\nthird")):
        previewed.replace("one.md", r"print\('(first|second)'\)", f"print('{word}')")
        assert previewed.build().code == 0
        assert outside in previewed.page("one")
    previewed.replace("two.md", "More words", "More words of prose")
    assert previewed.build().code == 0
    previewed.replace("one.md", "(?s)import sys.*third.\\)", "print(1)")
    assert previewed.build().code == 0


def test_a_crash_ends_one_build_and_no_more(previewed: Previewed) -> None:
    process = previewed.builder._process.pid
    previewed.replace("two.md", "More words", "@crash@")
    built = previewed.build()
    (message,) = read_messages(built, previewed.project.source, previewed.project.folder / "_build/doctrees")
    assert (built.code, message.text) == (-9, "the build was ended by signal 9")
    previewed.replace("two.md", "@crash@", "More words after a crash")
    assert previewed.build().code == 0
    assert "More words after a crash" in previewed.page("two")
    assert previewed.builder._process.pid == process


def test_another_version_of_an_imported_module_starts_the_process_anew(previewed: Previewed) -> None:
    process = previewed.builder._process.pid
    assert previewed.build().code == 0
    assert previewed.builder._process.pid == process
    (previewed.importable / "sitecustomize.py").write_text("# another version of what every Python imports\n")
    assert previewed.build().code == 0
    assert previewed.builder._process.pid != process


def test_a_process_that_is_gone_is_replaced(previewed: Previewed) -> None:
    previewed.builder._process.kill()
    assert previewed.build().code == 0


def test_a_process_whose_preview_is_gone_ends_without_a_word(project: Project) -> None:
    project.write({"index.md": "# Root\n"})
    project._write_conf()
    command = ["-m", "sphinxcontrib_d2lbook.commands.preview.warm_process", "-M", "html", "book", "_build", "-c", "."]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, *command], cwd=project.folder, text=True, **pipes) as process:
        process.stdout.close()  # type: ignore[union-attr]
        process.stdin.write("build\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        assert process.stderr.read() == ""  # type: ignore[union-attr]
    assert process.returncode == 1


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)])
def test_after_random_edits_the_website_is_that_of_the_command(previewed: Previewed, seed: int) -> None:
    chance = random.Random(seed)
    edits = previewed.edits()
    chance.shuffle(edits)
    for number in range(0, len(edits), 2):
        for edit in edits[number : number + chance.choice([1, 2])]:
            edit(f"word{seed}n{edits.index(edit)}")
        assert previewed.build().code == 0
    assert contents(previewed.project.folder / "_build/html") == previewed.commanded()


def test_a_loaded_environment_is_used_once_and_only_for_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "environment.pickle"
    file.write_bytes(pickle.dumps({"a": BuildEnvironment}))
    loaded = load_environment(file)
    assert loaded is not None
    assert load_environment(file, loaded) is loaded

    def opened() -> Any:
        with file.open("rb") as stream:
            return vars(sphinx.application)["pickle"].load(stream)

    monkeypatch.setattr(sphinx.application, "pickle", pickle)
    use_loaded(loaded)
    assert opened() is loaded.environment
    assert opened() == loaded.environment
    assert opened() is not loaded.environment
    use_loaded(loaded)
    file.write_bytes(pickle.dumps({"b": BuildEnvironment, "c": 1}))
    assert opened() == {"b": BuildEnvironment, "c": 1}
    assert load_environment(file, loaded) is not loaded


def test_an_environment_of_modules_that_are_not_imported_is_left_to_the_build(tmp_path: Path) -> None:
    file = tmp_path / "environment.pickle"
    file.write_bytes(b"cbook_module_that_is_not_imported\nName\n.")
    assert load_environment(file) is None
    file.write_bytes(b"cut short")
    assert load_environment(file) is None
    assert load_environment(tmp_path / "missing") is None


def test_only_the_last_environment_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "doctrees/environment.pickle"
    file.parent.mkdir()
    server = BuildServer(["-M", "html", "book", str(tmp_path)])
    seen = []
    try:
        for number in range(3):
            environment = Namespace(number=number)
            environment.itself = environment
            file.write_bytes(pickle.dumps(environment))
            server._load_environment()
            assert server._loaded is not None
            seen.append(weakref.ref(server._loaded.environment))
        assert [one() is None for one in seen] == [True, True, False]
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_files_of_modules_are_compared_by_what_they_are(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("a = 1")
    before = module_files({str(file): None})
    assert module_files(before) == before
    file.write_text("a = 1 + 1")
    assert module_files(before) != before
    file.unlink()
    assert module_files(before) == {str(file): None}
