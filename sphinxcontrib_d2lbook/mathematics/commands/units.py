r"""Replace siunitx's numbers and units: `\num`, `\unit`, `\qty`, `\ang`, ranges and lists, and the names of version 2.

A unit is written as names (`\kilo\gram\per\metre\squared`) or as itself (`kg.m^{-2}`). `\per` gives negative powers,
and numbers of five or more digits are grouped in threes, as siunitx does by default. Source of names and rules: the
documentation of siunitx.
"""

from __future__ import annotations

import re

from ..tex_tokens import Group, Node, Reader, TexError, command, source
from . import physics

PREFIXES = {
    "quecto": "q", "ronto": "r", "yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n",
    "micro": "\N{MICRO SIGN}", "milli": "m", "centi": "c", "deci": "d", "deca": "da", "deka": "da", "hecto": "h",
    "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E", "zetta": "Z", "yotta": "Y",
    "ronna": "R", "quetta": "Q", "kibi": "Ki", "mebi": "Mi", "gibi": "Gi", "tebi": "Ti",
}  # fmt: skip
UNITS = {
    "ampere": "A", "candela": "cd", "kelvin": "K", "gram": "g", "metre": "m", "meter": "m", "mole": "mol",
    "second": "s", "becquerel": "Bq", "coulomb": "C", "farad": "F", "gray": "Gy", "hertz": "Hz", "henry": "H",
    "joule": "J", "lumen": "lm", "katal": "kat", "lux": "lx", "newton": "N", "ohm": "Ω", "pascal": "Pa",
    "radian": "rad", "siemens": "S", "sievert": "Sv", "steradian": "sr", "tesla": "T", "volt": "V", "watt": "W",
    "weber": "Wb", "astronomicalunit": "au", "bel": "B", "dalton": "Da", "day": "d", "decibel": "dB",
    "electronvolt": "eV", "hectare": "ha", "hour": "h", "litre": "L", "liter": "L", "minute": "min",
    "neper": "Np", "tonne": "t", "bar": "bar", "atmosphere": "atm", "angstrom": "Å", "byte": "B", "bit": "bit",
    "kilogram": "kg", "percent": r"\%", "kg": "kg", "mg": "mg", "ug": "\N{MICRO SIGN}g", "g": "g", "m": "m",
    "km": "km", "cm": "cm", "mm": "mm", "um": "\N{MICRO SIGN}m", "nm": "nm", "pm": "pm", "s": "s", "ms": "ms",
    "us": "\N{MICRO SIGN}s", "ns": "ns", "ps": "ps", "fs": "fs", "Hz": "Hz", "kHz": "kHz", "MHz": "MHz",
    "GHz": "GHz", "THz": "THz", "mHz": "mHz", "N": "N", "kN": "kN", "mN": "mN", "MN": "MN", "Pa": "Pa", "kPa": "kPa",
    "MPa": "MPa", "GPa": "GPa", "J": "J", "kJ": "kJ", "mJ": "mJ", "MJ": "MJ", "eV": "eV", "meV": "meV",
    "keV": "keV", "MeV": "MeV", "GeV": "GeV", "TeV": "TeV", "W": "W", "mW": "mW", "kW": "kW", "MW": "MW",
    "GW": "GW", "V": "V", "mV": "mV", "kV": "kV", "A": "A", "mA": "mA", "uA": "\N{MICRO SIGN}A", "kA": "kA",
    "F": "F", "pF": "pF", "nF": "nF", "uF": "\N{MICRO SIGN}F", "K": "K", "mol": "mol", "mmol": "mmol",
    "kWh": "kWh", "dB": "dB", "L": "L", "mL": "mL", "l": "l", "ml": "ml", "kohm": "kΩ", "Mohm": "MΩ", "mohm": "mΩ",
}  # fmt: skip
DEGREES = {
    "degreeCelsius": r"{}^{\circ}\mathrm{C}",
    "celsius": r"{}^{\circ}\mathrm{C}",
    "degree": r"{}^{\circ}",
    "arcminute": r"{}^{\prime}",
    "arcsecond": r"{}^{\prime\prime}",
}
AFTER = {"squared": "2", "cubed": "3"}
BEFORE = {"square": "2", "cubic": "3"}
NUMBER = re.compile(
    r"(?P<sign>[+-]|\\pm|\\mp)?(?P<whole>\d*)(?:[.,](?P<part>\d*))?(?P<doubt>\(\d+\))?"
    r"(?:(?:\+-|\\pm)(?P<margin>\d*[.,]?\d+))?(?:[eEdD](?P<power>[+-]?\d+))?"
)
LITERAL = re.compile(r"(?P<unit>[A-Za-zµμΩÅ°%]+)(?:\^(?:\{(?P<braced>[+-]?\d+)\}|(?P<power>[+-]?\d)))?")


