"""How the one build meets Sphinx."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config

from . import (
    bibliographies,
    child,
    companions,
    configuration,
    early,
    gate,
    once,
    readable,
    reading,
    rereading,
    unwritten,
)
from .builder import BookBuilder
from .report import keep_warnings


def remember_tags(app: Sphinx, config: Config) -> None:
    """The tags of conf.py and the command line, without the builder's own. Handler of `config-inited`."""
    config.d2lbook_user_tags = sorted(set(app.tags) - {"book", "builder_book", "format_", ""})


def setup_extension(app: Sphinx) -> None:
    app.add_config_value("d2lbook_user_tags", [], "", list)
    app.add_builder(BookBuilder)
    rereading.setup_extension(app)
    app.connect("config-inited", remember_tags)
    app.connect("config-inited", keep_warnings)
    # Behind the handler that keeps warnings for the report (500).
    app.connect("config-inited", once.tell_once, priority=510)
    app.connect("config-inited", readable.make_readable, priority=510)
    # Behind all that changes values there.
    app.connect("config-inited", configuration.note_values, priority=10_000)
    app.connect("env-check-consistency", configuration.keep_values)
    # Behind all that may still connect handlers of sphinxcontrib-bibtex.
    app.connect("config-inited", bibliographies.name_broken_files, priority=900)
    app.connect("config-inited", unwritten.look_for_damage)
    # Behind all that connects handlers.
    app.connect("config-inited", reading.write_sources_once, priority=9_000)
    app.connect("builder-inited", child.read_in_parent)
    # Behind the collection of the sources (400), before any page is run or read.
    app.connect("builder-inited", early.check_address, priority=450)
    # Before all others, and behind all that still connect handlers.
    app.connect("builder-inited", reading.note_registered, priority=-1000)
    app.connect("builder-inited", reading.leave_to_outputs, priority=1000)
    app.connect("builder-inited", reading.wait, priority=2000)
    app.connect("env-get-outdated", reading.go_on, priority=-1000)
    # Before all that takes note for the builder that it finds (500 to 900).
    app.connect("env-get-updated", reading.end, priority=-1000)
    app.connect("builder-inited", companions.announce)
    app.connect("env-before-read-docs", companions.owe)
    app.connect("build-finished", companions.add_files)
    # Behind all that gives out numbers (500) or finds pages of its own (600).
    app.connect("env-get-updated", unwritten.find_unwritten, priority=900)
    app.connect("build-finished", unwritten.note)
    # Behind all that writes into the site, before the stamp of a build that left nothing to say (999).
    app.connect("build-finished", unwritten.note_files, priority=950)
    app.connect("builder-inited", gate.note_start)
    # Behind the files beside a site (500), for these are checked as well.
    app.connect("build-finished", gate.run_checks, priority=590)
    # Behind those files and checks, before the stamp of a build that left nothing to say (999).
    app.connect("build-finished", gate.check_single_output, priority=600)
