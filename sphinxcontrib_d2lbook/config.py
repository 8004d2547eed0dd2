"""Every `d2lbook_…` value of conf.py, once: its name, default, type, check and meaning."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sphinx.application import Sphinx
from sphinx.config import Config

from .errors import BookProblems
from .execution.executors import executor_names
from .size import parse_size

Check = Callable[[Any], str | None]
"""Takes a value of the right type; returns what is wrong with it, or None."""


@dataclass(frozen=True)
class Option:
    """One value of conf.py."""

    name: str
    """Without the prefix `d2lbook_`."""
    default: Any
    rebuild: Literal["", "env", "html"]
    """What a change of the value makes stale, as Sphinx's `add_config_value` takes it: "env", "html", "" (nothing)."""
    types: tuple[type, ...]
    help: str
    """One line: what it is for and what it takes."""
    check: Check | None = None
    shown: bool = True
    """Whether an error shows the value; not where someone may have written a key."""

    @property
    def full_name(self) -> str:
        return f"d2lbook_{self.name}"


def one_of(*choices: str) -> Check:
    return lambda value: None if value in choices else f"takes one of {', '.join(map(repr, choices))}"


def many_of(*choices: str) -> Check:
    def check(value: Any) -> str | None:
        odd = [item for item in value if item not in choices]
        return f"takes any of {', '.join(map(repr, choices))}, not {odd[0]!r}" if odd else None

    return check


def keys_of(*keys: str) -> Check:
    def check(value: Any) -> str | None:
        odd = [key for key in value if key not in keys]
        return f"takes the keys {', '.join(map(repr, keys))}, not {odd[0]!r}" if odd else None

    return check


def size(value: str | int) -> str | None:
    try:
        parse_size(value)
    except ValueError as err:
        return str(err)
    return None


def identifier(value: str) -> str | None:
    return None if not value or value.isidentifier() else "takes a Python identifier"


def regular_expressions(value: list[str]) -> str | None:
    for item in value:
        try:
            re.compile(item)
        except (re.error, TypeError) as err:
            return f"takes regular expressions, and {item!r} is none: {err}"
    return None


def thing_and_book(value: str) -> str | None:
    return None if "{thing}" in value and "{book}" in value else "takes a text with {thing} and {book} in it"


def positive(value: float) -> str | None:
    return None if value > 0 else "takes a number above zero"


def whole_number(value: int) -> str | None:
    return None if value >= 0 else "takes 0 (automatic) or a number of processes"


def not_negative(value: int) -> str | None:
    return None if value >= 0 else "takes 0 or a number above it"


def executor(value: str) -> str | None:
    return None if value in executor_names() else f"takes one of {', '.join(map(repr, executor_names()))}"


def scheduler(value: dict[str, Any]) -> str | None:
    timeout = value.get("timeout", 1)
    if not isinstance(timeout, int | float) or timeout <= 0:
        return f"takes a number of seconds above zero as 'timeout', not {timeout!r}"
    if value.get("address") and value.get("scheduler_file"):
        return "takes 'address' or 'scheduler_file', not both"
    return keys_of("address", "scheduler_file", "timeout")(value)


def names_or(word: str, *names: str) -> Check:
    """A list of ``names``, or ``word`` in its place."""

    def check(value: Any) -> str | None:
        if isinstance(value, str):
            return None if value == word else f"takes {word!r} or a list"
        return many_of(*names)(value)

    return check


def forum(value: dict[str, Any] | None) -> str | None:
    from .forum import OptionError, providers  # here, because few commands ask for it

    try:
        providers.read(value)
    except OptionError as err:
        return str(err)
    return None


OUTPUTS = ("html", "pdf", "notebooks", "package")
CHECKS = ("numbers", "codes")
"""Checks of finished outputs. "numbers": they are read back from every output and compared with the table. "codes":
every QR code of the PDF is read back from its page."""

