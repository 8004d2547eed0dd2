"""Use the log: the logger of a whole build, and Sphinx's treatment of a warning before it is printed."""

from __future__ import annotations

import copy
import logging as python_logging
from collections.abc import Callable, Sequence
from typing import Any, cast

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import __

from .versions import SPHINX

with SPHINX.imports("warnings are kept and told once"):
    from sphinx.util.logging import (
        NAMESPACE,
        SphinxLogRecordTranslator,
        WarningLogRecordTranslator,
        WarningSuppressor,
        is_suppressed_warning,
    )

MOST = 5
"""Most names of values in one message."""
Record = python_logging.LogRecord


def build_logger() -> python_logging.Logger:
    """Return the logger that gets every message of Sphinx and its extensions.

    A handler that keeps warnings for a report, or for another process, must be added to it. `sphinx.util.logging`
    documents its loggers, but not the name of their parent; in Sphinx 9.0 to 9.2 it is `NAMESPACE`.
    """
    return python_logging.getLogger(NAMESPACE)


def printing_handlers() -> list[python_logging.Handler]:
    """Return the handlers that print: in Sphinx 9.0 to 9.2, those whose filters turn a record's place into text.

    Others keep records for later, and pass them on unchanged.
    """
    return [
        handler
        for handler in build_logger().handlers
        if any(isinstance(filter_, SphinxLogRecordTranslator) for filter_ in handler.filters)
    ]


def tells_of_configuration(record: Record) -> bool:
    """Return whether a message says that the configuration has changed since the last build.

    Sphinx 9.0 to 9.2 log it in `environment`, whose only other messages with arguments are warnings.
    """
    is_message = record.name == f"{NAMESPACE}.sphinx.environment" and record.levelno == python_logging.INFO
    return is_message and bool(record.args)


def configuration_message(names: Sequence[str]) -> tuple[str, tuple[object, ...]]:
    """Return Sphinx's own message about changed values, and its arguments."""
    if len(names) == 1:
        return __("The configuration has changed (1 option: %r)"), (names[0],)
    shown = ", ".join(map(repr, names[:MOST]))
    if len(names) > MOST:
        return __("The configuration has changed (%d options: %s, ...)"), (len(names), shown)
    return __("The configuration has changed (%d options: %s)"), (len(names), shown)


def is_suppressed(record: Record, config: Config) -> bool:
    """Return whether `suppress_warnings` of conf.py silences a record, by the rule of Sphinx 9.0 to 9.2.

    Its filters are on the handlers that print, so a handler of ours still gets the record.
    """
    kind, subtype = getattr(record, "type", None) or "", getattr(record, "subtype", None) or ""
    return is_suppressed_warning(kind, subtype, config.suppress_warnings)


def suppressing_filter(app: Sphinx) -> python_logging.Filter:
    """Return a filter for a handler: it drops suppressed warnings, and counts the others as warnings of the build."""
    return WarningSuppressor(app)


def location_of(app: Sphinx) -> Callable[[Record], str | None]:
    """Return a function from a record to its place as Sphinx would print it: "path:line", a docname, or None.

    Places are nodes, docnames and pairs. In Sphinx 9.0 to 9.2 a filter turns them into text and changes the record; so
    it gets a copy.
    """
    translator = WarningLogRecordTranslator(app)

    def located(record: Record) -> str | None:
        translated = copy.copy(record)
        translator.filter(cast("Any", translated))
        place: str | None = getattr(translated, "location", None)
        return place

    return located


def program_of_graphs(message: str) -> str | None:
    """Return the program that a message of `sphinx.ext.graphviz` calls missing, as it is quoted; None for others.

    The message has no type and no place. Sphinx 9.0 to 9.2 say it in these words, translated or not, once a builder.
    """
    theirs = __("dot command %r cannot be run (needed for graphviz output), check the graphviz_dot setting")
    before, _, after = theirs.partition("%r")
    is_theirs = message.startswith(before) and message.endswith(after)
    return message.removeprefix(before).removesuffix(after) if is_theirs else None
