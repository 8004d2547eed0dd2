"""The parts of the manual's reference that are made from the code, one file for each."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from . import (
    commands,
    defaults,
    environment,
    events,
    example,
    files,
    formats,
    migration,
    options,
    template,
    warnings,
)


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("option-reference", options.OptionReference)
    app.add_directive("command-reference", commands.CommandReference)
    app.add_directive("warning-reference", warnings.WarningReference)
    app.add_directive("formats-reference", formats.FormatsReference)
    app.add_directive("environment-reference", environment.EnvironmentReference)
    app.add_directive("defaults-reference", defaults.DefaultsReference)
    app.add_directive("migration-reference", migration.MigrationReference)
    app.add_directive("events-reference", events.EventsReference)
    app.add_directive("files-reference", files.FilesReference)
    app.add_directive("template-reference", template.TemplateReference)
    app.add_directive("example", example.Example)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
