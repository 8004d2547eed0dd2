"""Convert TeX formulas, each parsed once, to MathML for the website and Typst for the PDF.

`amsmath_rewrite` turns TeX as authors write it into TeX of LaTeX and amsmath alone, `parser_input` turns that into the
subset that the parser knows, `mathml_parser` parses it to one clean MathML tree, and the folder `typst` converts the
tree to Typst. Only `extension` imports Sphinx. No function here raises an exception for any TeX: a formula that cannot
be read is shown as its TeX, and its `problem` says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from .amsmath_rewrite import rewrite
from .formula_width import NOTHING, Size, estimated_size
from .macros import Value
from .mathml_cleanup import as_text, fallback, with_source
from .mathml_parser import read
from .parser_input import prepare, replace_forbidden_characters
from .tex_tokens import TexError, parse
from .typst import raw_tex, typeset

__all__ = ["Formula", "Macros", "convert", "convert_many", "typst_helpers"]

Macros = Mapping[str, Value]
"""Name without backslash -> body, or (body, number of arguments, default), as in MathJax's ``tex.macros``."""


@dataclass(frozen=True)
class Formula:
    """Formula in every form that an output needs."""

    tex: str  # as the author wrote it
    display: bool
    mathml: str  # a complete <math> element, well-formed XML without named entities
    typst: str  # content between dollars, `$…$` inline or `$ … $` displayed; the template needs `typst_helpers()`
    problem: str | None  # reason why the parser could not read it, for the author; then both forms show the TeX
    size: Size = NOTHING  # estimate of its width, and of the part of that which cannot be broken


def convert(tex: str, *, display: bool, macros: Macros | None = None) -> Formula:
    """Convert one formula, or return it from the cache if this process has converted it before. Never raises."""
    names = [(name, body if isinstance(body, str) else tuple(body)) for name, body in (macros or {}).items()]
    return _convert(tex, display, tuple(sorted(names, key=lambda item: item[0])))


def convert_many(requests: Iterable[tuple[str, bool]], *, macros: Macros | None = None) -> list[Formula]:
    """Convert the ``(tex, display)`` pairs of a page or a book. The result has their order."""
    return [convert(tex, display=display, macros=macros) for tex, display in requests]


def typst_helpers() -> str:
    """Return the Typst functions that converted formulas call; all their names begin with ``mml``."""
    return files(__name__).joinpath("mathematics.typ").read_text(encoding="utf-8")


@lru_cache(maxsize=20_000)
def _convert(tex: str, display: bool, macros: tuple[tuple[str, Value], ...]) -> Formula:
    try:
        math = read(
            prepare(rewrite(parse(replace_forbidden_characters(tex)), dict(macros)), display=display), display=display
        )
        code = typeset(math)
    except TexError as error:
        shown = fallback(tex, display=display)
        return Formula(tex, display, as_text(with_source(shown, tex)), raw_tex(tex), str(error))
    return Formula(tex, display, as_text(with_source(math, tex)), code, None, estimated_size(math))
