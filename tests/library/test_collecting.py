"""How marked cells become blocks."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from sphinxcontrib_d2lbook.notebook.ipython_source import parse_cell

CELL = '''\
#@save
def step(w, rate=0.1):
    """Go downhill."""
    return w - rate * d2l.gradient(w)'''


def test_a_marked_cell_is_parsed_once(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    def compile_and_note(source: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(source, str) and "def step" in source:
            texts.append(source)
        return builtin(source, *arguments, **named)

    builtin = builtins.compile
    parse_cell.cache_clear()
    monkeypatch.setattr(builtins, "compile", compile_and_note)
    library(["import d2l", "#@save\ndef gradient(w):\n    return 2 * w", CELL])
    assert texts == [CELL]


@pytest.mark.parametrize("before", ["", "y = 1\n\n", "%time z = 1\ny = 1\n\n"])
def test_what_cannot_stand_in_a_module_is_told_by_its_line(refused: Any, before: str) -> None:
    cell = f"{before}#@save\nx = 1\nt = x\nreturn t"
    line = 8 + cell.count("\n")
    assert refused([cell]) == [
        f"book/p0.md:{line}: this block cannot stand in a module ('return' outside function); correct it"
    ]
