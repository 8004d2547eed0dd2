"""Take the icons that a site uses out of Font Awesome's script, as a small font.

pydata-sphinx-theme loads all 2,100 icons as a script, which weighs more than all else on a page, and the web font of
each style where its style sheets show an icon. Here the outlines in the script become glyphs of a font for each style,
which holds only the icons that are used, and stands in the style sheet itself. The classes in the pages, and what
style sheets say of them, stay as they are; browsers load Font Awesome's own fonts for icons that are not in ours.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.transform import Transform
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.svgLib.path import parse_path

FILES: Mapping[str, tuple[str, int]] = {
    "fas": ("fa-solid-900", 900),
    "far": ("fa-regular-400", 400),
    "fab": ("fa-brands-400", 400),
}
"""Stem of the font's file, and its weight, for each style of icons."""
PACK_END = re.compile(r"""\w+\("(fa[srb])",\w+\),\w+\("fa-(?:solid|regular|brands)",\w+\)""")
"""Matches what follows the icons of a style in the script: it registers them under two names."""
ICON = re.compile(r"""(?:"([\w-]+)"|\b([a-z]\w*)):\[(\d+),(\d+),\[([^\]]*)\],"([0-9a-f]+)","([^"]*)"\]""")
"""Matches an icon: name, width, height, other names and character codes, its own code, the path of its outline."""
NAME = re.compile(r"\bfa-([a-z0-9]+(?:-[a-z0-9]+)*)")
RULE = re.compile(r"""(\.fa-[\w-]+(?:,\.fa-[\w-]+)*)\{--fa:"[^"]*"\}""")
"""Matches what Font Awesome's style sheet says of one icon."""
CODE = re.compile(r"""["']\\(f[0-9a-f]{3})["']|([\uf000-\uf8ff])""")
"""Matches the character of an icon as the value of a property."""
FACE = re.compile(r"@font-face\s*\{[^}]*\}")
FAMILY = re.compile(r"font-family:\s*([^;}]+)")
EM, ASCENT = 512, 448
"""Size and height above the baseline of the drawings, and of Font Awesome's own fonts."""
THEME_SIZES = """\
.bd-header-article .btn i{width:1.3rem;vertical-align:middle}
.bd-header-article .btn i.fa-lg{font-size:1.3rem}
ul.navbar-icon-links i,#pst-search-dialog[open] form.bd-search i{font-size:var(--pst-font-size-icon)}
"""
"""What pydata-sphinx-theme and sphinx-book-theme say of the drawings that the script puts in place of elements."""


@dataclass(frozen=True)
class Icon:
    """Outline of an icon."""

    name: str
    width: int
    code: str
    """Character, hexadecimal."""
    path: str
    """SVG path, whose y axis points down."""


@dataclass(frozen=True)
class IconSet:
    """All icons of a script, by style and by name; other names of an icon lead to it too."""

    by_style: Mapping[str, Mapping[str, Icon]]

    @property
    def is_complete(self) -> bool:
        """Return whether icons of each style were found: else the script is not as it was known."""
        return all(self.by_style.get(style) for style in FILES)

    def codes(self, names: Collection[str]) -> set[str]:
        """Return the characters of the icons of these names, in any style; names of no icon are ignored."""
        return {icon.code for icons in self.by_style.values() for name, icon in icons.items() if name in names}

    def rules(self, names: Collection[str]) -> str:
        """Return rules that give elements with the classes of these icons their character."""
        codes = {name: icon.code for icons in self.by_style.values() for name, icon in icons.items() if name in names}
        return "".join(f'.fa-{name}{{--fa:"\\{code}"}}\n' for name, code in sorted(codes.items()))

    def faces(self, codes: Collection[str], families: Mapping[str, str]) -> str:
        """Return rules that add fonts of the icons with these characters to the families of the styles."""
        return "".join(self._face(style, codes, family) for style, family in sorted(families.items()))

    def _face(self, style: str, codes: Collection[str], family: str) -> str:
        icons = {icon.code: icon for icon in self.by_style[style].values() if icon.code in codes}
        if not icons:
            return ""
        data = base64.b64encode(icon_font([icons[code] for code in sorted(icons)])).decode("ascii")
        there = ",".join(f"U+{code}" for code in sorted(icons))
        return (
            f"@font-face{{font-family:{family};font-style:normal;font-weight:{FILES[style][1]};font-display:block;"
            f'src:url("data:font/woff;base64,{data}") format("woff");unicode-range:{there}}}\n'
        )


def read_icons(script: str) -> IconSet:
    """Return the icons in the text of Font Awesome's script."""
    by_style: dict[str, dict[str, Icon]] = {}
    start = 0
    for end in PACK_END.finditer(script):
        icons = by_style.setdefault(end[1], {})
        for found in ICON.finditer(script, start, end.start()):
            name = found[1] or found[2]
            icon = icons[name] = Icon(name, int(found[3]), found[6], found[7])
            for other in re.findall(r'"([a-z][\w-]*)"', found[5]):
                icons.setdefault(other, icon)
        start = end.end()
    return IconSet(by_style)


def icon_font(icons: Iterable[Icon]) -> bytes:
    """Return a font, in the format WOFF, whose characters are these icons. The same icons give the same bytes."""
    glyphs, widths, characters = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (EM, 0)}, {}
    for icon in icons:
        glyph_pen = TTGlyphPen(None)
        # The y axis of fonts points up, and quadratic curves take the place of cubic ones.
        flipped = TransformPen(Cu2QuPen(glyph_pen, max_err=1.0), Transform(1, 0, 0, -1, 0, ASCENT))
        parse_path(icon.path, flipped)
        glyph = f"u{icon.code}"
        glyphs[glyph] = glyph_pen.glyph()
        widths[glyph] = (icon.width, 0)
        characters[int(icon.code, 16)] = glyph
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(characters)
    builder.setupGlyf(glyphs)
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (width, table[name].xMin) for name, (width, _) in widths.items()})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=ASCENT - EM)
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=ASCENT - EM, usWinAscent=ASCENT, usWinDescent=EM - ASCENT)
    builder.setupNameTable({"familyName": "d2lbook icons", "styleName": "Regular"})
    builder.setupPost(keepGlyphNames=False)
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    builder.font.flavor = "woff"
    stream = io.BytesIO()
    builder.font.save(stream)
    return stream.getvalue()


def icon_names(text: str) -> set[str]:
    """Return the names of icons in a text, without `fa-`; among them may be words that are no icon."""
    return set(NAME.findall(text))


def without_other_icons(sheet: str, names: Collection[str]) -> str:
    """Return Font Awesome's style sheet without its rules for single icons, except those of these names."""

    def kept(found: re.Match[str]) -> str:
        return found[0] if any(one.removeprefix(".fa-") in names for one in found[1].split(",")) else ""

    return RULE.sub(kept, sheet)


def shown_codes(sheet: str) -> set[str]:
    """Return the characters of icons that a style sheet shows by itself, such as those of admonitions."""
    return {escaped or f"{ord(character):x}" for escaped, character in CODE.findall(sheet)}


def icon_families(sheet: str) -> dict[str, str]:
    """Return the names of the families of Font Awesome's fonts in a style sheet, by style."""
    return {style: family for face in FACE.findall(sheet) for style, family in _family(face)}


def _family(face: str) -> Iterator[tuple[str, str]]:
    for style, (stem, _weight) in FILES.items():
        name = FAMILY.search(face)
        if stem in face and name:
            yield style, name[1].strip()
