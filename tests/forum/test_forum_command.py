"""`sphinx-d2lbook forum sync`: from a built book to topics, and what it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from markdown_it import MarkdownIt
from rich import progress as bars
from rich.console import Console

from sphinxcontrib_d2lbook.commands import progress
from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.forum.sync import TopicAction, TopicStep
from sphinxcontrib_d2lbook.forum.topic_map import read_topics

PAGES = {
    "index.md": "# The Book\n\n```{toctree}\n:numbered:\n\nnets\nlinear\n```\n",
    "linear.md": (
        "(sec_linear)=\n# Linear Regression\n\n```{note}\nNot this.\n```\n\nA *line* through points {cite}`Gauss`, as"
        " in {numref}`sec_nets`\nand {ref}`there <sec_nets>`, with $y = w x$ and `code`[^1].\n\nNot this either.\n\n"
        "[^1]: A note.\n\n"
        "```{discussion}\n:label: sec_linear\n```\n\n(sec_scratch)=\n## From Scratch\n\nAll by hand.\n\n"
        "### Discussions\n\n```{discussion}\n:label: sec_scratch\n```\n"
    ),
    "nets.md": (
        "(sec_nets)=\n# \\</script> **Nets** and [more](javascript:x)\n\n@all look at <b>this</b>.\n\n"
        "```{discussion}\n:label: sec_nets\n```\n"
    ),
}
Run = Callable[..., int]


@pytest.fixture
def address(forum: Any, kit: Any) -> Iterator[str]:
    with kit.listening(forum) as address:
        yield address


@pytest.fixture
def book(project: Any, address: str) -> Any:
    project.conf += (
        "html_baseurl = 'https://book.example/'\nsuppress_warnings = ['bibtex', 'misc']\nhtml_theme = 'basic'\n"
        f"d2lbook_forum = {{'provider': 'discourse', 'url': {address!r}, 'requests_per_minute': 1_000_000}}\n"
    )
    project.write(PAGES)
    project._write_conf()
    return project


@pytest.fixture
def run(book: Any, kit: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    def run(*arguments: str, key: bool = True) -> int:
        if key:
            monkeypatch.setenv("D2LBOOK_FORUM_KEY", kit.key)
            monkeypatch.setenv("D2LBOOK_FORUM_USER", kit.user)
        return main(["forum", "sync", "-c", str(book.folder), *arguments])

    return run


def test_a_book_comes_to_its_forum(
    book: Any, run: Run, forum: Any, kit: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = book.folder / "forum-topics.json"
    assert run() == 2
    assert "there is no build of this book" in capsys.readouterr().err
    book.build()
    assert run(key=False) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "[1/3] create: sec_nets: '</script> Nets and [more](javascript:x)'",
        "[2/3] create: sec_linear: 'Linear Regression'",
        "[3/3] create: sec_scratch: 'From Scratch (A Book)'",
        "3 created: nothing of that is done yet; --apply does it",
    ]
    assert said.err == ""
    assert not file.exists()
    assert not forum.topics
    assert run("--apply", key=False) == 2
    assert "--apply needs a key of the forum" in capsys.readouterr().err

    assert run("--apply") == 0
    assert "3 created; commit forum-topics.json" in capsys.readouterr().out
    assert {name: topic.id for name, topic in read_topics(file).items()} == {
        "sec_nets": 100,
        "sec_linear": 101,
        "sec_scratch": 102,
    }
    render = MarkdownIt("commonmark", {"html": True}).render
    posts = [render(topic["raw"]).replace("\u2060", "") for topic in forum.topics.values()]
    assert '<a href="https://book.example/go/sec_nets/">&lt;/script&gt; Nets and [more](javascript:x)</a>' in posts[0]
    assert "<script" not in posts[0]
    assert posts[1].split("<blockquote>")[1] == (
        "\n<p>A line through points, as in &lt;/script&gt; Nets and [more](javascript:x) and there,"
        " with y = w x and code.</p>\n</blockquote>\n"
    )
    assert "All by hand" in posts[2]

    forum.topics[101]["posts_count"] = 8
    book.write({"linear.md": PAGES["linear.md"].replace("# Linear Regression", "# Regression with Lines")})
    assert run() == 2
    said = capsys.readouterr()
    assert "book/linear.md: is not as it was in the build" in said.err
    assert "run `sphinx-build -M html book _build -c .` first" in said.err
    book.build()
    assert run("--apply") == 0
    assert "1 renamed, 1 counted again; commit" in capsys.readouterr().out
    assert forum.topics[101]["title"] == "Regression with Lines"
    assert read_topics(file)["sec_linear"].replies == 7

    book.write({"linear.md": PAGES["linear.md"].replace("sec_scratch", "sec_other")})
    book.build()
    assert run("--apply") == 1
    said = capsys.readouterr()
    assert (
        "retired: sec_scratch (topic 102) is in forum-topics.json and no longer in the book; if its section" in said.out
    )
    assert "book/linear.md:26: 'sec_other': the forum does not take a topic 'From Scratch (A Book)'" in said.err
    # The remedy that it names: the topic goes on under the new label.
    file.write_text(file.read_text().replace("sec_scratch", "sec_other"))
    assert run() == 0
    assert "the forum has what the book has" in capsys.readouterr().out
    assert kit.key not in file.read_text() + said.out + said.err


def test_what_a_sync_cannot_work_with(
    book: Any, run: Run, forum: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    label = "x" * 4000
    book.write({"nets.md": f"{PAGES['nets.md']}\n({label})=\n## Long\n\n```{{discussion}}\n:label: {label}\n```\n"})
    book.build()
    assert run() == 2
    assert "the label of a discussion has 4,000 characters" in capsys.readouterr().err
    book.write(PAGES)
    book.build()
    conf, book.conf = book.conf, book.conf.replace("https://book.example/", "")
    book._write_conf()
    assert run() == 2
    assert "html_baseurl = ''" in capsys.readouterr().err
    book.conf = conf
    book._write_conf()
    (book.source / "nets.md").unlink()
    assert run() == 2
    assert "Book error: nets: is not as it was in the build in" in capsys.readouterr().err
    assert not forum.requests


def test_forums_without_a_sync(book: Any, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    book.conf = book.conf.replace("'discourse', 'url': ", "'link', 'url': ").replace(
        ", 'requests_per_minute': 1_000_000", ""
    )
    book.build()
    assert run() == 0
    assert "there is nothing to sync" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT for one process")
def test_ctrl_c_keeps_what_is_done(book: Any, forum: Any, kit: Any) -> None:
    book.build()
    running: list[subprocess.Popen[str]] = []

    def trouble(index: int, method: str, path: str) -> Any:
        if len(forum.created) == 2 and running:
            running.pop().send_signal(signal.SIGINT)
            return kit.Reply(429, {}, {"retry-after": "600"})
        return None

    forum.trouble = trouble
    variables = {**os.environ, "D2LBOOK_FORUM_KEY": kit.key, "D2LBOOK_FORUM_USER": kit.user}
    # A suite that runs in the background of a shell is deaf to SIGINT, and so is what it starts.
    listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{listen}; from sphinxcontrib_d2lbook.commands.main import main; raise SystemExit(main())"
    command = [sys.executable, "-c", code, "forum", "sync", "--apply"]
    process = subprocess.Popen(
        command, cwd=book.folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    running.append(process)
    said, failed = process.communicate(timeout=60)
    assert process.returncode == 130, failed
    assert failed.endswith("interrupted; what is done is kept, run the same command again\n")
    assert "Traceback" not in failed
    assert kit.key not in said + failed
    assert sorted(read_topics(book.folder / "forum-topics.json")) == ["sec_linear", "sec_nets"]


def test_a_terminal_shows_a_bar_and_why_it_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    bar = bars.Progress(*progress.COLUMNS, console=Console(file=screen, force_terminal=True, width=200))
    slept: list[float] = []
    monkeypatch.setattr(progress, "pause", slept.append)
    with bar:
        shown = progress.Bar(2, bar)
        shown.section("sec_[red]a\x1b[31m")
        shown.step(TopicStep(TopicAction.CREATE, "sec_[red]a\x1b[31m", 7, "'\u202eA'"))
        shown.wait(0.5, "")
        shown.wait(40, "the forum asks for a pause")
    text = screen.getvalue()
    assert "create: sec_[red]a\ufffd[31m (topic 7): '\ufffdA'" in text
    assert "waiting: the forum asks for a pause" in text
    assert slept[0] == 0.5
    assert sum(slept) == pytest.approx(40.5)
