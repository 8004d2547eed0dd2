"""Load the fonts of the book in XeLaTeX: commands of fontspec, and a change of font at characters of other scripts.

XeTeX has one font at a time, and takes no other where that lacks a character. So each character of the book that a font
for scripts must show is put into a class of that font; between classes XeTeX inserts the commands that change the font.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

from ..paper.fonts import Face, Fonts
from ..paper.missing_glyphs import script_of
from .formula_symbols import symbol_commands

BOLD = 600
"""Weight from which a font is bold."""
FOLDER = "fonts"
"""Folder of the fonts in the folder of sources."""
ANCIENT = frozenset({"Latn", "Grek", "Cyrl", "Zyyy"})
"""Scripts that fonts for text contain."""
RIGHT_TO_LEFT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo"})
LANGUAGES_RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "dv", "ps", "yi", "ckb")
JOINED = {
    "Arab": "Arabic",
    "Beng": "Bengali",
    "Deva": "Devanagari",
    "Gujr": "Gujarati",
    "Guru": "Gurmukhi",
    "Hebr": "Hebrew",
    "Khmr": "Khmer",
    "Knda": "Kannada",
    "Laoo": "Lao",
    "Mlym": "Malayalam",
    "Mymr": "Myanmar",
    "Orya": "Oriya",
    "Sinh": "Sinhala",
    "Syrc": "Syriac",
    "Taml": "Tamil",
    "Telu": "Telugu",
    "Thai": "Thai",
    "Tibt": "Tibetan",
}
"""Scripts whose letters take their form from their neighbours, by their names in fontspec."""
UNBROKEN = frozenset({"Hani", "Hira", "Kana", "Bopo", "Thai", "Laoo", "Khmr", "Mymr"})
"""Scripts without spaces between words, in which lines break all the same."""
DEFAULT_TEXT = r"""
\setmainfont{FreeSerif}[
  Extension=.otf,UprightFont=*,ItalicFont=*Italic,BoldFont=*Bold,BoldItalicFont=*BoldItalic]
\setsansfont{FreeSans}[Extension=.otf,UprightFont=*,ItalicFont=*Oblique,BoldFont=*Bold,BoldItalicFont=*BoldOblique]
""".strip()
"""Commands for fonts of Debian's packages, where neither the book names fonts nor Typst's compiler carries any."""
DEFAULT_CODE = r"\setmonofont{DejaVu Sans Mono}[Scale=0.76]"
DEFAULT_MATH = r"\setmathfont{latinmodern-math.otf}"
UNICODE_MATH = (
    "mathrm=sym,mathit=sym,mathbf=sym,mathsf=sym,mathtt=sym,warnings-off={mathtools-colon,mathtools-overbracket}"
)
"""Options of unicode-math: letters of every style come from the font of formulas, as in the other outputs."""
OPERATORS = r"\setoperatorfont\symup"
HEADING_WEIGHT = 600
"""Weight of headings, as Typst's template has it."""


def font_commands(named: Fonts) -> str:
    """Return the commands that set the fonts of text, code and formulas."""
    text = _first(named, "text")
    code = _first(named, "code")
    math = _first(named, "math")
    headings = _first(named, "headings") or text
    lines = [
        "",
        f"\\setmainfont{_font(named, text)}\n\\setsansfont{_font(named, text)}" if text else DEFAULT_TEXT,
        f"\\setmonofont{_font(named, code, 'Scale=0.76')}" if code else DEFAULT_CODE,
        f"\\newfontfamily\\bookheadingfont{_font(named, headings, bold=HEADING_WEIGHT)}"
        if headings
        else r"\let\bookheadingfont\relax",
        rf"\usepackage[{UNICODE_MATH}]{{unicode-math}}",
        _math(named, math) if math else DEFAULT_MATH,
        OPERATORS,
        symbol_commands(),
        "",
    ]
    return "\n".join(lines)


def _first(named: Fonts, role: str) -> str:
    """Return the first family of a role that has files; "" if there is none."""
    return next((family for family in named.families.get(role, ()) if named.faces_of(family)), "")


def _font(named: Fonts, family: str, *options: str, bold: int = 700) -> str:
    """Return the arguments of a command of fontspec that loads a family from the folder of sources.

    ``bold`` is the weight of what is bold.
    """
    faces = named.faces_of(family)
    upright = _nearest(faces, "normal", 400)
    fontspec_options = [f"Path={FOLDER}/", *options, f"UprightFeatures={{FontIndex={upright.index}}}"]
    for key, style, weight in (("Bold", "normal", bold), ("Italic", "italic", 400), ("BoldItalic", "italic", bold)):
        face = _nearest(faces, style, weight)
        fontspec_options += [f"{key}Font={{{face.name}}}", f"{key}Features={{FontIndex={face.index}}}"]
    return f"{{{upright.name}}}[{','.join(fontspec_options)}]"


def _math(named: Fonts, family: str) -> str:
    """Return the commands that load a font of formulas, and the bold one of its family for what is bold throughout."""
    faces = named.faces_of(family)
    regular, bold = _nearest(faces, "normal", 400), _nearest(faces, "normal", 700)
    arguments = [(regular, ""), *([(bold, ",version=bold")] if bold.weight >= BOLD else [])]
    return "\n".join(
        f"\\setmathfont{{{face.name}}}[Path={FOLDER}/,FontIndex={face.index}{more}]" for face, more in arguments
    )


