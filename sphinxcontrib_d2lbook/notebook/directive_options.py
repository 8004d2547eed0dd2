"""Split the content of a MyST directive into its options and its body, as MyST does."""

from __future__ import annotations

from copy import deepcopy
from functools import lru_cache
from textwrap import dedent
from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Safe loader of YAML, in C where PyYAML has it."""


@lru_cache(maxsize=512)
def load_yaml(text: str) -> Any:
    """Load YAML. The same text is loaded once, and the result must not be changed. Raise YAMLError and ValueError."""
    return yaml.load(text, Loader) if text else None


def split_options(content: str) -> tuple[dict[str, Any], list[str], int]:
    """Return the options of a fence's content, the lines of its body, and the number of lines before the body.

    Options are `:key: value` lines, or YAML between two lines that begin with `---`. Raise ValueError if they are
    wrong.
    """
    block, lines, before = option_block(content)
    if block is not None and lines[before:][-1:] == [""]:
        lines.pop()  # MyST drops a blank last line after options
    try:
        options = deepcopy(load_yaml("\n".join(block or ()))) or {}
    except (yaml.YAMLError, ValueError) as err:
        raise ValueError(f"bad YAML ({first_line(err)})") from err
    if not isinstance(options, dict):
        raise ValueError("not a mapping of keys to values")
    if before < len(lines) and not lines[before].strip():
        before += 1
    return options, lines[before:], before


def option_block(content: str) -> tuple[list[str] | None, list[str], int]:
    """Return the lines of the options as YAML, all lines, and the number of lines that the options take.

    The first is None if there are no options.
    """
    lines = content.splitlines()
    block: list[str] | None = None
    before = 0
    if content.startswith("---"):
        end = next((index for index, line in enumerate(lines[1:], 1) if line.startswith("---")), None)
        if end is None:
            block, before = lines[1:], len(lines)
        else:
            block, before = lines[1:end], end + 1
            rest = lines[end].lstrip("-").removeprefix(" ")
            if rest:  # text after the closing dashes is the first line of the body
                lines[end], before = rest, end
        block = dedent("\n".join(block)).split("\n")
    elif content.lstrip().startswith(":"):
        block = []
        while before < len(lines) and _is_option(lines[before]):
            block.append(lines[before].lstrip()[1:])
            before += 1
    return block, lines, before


def _is_option(line: str) -> bool:
    line = line.lstrip()
    return line.startswith(":") and not line.startswith(":::")


def first_line(err: Exception) -> str:
    """Return the first line of what an exception says."""
    problem = getattr(err, "problem", None)
    return str(problem or err).splitlines()[0] if str(problem or err) else type(err).__name__
