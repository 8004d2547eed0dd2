"""Define an option of conf.py and the checks of its value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ..common.address_templates import launch_template_fault
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

    def fault(self, value: Any) -> str | None:
        """Return what is wrong with a value, or None."""
        if not isinstance(value, self.types) or (isinstance(value, bool) and bool not in self.types):
            return f"takes a {self.type_names}"
        return self.check.fault(value) if self.check else None

    @property
    def type_names(self) -> str:
        """Types in words: "str or int"."""
        return " or ".join("None" if kind is type(None) else kind.__name__ for kind in self.types)


def one_of(*choices: str | int) -> Check:
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


def read_by(read: Callable[[Any], Any], takes: str) -> Check:
    """Return the check that ``read`` takes a value; it raises ValueError for what is wrong with it."""

    def fault(value: Any) -> str | None:
        try:
            read(value)
        except ValueError as err:
            return str(err)
        return None

    return Check(takes, fault)


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


def launch_check() -> Check:
    """Return the check of where launch buttons find notebooks, and of the services that they open."""
    keys = keys_of("repository", "branch", "folder", "content", "services")

    def fault(value: dict[str, Any]) -> str | None:
        if odd := keys.fault(value):
            return odd
        texts = {key: item for key, item in value.items() if key != "services"}
        wrong = next((key for key, item in texts.items() if not isinstance(item, str)), None)
        if wrong:
            return f"takes a text as {wrong!r}, not {value[wrong]!r}"
        if value.get("content", "site") not in ("site", "notebooks"):
            return f"takes 'site' or 'notebooks' as 'content', not {value['content']!r}"
        services = value.get("services", {})
        if not isinstance(services, dict):
            return f"takes a dict of names and addresses as 'services', not {services!r}"
        faults = (_service_fault(name, address) for name, address in services.items())
        return next(filter(None, faults), None)

    return Check(keys.takes, fault)


def _service_fault(name: object, address: object) -> str | None:
    if not isinstance(name, str) or not name.strip():
        return f"takes names of services, not {name!r}"
    if address is True:
        public = ", ".join(PUBLIC_SERVICES)
        return None if name in PUBLIC_SERVICES else f"takes True only for {public}; give the address of {name!r}"
    if not isinstance(address, str):
        return f"takes True or an address for {name!r}, not {address!r}"
    if "{" not in address and name not in (*PUBLIC_SERVICES, *OWN_SERVERS):
        return f"takes an address with {{path}}, {{file}} or {{published}} for {name!r}, not {address!r}"
    return launch_template_fault(address)


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


PUBLIC_SERVICES = ("Binder", "Colab", "Deepnote")
"""Launch services with a public server."""
OWN_SERVERS = ("JupyterHub", "JupyterLite")
"""Launch services that everyone runs a server of."""
IDENTIFIER = that(lambda value: not value or value.isidentifier(), "a Python identifier")
PROCESSES = that(lambda value: value >= 0, "0 (automatic) or a number of processes")
NOT_NEGATIVE = that(lambda value: value >= 0, "0 or a number above it")
POSITIVE = that(lambda value: value > 0, "a number above zero")
PATTERNS = Check("regular expressions", _pattern_fault)
FORUM = Check("the keys of its provider", _forum_fault)
SIZE = read_by(parse_size, 'a number of bytes, or a size such as "8GB"')


def _fonts_fault(value: dict[str, Any]) -> str | None:
    for key, item in value.items():
        if key not in FONT_KEYS:
            return f"takes {FONTS.takes}, not {key!r}"
        if not isinstance(item, str) and (key == "folder" or not are_texts(item)):
            return f"takes {'a text' if key == 'folder' else 'a family or a list of families'} as {key!r}, not {item!r}"
    return None


def _frameworks_fault(value: dict[Any, Any]) -> str | None:
    for name, settings in value.items():
        if not isinstance(name, str) or not FRAMEWORK_NAME.fullmatch(name) or name == "all":
            return f"takes names of letters, digits, hyphens and underscores (and not 'all'), not {name!r}"
        if not isinstance(settings, dict):
            return f"takes a dictionary for {name!r}, such as {{}}, not {settings!r}"
        for key, item in settings.items():
            if key not in FRAMEWORK_KEYS:
                return f"takes the keys {', '.join(map(repr, FRAMEWORK_KEYS))} for {name!r}, not {key!r}"
            if not isinstance(item, str) or not item.strip():
                return f"takes a text as {key!r} of {name!r}, not {item!r}"
        module = settings.get("module", "a")
        if not module.isidentifier():
            return f"takes a Python identifier as 'module' of {name!r}, not {module!r}"
    return None


def are_texts(value: object) -> bool:
    """Return whether a value is a list of texts."""
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


FONT_KEYS = ("folder", "text", "headings", "code", "math", "scripts")
FONTS = Check(f"the keys {', '.join(map(repr, FONT_KEYS))}", _fonts_fault)
FRAMEWORK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
FRAMEWORK_KEYS = ("kernel", "module", "label")
FRAMEWORKS = Check(
    "a dictionary of names, each with a dictionary of " + ", ".join(map(repr, FRAMEWORK_KEYS)), _frameworks_fault
)
