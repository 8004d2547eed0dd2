"""Register and check the `d2lbook_…` options of conf.py: `option.py` defines an option, `options.py` lists them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import ModuleType

from sphinx.application import Sphinx
from sphinx.config import Config

from ..common.ascii_spelling import ascii_words
from ..common.errors import BookProblems
from ..common.suggestions import did_you_mean
from ..common.warning_types import Warn, warn
from ..upstream.sphinx.application import given_values
from .frameworks import Framework, check_printed, frameworks, printed_framework
from .option import Option
from .options import GROUPS, OPTIONS

__all__ = [
    "GROUPS",
    "OPTIONS",
    "Framework",
    "Option",
    "author_of",
    "book_name",
    "copyright_of",
    "frameworks",
    "is_checked",
    "lists_myst_nb",
    "printed_framework",
]

PREFIX = "d2lbook_"


def check(app: Sphinx, config: Config) -> None:
    """Refuse wrong values, all at once. Handle `config-inited`. Raise BookProblems."""
    problems = []
    for option in OPTIONS:
        value = config[option.full_name]
        fault = option.fault(value)
        if fault:
            given = f"{option.full_name} = {value!r}" if option.shown else option.full_name
            problems.append(f"{app.confdir}/conf.py: {given}: {fault}. {option.help}")
    if problems:
        raise BookProblems(problems)


def report_unknown(app: Sphinx, config: Config) -> None:
    """Warn of values of conf.py that look like our options and are none. Handle `config-inited`.

    Sphinx itself warns of those on the command line.
    """
    for name, value in given_values(config).items():
        is_value = not callable(value) and not isinstance(value, ModuleType)
        if name.startswith(PREFIX) and name not in config and is_value and name not in config.overrides:
            there = [option.full_name for option in OPTIONS]
            question = did_you_mean(name, there, most=2) or "the manual lists all options"
            warn(
                Warn.OPTION,
                "there is no option %r; %s",
                name,
                question,
                location=_place(Path(app.confdir, "conf.py"), name),
            )


def _place(file: Path, name: str) -> str:
    """Return the place where conf.py first writes a name at the beginning of a line."""
    text = file.read_text("utf-8", errors="replace") if file.is_file() else ""
    match = re.search(rf"^\s*{re.escape(name)}\b", text, re.MULTILINE)
    return f"{file}:{text.count(chr(10), 0, match.end()) + 1 if match else 1}"


NO_AUTHORS = frozenset({"Author name not set", "unknown"})
"""Values that Sphinx gives `author` where conf.py has none; the second one is that of older versions."""


def author_of(config: Config) -> str:
    """Return the author that conf.py names; "" if it names none."""
    return "" if config.author in NO_AUTHORS else str(config.author)


def copyright_of(config: Config) -> str:
    """Return the years and owners of the copyright, of which conf.py may name several; "" if it names none."""
    owner = config.copyright
    return owner if isinstance(owner, str) else ", ".join(owner)


def book_name(config: Config) -> str:
    """Return the stem of file names: `d2lbook_name`, or the project's name in ASCII letters, digits and hyphens."""
    return config.d2lbook_name or "-".join(ascii_words(config.project)) or "book"


def lists_myst_nb(config: Config) -> bool:
    """Return whether a project lists MyST-NB itself, and so has a syntax and a look of its own already."""
    return "myst_nb" in given_values(config).get("extensions", ())


def is_checked(config: Config, name: str, *, whole_book: bool) -> bool:
    """Return whether a check of an output runs in this build. ``whole_book`` is true if all outputs are built."""
    chosen: str | list[str] = config.d2lbook_checks
    return name in chosen if isinstance(chosen, list) else whole_book or "CI" in os.environ


def setup(app: Sphinx) -> None:
    for option in OPTIONS:
        app.add_config_value(option.full_name, option.default, option.rebuild, list(option.types))
    app.connect("config-inited", check)
    # After the check of each option alone (500), since it relies on their types.
    app.connect("config-inited", check_printed, priority=501)
    # After other extensions (500), which may add options with the same prefix.
    app.connect("config-inited", report_unknown, priority=900)
