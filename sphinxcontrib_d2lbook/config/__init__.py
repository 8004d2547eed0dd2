"""The `d2lbook_…` options of conf.py: option.py says what one is, options.py lists them, and here they are checked."""

from __future__ import annotations

import os
import re

from sphinx.application import Sphinx
from sphinx.config import Config

from ..errors import BookProblems
from ..upstream.sphinx.application import given_values
from .option import Option
from .options import GROUPS, OPTIONS

__all__ = ["GROUPS", "OPTIONS", "Option", "book_name", "is_checked", "lists_myst_nb"]


def check(app: Sphinx, config: Config) -> None:
    """Refuse wrong values, all in one go. Raises BookProblems."""
    problems = []
    for option in OPTIONS:
        value = config[option.full_name]
        if not isinstance(value, option.types) or (isinstance(value, bool) and bool not in option.types):
            fault: str | None = f"takes a {option.type_names}"
        else:
            fault = option.check.fault(value) if option.check else None
        if fault:
            given = f"{option.full_name} = {value!r}" if option.shown else option.full_name
            problems.append(f"{app.confdir}/conf.py: {given}: {fault}. {option.help}")
    if problems:
        raise BookProblems(problems)


def book_name(config: Config) -> str:
    """The stem of the book's files: `d2lbook_name`, else the project's name in ASCII letters, digits and hyphens."""
    words = re.findall(r"[A-Za-z0-9]+", config.d2lbook_name or config.project)
    return config.d2lbook_name or "-".join(words).lower() or "book"


def lists_myst_nb(config: Config) -> bool:
    """Return whether a project lists MyST-NB itself, and so has a syntax and a look of its own already."""
    return "myst_nb" in given_values(config).get("extensions", ())


def is_checked(config: Config, name: str, *, whole_book: bool) -> bool:
    """Return whether a check of an output runs in this build. ``whole_book``: for all outputs together."""
    chosen: str | list[str] = config.d2lbook_checks
    return name in chosen if isinstance(chosen, list) else whole_book or "CI" in os.environ


def setup_extension(app: Sphinx) -> None:
    for option in OPTIONS:
        app.add_config_value(option.full_name, option.default, option.rebuild, list(option.types))
    app.connect("config-inited", check)
