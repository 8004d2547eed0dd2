"""Insert text into the strings of a JSON file, and leave everything else in it as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SPACE = re.compile(r"[ \t\r\n]*")
_decode = json.JSONDecoder().raw_decode
PLAIN = re.compile(r"[^\s,\]}]+")


@dataclass(frozen=True)
class JsonString:
    """String in a JSON file."""

    path: tuple[str | int, ...]
    start: int
    """Offset of its opening quote in the file."""
    end: int
    """Offset behind its closing quote."""
    value: str


def strings(source: str) -> Iterator[JsonString]:
    """Yield every string of a JSON text that is not a key, in order. `json.loads` must have accepted the text."""
    yield from _value(source, _skip(source, 0), ())[0]


def _value(source: str, position: int, path: tuple[str | int, ...]) -> tuple[list[JsonString], int]:
    first = source[position]
    if first == '"':
        value, end = _decode(source, position)
        return [JsonString(path, position, end, value)], end
    if first not in "{[":
        plain = PLAIN.match(source, position)
        return [], plain.end() if plain else position + 1
    texts: list[JsonString] = []
    position, count = _skip(source, position + 1), 0
    while source[position] not in "}]":
        step: str | int = count
        if first == "{":
            step, position = _decode(source, position)
            position = _skip(source, _skip(source, position) + 1)
        inner, position = _value(source, position, (*path, step))
        texts += inner
        position = _skip(source, position)
        if source[position] == ",":
            position = _skip(source, position + 1)
        count += 1
    return texts, position + 1


def _skip(source: str, position: int) -> int:
    space = SPACE.match(source, position)
    return space.end() if space else position


def insert(source: str, places: Mapping[JsonString, Mapping[int, str]]) -> str:
    """Return the file with text inserted into its strings. ``places``: string -> offset in its value -> text.

    Text that goes before an element of a list becomes an element of its own, since notebooks have one for each line.
    """
    pieces = []
    done = 0
    for text, additions in sorted(places.items(), key=lambda item: item[0].start):
        for offset, addition in sorted(additions.items()):
            in_list = bool(text.path) and isinstance(text.path[-1], int)
            escaped = json.dumps(addition, ensure_ascii=True)
            if offset == 0 and in_list:
                position, new = text.start, escaped + "," + _gap(source, text.start)
            else:
                position, new = _raw(source, text, offset), escaped[1:-1]
            pieces += [source[done:position], new]
            done = position
    return "".join([*pieces, source[done:]])


def _gap(source: str, start: int) -> str:
    """Return the white space before an element."""
    before = source[:start]
    return before[len(before.rstrip(" \t\r\n")) :]


def _raw(source: str, text: JsonString, offset: int) -> int:
    """Return the offset in the file of the character at ``offset`` of a string's value."""
    position = text.start + 1
    while offset:
        value, length = _character(source, position)
        position += length
        offset -= len(value)
    return position


def _character(source: str, position: int) -> tuple[str, int]:
    """Return the value of the next character, and its length in the file."""
    if source[position] != "\\":
        return source[position], 1
    length = 6 if source[position + 1] == "u" else 2
    pair = re.match(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..", source[position : position + 12])
    length = 12 if pair else length
    return json.loads(f'"{source[position : position + length]}"'), length
