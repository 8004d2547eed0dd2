"""Read config.ini with the line of each value."""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ....common.errors import BookError

SECTION = re.compile(r"\[(?P<name>[^\]]+)\]")
KEY = re.compile(r"(?P<name>[^\s#;:=\[][^:=]*?)\s*[=:]")


@dataclass(frozen=True)
class Ini:
    """Contents of config.ini."""

    file: str
    sections: Mapping[str, Mapping[str, str]]
    lines: Mapping[tuple[str, str], int]
    """1-based line by section and key."""

    def get(self, section: str, key: str) -> str:
        """Return a value, "" where there is none."""
        return self.sections.get(section, {}).get(key, "")

    def line(self, section: str, key: str) -> int:
        return self.lines.get((section, key), 1)


def read(path: Path) -> Ini:
    """Read a file. Raises BookError with its place for what is not one."""
    parser = configparser.RawConfigParser()
    try:
        text = path.read_text(encoding="utf-8-sig")
        parser.read_string(text, source=path.name)
    except configparser.Error as err:
        line = getattr(err, "lineno", None) or (err.errors[0][0] if isinstance(err, configparser.ParsingError) else 1)
        raise BookError(f"{path}:{line}: is not what configparser reads: {str(err).splitlines()[0]}") from err
    except (OSError, UnicodeDecodeError) as err:
        raise BookError(f"{path}:1: cannot be read: {err}") from err
    # d2lbook reads a doubled sign as one, since a single one begins the name of another value.
    sections = {
        name: {key: value.replace("%%", "%") for key, value in parser[name].items()} for name in parser.sections()
    }
    return Ini(path.name, sections, _lines(text))


def _lines(text: str) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if match := SECTION.match(line):
            section = match["name"]
        elif match := KEY.match(line):
            found.setdefault((section, match["name"].strip().lower()), number)
    return found


def words(value: str) -> list[str]:
    """Return the items of a value that are separated by commas or line ends."""
    return [item for line in value.splitlines() for part in line.split(",") if (item := part.strip())]


def rows(value: str, columns: int) -> list[list[str]]:
    """Return the items of a value in rows: each line that is not empty, or each ``columns`` of them."""
    items = [part.strip() for line in value.splitlines() for part in line.split(",") if part.strip()]
    return [items[at : at + columns] for at in range(0, len(items), columns)]


def pairs(value: str) -> dict[str, str]:
    """Return `a -> b, c` as a mapping, in which `c` stands for itself."""
    found = {}
    for item in words(value):
        name, arrow, target = item.partition("->")
        found[name.strip().rstrip("(")] = (target if arrow else name).strip().rstrip("(")
    return found
