"""Define the colours of the book's parts, for the sidebar, the map of the book and the PDF."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tone:
    """Colour for text and lines, legible by itself on its background."""

    light: str
    """Colour on white paper and light pages."""
    dark: str
    """Colour on dark pages."""


PART_TONES = (
    Tone("#1f4e79", "#8fbdea"),
    Tone("#2f6b4f", "#8ad1ab"),
    Tone("#7a3b5e", "#e6a8c9"),
    Tone("#8a5a14", "#e4bd78"),
)
"""Tones of the parts, in order; a fifth part has the first tone again."""
PLAIN_TONE = Tone("#38424d", "#c0c8d0")
"""Tone of pages that belong to no part."""


def part_class(part: int | None) -> str:
    """Return the CSS class of elements in the colour of a part, counted from 0; None is for no part."""
    return "d2lbook-part-plain" if part is None else f"d2lbook-part-{part % len(PART_TONES) + 1}"


def style_sheet() -> str:
    """Return the style sheet of pages, as custom properties.

    It defines `--d2lbook-part-1`, …, and sets `--d2lbook-part` in an element with a part's class.
    """
    tones = {**{part_class(part): tone for part, tone in enumerate(PART_TONES)}, part_class(None): PLAIN_TONE}
    lines = ["/* Made from sphinxcontrib_d2lbook/common/part_colours.py. */", ":root {"]
    lines += [f"    --{name}: {tone.light};" for name, tone in tones.items()]
    lines += ["}", "", 'html[data-theme="dark"] {']
    lines += [f"    --{name}: {tone.dark};" for name, tone in tones.items()]
    lines += ["}", ""]
    for part in range(len(PART_TONES)):
        name = part_class(part)
        # The captions of a sidebar are the parts, in order.
        step = f"{len(PART_TONES)}n+{part + 1}"
        lines.append(f".{name}, .bd-links p.caption:nth-of-type({step}) {{ --d2lbook-part: var(--{name}); }}")
    lines.append(f".{part_class(None)} {{ --d2lbook-part: var(--{part_class(None)}); }}")
    return "\n".join(lines) + "\n"


def typst_colours() -> str:
    """Return the definitions of the colours for the PDF's Typst template."""
    tones = ", ".join(f'rgb("{tone.light}")' for tone in PART_TONES)
    return (
        "// Made from sphinxcontrib_d2lbook/common/part_colours.py.\n"
        f'#let part-colours = ({tones})\n#let plain-colour = rgb("{PLAIN_TONE.light}")\n'
    )


def latex_colours() -> str:
    """Return a LaTeX package that defines the colours as `bookpart1`, …, `bookplain` and `booklink`."""
    tones = {f"bookpart{number}": tone.light for number, tone in enumerate(PART_TONES, 1)}
    tones |= {"bookplain": PLAIN_TONE.light, "booklink": PART_TONES[0].light}
    lines = ["% Made from sphinxcontrib_d2lbook/common/part_colours.py.", r"\ProvidesPackage{bookcolours}"]
    lines += [rf"\definecolor{{{name}}}{{HTML}}{{{value.removeprefix('#').upper()}}}" for name, value in tones.items()]
    return "\n".join([*lines, r"\endinput", ""])
