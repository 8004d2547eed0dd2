"""`sphinx-d2lbook why`: the reason, and all on which a page depends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.commands.main import main

INDEX = "# B\n\n```{toctree}\n:numbered:\n\na\nb\n```\n"
SAVES = """\
# A

```{code-cell}
#@save
def one():
    return 1

#@save
def two():
    return one() + 1
```
"""
USES = """\
---
file_format: mystnb
kernelspec: {name: python3}
d2lbook:
  reads: [more/*.txt]
---
# B

```{code-cell}
import os
import yaml
import helper
from pkg import two

print(open("data.csv").read(), two(), os.path.exists("nothing.txt"), os.listdir("more"))
with open("out.txt", "w") as file:
    file.write("x")
```
"""
CONF = "d2lbook_package = 'pkg'\nd2lbook_environment = {'DATA': 'x'}\n"


@pytest.fixture
def book(project: Any, page: Callable[[str], str]) -> Any:
    project.conf += CONF
    project.write({"index.md": INDEX, "a.md": page(SAVES), "b.md": USES, "helper.py": "X = 3\n"})
    project.write({"data.csv": "1\n", "more/a.txt": "a\n"})
    (project.folder / "conf.py").write_text(project.conf)
    return project


def ask(book: Any, *arguments: str) -> int:
    return main(["why", *arguments, "-c", str(book.folder)])


def groups(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    group = ""
    for line in lines:
        if line.startswith("    "):
            found[group].append(line.strip())
        else:
            group = line.strip()
            found[group] = []
    return found


def test_before_the_first_run_only_what_the_text_tells(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(book, "--inputs", "b") == 1
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "b: would run: not run before"
    found = groups(rest)
    assert found["code"] == ["cell 1"]
    assert found["saved blocks"] == ["pkg", "pkg.one: through pkg.two", "pkg.two"]
    assert found["helpers and modules"] == ["book/helper.py: imported by the page"]
    named = [f"book/{name}: named or declared by the page" for name in ("data.csv", "more/a.txt")]
    assert found["files"] == named
    assert "DATA" in found["environment variables"]
    assert found["kernel and settings"] == ["kernel: python3"]
    assert any(line.startswith("pyyaml: ") for line in found["distributions"])


@pytest.mark.slow
def test_afterwards_what_the_run_saw_and_what_changed_since(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    book.build()
    capsys.readouterr()
    assert ask(book, "--inputs", "b") == 0
    found = groups(capsys.readouterr().out.splitlines()[1:])
    assert "book/nothing.txt: looked for, and not there" in found["files"]
    assert "book/more: listed" in found["files"]
    assert "book/data.csv: named or declared by the page, read" in found["files"]
    assert found["written by the page"] == ["book/out.txt"]
    assert not [line for lines in found.values() for line in lines if "last run" in line or "since" in line]

    (book.source / "helper.py").unlink()
    book.write({"data.csv": "2\n", "more/c.txt": "c\n", "nothing.txt": "", "a.md": changed(book.source / "a.md")})
    assert ask(book, "--inputs", "b") == 1
    found = groups(capsys.readouterr().out.splitlines()[1:])
    assert "pkg.one: through pkg.two, changed since" in found["saved blocks"]
    assert found["helpers and modules"][0] == "book/helper.py: read, gone since the last run"
    assert "book/data.csv: named or declared by the page, read, changed since" in found["files"]
    assert "book/more/c.txt: named or declared by the page, not in the last run" in found["files"]
    assert "book/nothing.txt: named or declared by the page, looked for, and not there, changed since" in found["files"]
    assert found["code"] == ["cell 1"]


def changed(page: Path) -> str:
    return page.read_text().replace("return 1", "return 10")


def test_json(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(book, "--json", "index", "b") == 1
    plain = json.loads(capsys.readouterr().out)
    assert plain == {
        "b": {"runs": True, "reason": "not run before"},
        "index": {"runs": False, "reason": "it has no code that runs in a build"},
    }
    ask(book, "--json", "--inputs", "index", "b")
    data = json.loads(capsys.readouterr().out)
    assert data["index"]["inputs"] == []
    kernel = next(use for use in data["b"]["inputs"] if use["name"] == "kernel")
    assert kernel == {
        "group": "kernel and settings",
        "name": "kernel",
        "how": "python3",
        "now": "python3",
        "last": None,
    }


def test_a_page_that_is_not_there(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(book, "--inputs", "c") == 2
    assert "there is no such page" in capsys.readouterr().err
