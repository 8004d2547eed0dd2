"""What pages say of their own execution is checked, all in one go, with the place and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.page_options import PageOptions, page_options
from sphinxcontrib_d2lbook.notebook import Notebook, read_notebook

FRONT = "---\nfile_format: mystnb\nkernelspec: {name: python3}\n"


def page(options: str, cell: str = "") -> Notebook:
    return read_notebook(f"{FRONT}{options}---\n# P\n\n```{{code-cell}}\n{cell}1\n```\n", "a/p", "book/a/p.md")


def test_all_options() -> None:
    text = (
        "d2lbook:\n  reads: [a/*.csv, b]\n  depends: one, /two\n  timeout: 9\n  memory: 2GB\n  gpus: 1\n  alone: true\n"
    )
    found, faults = page_options(page(text, ":reads: c, a/*.csv\n"))
    assert faults == []
    reads = {"a/*.csv": "book/a/p.md:1", "b": "book/a/p.md:1", "c": "book/a/p.md:16"}
    assert found == PageOptions(reads, ("one", "/two"), 9, 2 * 10**9, 1, True)


@pytest.mark.parametrize(
    ("option", "of_numpy", "of_others"),
    [("outputs", "outputs", "outputs"), ("{numpy: kept}", "kept", ""), ("{numpy: kept, mxnet: b}", "kept", "")],
)
def test_where_the_outputs_of_a_run_are_kept(option: str, of_numpy: str, of_others: str) -> None:
    found, faults = page_options(page(f"d2lbook: {{store: {option}}}\n"))
    assert (found.store("numpy"), found.store("lists"), faults) == (of_numpy, of_others, [])


def test_none() -> None:
    assert page_options(page("")) == (PageOptions(), [])


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ("d2lbook: 3\n", "the front matter's `d2lbook` is 3; it takes the keys alone, depends"),
        ("d2lbook: {read: a}\n", "has 'read'; it takes the keys"),
        ("d2lbook: {timeout: -1}\n", "timeout is -1; it takes seconds above zero"),
        ("d2lbook: {timeout: .nan}\n", "timeout is nan"),
        ("d2lbook: {memory: much}\n", "memory is 'much'; it takes a size such as 8GB"),
        ("d2lbook: {gpus: true}\n", "gpus is True; it takes a number"),
        ("d2lbook: {alone: 1}\n", "alone is 1; it takes true or false"),
        ("d2lbook: {reads: {a: b}}\n", "reads is {'a': 'b'}; it takes a glob or a list of globs"),
        ("d2lbook: {store: ../other}\n", "store is '../other'; it takes a folder below that of conf.py"),
        ("d2lbook: {store: {numpy: /tmp}}\n", "store is {'numpy': '/tmp'}; it takes"),
        ("d2lbook: {store: ''}\n", "store is ''; it takes"),
        ("d2lbook: {depends: [1]}\n", "depends is [1]; it takes a page or a list of pages"),
    ],
)
def test_wrong_options_are_named_and_change_nothing(options: str, fault: str) -> None:
    found, faults = page_options(page(options))
    assert found == PageOptions()
    assert len(faults) == 1
    assert faults[0].startswith("book/a/p.md:1: ")
    assert fault in faults[0]


def test_a_wrong_cell_option_names_the_cell() -> None:
    value: Any = page_options(page("", ":reads: {a: 1}\n"))[1]
    assert value == ["book/a/p.md:9: the option `reads` of this cell is {'a': 1}; it takes globs"]
