"""Define an option of conf.py and the checks of its value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ..common.byte_sizes import parse_size
from ..execution.executors import executor_names


@dataclass(frozen=True)
class Check:
    """Restriction of an option's values beyond their type."""

    takes: str
    """Description of the values in words, after "takes"; the manual shows it too."""
    fault: Callable[[Any], str | None]
    """Takes a value of the right type; returns what is wrong with it, or None."""


@dataclass(frozen=True)
class Option:
    """Option of conf.py."""

    name: str
    """Name without the prefix `d2lbook_`."""
    default: Any
    types: tuple[type, ...]
    help: str
    """One or two sentences, which begin with what the option does."""
    example: Any
    """Value other than the default, for the manual."""
    check: Check | None = None
    rebuild: Literal["", "env", "html"] = ""
    """State that a change of the value makes stale, as in Sphinx's `add_config_value`: "env", "html", "" (none)."""
    shown: bool = True
    """Whether an error shows the value; false where someone may have written a key."""

    @property
    def full_name(self) -> str:
        return f"d2lbook_{self.name}"

    @property
    def type_names(self) -> str:
        """Types in words: "str or int"."""
        return " or ".join("None" if kind is type(None) else kind.__name__ for kind in self.types)


def one_of(*choices: str) -> Check:
    takes = f"one of {', '.join(map(repr, choices))}"
    return Check(takes, lambda value: None if value in choices else f"takes {takes}")


def engine_check() -> Check:
    """Return the check of the engine of the PDF; LaTeX is an output, too, which must be there."""
    known = one_of("typst", "latex")

    def fault(value: str) -> str | None:
        return outputs_check().fault([value]) if value == "latex" else known.fault(value)

    return Check(known.takes, fault)


def many_of(*choices: str) -> Check:
    takes = f"any of {', '.join(map(repr, choices))}"

    def fault(value: Any) -> str | None:
        odd = [item for item in value if item not in choices]
        return f"takes {takes}, not {odd[0]!r}" if odd else None

    return Check(takes, fault)


def keys_of(*keys: str) -> Check:
    takes = f"the keys {', '.join(map(repr, keys))}"

    def fault(value: Any) -> str | None:
        odd = [key for key in value if key not in keys]
        return f"takes {takes}, not {odd[0]!r}" if odd else None

    return Check(takes, fault)


def that(is_good: Callable[[Any], bool], takes: str) -> Check:
    """Return the check that ``is_good`` is true of a value; ``takes`` describes such values."""
    return Check(takes, lambda value: None if is_good(value) else f"takes {takes}")


def _size_fault(value: str | int) -> str | None:
    try:
        parse_size(value)
    except ValueError as err:
        return str(err)
    return None


def _pattern_fault(value: list[str]) -> str | None:
    for item in value:
        try:
            re.compile(item)
        except (re.error, TypeError) as err:
            return f"takes regular expressions, and {item!r} is none: {err}"
    return None


def executor_check() -> Check:
    """Return the check of an executor's name. The build knows which executors are installed."""
    takes = "the name of an installed executor"

    def fault(value: str) -> str | None:
        names = executor_names()
        return None if value in names else f"takes one of {', '.join(map(repr, names))}"

    return Check(takes, fault)


def outputs_check() -> Check:
    """Return the check of the names of outputs. The build knows which outputs are installed."""

    def fault(value: list[Any]) -> str | None:
        from ..outputs.registry import explain_invalid_outputs  # here, because few commands ask for it

        return explain_invalid_outputs(value)

    return Check("names of installed outputs", fault)


def checks_check() -> Check:
    """Return the check of a list of names of checks, or "auto" instead."""

    def fault(value: str | list[str]) -> str | None:
        from ..outputs.registry import check_names  # here, because few commands ask for it

        return names_or("auto", *(check_names() if isinstance(value, list) else ())).fault(value)

    return Check("'auto', or a list of names of checks", fault)


def scheduler_check() -> Check:
    keys = keys_of("address", "scheduler_file", "timeout")

    def fault(value: dict[str, Any]) -> str | None:
        timeout = value.get("timeout", 1)
        if not isinstance(timeout, int | float) or timeout <= 0:
            return f"takes a number of seconds above zero as 'timeout', not {timeout!r}"
        if value.get("address") and value.get("scheduler_file"):
            return "takes 'address' or 'scheduler_file', not both"
        return keys.fault(value)

    return Check(keys.takes, fault)


def names_or(word: str, *names: str) -> Check:
    """Return the check of a list of ``names``, or ``word`` instead."""
    many = many_of(*names)

    def fault(value: Any) -> str | None:
        if isinstance(value, str):
            return None if value == word else f"takes {word!r} or a list"
        return many.fault(value)

    return Check(f"{word!r}, or a list of {many.takes}", fault)


def _forum_fault(value: dict[str, Any] | None) -> str | None:
    from ..forum import OptionError, providers  # here, because few commands ask for it

    try:
        providers.read(value)
    except OptionError as err:
        return str(err)
    return None


IDENTIFIER = that(lambda value: not value or value.isidentifier(), "a Python identifier")
PROCESSES = that(lambda value: value >= 0, "0 (automatic) or a number of processes")
NOT_NEGATIVE = that(lambda value: value >= 0, "0 or a number above it")
POSITIVE = that(lambda value: value > 0, "a number above zero")
PATTERNS = Check("regular expressions", _pattern_fault)
FORUM = Check("the keys of its provider", _forum_fault)
SIZE = Check('a number of bytes, or a size such as "8GB"', _size_fault)


def _fonts_fault(value: dict[str, Any]) -> str | None:
    for key, item in value.items():
        if key not in FONT_KEYS:
            return f"takes {FONTS.takes}, not {key!r}"
        if not isinstance(item, str) and (key == "folder" or not _are_texts(item)):
            return f"takes {'a text' if key == 'folder' else 'a family or a list of families'} as {key!r}, not {item!r}"
    return None


def _are_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


FONT_KEYS = ("folder", "text", "headings", "code", "math", "scripts")
FONTS = Check(f"the keys {', '.join(map(repr, FONT_KEYS))}", _fonts_fault)
