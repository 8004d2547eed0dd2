"""Load the fonts of the book in XeLaTeX: commands of fontspec, and a change of font at characters of other scripts.

XeTeX has one font at a time, and takes no other where that lacks a character. So each character of the book that a font
for scripts must show is put into a class of that font; between classes XeTeX inserts the commands that change the font.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

from ..paper.fonts import Face, Fonts
from ..paper.missing_glyphs import script_of

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
"""Commands for a book that names no fonts, all from Debian's packages; FreeSerif has Greek, Cyrillic, most signs."""
DEFAULT_CODE = r"\setmonofont{DejaVu Sans Mono}[Scale=0.76]"
DEFAULT_MATH = r"\setmathfont{latinmodern-math.otf}"


def font_commands(named: Fonts) -> str:
    """Return the commands that set the fonts of text, code and formulas."""
    text = _first(named, "text")
    code = _first(named, "code")
    math = _first(named, "math")
    headings = _first(named, "headings")
    lines = [
        "",
        f"\\setmainfont{_font(named, text)}\n\\setsansfont{_font(named, text)}" if text else DEFAULT_TEXT,
        f"\\setmonofont{_font(named, code, 'Scale=0.76')}" if code else DEFAULT_CODE,
        f"\\newfontfamily\\bookheadingfont{_font(named, headings)}" if headings else r"\let\bookheadingfont\relax",
        r"\usepackage[warnings-off={mathtools-colon,mathtools-overbracket}]{unicode-math}",
        f"\\setmathfont{_font(named, math)}" if math else DEFAULT_MATH,
        "",
    ]
    return "\n".join(lines)


def _first(named: Fonts, role: str) -> str:
    """Return the first family of a role that has files; "" if there is none."""
    return next((family for family in named.families.get(role, ()) if named.faces_of(family)), "")


def _font(named: Fonts, family: str, *options: str) -> str:
    """Return the arguments of a command of fontspec that loads a family from the folder of sources."""
    faces = named.faces_of(family)
    upright = _nearest(faces, "normal", 400)
    fontspec_options = [f"Path={FOLDER}/", *options, f"UprightFeatures={{FontIndex={upright.index}}}"]
    for key, style, weight in (("Bold", "normal", 700), ("Italic", "italic", 400), ("BoldItalic", "italic", 700)):
        face = _nearest(faces, style, weight)
        fontspec_options += [f"{key}Font={{{face.name}}}", f"{key}Features={{FontIndex={face.index}}}"]
    return f"{{{upright.name}}}[{','.join(fontspec_options)}]"


def _nearest(faces: list[Face], style: str, weight: int) -> Face:
    return min(faces, key=lambda face: (face.style != style, abs(face.weight - weight), face.name))


def script_commands(named: Fonts, source: str) -> str:
    """Return a style that changes the font at the characters of other scripts which ``source`` has."""
    families = [name for name in named.families.get("scripts", ()) if named.faces_of(name)]
    chars: dict[str, list[str]] = {name: [] for name in families}
    scripts, turned = set(), set()
    for char in sorted(set(source)):
        if char.isascii() or script_of(char) in ANCIENT:
            continue
        family = next((name for name in families if Fonts({}, tuple(named.faces_of(name))).has(char)), None)
        if family is not None:
            chars[family].append(char)
            scripts.add(script_of(char))
    lines = ["% Which font has which characters; made by sphinxcontrib-d2lbook.", r"\ProvidesPackage{bookfonts}"]
    used = [(f"bookscript{_letters(place)}", name) for place, name in enumerate(families) if chars[name]]
    for command, name in used:
        own = Counter(script_of(char) for char in chars[name])
        joined = next((f"Script={JOINED[script]}" for script, _count in own.most_common() if script in JOINED), None)
        lines.append(f"\\newfontfamily\\{command}{_font(named, name, *([joined] if joined else []))}")
        if own.most_common(1)[0][0] in RIGHT_TO_LEFT:
            turned.add(command)
        lines.append(f"\\newXeTeXintercharclass\\{command}class")
        lines += [f"\\XeTeXcharclass`\\{char}=\\{command}class" for char in chars[name]]
    if used:
        lines += list(_changes([command for command, _name in used], turned))
        lines.append(r"\AtBeginDocument{\XeTeXinterchartokenstate=1\TeXXeTstate=1}")
    if scripts & UNBROKEN:
        lines += [r'\XeTeXlinebreaklocale "zh"', r"\XeTeXlinebreakskip=0pt plus 1pt minus .1pt"]
    return "\n".join([*lines, r"\endinput", ""])


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
