"""Register the builder of the whole book and its event handlers with Sphinx."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config

from . import (
    bibliography_errors,
    changed_configuration,
    companion_files,
    gate,
    log_filters,
    output_process,
    pages_to_write,
    preflight,
    read_as_html,
    rereading,
    warn_once,
)
from .builder import BookBuilder
from .report import keep_warnings


def remember_tags(app: Sphinx, config: Config) -> None:
    """Record the tags of conf.py and the command line, without the builder's own. Handle `config-inited`."""
    config.d2lbook_user_tags = sorted(set(app.tags) - {"book", "builder_book", "format_", ""})


def setup(app: Sphinx) -> None:
    app.add_config_value("d2lbook_user_tags", [], "", list)
    app.add_builder(BookBuilder)
    rereading.setup(app)
    app.connect("config-inited", remember_tags)
    app.connect("config-inited", keep_warnings)
    # Run after the handler that keeps warnings for the report (500).
    app.connect("config-inited", warn_once.add_once_filter, priority=510)
    app.connect("config-inited", log_filters.make_readable, priority=510)
    # Run last, after all handlers that change values there.
    app.connect("config-inited", changed_configuration.note_values, priority=10_000)
    app.connect("env-check-consistency", changed_configuration.keep_values)
    # Run after all handlers that may still connect handlers of sphinxcontrib-bibtex.
    app.connect("config-inited", bibliography_errors.name_broken_files, priority=900)
    app.connect("config-inited", pages_to_write.look_for_damage)
    # Run after all handlers that connect handlers.
    app.connect("config-inited", read_as_html.write_sources_once, priority=9_000)
    app.connect("builder-inited", output_process.read_in_parent)
    # Run after the sources are collected (400), before any page is run or read.
    app.connect("builder-inited", preflight.check_address, priority=450)
    # Run before all others, and after all that still connect handlers.
    app.connect("builder-inited", read_as_html.note_registered, priority=-1000)
    app.connect("builder-inited", read_as_html.leave_to_outputs, priority=1000)
    app.connect("builder-inited", read_as_html.wait, priority=2000)
    app.connect("env-get-outdated", read_as_html.go_on, priority=-1000)
    # Run before the handlers that record something for the current builder (500 to 900).
    app.connect("env-get-updated", read_as_html.end, priority=-1000)
    app.connect("builder-inited", companion_files.announce)
    app.connect("env-before-read-docs", companion_files.owe)
    app.connect("build-finished", companion_files.add_files)
    # Run after the handlers that give out numbers (500) or find pages of their own (600).
    app.connect("env-get-updated", pages_to_write.find_unwritten, priority=900)
    app.connect("build-finished", pages_to_write.record_views)
    # Run after all handlers that write into the site, before the stamp of an unchanged build (999).
    app.connect("build-finished", pages_to_write.note_files, priority=950)
    app.connect("builder-inited", gate.note_start)
    # Run after the files beside a site are written (500), as these are checked too.
    app.connect("build-finished", gate.run_checks, priority=590)
    # Run after those files and checks, before the stamp of an unchanged build (999).
    app.connect("build-finished", gate.check_single_output, priority=600)
