"""Read pages again that other extensions have made for one builder only.

While pages are read, an extension may ask which builder that is for, and make tabs or links for a website alone. With
`-M book` pages are read once, in the name of the website's builder. Pages about whose builder an extension has asked
are recorded, and the process of each other output reads these again in its own name, so that it writes what it would
write alone.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import cast
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment

from ...common.per_page_domain import PerPageDomain
from ...upstream.sphinx.application import app_of
from ...upstream.sphinx.output import read_again
from ...upstream.sphinx.questions import listening
from .process_role import in_child

_asked: WeakKeyDictionary[Sphinx, set[str]] = WeakKeyDictionary()
"""Pages of this build about whose builder other extensions have asked."""
_listening: WeakKeyDictionary[Sphinx, ExitStack] = WeakKeyDictionary()


class QuestionsDomain(PerPageDomain[str]):
    """Domain that keeps the name of the builder for each page during whose reading an extension asked for it."""

    name = "d2lquestions"
    label = "pages made for one builder"
    data_version = 1


def _domain(env: BuildEnvironment) -> QuestionsDomain:
    return cast("QuestionsDomain", env.domains[QuestionsDomain.name])


def listen(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Begin to record which pages extensions ask about. Handle `env-before-read-docs`, as its last handler."""
    if in_child() or not docnames:
        return
    asked = _asked.setdefault(app, set())

    def note() -> None:
        if env.current_document.docname:
            asked.add(env.current_document.docname)

    stack = _listening[app] = ExitStack()
    stack.enter_context(listening(app, note))


def note_page(app: Sphinx, doctree: nodes.document) -> None:
    """Record in the environment that an extension asked. Handle `doctree-read`, as its last handler."""
    docname = app.env.current_document.docname
    if docname in _asked.get(app, ()) and not in_child():
        _domain(app.env).pages[docname] = app.builder.name


def stop(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Stop recording. Handle `env-get-updated`, as its first handler."""
    stack = _listening.pop(app, None)
    if stack is not None:
        stack.close()
    return []


def made_for_others(app: Sphinx, env: BuildEnvironment, *_changes: object) -> list[str]:
    """Return the pages that were read for another builder than the one that reads now. Handle `env-get-outdated`.

    A build of one output takes over the pages that the build of another has read.
    """
    if in_child():
        return []
    return [docname for docname, name in _domain(env).pages.items() if name != app.builder.name]


def read_for(app: Sphinx, env: BuildEnvironment, builder: Builder) -> None:
    """Read for an output the pages that were read for another.

    Call this in the process that writes the output, before it writes.
    """
    docnames = [
        docname
        for docname, name in sorted(_domain(env).pages.items())
        if name != builder.name and docname in env.found_docs
    ]
    if docnames:
        with tempfile.TemporaryDirectory(prefix="d2lbook-") as folder:
            read_again(app, env, builder, docnames, Path(folder))


def read_for_this(builder: Builder) -> None:
    """Read pages as `read_for` does, in a process that was started for the output of its own builder."""
    read_for(app_of(builder), builder.env, builder)


def setup(app: Sphinx) -> None:
    app.add_domain(QuestionsDomain)
    # Run after everything that prepares the reading (500), and after the pages' runs.
    app.connect("env-before-read-docs", listen, priority=10_000)
    app.connect("doctree-read", note_page, priority=10_000)
    # Run before the builder of the book is active again (-1000).
    app.connect("env-get-updated", stop, priority=-2000)
    # Run after the handler that activates the website's builder (-1000).
    app.connect("env-get-outdated", made_for_others)