OPTIONS: tuple[Option, ...] = (
    Option(
        "name",
        "",
        "env",
        (str,),
        "file name of the PDF and of the notebooks' archive; from the project's name if empty",
    ),
    Option("outputs", list(OUTPUTS), "", (list, tuple), "which outputs `-M book` makes", many_of(*OUTPUTS)),
    Option("require_labels", False, "", (bool,), "whether a build warns of sections without a label"),
    Option(
        "elsewhere",
        "{thing} of {book}",
        "env",
        (str,),
        'how references to other books read: "Section 4.2" for {thing}, their title for {book}',
        thing_and_book,
    ),
    Option("jobs", 0, "", (int,), "how many outputs are written at a time; 0 for one a processor", whole_number),
    Option("processes", "auto", "", (str,), "how outputs get processes of their own", one_of("auto", "fork", "spawn")),
    Option(
        "pdf_engine",
        "typst",
        "",
        (str,),
        "what sets the PDF: Typst, which is embedded, or LaTeX, which the machine must have; its sources are kept",
        one_of("typst", "latex"),
    ),
    Option("pdf_paper", "a4", "", (str,), "paper of the PDF", one_of("a4", "us-letter")),
    Option(
        "package", "", "env", (str,), "import name of the generated package, and its folder beside conf.py", identifier
    ),
    Option("package_write", True, "", (bool,), "whether a build brings the package's folder up to date"),
    Option("package_doctests", False, "", (bool,), "whether the examples in the package's docstrings are run"),
    Option("default_module", "", "env", (str,), "module of the package for blocks that name none", identifier),
    Option("distribution", "", "env", (str,), "name of the package's wheel; from the package's name if empty"),
    Option(
        "requirements",
        {},
        "env",
        (dict,),
        'distributions that the package needs, each with a version specifier or "" for the bounds of the installed '
        "one; where it is empty, what saved code imports is declared",
    ),
    Option(
        "save_marks",
        [],
        "env",
        (list, tuple),
        "regular expressions of the comments that mark a block",
        regular_expressions,
    ),
    Option(
        "execute",
        "auto",
        "",
        (str,),
        "which pages run: the stale ones, none, or all, which then are compared with their last run",
        one_of("auto", "never", "always"),
    ),
    Option("executor", "local", "", (str,), "what runs the notebooks: an executor that is installed", executor),
    Option(
        "dask",
        {},
        "",
        (dict,),
        'the scheduler of the executor "dask": {"address": "tcp://host:8786"} or {"scheduler_file": "path"}, and '
        'in how many seconds it must answer and have a worker: {"timeout": 10}',
        scheduler,
    ),
    Option("execution_jobs", 0, "", (int,), "how many kernels run at a time; 0 for one a processor", whole_number),
    Option(
        "kernels",
        "auto",
        "",
        (str,),
        "how kernels start: forked from a process that has imported what pages share, or each from nothing",
        one_of("auto", "warm", "cold"),
    ),
    Option(
        "resources",
        {},
        "",
        (dict,),
        'what this machine offers to pages, where it is not to be found out: {"gpus": 2, "memory": "16GB"}',
        keys_of("gpus", "memory"),
    ),
    Option("cell_timeout", 300, "", (int, float), "seconds that a cell may take", positive),
    Option("page_timeout", 3600, "", (int, float), "seconds that a page may take", positive),
    Option(
        "kernel_memory",
        "",
        "",
        (str, int),
        "what a kernel and its children may use, such as 8GB; where it is empty, an equal part of the machine's memory",
        size,
    ),
    Option("output_limit", "10MB", "", (str, int), "what a cell may give, such as 10MB; 0 for any amount", size),
    Option("environment", {}, "", (dict,), "environment variables of the kernels, beside the fixed ones"),
    Option("store", "", "", (str,), "folder beside conf.py for a readable copy of all outputs, to be committed"),
    Option(
        "number_depth",
        0,
        "",
        (int,),
        "how many levels of headings have numbers, at most; 0 for as many as each numbered toctree says",
        not_negative,
    ),
    Option(
        "appendices",
        "letters",
        "",
        (str,),
        "what numbers appendices and the figures in them: letters, or the numbers that chapters go on with",
        one_of("letters", "numbers"),
    ),
    Option("math_macros", {}, "env", (dict,), "TeX macros: name to body, or to (body, number of arguments)"),
    Option(
        "addresses",
        "book-addresses.json",
        "",
        (str,),
        'file beside conf.py, to be committed, of the permanent addresses that were published; "" for none',
    ),
    Option(
        "discussions",
        0,
        "env",
        (int,),
        "how many levels of numbered sections have a discussion at their end, beside those with {discussion}",
        not_negative,
    ),
    Option(
        "checks",
        "auto",
        "",
        (str, list),
        'checks of finished outputs, any of "numbers" and "codes"; "auto": all of them in `-M book` and where CI is '
        "set, else what is cheap",
        names_or("auto", *CHECKS),
    ),
    Option(
        "forum",
        None,
        "env",
        (dict, type(None)),
        'the forum: {"url": "https://forum.example/{label}"}, or a "provider" and what it takes',
        forum,
        shown=False,
    ),
)


def check(app: Sphinx, config: Config) -> None:
    """Refuse wrong values, all in one go. Raises BookProblems."""
    problems = []
    for option in OPTIONS:
        value = config[option.full_name]
        if not isinstance(value, option.types) or (isinstance(value, bool) and bool not in option.types):
            kinds = " or ".join("None" if kind is type(None) else kind.__name__ for kind in option.types)
            fault: str | None = f"takes a {kinds}"
        else:
            fault = option.check(value) if option.check else None
        if fault:
            given = f"{option.full_name} = {value!r}" if option.shown else option.full_name
            problems.append(f"{app.confdir}/conf.py: {given}: {fault} ({option.help})")
    if problems:
        raise BookProblems(problems)


def book_name(config: Config) -> str:
    """The stem of the book's files: `d2lbook_name`, else the project's name in ASCII letters, digits and hyphens."""
    words = re.findall(r"[A-Za-z0-9]+", config.d2lbook_name or config.project)
    return config.d2lbook_name or "-".join(words).lower() or "book"


def is_checked(config: Config, name: str, *, whole_book: bool) -> bool:
    """Whether one of `CHECKS` runs in this build. ``whole_book``: for all outputs together."""
    chosen: str | list[str] = config.d2lbook_checks
    return name in chosen if isinstance(chosen, list) else whole_book or "CI" in os.environ


def setup_extension(app: Sphinx) -> None:
    for option in OPTIONS:
        app.add_config_value(option.full_name, option.default, option.rebuild, list(option.types))
    app.connect("config-inited", check)
