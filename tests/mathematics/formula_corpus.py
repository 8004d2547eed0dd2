"""The corpus of formulas, and the glyphs that each output sets of a formula.

A formula's glyphs are what a reader sees, as plain characters: letters in their style, signs, delimiters. What outputs
draw as lines (fractions, bars) is no glyph, and a delimiter that is put together from pieces counts as one.
"""

from __future__ import annotations

import subprocess
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pypdfium2
import typst

from sphinxcontrib_d2lbook.mathematics import convert, typst_helpers
from sphinxcontrib_d2lbook.mathematics.latex_source import display
from sphinxcontrib_d2lbook.outputs.latex.fonts import font_commands
from sphinxcontrib_d2lbook.outputs.latex.preamble import FORMULAS
from sphinxcontrib_d2lbook.outputs.paper import fonts
from sphinxcontrib_d2lbook.outputs.paper.embedded_fonts import with_embedded

FILE = Path(__file__).parent / "formulas.txt"


def formulas_by_group() -> dict[str, list[str]]:
    """Every formula of the corpus, one a line, under the headings of the file."""
    groups: dict[str, list[str]] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            group = groups.setdefault(line.removeprefix("# "), [])
        elif line:
            group.append(line)
    return groups


def all_formulas() -> list[str]:
    return [tex for group in formulas_by_group().values() for tex in group]


# Glyphs ------------------------------------------------------------------------------------------------------------

INVISIBLE = frozenset("\u2061\u2062\u2063\u2064\u200b\ufe00\ufe01\u00ad\ufffe\u034f")
LINES = frozenset("¯‾ˉ_―─\u0305\u0332\u0304\u203e")
"""Bars, which some outputs draw as lines."""
PIECES = {
    **dict.fromkeys("⎛⎜⎝", "("), **dict.fromkeys("⎞⎟⎠", ")"), **dict.fromkeys("⎡⎢⎣", "["),
    **dict.fromkeys("⎤⎥⎦", "]"), **dict.fromkeys("⎧⎨⎩⎰⎱⏟⏞", "{"), **dict.fromkeys("⎫⎬⎭", "}"), "⎪": "", "⎮": "∫",
    "⌠": "∫", "⌡": "∫", "⏐": "|", "⎷": "√",
}  # fmt: skip
PAIRS = (
    "-− ‐− –− *∗ ′' ’' ‵` ∥‖ ∣| ❘| ⋅· ∙• ⊧⊨ \u20d6← \u20d1⇀ \u20d0↼ \u20e1↔ \u20ef→ \u20ee← \u034d↔ ∶: ⧸/ "
    "∕/ ∖\\ ⧵\\ ˆ^ \u0302^ ˜~ \u0303~ ∼~ \u20d7→ ˙. \u0307. \u030cˇ \u0306˘ \u0301´ \u0300` ˚° \u030a° µμ "
    "〈⟨ 〉⟩ ∆Δ ◦∘ ○◯"
)
"""Signs that outputs take from different places in Unicode, each with that in its place."""
SAME = {
    **{pair[0]: pair[1] for pair in PAIRS.split()},
    "″": "''",
    "‴": "'''",
    "⁗": "''''",
    "…": "...",
    "⋯": "···",
    "¨": "..",
    "\u0308": "..",
    "\u20db": "...",
    "\u20dc": "....",
}
ITALIC_EXCEPTIONS = {"h": "ℎ"}


def glyphs(text: str) -> str:
    """The glyphs of a text that an output shows."""
    shown = []
    for char in unicodedata.normalize("NFC", text):
        if char.isspace() or char in INVISIBLE or char in LINES:
            continue
        shown.append(PIECES.get(char, SAME.get(char, char)))
    return "".join(shown)


# MathML --------------------------------------------------------------------------------------------------------------


def mathml_glyphs(tex: str) -> str:
    """What the website shows, in the order of the document."""
    root = ET.fromstring(convert(tex, display=True).mathml)
    return glyphs("".join(_shown(root)))