def number(text: str) -> str:
    """Return the TeX of a number as siunitx takes it: `1.5e-3`, `12345`, `1.23(4)`, `2.0 +- 0.1`, `3 x 4`."""
    text = re.sub(r"\s|~", "", text)
    pieces = re.split(r"(?:x|\\times)", text)
    if len(pieces) > 1:
        return r" \times ".join(number(piece) for piece in pieces)
    read = NUMBER.fullmatch(text)
    if not text or not read or not (read["whole"] or read["part"] or read["power"]):
        raise TexError(f"{text!r} is not a number that can be read")
    mantissa = _grouped(read["whole"] or "", read["part"])
    if read["whole"] == "" and read["part"]:
        mantissa = "0" + mantissa
    sign = {"-": "-", "+": "+", r"\pm": r"\pm ", r"\mp": r"\mp "}.get(read["sign"] or "", "")
    result = mantissa + (read["doubt"] or "")
    if read["margin"]:
        whole, _, part = read["margin"].replace(",", ".").partition(".")
        result = rf"{result} \pm {_grouped(whole, part or None)}"
        result = f"({result})" if read["power"] else result
    if read["power"]:
        power = str(int(read["power"]))
        result = rf"{result} \times 10^{{{power}}}" if mantissa else f"10^{{{power}}}"
    return f"{{{sign}{result}}}"


def _grouped(whole: str, part: str | None) -> str:
    if len(whole) >= 5:
        head = len(whole) % 3
        groups = [whole[:head]] if head else []
        whole = r"\,".join([*groups, *(whole[at : at + 3] for at in range(head, len(whole), 3))])
    if part is None:
        return whole
    if len(part) >= 5:
        part = r"\,".join(part[at : at + 3] for at in range(0, len(part), 3))
    return f"{whole}.{part}"


def unit(nodes: tuple[Node, ...]) -> str:
    """Return the TeX of a unit. Raise TexError if a name is unknown."""
    reader = Reader(nodes)
    parts: list[str] = []
    prefix, power, below = "", "", False
    written: list[Node] = []
    while reader:
        node = reader.take()
        name = command(node)
        if not name:
            written.append(node)
            continue
        if written and source(written).strip():
            parts.append(literal(source(written)))
        written = []
        if name == "per":
            below = True
        elif name in BEFORE or name == "raiseto":
            power = BEFORE.get(name) or source(reader.argument(name))
        elif name in AFTER or name == "tothe":
            if not parts:
                raise TexError(f"\\{name} follows no unit")
            parts[-1] = _raised(parts[-1], AFTER.get(name) or source(reader.argument(name)))
        elif name in PREFIXES:
            prefix += PREFIXES[name]
        elif name == "of":
            parts[-1] += rf"_{{\text{{{source(reader.argument(name))}}}}}"
        elif name in UNITS or name in DEGREES:
            body = DEGREES.get(name) or UNITS[name]
            if prefix or name not in DEGREES:
                body = rf"\mathrm{{{prefix}{body}}}"
            parts.append(_raised(body, ("-" if below else "") + (power or "1")))
            prefix, power, below = "", "", False
        elif name in (",", " ", "cdot"):
            continue
        else:
            raise TexError(f"\\{name} is not a unit that is known")
    if source(written).strip():
        parts.append(literal(source(written)))
    return r"\,".join(parts)


def _raised(body: str, power: str) -> str:
    """Return a unit raised to a power. A power of -1 that it already has gives the new one its sign."""
    head, mark, old = body.partition("^{-1}")
    if mark and not old:
        return f"{head}^{{-{power}}}"
    return body if power == "1" else f"{body}^{{{power}}}"


