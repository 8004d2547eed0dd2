"""TeX formulas, parsed once: to the MathML that the website shows and the Typst that the PDF is set from.

``prepare`` rewrites TeX into the part of it that the parsers know, ``parse`` turns that into one clean MathML tree,
``typst`` turns the tree into Typst. Nothing here imports Sphinx, and no function raises for any text: a formula that
cannot be read is shown as its TeX, and its ``problem`` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from sphinxcontrib_d2lbook.mathematics.mathml import as_text, fallback, with_source
from sphinxcontrib_d2lbook.mathematics.parse import read
from sphinxcontrib_d2lbook.mathematics.prepare import prepare
from sphinxcontrib_d2lbook.mathematics.tex import TexError
from sphinxcontrib_d2lbook.mathematics.typst import raw_tex, typeset

__all__ = ["Formula", "Macros", "convert", "convert_many", "typst_helpers"]

Macros = Mapping[str, str | Sequence[str | int]]
"""Name without backslash -> body, or (body, number of arguments), as MathJax's ``tex.macros``."""


@dataclass(frozen=True)
class Formula:
    """One formula in every form that an output needs."""

    tex: str  # as the author wrote it
    display: bool
    mathml: str  # a complete <math> element; well-formed XML without named entities
    typst: str  # what goes between dollars: `$…$` inline, `$ … $` displayed; needs `typst_helpers()` in the template
    problem: str | None  # why no parser read it (then both forms show the TeX), for people


def convert(tex: str, *, display: bool, macros: Macros | None = None) -> Formula:
    """One formula, from the cache if this process has converted it before. Never raises."""
    names = sorted(((name, *_body(body)) for name, body in (macros or {}).items()), key=lambda item: item[0])
    return _convert(tex, display, tuple(names))


def convert_many(requests: Iterable[tuple[str, bool]], *, macros: Macros | None = None) -> list[Formula]:
    """``(tex, display)`` pairs of a page or a book, in their order."""
    return [convert(tex, display=display, macros=macros) for tex, display in requests]


def typst_helpers() -> str:
    """The Typst functions that converted formulas call; all of their names begin with ``mml``."""
    return files(__name__).joinpath("mathematics.typ").read_text(encoding="utf-8")


def _body(value: str | Sequence[str | int]) -> tuple[str, int]:
    """Body and number of arguments; MathJax's lists, ``["…", 2]``, are taken too."""
    return (value, 0) if isinstance(value, str) else (str(value[0]), int(value[1]) if len(value) > 1 else 0)


@lru_cache(maxsize=20_000)
def _convert(tex: str, display: bool, macros: tuple[tuple[str, str, int], ...]) -> Formula:
    try:
        prepared = prepare(tex, display=display, macros={name: (body, count) for name, body, count in macros})
        math = read(prepared, display=display)
        code = typeset(math)
    except TexError as error:
        shown = fallback(tex, display=display)
        return Formula(tex, display, as_text(with_source(shown, tex)), raw_tex(tex), str(error))
    return Formula(tex, display, as_text(with_source(math, tex)), code, None)