def _shown(element: ET.Element) -> list[str]:
    tag = element.tag.rpartition("}")[2]
    if tag in ("annotation", "mphantom"):
        return []
    sign = ["√"] if tag in ("msqrt", "mroot") else []
    text = (element.text or "").strip() if tag != "mtext" else element.text or ""
    if tag == "mi" and len(text) == 1 and element.get("mathvariant") != "normal":
        text = italic(text)
    return [*sign, text, *(piece for child in element for piece in _shown(child))]


def italic(char: str) -> str:
    """A letter as browsers show it in an <mi>."""
    if char.isascii() and char.isalpha():
        code = ord(char) - (ord("A") if char.isupper() else ord("a") - 26)
        return ITALIC_EXCEPTIONS.get(char, chr(0x1D434 + code))
    for first, last, start in (("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC)):
        if first <= char <= last:
            return chr(start + ord(char) - ord(first))
    return {"∂": "𝜕", "ϵ": "𝜖", "ϑ": "𝜗", "ϰ": "𝜘", "ϕ": "𝜙", "ϱ": "𝜚", "ϖ": "𝜛", "∇": "∇", "ı": "𝚤", "ȷ": "𝚥"}.get(
        char, char
    )


# Paper ---------------------------------------------------------------------------------------------------------------


def typst_pdf(formulas: Iterable[str]) -> bytes:
    """A PDF with each formula, displayed, on a page of its own."""
    lines = [f"$ {convert(tex, display=True).typst} $" for tex in formulas]
    head = '#set page(width: 30cm, height: 12cm, margin: 1cm)\n#set text(size: 10pt, font: "Libertinus Serif")\n'
    source = "\n".join([typst_helpers(), head, "\n#pagebreak()\n".join(lines)])
    return typst.compile(source.encode(), format="pdf", ignore_system_fonts=True)


def latex_pdf(formulas: Iterable[str], folder: Path) -> tuple[Path, str]:
    """The same by XeLaTeX, with the fonts and the packages of the book, and its log."""
    named = with_embedded(fonts.NONE, folder / "embedded")
    fonts.place(named, folder / "fonts")
    lines = [display(tex) for tex in formulas]
    head = [
        r"\documentclass[10pt]{article}",
        r"\usepackage[paperwidth=30cm,paperheight=12cm,margin=1cm]{geometry}",
        FORMULAS,
        r"\usepackage{xcolor,fontspec}",
        font_commands(named),
        r"\pagestyle{empty}\parindent0pt\begin{document}\special{dvipdfmx:config C 0x0010}",
    ]
    body = [f"{line}\\newpage" for line in lines]
    (folder / "corpus.tex").write_text("\n".join([*head, *body, r"\end{document}"]), "utf-8")
    command = ["xelatex", "-interaction=nonstopmode", "-file-line-error", "corpus.tex"]
    subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    return folder / "corpus.pdf", (folder / "corpus.log").read_bytes().decode("utf-8", "replace")


def page_glyphs(pdf: Path | bytes) -> list[str]:
    """The glyphs of each page, as its text layer has them."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [glyphs(page.get_textpage().get_text_range()) for page in document]
    document.close()
    return texts


EXTENSIBLE = frozenset("()[]{}|‖√∫↑↓⇕→←↔↼⇀⌊⌋⌈⌉⟨⟩−=")
"""Glyphs of which LaTeX puts several together to one that is large."""
STROKES = "".join(map(chr, range(0x2701, 0x27C0)))
"""What the text layer has for the strokes of `\\cancel`, which come from a font of line segments."""


def unlike(ours: str, theirs: str, *, assembled: bool = False) -> str:
    """The glyphs that only one of two outputs has, "" for none. ``assembled``: the other one is put together."""
    here, there = Counter(ours), Counter(theirs)
    extra = {char: count for char, count in (there - here).items() if not (assembled and char in EXTENSIBLE)}
    missing = (here - there).elements()
    return " ".join(part for part in ("".join(missing), "".join(char * count for char, count in extra.items())) if part)


def thin(text: str) -> str:
    """Glyphs without their weight and slant: some outputs take them from another font, and not as other letters."""
    return glyphs(unicodedata.normalize("NFKC", text))


def in_order(ours: str, theirs: str) -> bool:
    """Whether the letters and digits of two outputs come in one order."""
    return [char for char in ours if char.isalnum()] == [char for char in theirs if char.isalnum()]
