"""Register permanent addresses with Sphinx: the build stops if a published one is gone."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from ..common.errors import BookProblems
from ..common.warning_types import Warn, warn
from .label_paths import label_folder
from .published_list import Published, broken_promises, read
from .targets import clashes, targets


def file_of(confdir: str | Path, config: Config) -> Path | None:
    """Return the committed file of identifiers; None if a book keeps none."""
    return Path(confdir, config.d2lbook_addresses) if config.d2lbook_addresses else None


def published(app: Sphinx) -> Published:
    """Return the identifiers that the book has published. Raise BookError if the file cannot be read."""
    file = file_of(app.confdir, app.config)
    return read(file) if file else Published()


def check_published_addresses(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Check that everything published is still in the book. Handle `env-get-updated`.

    Raise BookProblems if something is missing. No page becomes outdated.
    """
    items = targets(env)
    file = file_of(app.confdir, app.config)
    problems = list(_taken(env, set(items)))
    if file:
        labels = {label: target.docname for label, target in items.items()}
        problems += broken_promises(read(file), labels, str(file))
    if problems:
        raise BookProblems(problems)
    for label, first, second in clashes(env):
        warn(
            Warn.ADDRESS,
            "the label %r is on the page %r too, for an item of another kind; its permanent address leads there. "
            "Give one of the two another label",
            label,
            first,
            location=second,
        )
    return []


def _taken(env: BuildEnvironment, labels: set[str]) -> list[str]:
    """Return a problem for each page of the book that would be written at a permanent address."""
    folders = {label_folder(label): label for label in labels}
    return [
        f"{env.doc2path(docname, base=False)}: this page would be written at the permanent address of {label!r}; "
        "move it out of the folder go/"
        for docname in sorted(env.found_docs)
        for label in (folders.get(f"{docname}/") or folders.get(docname.removesuffix("index")),)
        if label and docname.startswith("go/")
    ]


def setup(app: Sphinx) -> None:
    # Runs after numbers are given out (500). The event is emitted in every build, even in one that reads no page
    # because the last one stopped here.
    app.connect("env-get-updated", check_published_addresses, priority=900)
