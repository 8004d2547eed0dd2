"""The colours of parts, once: for the sidebar, the map of the book and the PDF."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tone:
    """A colour for text and lines, legible by itself on the ground that it is for."""

    light: str
    """On white paper and light pages."""
    dark: str
    """On dark pages."""


PART_TONES = (
    Tone("#1f4e79", "#8fbdea"),
    Tone("#2f6b4f", "#8ad1ab"),
    Tone("#7a3b5e", "#e6a8c9"),
    Tone("#8a5a14", "#e4bd78"),
)
"""The first part has the first; a fifth part has the first again."""
PLAIN_TONE = Tone("#38424d", "#c0c8d0")
"""Of what is in no part."""


def part_class(part: int | None) -> str:
    """The class of elements in the colour of a part, which counts from 0; of none for None."""
    return "d2lbook-part-plain" if part is None else f"d2lbook-part-{part % len(PART_TONES) + 1}"


def style_sheet() -> str:
    """Custom properties for pages: `--d2lbook-part-1`, …, and `--d2lbook-part` in an element with a part's class."""
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
    """The same for the PDF's template."""
    tones = ", ".join(f'rgb("{tone.light}")' for tone in PART_TONES)
    return (
        "// Made from sphinxcontrib_d2lbook/common/part_colours.py.\n"
        f'#let part-colours = ({tones})\n#let plain-colour = rgb("{PLAIN_TONE.light}")\n'
    )


def latex_colours() -> str:
    """The same as a package for LaTeX: `bookpart1`, …, `bookplain`, `booklink`."""
    tones = {f"bookpart{number}": tone.light for number, tone in enumerate(PART_TONES, 1)}
    tones |= {"bookplain": PLAIN_TONE.light, "booklink": PART_TONES[0].light}
    lines = ["% Made from sphinxcontrib_d2lbook/common/part_colours.py.", r"\ProvidesPackage{bookcolours}"]
    lines += [rf"\definecolor{{{name}}}{{HTML}}{{{value.removeprefix('#').upper()}}}" for name, value in tones.items()]
    return "\n".join([*lines, r"\endinput", ""])