def literal(text: str) -> str:
    """Return the TeX of units such as `kg.m^{-2}` or `m/s`. Raise TexError if they cannot be read."""
    parts = [
        r"\,".join(_written(item) for item in re.split(r"[.~\s]+|\\cdot", part) if item)
        for part in text.replace("{}", "").split("/")
    ]
    return "/".join(parts)


def _written(text: str) -> str:
    read = LITERAL.fullmatch(text)
    if read is None:
        raise TexError(f"{text!r} is not a unit that can be read")
    power = read["braced"] or read["power"]
    name = read["unit"].replace("%", r"\%")
    return rf"\mathrm{{{name}}}" + (f"^{{{power}}}" if power else "")


def _space(unit_tex: str) -> str:
    """Return the space between a number and its unit; "" for degrees."""
    return "" if unit_tex in (DEGREES["degree"], DEGREES["arcminute"], DEGREES["arcsecond"]) else r"\,"


def num(reader: Reader, name: str) -> str:
    r"""Replace `\num{1.5e-3}`."""
    reader.optional()
    return number(source(reader.argument(name)))


def si(reader: Reader, name: str) -> str:
    r"""Replace `\unit{\metre}`, `\si{m}`."""
    reader.optional()
    return f"{{{unit(reader.argument(name))}}}"


def quantity(reader: Reader, name: str) -> str:
    r"""Replace `\SI{1.5}{\metre}`, `\SI{20}[\$]{}`."""
    reader.optional()
    value = number(source(reader.argument(name)))
    before = reader.optional()
    unit_tex = unit(reader.argument(name))
    return f"{{{source(before) if before else ''}{value}{_space(unit_tex) if unit_tex else ''}{unit_tex}}}"


def either(reader: Reader, name: str) -> str | None:
    r"""Replace `\qty`: that of siunitx if two arguments in braces follow, else that of physics."""
    nodes = [node for node in reversed(reader.rest) if isinstance(node, Group) or node.kind != "space"][:2]
    options = reader.peek()
    is_siunitx = len(nodes) == 2 and all(isinstance(node, Group) for node in nodes)
    if not is_siunitx and not isinstance(options, Group) and source([options] if options else []) == "[":
        before = list(reader.rest)
        reader.optional()
        nodes = [node for node in reversed(reader.rest) if isinstance(node, Group) or node.kind != "space"][:2]
        is_siunitx = len(nodes) == 2 and all(isinstance(node, Group) for node in nodes)
        reader.rest = before
    return quantity(reader, name) if is_siunitx else physics.quantity(reader, name)


def several(reader: Reader, name: str) -> str:
    r"""Replace `\SIrange{1}{2}{\metre}`, `\numrange{1}{2}`, `\SIlist{1;2;3}{\metre}`, `\numlist{1;2;3}`."""
    reader.optional()
    if name.endswith("range"):
        values = [number(source(reader.argument(name))) for _ in range(2)]
    else:
        values = [number(value) for value in source(reader.argument(name)).split(";")]
    unit_tex = "" if name.startswith("num") else unit(reader.argument(name))
    shown = [f"{value}{_space(unit_tex)}{unit_tex}" if unit_tex else value for value in values]
    if name.endswith("range"):
        return rf"{{{shown[0]}\text{{ to }}{shown[1]}}}"
    *most, last = shown
    return "{" + r"\text{, }".join(most) + r"\text{ and }" + last + "}" if most else f"{{{last}}}"


def angle(reader: Reader, name: str) -> str:
    r"""Replace `\ang{12.3}`, `\ang{1;2;3}`."""
    reader.optional()
    signs = [DEGREES["degree"], DEGREES["arcminute"], DEGREES["arcsecond"]]
    parts = source(reader.argument(name)).split(";")
    if len(parts) > 3:
        raise TexError("\\ang takes degrees, minutes and seconds")
    return "{" + "".join(number(part) + sign for part, sign in zip(parts, signs, strict=False) if part.strip()) + "}"


COMMANDS = {
    **dict.fromkeys(("num",), num),
    **dict.fromkeys(("si", "unit"), si),
    **dict.fromkeys(("SI",), quantity),
    **dict.fromkeys(("SIrange", "qtyrange", "SIlist", "qtylist", "numrange", "numlist"), several),
    "ang": angle,
    "qty": either,
}
