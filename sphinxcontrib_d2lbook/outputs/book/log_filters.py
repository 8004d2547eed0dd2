"""Make the log readable: give places in notebooks by cell and line, and leave out lists of settings."""

from __future__ import annotations

import logging as python_logging

from sphinx.application import Sphinx
from sphinx.config import Config

from ...common.notebook_positions import readable
from ...upstream.myst_nb import lists_settings
from ...upstream.sphinx.logs import configuration_message, printing_handlers, tells_of_configuration
from .changed_configuration import changed_values


class ReadableLogFilter(python_logging.Filter):
    """Filter for handlers of the log. It runs after Sphinx's filters, which have turned the location into text."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__()
        self.app = app

    def filter(self, record: python_logging.LogRecord) -> bool:
        if record.levelno < python_logging.WARNING and self.app.verbosity == 0 and lists_settings(record):
            return False
        if tells_of_configuration(record) and (changed := changed_values(self.app)) is not None:
            if not changed:
                return False
            record.msg, record.args = configuration_message(changed)
        place = getattr(record, "location", None)
        if isinstance(place, str):
            record.location = readable(place)
        message = python_logging.LogRecord.getMessage(record)
        readable_message = readable(message)
        if readable_message != message:
            record.msg, record.args = readable_message, ()
        return True


def make_readable(app: Sphinx, config: Config) -> None:
    """Add the filter after all others. Handle `config-inited`."""
    for handler in printing_handlers():
        handler.addFilter(ReadableLogFilter(app))
