"""Load YAML files with the line of each value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ...common.errors import BookError

Keys = tuple[str | int, ...]
"""Keys and indices that lead to a value."""


@dataclass(frozen=True)
class Document:
    """Contents of a YAML file."""

    file: str
    value: Any
    lines: Mapping[Keys, int]
    """1-based line by path of keys and indices; () is the first line."""

    def line(self, path: Keys) -> int:
        """Return the line of a value, or of the innermost one around it that is known."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(path: Path) -> Document:
    """Read a file. Raises BookError with its place for what is not YAML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        value = yaml.safe_load(text)
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else 1
        raise BookError(f"{path}:{line}: is not YAML: {err.problem}") from err
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise BookError(f"{path}:1: is not YAML: {err}") from err
    lines: dict[Keys, int] = {(): 1}
    if root is not None:
        _note(root, (), lines)
    return Document(path.name, value, lines)


def _note(node: yaml.Node, at: Keys, lines: dict[Keys, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                lines[*at, key.value] = key.start_mark.line + 1
                _note(value, (*at, key.value), lines)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            lines[*at, number] = item.start_mark.line + 1
            _note(item, (*at, number), lines)
