"""Log each warning once in a build, and suggest the name that was probably meant.

Several builders resolve the same page in one build, and each of them warns of the same references, citations and
images. A misspelt name is mostly one letter away from an existing one.
"""

from __future__ import annotations

import ast
import logging as python_logging
import re
from collections.abc import Callable, Iterable

from sphinx.application import Sphinx
from sphinx.config import Config

from ...common.suggestions import did_you_mean
from ...common.warning_types import NO_GRAPHS, WARNING_TYPE, Warn
from ...numbering.label_owners import known
from ...numbering.page_facts import numbers_domain
from ...upstream.docutils import directive_names, role_names
from ...upstream.proofs import bibliography_keys
from ...upstream.sphinx.logs import build_logger, location_of, program_of_graphs

Names = Callable[[Sphinx], Iterable[str]]
FOLLOW = (
    ("image.not_readable", f"{WARNING_TYPE}.{Warn.IMAGE}", ""),
    ("myst.xref_missing", f"{WARNING_TYPE}.{Warn.OUTPUT}", "has no place"),
)
"""Warnings that only follow from another one at the same place: type of the cause, own type, a part of the text."""
CAUSES = frozenset(cause for cause, _kind, _text in FOLLOW)
NOTHING = "nothing has the label"
"""Beginning of our own warnings about unknown labels."""
IS_NEW = "d2lbook_is_new"
"""Attribute of a log record that says whether it is shown, for the handlers that get it later."""
LEXER = "No source code lexer found for notebook cell"
"""Beginning of a message that MyST-NB logs for each cell of a notebook that names no language."""
NO_LANGUAGE = (
    "the kernelspec of this notebook names no language, and no kernel of its name is installed here, so that its code "
    "is not highlighted; write `language` beside its `name`"
)
NAMED = re.compile(r"""(?P<quote>['"])(?P<name>.+?)(?P=quote)|not found: (?P<bare>\S+)$""")
"""Matches the name in a warning of Sphinx, MyST-Parser, docutils or sphinxcontrib-bibtex."""
OPTIONS = re.compile(r"Unknown option key: '(?P<name>[^']*)' \(allowed: (?P<allowed>\[.*\])\)")
DOCUTILS = (
    (re.compile(r"Unknown directive type:? ['\"](?P<name>[^'\"]+)['\"]"), directive_names),
    (re.compile(r"Unknown interpreted text role ['\"](?P<name>[^'\"]+)['\"]"), role_names),
)


def _labels(app: Sphinx) -> Iterable[str]:
    return {*known(numbers_domain(app.env)), *app.env.domains.standard_domain.anonlabels}


def _documents(app: Sphinx) -> Iterable[str]:
    return app.env.found_docs


def _equations(app: Sphinx) -> Iterable[str]:
    return app.env.domains.math_domain.equations


def _terms(app: Sphinx) -> Iterable[str]:
    return [name for kind, name in app.env.domains.standard_domain.objects if kind == "term"]


def _citations(app: Sphinx) -> Iterable[str]:
    return bibliography_keys(app.env)


MOST, CUTOFF = 2, 0.7
"""Largest number of suggested names, and the similarity that they must have."""
CANDIDATES: dict[str, Names] = {
    "ref.ref": _labels,
    "ref.numref": _labels,
    "ref.eq": _equations,
    "ref.doc": _documents,
    "ref.term": _terms,
    "myst.xref_missing": _labels,
    "bibtex.key_not_found": _citations,
    f"{WARNING_TYPE}.{Warn.LABEL}": _labels,
}
"""Function that returns the names that could have been meant, by the type of the warning."""


class OncePerBuildFilter(python_logging.Filter):
    """Filter that lets each warning pass once. It runs first on all handlers of warnings, so that they agree."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__()
        self.app = app
        self.place = location_of(app)
        self.shown: set[tuple[str, str | None]] = set()
        self.causes: set[tuple[str, str]] = set()

    def filter(self, record: python_logging.LogRecord) -> bool:
        if record.levelno < python_logging.WARNING:
            return True
        is_new: bool | None = getattr(record, IS_NEW, None)
        if is_new is None:  # This is the first handler that gets the record.
            is_new = self._is_new(record)
            setattr(record, IS_NEW, is_new)
        return is_new

    def _is_new(self, record: python_logging.LogRecord) -> bool:
        kind = ".".join(str(getattr(record, name, None) or "") for name in ("type", "subtype"))
        message = python_logging.LogRecord.getMessage(record)
        place = self.place(record)
        program = program_of_graphs(message)
        if program is not None:  # Say it in the words of outputs that are no website.
            message = NO_GRAPHS % program
            record.msg, record.args = message, ()
            record.type, record.subtype = WARNING_TYPE, Warn.NODE.value
        if place is None and not message.startswith(NO_GRAPHS.partition("%s")[0]):
            return True  # Several different things without a place may have the same message.
        place = (place or "").rstrip(":")
        if message.startswith(LEXER):
            message = NO_LANGUAGE
            record.msg, record.args, place = message, (), place.rpartition(":")[0]
        if kind in CAUSES:
            self.causes.add((kind, place))
        if any(
            kind == follows and begins in message and (cause, place) in self.causes for cause, follows, begins in FOLLOW
        ):
            return False
        if (message, place) in self.shown:
            return False
        self.shown.add((message, place))
        hint = hint_for(self.app, kind, message)
        if hint:
            record.msg, record.args = f"{message.rstrip('.')}; {hint}", ()
            self.shown.add((record.msg, place))
        return True


def hint_for(app: Sphinx, kind: str, message: str) -> str:
    """Return "did you mean 'x'?" for a warning about an unknown name; "" if no name is near, or for other warnings."""
    if "did you mean" in message:
        return ""
    option = OPTIONS.search(message)
    if option:
        return did_you_mean(option["name"], ast.literal_eval(option["allowed"]), MOST, CUTOFF)
    for pattern, names in DOCUTILS:
        unknown = pattern.search(message)
        if unknown:
            return did_you_mean(unknown["name"], names(app.env if hasattr(app, "env") else None), MOST, CUTOFF)
    named = NAMED.search(message.split(": ", 1)[-1] if kind != "ref.eq" else message)
    if kind not in CANDIDATES or named is None or (kind.startswith(WARNING_TYPE) and not message.startswith(NOTHING)):
        return ""
    return did_you_mean(named["name"] or named["bare"], CANDIDATES[kind](app), MOST, CUTOFF)


def add_once_filter(app: Sphinx, config: Config) -> None:
    """Put the filter before all others. Handle `config-inited`, after the handler that adds our own log handlers."""
    once = OncePerBuildFilter(app)
    for handler in build_logger().handlers:
        handler.filters.insert(0, once)