def _nearest(faces: list[Face], style: str, weight: int) -> Face:
    return min(faces, key=lambda face: (face.style != style, abs(face.weight - weight), face.name))


def script_commands(named: Fonts, source: str, fallbacks: Fonts) -> tuple[str, Fonts]:
    """Return a style that changes the font at characters of ``source``, and the fonts that it changes to.

    These are the characters of other scripts, which the fonts of the role "scripts" have, and those that the font of
    the text has not, which ``fallbacks`` have.
    """
    chars = _by_font(named, source, fallbacks)
    every = Fonts({}, (*named.faces, *fallbacks.faces))
    lines = ["% Which font has which characters; made by sphinxcontrib-d2lbook.", r"\ProvidesPackage{bookfonts}"]
    turned = set()
    for place, ((name, in_code), own) in enumerate(chars.items()):
        command = f"bookscript{_letters(place)}"
        scripts = Counter(script_of(char) for char in own)
        joined = next(
            (f"Script={JOINED[script]}" for script, _count in scripts.most_common() if script in JOINED), None
        )
        loaded = command if in_code else f"{command}font"
        lines.append(f"\\newfontfamily\\{loaded}{_font(every, name, *([joined] if joined else []))}")
        if not in_code:
            lines.append(f"\\newcommand\\{command}{{\\ifx\\f@family\\ttdefault\\else\\{loaded}\\fi}}")
        if scripts.most_common(1)[0][0] in RIGHT_TO_LEFT:
            turned.add(command)
        lines.append(f"\\newXeTeXintercharclass\\{command}class")
        lines += [f"\\XeTeXcharclass`\\{char}=\\{command}class" for char in own]
    if chars:
        lines += list(_changes([f"bookscript{_letters(place)}" for place in range(len(chars))], turned))
        lines.append(r"\AtBeginDocument{\XeTeXinterchartokenstate=1\TeXXeTstate=1}")
    if UNBROKEN & {script_of(char) for own in chars.values() for char in own}:
        lines += [r'\XeTeXlinebreaklocale "zh"', r"\XeTeXlinebreakskip=0pt plus 1pt minus .1pt"]
    used = Fonts({}, tuple(face for face in every.faces if face.family in {name for name, _in_code in chars}))
    return "\n".join([*lines, r"\endinput", ""]), used


def _by_font(named: Fonts, source: str, fallbacks: Fonts) -> dict[tuple[str, bool], list[str]]:
    """Return the characters for which the font changes, by the family and whether it changes in code, too."""
    own = [name for name in named.families.get("scripts", ()) if named.faces_of(name)]
    text, code = (Fonts({}, tuple(named.faces_of(_first(named, role)))) for role in ("text", "code"))
    fonts = {name: Fonts({}, tuple(named.faces_of(name) or fallbacks.faces_of(name))) for name in own}
    spare = {name: Fonts({}, tuple(fallbacks.faces_of(name))) for name in fallbacks.families.get("scripts", ())}
    chars: dict[tuple[str, bool], list[str]] = {}
    for char in sorted(set(source)):
        is_ancient = script_of(char) in ANCIENT
        if char.isascii() or (is_ancient and (not text.faces or text.has(char))):
            continue
        families = {**({} if is_ancient else fonts), **(spare if text.faces and not text.has(char) else {})}
        family = next((name for name, font in families.items() if font.has(char)), None)
        if family is not None:
            chars.setdefault((family, family in fonts or not code.has(char)), []).append(char)
    order = [*fonts, *spare]
    return {key: chars[key] for key in sorted(chars, key=lambda key: (order.index(key[0]), key))}


def _changes(commands: list[str], turned: Set[str]) -> Iterator[str]:
    """Yield the tokens between characters of all classes: ours, those of other packages, and the edge of a word.

    ``turned`` holds the commands of fonts for text from right to left.
    """
    others = [r"\e@alloc@intercharclass@top", r"\@tempcnta"]
    for command in commands:
        own = f"\\{command}class"
        begin, end = _around(command, turned)
        enter = [f"\\XeTeXinterchartoks {other} {own}={{{begin}}}" for other in others]
        leave = [f"\\XeTeXinterchartoks {own} {other}={{{end}}}" for other in others]
        yield from (enter[0], leave[0])
        # The loop runs from 0, the class of all other characters, to the last class that other packages have defined.
        yield f"\\@tempcnta=0 \\@whilenum\\@tempcnta<\\{commands[0]}class\\do{{%"
        yield f"  {enter[1]}{leave[1]}\\advance\\@tempcnta\\@ne}}"
        for next_ in commands:
            if next_ != command:
                yield f"\\XeTeXinterchartoks {own} \\{next_}class={{{end}{_around(next_, turned)[0]}}}"


def _around(command: str, turned: Set[str]) -> tuple[str, str]:
    """Return what begins and what ends text in a font."""
    if command in turned:
        return f"\\begingroup\\{command}\\beginR ", r"\endR\endgroup"
    return f"\\begingroup\\{command} ", r"\endgroup"


def _letters(number: int) -> str:
    """Return a number in letters, as names of TeX commands have no digits."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))
