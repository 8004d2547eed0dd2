"""Read and write the topic map, the committed file that names the forum's topic of each label."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..common.file_formats import TOPICS
from ..common.files import write_if_changed
from .errors import ForumError
from .interfaces import Topic


def read_topics(path: Path) -> dict[str, Topic]:
    """Return the topics by label; none if the file does not exist yet.

    A file of 0.1.0 has the topics alone, without a version. Raise ForumError for a file that is not a topic map, and
    NewerFormatError for one of a later format.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as err:
        raise ForumError(f"{path}: cannot be read: {err}") from err
    try:
        value = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as err:
        raise ForumError(
            f"{path}:{err.lineno}: is not JSON ({err.msg}); correct it, or restore its last committed version"
        ) from err
    except _TwiceError as err:
        raise ForumError(f"{path}:{_line(text, err.name)}: {err.name!r} is there twice; keep one line") from err
    topics = value
    # In a file without a version, "version" may be a label.
    if isinstance(value, dict) and "version" in value and not isinstance(value["version"], dict):
        try:
            TOPICS.check(value["version"], path)
        except ValueError as err:
            raise ForumError(f"{path}:{_line(text, 'version')}: {err}") from err
        topics = value.get("topics") if value.keys() == {"version", "topics"} else None
    if not isinstance(topics, dict):
        entry = '{"label": {"id": 1, "title": "…", "replies": 0}}'
        raise ForumError(f'{path}:1: takes one object, {{"version": {TOPICS.version}, "topics": {entry}}}')
    return {label: _topic(entry, f"{path}:{_line(text, label)}: {label!r}") for label, entry in topics.items()}


def topics_text(topics: Mapping[str, Topic]) -> str:
    """Return the text of the file: sorted, one topic a line, so that two branches that add topics merge."""
    lines = [
        f"{_json(label)}: {_json({'id': topic.id, 'title': topic.title, 'replies': topic.replies})}"
        for label, topic in sorted(topics.items())
    ]
    entries = "\n" + ",\n".join(lines) + "\n" if lines else ""
    return f'{{\n"version": {TOPICS.version},\n"topics": {{{entries}}}\n}}\n'


def write_topics(path: Path, topics: Mapping[str, Topic]) -> bool:
    """Write the map durably and atomically, and return whether it changed. Raise ForumError if that fails."""
    try:
        return write_if_changed(path, topics_text(topics), durable=True)
    except OSError as err:
        raise ForumError(f"{path}: cannot be written: {err}") from err


class _TwiceError(Exception):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value_by_name: dict[str, Any] = {}
    for name, value in pairs:
        if name in value_by_name:
            raise _TwiceError(name)
        value_by_name[name] = value
    return value_by_name


def _topic(entry: Any, place: str) -> Topic:
    if not isinstance(entry, dict) or set(entry) != {"id", "title", "replies"}:
        raise ForumError(f'{place} takes {{"id": 1, "title": "…", "replies": 0}}')
    for name, kind, least in (("id", int, 1), ("replies", int, 0)):
        value = entry[name]
        if not isinstance(value, kind) or isinstance(value, bool) or value < least:
            raise ForumError(f"{place}: its {name!r} takes a number from {least} on")
    if not isinstance(entry["title"], str):
        raise ForumError(f"{place}: its 'title' takes a text")
    return Topic(entry["id"], entry["title"], entry["replies"])


def _json(value: Any) -> str:
    # Characters that end lines for some tools would break "a line each"; all others are readable as they are.
    text = json.dumps(value, ensure_ascii=False)
    return "".join(f"\\u{ord(char):04x}" if char in "\x85\u2028\u2029\x7f" or _alone(char) else char for char in text)


def _alone(char: str) -> bool:
    """Return whether a character is a lone surrogate, which UTF-8 cannot hold."""
    return "\ud800" <= char <= "\udfff"


def _line(text: str, label: str) -> int:
    """Return the number of the last line that begins with this label; 1 if none does."""
    lines = [number for number, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith(_json(label))]
    return lines[-1] if lines else 1
