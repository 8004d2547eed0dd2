"""What cells display that is no output fails them at their lines, and nothing else of the book."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.output_validation import with_json_names
from tests.conftest import NOTEBOOK

pytestmark = pytest.mark.long

SHOW = "from IPython.display import display\ndisplay({data}, raw=True)"
CLASS = "class A:\n    def {method}(self, **more): {body}\n"


@dataclass(frozen=True)
class Bad:
    """What a page does in its second cell."""

    cell: str
    says: str
    """Of it, behind "code cell 2 failed with "."""
    line: int = 1
    """Within the cell."""


PAGES: Mapping[str, Bad] = {
    "not-base64": Bad(SHOW.format(data="{'image/png': 'not base64'}"), "InvalidOutput: image/png is not base64: "),
    "none": Bad(SHOW.format(data="{'image/png': None}"), "InvalidOutput: image/png is None where text is needed"),
    "number": Bad(SHOW.format(data="{'text/html': 5}"), "InvalidOutput: text/html is 5 (int) where text is needed"),
    "svg": Bad(SHOW.format(data="{'image/svg+xml': '<svg>'}"), "InvalidOutput: image/svg+xml is not well-formed XML"),
    "json": Bad(SHOW.format(data="{'application/json': '{no'}"), "InvalidOutput: application/json is text that is no"),
    "metadata": Bad(
        "from IPython.display import publish_display_data as show\nshow({'text/plain': ''}, {'text/plain': 'x'})",
        "InvalidOutput: the metadata of text/plain is 'x' (str) where a dictionary is needed",
    ),
    "updated": Bad(
        "from IPython.display import display, update_display\nshown = display('x', display_id='one')\n"
        "update_display({'image/png': '!'}, display_id='one', raw=True)",
        "InvalidOutput: image/png is not base64: ",
    ),
    "bundle": Bad(
        CLASS.format(method="_repr_mimebundle_", body="return {'text/html': 3.5}") + "A()",
        "InvalidOutput: text/html is 3.5 (float) where text is needed",
    ),
    "bundle-raises": Bad(
        CLASS.format(method="_repr_mimebundle_", body="raise OSError('mine')") + "A()", "OSError: mine", 2
    ),
    "repr": Bad(CLASS.format(method="__repr__", body="raise ValueError('mine')") + "A()", "ValueError: mine", 2),
    "repr-displayed": Bad(
        CLASS.format(method="__repr__", body="raise ValueError('mine')") + "_ = display(A())", "ValueError: mine", 2
    ),
    "html": Bad(CLASS.format(method="_repr_html_", body="raise KeyError('mine')") + "A()", "KeyError: 'mine'", 2),
    "no-text": Bad(CLASS.format(method="__repr__", body="return 3") + "A()", "TypeError: __repr__ returned non-string"),
    "drawing": Bad("from matplotlib import pyplot as plt\n_ = plt.title('$\\\\frac{$')", "ValueError: \n\\frac{"),
    "long": Bad("raise ValueError('x' * 3_000_000)", "ValueError: xxxx"),
    "lines": Bad("raise ValueError('\\n'.join(map(str, range(100_000))))", "ValueError: 0\n1\n"),
    "obeyed": Bad(
        "raise ValueError('a\\x1b[2Jb\\x1b]0;t\\x07c\\u202ed\\x9b31me\\udc80f')",
        r"ValueError: a\x1b[2Jb\x1b]0;tc\u202ed\x9b31me",
    ),
}
GOOD = {
    "listed": (SHOW.format(data="{'text/html': ['<b>', 'bold</b>'], 'text/plain': ['b', 'old']}"), "<b>bold</b>"),
    "expected": (SHOW.format(data="{'text/html': 5}"), "InvalidOutput"),
    "shown-again": (
        "import sys\nsys.last_value = ValueError('old')\nsys.last_type, sys.last_traceback = ValueError, None\n%tb",
        "old",
    ),
    "long-html": ("from IPython.display import HTML\nHTML('<p>' + 'long ' * 9000 + '</p>')", "long long"),
    "odd-text": ("print('nul \\x00 half \\udc80 bell \\x07 end')", "half"),
}


def text(title: str, cell: str, options: str = "") -> str:
    return (
        NOTEBOOK
        + f"# {title}\n\n```{{code-cell}}\n1\n```\n\n```{{code-cell}}\n{options}{cell}\n```\n\nAfter {title}.\n"
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, new_project: Any) -> Any:
    """A book of all these pages, built by the command in all outputs; `done` is how it went."""
    project = new_project(tmp_path_factory.mktemp("book"))
    project.write({f"{name}.md": text(name, bad.cell) for name, bad in PAGES.items()})
    project.write({f"{name}.md": text(name, cell) for name, (cell, _) in GOOD.items()})
    project.write({"expected.md": text("expected", GOOD["expected"][0], ":tags: [raises-exception]\n\n")})
    project.write({"stored.ipynb": json.dumps(stored(), indent=1)})
    names = "\n".join([*PAGES, *GOOD, "stored"])
    project.write({"index.md": f"# Book\n\n```{{toctree}}\n:numbered:\n\n{names}\n```\n"})
    project.done = project.run("book")
    project.said = project.done.stdout + project.done.stderr
    return project


def stored() -> dict[str, Any]:
    """A notebook that Jupyter has run, or something that says so: of each cell there are outputs, so none runs."""
    outputs = [
        {"output_type": "display_data", "data": {"image/png": "not base64"}, "metadata": {}},
        {"output_type": "display_data", "data": {"image/svg+xml": None}, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": "good\n"},
    ]
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "1", "execution_count": 1, "outputs": outputs}
    title = {"cell_type": "markdown", "id": "t", "metadata": {}, "source": "# Stored"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "python3"}}
    return {"cells": [title, cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}


def test_the_build_comes_to_its_end_with_all_outputs(built: Any) -> None:
    assert built.done.returncode == 1, built.said[-3000:]
    assert "Traceback (most recent call last):\n  File" not in built.said
    output = built.build_folder / "book"
    assert list((output / "pdf").glob("*.pdf"))
    for name in [*PAGES, *GOOD, "stored"]:
        page = (output / f"html/{name}.html").read_text("utf-8")
        assert name == "stored" or f"After {name}." in page
        assert (output / f"notebooks/{name}.ipynb").is_file()


@pytest.mark.parametrize("name", PAGES)
def test_each_cell_fails_at_its_line_by_its_own_exception(built: Any, name: str) -> None:
    line = text(name, "MARK").splitlines().index("MARK") + PAGES[name].line
    assert f"{name}.md:{line}: WARNING: code cell 2 failed with {PAGES[name].says}" in built.said
    shown = (built.build_folder / f"book/html/{name}.html").read_text("utf-8")
    assert PAGES[name].says.partition(":")[0] in shown


@pytest.mark.parametrize("name", GOOD)
def test_other_pages_are_shown_as_they_are(built: Any, name: str) -> None:
    assert f"{name}.md" not in built.said.replace("long-html.md:14: WARNING: an output of this cell is HTML only", "")
    assert GOOD[name][1] in (built.build_folder / f"book/html/{name}.html").read_text("utf-8")


def test_stored_outputs_of_a_notebook_are_told_at_its_line(built: Any) -> None:
    place = "stored.ipynb, cell 2, line 1: WARNING: a stored output of this cell cannot be shown: "
    assert f"{place}image/png is not base64: " in built.said
    assert f"{place}image/svg+xml is None where text is needed" in built.said
    assert "good" in (built.build_folder / "book/html/stored.html").read_text("utf-8")


def test_what_is_printed_is_short_and_a_terminal_obeys_nothing_of_it(built: Any) -> None:
    assert max(map(len, built.said.splitlines())) < 3000
    assert len(built.said) < 100_000
    for character in "\x00\x07\x1b\x9b\u202e\udc80":
        assert character not in built.said
    assert (built.build_folder / "book/html/long.html").stat().st_size < 300_000


def test_a_stored_run_of_before_that_no_page_can_show_runs_again(project: Any, page: Any) -> None:
    project.write({"index.md": page("# Page\n\n```{code-cell}\nprint('right')\n```\n")})
    project.build()
    store = Path(project.build_folder / "doctrees/d2lbook/execution")
    entry = next(store.glob("entries/*/*.json"))
    from sphinxcontrib_d2lbook.common.build_state import seal, unseal

    value = json.loads(unseal(entry.read_bytes()))
    value["notebook"]["cells"][1]["outputs"] = [
        {"output_type": "display_data", "data": {"image/png": "!"}, "metadata": {}}
    ]
    entry.write_bytes(seal(json.dumps(value).encode()))
    project.build()
    assert "index runs again: no page can show one of its stored outputs: image/png is not base64" in project.warnings
    assert "right" in (project.build_folder / "html/index.html").read_text("utf-8")


def test_json_by_another_name_is_json() -> None:
    """As Altair 6 calls it; text stays what it is, and what is no mapping."""
    data = {"application/vnd.vegalite.v6.json": {"mark": "bar"}, "application/x.json": "text", "text/plain": "a"}
    expected = {"application/vnd.vegalite.v6+json": {"mark": "bar"}, "application/x.json": "text", "text/plain": "a"}
    assert with_json_names(data) == expected
    assert with_json_names(None) is None
