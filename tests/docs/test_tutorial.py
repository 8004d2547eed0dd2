"""The tutorial is followed from its first command to its last, in an empty folder, and what it says comes true."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import textwrap
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from .pages import Sample, samples

pytestmark = pytest.mark.long

PACKAGE = "sphinxcontrib_d2lbook"
PAGE = "tutorial/first-book.md"
FOREIGN = "https://github.com/ada/tales.git"
END = "--- end of a block:"
BUILD = "sphinx-build -M book book _build -c ."


class Reader:
    """Someone who does what the page says, in one shell.

    A function takes the place of `pip`, and makes the new environment see what the tests are run with.
    The repository at GitHub is a folder here.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.repository = home / "github" / "tales.git"
        self.installed = home / "installed.txt"
        tools = home / "tools"
        tools.mkdir()
        python = f'#!/bin/sh\n[ "$2" = venv ] && set -- "$@" --without-pip\nexec {sys.base_prefix}/bin/python3 "$@"\n'
        (tools / "python3").write_text(python, "utf-8")
        (tools / "python3").chmod(0o755)
        script = '#!/bin/sh\nexec "$(dirname "$0")/python" -c \'{}\' "$@"\n'
        run = "import sys; from {} import main; sys.exit(main(sys.argv[1:]))"
        for name, module in (("sphinx-build", "sphinx.cmd.build"), ("sphinx-d2lbook", f"{PACKAGE}.commands.main")):
            (tools / name).write_text(script.format(run.format(module)), "utf-8")
            (tools / name).chmod(0o755)
        (tools / "outer.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n", "utf-8")
        subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch", "main", self.repository], check=True)
        self.shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **{name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")},
                "PATH": f"{tools}:/usr/bin:/bin",
                "HOME": str(home),
                "NO_COLOR": "1",
                **{
                    f"GIT_{who}_{what}": "ada@a.example"
                    for who in ("AUTHOR", "COMMITTER")
                    for what in ("NAME", "EMAIL")
                },
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"url.{self.repository}.insteadOf",
                "GIT_CONFIG_VALUE_0": FOREIGN,
            },
        )
        self.run(
            f"""
            pip() {{
                echo "$@" >> {self.installed}
                cp {tools}/outer.pth .venv/lib/python*/site-packages/
                cp {tools}/sphinx-build {tools}/sphinx-d2lbook .venv/bin/
            }}
            """
        )

    def run(self, script: str) -> tuple[int, str]:
        """Run lines in the shell; return the exit code of the last one and what all have printed."""
        stdin, stdout = self.shell.stdin, self.shell.stdout
        assert stdin
        assert stdout
        stdin.write(f'{{\n{textwrap.dedent(script)}\n}} < /dev/null\necho "{END} $?"\n')
        stdin.flush()
        lines: list[str] = []
        for line in stdout:
            if line.startswith(END):
                return int(line.removeprefix(END)), "".join(lines)
            lines.append(line)
        raise AssertionError("the shell has ended: " + "".join(lines))

    def edit(self, sample: Sample) -> None:
        """Write the file that a block shows, or change it."""
        file = self.home / "tales" / sample.caption
        file.parent.mkdir(parents=True, exist_ok=True)
        if sample.language != "{code-block} diff":
            file.write_text(sample.content, "utf-8")
            return
        old, new = sample.content.splitlines()
        assert (old[0], new[0]) == ("-", "+")
        text = file.read_text("utf-8")
        assert text.count(old[1:]) == 1
        file.write_text(text.replace(old[1:], new[1:]), "utf-8")

    def report(self) -> Any:
        return json.loads((self.home / "tales" / "_build" / "book" / "report.json").read_text("utf-8"))

    def close(self) -> None:
        assert self.shell.stdin
        self.shell.stdin.close()
        self.shell.wait()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    one = Reader(tmp_path)
    yield one
    one.close()


@pytest.mark.slow
def test_the_tutorial_is_true(reader: Reader) -> None:
    executions: list[dict[str, str]] = []
    said: dict[str, list[str]] = {}
    for sample in samples(PAGE):
        if sample.caption:
            reader.edit(sample)
        elif sample.language == "bash":
            code, printed = reader.run(sample.content)
            asks = sample.content.startswith("sphinx-d2lbook why")
            assert code == (1 if asks else 0), printed
            said.setdefault(sample.content.strip(), []).append(printed)
            if sample.content.startswith("sphinx-build"):
                executions.append({name: page["execution"] for name, page in reader.report()["pages"].items()})

    assert reader.installed.read_text("utf-8") == "install sphinxcontrib-d2lbook matplotlib\n"
    ran, cached = ({"index": "none", "one": state, "two": state} for state in ("ran", "cached"))
    assert executions == [ran, cached, cached, ran]
    assert re.search("nothing (has changed since the last build|new for html, pdf, notebooks, package)", said[BUILD][1])
    assert said["sphinx-d2lbook why two"] == ["two: would run: tales.throw changed\n"]

    book = reader.home / "tales"
    out = book / "_build" / "book"
    for name in ("html/index.html", "pdf/tales-of-two-dice.pdf", "notebooks/one.ipynb", "notebooks/two.ipynb"):
        assert (out / name).is_file()
    (wheel,) = (out / "package").glob("tales*.whl")
    assert "tales/__init__.py" in zipfile.ZipFile(wheel).namelist()
    assert "def throw(dice):" in (book / "tales" / "__init__.py").read_text("utf-8")
    rows = json.loads((out / "numbers.json").read_text("utf-8"))["numbers"]
    numbers = {row["label"]: row["number"] for row in rows}
    assert numbers == {"sec_one": "1", "sec_two": "2", "eq_mean": "1.1", "fig_sums": "2.1"}
    is_published(reader)


def is_published(reader: Reader) -> None:
    """What was pushed is built by the steps of its workflow, and what the workflow uploads is the website."""
    book = reader.home / "tales"
    clone = reader.home / "runner"
    subprocess.run(["git", "clone", "--quiet", reader.repository, clone], check=True)
    assert json.loads((clone / "book-addresses.json").read_text("utf-8"))["published"]["sec_one"] == "one"
    assert not (clone / "_build").exists()
    shutil.copytree(book / ".venv", clone / ".venv", symlinks=True)
    steps = yaml.safe_load((clone / ".github" / "workflows" / "book.yml").read_text("utf-8"))["jobs"]["book"]["steps"]
    for step in steps:
        if "run" in step:
            code, printed = reader.run(f"cd {clone}\n{step['run']}")
            assert code == 0, printed
        if step.get("uses", "").startswith("actions/upload-pages-artifact"):
            assert (clone / step["with"]["path"] / "index.html").is_file()
            assert (clone / step["with"]["path"] / "go" / "sec_one" / "index.html").is_file()
