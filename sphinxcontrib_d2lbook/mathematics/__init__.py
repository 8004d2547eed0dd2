"""TeX formulas, parsed once: to the MathML that the website shows and the Typst that the PDF is set from.

``rewrite`` turns TeX into that of LaTeX and amsmath, ``prepare`` that into the part that the parser knows, ``parse``
reads it as one clean MathML tree, ``typst`` turns the tree into Typst. Nothing here imports Sphinx, and no function
raises for any text: a formula that cannot be read is shown as its TeX, and its ``problem`` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from .amsmath_rewrite import rewrite
from .formula_width import NOTHING, Size, size_of
from .macros import Value
from .mathml_cleanup import as_text, fallback, with_source
from .mathml_parser import read
from .parser_input import clean, prepare
from .tex_tokens import TexError, parse
from .typst import raw_tex, typeset

__all__ = ["Formula", "Macros", "convert", "convert_many", "typst_helpers"]

Macros = Mapping[str, Value]
"""Name without backslash -> body, or (body, number of arguments, default), as MathJax's ``tex.macros``."""


@dataclass(frozen=True)
class Formula:
    """One formula in every form that an output needs."""

    tex: str  # as the author wrote it
    display: bool
    mathml: str  # a complete <math> element; well-formed XML without named entities
    typst: str  # what goes between dollars: `$…$` inline, `$ … $` displayed; needs `typst_helpers()` in the template
    problem: str | None  # why the parser did not read it (then both forms show the TeX), for people
    size: Size = NOTHING  # about how wide it is, and how much of that cannot be broken


def convert(tex: str, *, display: bool, macros: Macros | None = None) -> Formula:
    """One formula, from the cache if this process has converted it before. Never raises."""
    names = [(name, body if isinstance(body, str) else tuple(body)) for name, body in (macros or {}).items()]
    return _convert(tex, display, tuple(sorted(names, key=lambda item: item[0])))


def convert_many(requests: Iterable[tuple[str, bool]], *, macros: Macros | None = None) -> list[Formula]:
    """``(tex, display)`` pairs of a page or a book, in their order."""
    return [convert(tex, display=display, macros=macros) for tex, display in requests]


def typst_helpers() -> str:
    """The Typst functions that converted formulas call; all of their names begin with ``mml``."""
    return files(__name__).joinpath("mathematics.typ").read_text(encoding="utf-8")


@lru_cache(maxsize=20_000)
def _convert(tex: str, display: bool, macros: tuple[tuple[str, Value], ...]) -> Formula:
    try:
        math = read(prepare(rewrite(parse(clean(tex)), dict(macros)), display=display), display=display)
        code = typeset(math)
    except TexError as error:
        shown = fallback(tex, display=display)
        return Formula(tex, display, as_text(with_source(shown, tex)), raw_tex(tex), str(error))
    return Formula(tex, display, as_text(with_source(math, tex)), code, None, size_of(math))
