"""The committed copy: exact, readable, and never half believed."""

from __future__ import annotations

import base64
import json
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.execution import committed_outputs
from sphinxcontrib_d2lbook.execution.store import Run

RUN = Run("k" * 64, {"code of cell 1": "a"}, {"data.csv": "b"}, {"out": "c"}, ("Python",), 1.5, 10**8)
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n not really").decode()


def notebook(*outputs: Any, source: str = "1") -> dict[str, Any]:
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Page"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": source,
            "execution_count": 1,
            "outputs": list(outputs),
        },
    ]
    return {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}


def empty(full: dict[str, Any]) -> dict[str, Any]:
    cells = [{**cell, "execution_count": None, "outputs": []} if "outputs" in cell else cell for cell in full["cells"]]
    return {**full, "cells": cells, "metadata": {}}


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def display(**data: Any) -> dict[str, Any]:
    named = {name.replace("__", "+").replace("_", "/"): value for name, value in data.items()}
    return {"output_type": "display_data", "metadata": {}, "data": named}


TEXTS = st.text(st.characters() | st.sampled_from("\n\r\x1b\u2028\ud800"), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
BASE64 = st.binary(max_size=200).flatmap(
    lambda data: st.sampled_from(
        [base64.b64encode(data).decode(), base64.encodebytes(data).decode(), base64.b64encode(data).decode() + "\n"]
    )
)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "text/plain": TEXTS | st.lists(TEXTS, max_size=3),
        "text/html": TEXTS | TEXTS.map(lambda text: text * 20),
        "image/svg+xml": TEXTS.map(lambda text: f"<svg>{text * 20}</svg>"),
        "image/png": BASE64 | TEXTS,
        "application/json": JSON,
    },
)
OUTPUTS = st.lists(
    st.builds(stream, TEXTS)
    | st.builds(lambda data: {"output_type": "display_data", "metadata": {}, "data": data}, DATA)
    | st.builds(
        lambda text: {"output_type": "error", "ename": "E", "evalue": text, "traceback": [text, ""]},
        TEXTS,
    ),
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(OUTPUTS)
def test_what_comes_back_is_what_went_in(outputs: list[dict[str, Any]]) -> None:
    full = notebook(*outputs)
    with tempfile.TemporaryDirectory() as name:
        assert committed_outputs.export(Path(name), "a/b", RUN, full)
        found = committed_outputs.load(Path(name), "a/b")
        assert found is not None
        assert found[0] == RUN
        assert committed_outputs.assemble(empty(full), found[1]) == full


def test_a_printed_line_is_a_line_of_the_diff(tmp_path: Path) -> None:
    committed_outputs.export(tmp_path, "page", RUN, notebook(stream("one\ntwo\nthree\n")))
    before = (tmp_path / "page" / "outputs.json").read_text().splitlines()
    other = Run("l" * 64, RUN.parts, RUN.files, RUN.writes, RUN.environment, RUN.seconds, RUN.peak_bytes)
    committed_outputs.export(tmp_path, "page", other, notebook(stream("one\n2\nthree\n")))
    after = (tmp_path / "page" / "outputs.json").read_text().splitlines()
    changed = [(old.strip(), new.strip()) for old, new in zip(before, after, strict=True) if old != new]
    assert changed[0] == ('"two",', '"2",')
    assert [old.partition(":")[0] for old, _ in changed[1:]] == ['"digest"', '"key"']


def test_images_lie_beside_the_text_and_old_ones_go(tmp_path: Path) -> None:
    home = tmp_path / "page"
    committed_outputs.export(tmp_path, "page", RUN, notebook(display(image_png=PNG, text_plain="<Figure>")))
    (image,) = home.glob("*.png")
    assert image.read_bytes().startswith(b"\x89PNG")
    assert image.name.startswith("cell-1-")
    assert not committed_outputs.export(tmp_path, "page", RUN, notebook())
    committed_outputs.export(tmp_path, "page", Run("m" * 64, {}, {}), notebook(stream("x")))
    assert [path.name for path in home.iterdir()] == ["outputs.json"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda home: (home / "outputs.json").write_text("<<<<<<< HEAD\n{}"),
        lambda home: (home / "outputs.json").write_text("[]"),
        lambda home: (home / "outputs.json").write_text((home / "outputs.json").read_text().replace("one", "two")),
        lambda home: next(home.glob("*.png")).write_bytes(b"other"),
        lambda home: next(home.glob("*.png")).unlink(),
        lambda home: (home / "outputs.json").write_text(
            json.dumps(json.loads((home / "outputs.json").read_text()) | {"cells": []})
        ),
    ],
)
def test_a_damaged_copy_is_refused_by_name(tmp_path: Path, spoil: Any) -> None:
    committed_outputs.export(tmp_path, "page", RUN, notebook(stream("one"), display(image_png=PNG)))
    spoil(tmp_path / "page")
    with pytest.raises(ValueError, match=r"page/outputs.json: the committed outputs of page cannot be used: .*; take"):
        committed_outputs.load(tmp_path, "page")


def test_a_copy_has_what_the_page_needs_and_no_path_of_the_machine(tmp_path: Path) -> None:
    run = replace(RUN, files={"data.csv": "b", "/home/me/lib/faraway.py": "c"})
    committed_outputs.export(tmp_path, "page", run, notebook(stream("one")), {"faraway": ["nextdoor", "faraway"]})
    assert "/home/me" not in (tmp_path / "page/outputs.json").read_text("utf-8")
    found = committed_outputs.load(tmp_path, "page")
    assert found is not None
    assert (found[0].files, found[0].needs) == ({"data.csv": "b"}, {"faraway": ["faraway", "nextdoor"]})
    assert found[0].key == run.key


def test_outputs_of_other_cells_are_not_put_together(tmp_path: Path) -> None:
    committed_outputs.export(tmp_path, "page", RUN, notebook(stream("one")))
    found = committed_outputs.load(tmp_path, "page")
    assert found is not None
    with pytest.raises(ValueError, match="other cells"):
        committed_outputs.assemble(notebook(source="2"), found[1])


def test_copies_of_pages_that_are_gone_go_and_nothing_else(tmp_path: Path) -> None:
    for docname in ("a", "a/b", "c/d"):
        committed_outputs.export(tmp_path, docname, RUN, notebook(display(image_png=PNG)))
    (tmp_path / "c" / "README").write_text("by hand")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "outputs.json").write_text("{}")
    assert committed_outputs.prune(tmp_path, {"a"}) == ["a/b", "c/d"]
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert [name for name in left if not name.startswith("a/cell")] == [
        "a/outputs.json",
        "c/README",
        "foreign/outputs.json",
    ]


def test_no_copy_is_no_fault(tmp_path: Path) -> None:
    assert committed_outputs.load(tmp_path, "page") is None
