"""The pure parts of `make compat`, which builds the test roots of other packages."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
NAMES = ("compat", "compat_words")


@pytest.fixture
def compat(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / ".ci"))
    import compat

    yield compat
    for name in NAMES:
        del sys.modules[name]


@pytest.fixture
def tools(compat: ModuleType) -> Any:
    return sys.modules["compat_words"]


def test_the_words_of_a_page_are_those_of_its_body(tools: Any) -> None:
    page = (
        "<html><body><nav>Menu</nav><div role='main'><h1>One ﬁle<a class='headerlink'>#</a></h1>"
        "<p>a_b, a_b 0x7fab <span class='math notranslate'>\\(x\\)</span> <math><mi>y</mi></math>tail"
        "<a href='https://a.org/x'>https://a.org/x</a></p>"
        "<script>code</script></div></body></html>"
    )
    assert tools.page_words(page.encode()) == Counter({"One": 1, "file": 1, "a_b": 2, "tail": 1})
    assert tools.page_words(b"") == Counter()


def test_words_that_stand_less_often_are_lost(tools: Any) -> None:
    plain = {"a.html": Counter(x=2, y=1), "b.html": Counter(z=1), "same.html": Counter(w=1)}
    ours = {"a.html": Counter(x=1, y=1, more=1), "same.html": Counter(w=3), "new.html": Counter(v=1)}
    assert tools.lost_words(plain, ours) == {"a.html": ["x"], "b.html": ["z"]}


def test_words_are_counted_across_the_lines_of_a_pdf(tools: Any) -> None:
    printed = "A very_long-\nname ends. One word.\nEﬃcient"
    texts = ["very_longname ends", "efficient words", "one word, one"]
    counts = Counter(tools.words(printed))
    assert tools.rarer_words(texts, counts, tools.squeezed(printed)) == ["words", "one"]


def test_a_notebook_says_what_its_cells_and_outputs_say(tools: Any) -> None:
    outputs = [{"text": ["a stream\n"]}, {"data": {"image/png": "iVBO", "text/plain": ["a value"]}}]
    text = "x &lt; <b>y</b> `f<T>&nbsp;` \\<w\\> <img src='data:…'>\n```\n<z>\n```"
    cells = [
        {"cell_type": "markdown", "source": ["# One\n", text]},
        {"cell_type": "code", "source": ["f(<a>)"], "outputs": outputs},
    ]
    said = " ".join(tools.words(tools.notebook_text({"cells": cells})))
    assert said == "One x y f T nbsp w z f a a stream a value"


def test_warnings_are_compared_without_their_paths_and_kinds(tools: Any) -> None:
    log = (
        "/here/index.rst:3: WARNING: unknown document: 'x' [ref.doc]\n  a line of its own\nWARNING: nothing. [app]\n"
        "/here/index.rst:3: WARNING: unknown document: 'x' [ref.doc]\n"
    )
    plain = {"index.rst:3: unknown document: 'x'": "index.rst:3", ": nothing.": ""}
    assert tools.messages(log, ["/here"]) == plain
    ours = {"index.rst:3: nothing is called 'x'": "index.rst:3", ": nothing.": "", ": something.": ""}
    assert tools.new_messages(plain, ours) == [": something."]


@pytest.mark.parametrize(
    ("plain", "ours", "lost", "more", "result"),
    [
        ((0, ""), (0, ""), False, False, "equal"),
        ((0, ""), (1, ""), False, True, "refused"),
        ((0, ""), (0, ""), False, True, "warned more"),
        ((0, ""), (0, ""), True, True, "lost content"),
        ((0, ""), (2, "Book error: the book cannot be built"), False, False, "refused"),
        ((0, ""), (2, "Traceback (most recent call last):"), False, False, "crashed"),
        ((0, ""), (-9, ""), False, False, "crashed"),
        ((2, "Traceback (most recent call last):"), (2, "Traceback (most recent call last):"), 0, 0, "Sphinx fails"),
    ],
)
def test_the_result_is_the_worst_that_happened(
    tools: Any, plain: tuple[int, str], ours: tuple[int, str], lost: bool, more: bool, result: str
) -> None:
    assert tools.judged(tools.Built(*plain, 1.0), tools.Built(*ours, 1.0), lost=lost, more=more) == result


def test_the_table_counts_results_by_package(compat: Any) -> None:
    ends = {"code": 0, "seconds": 1.0}
    rows = [
        compat.Row("sphinx", "tests/roots/test-a", "equal", ends, ends),
        compat.Row("sphinx", "tests/roots/test-b", "refused", ends, {**ends, "code": 2}, why="it cannot be"),
        compat.Row("numpydoc", "doc", "lost content", ends, ends, lost={"a.html": ["a|b"]}),
    ]
    text = compat.table(rows)
    assert "| sphinx | 2 | 1 | 0 | 0 | 0 | 0 | 1 | 0 |" in text
    assert "| numpydoc | 1 | 0 | 0 | 1 | 0 | 0 | 0 | 0 |" in text
    assert "| numpydoc/doc | 0 | 0 | lost content | a.html: 1 words, a\\|b |" in text


def test_versions_are_those_of_the_lock(compat: Any) -> None:
    assert compat.locked("sphinx") in (ROOT / "requirements.lock").read_text("utf-8")
    assert compat.locked("sphinx").startswith("==")
    assert compat.locked("no-such-package") == ""


def test_the_texts_of_pages_are_those_that_print(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text("")
    index = "Book\n====\n\n.. comment words\n\nShown :ref:`later` and :ref:`given <later>`.\n\n.. toctree::\n\n   one\n"
    (source / "index.rst").write_text(index)
    (source / "one.rst").write_text("One\n===\n\n.. _later:\n\nLater\n-----\n\nLast.\n")
    (source / "alone.rst").write_text(":orphan:\n\nAlone\n=====\n")
    build = [sys.executable, "-m", "sphinx", "-q", "-b", "pseudoxml", str(source), str(tmp_path / "out")]
    subprocess.run([*build, "-d", str(tmp_path / "doctrees")], check=True)
    command = [sys.executable, str(ROOT / ".ci" / "compat_doctrees.py"), str(tmp_path / "doctrees")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ('{"index": ["Book", "Shown ", " and ", "given", "."], "one": ["One", "Later", "Last."]}')
