"""Pages that other extensions have made for one builder are read again for the others.

While pages are read, an extension may ask for which builder that is, and make tabs or links for a website alone. With
`-M book` pages are read once, in the name of the website's builder. Which of them were made by such a question is
noted, and the process of each other output reads these again in its own name, so that it writes what it writes alone.
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
    """Keeps, for each page about whose builder was asked while it was read, the name of that builder."""

    name = "d2lquestions"
    label = "pages made for one builder"
    data_version = 1


def _domain(env: BuildEnvironment) -> QuestionsDomain:
    return cast("QuestionsDomain", env.domains[QuestionsDomain.name])


def listen(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Begin to take note of questions. Handler of `env-before-read-docs`, the last one."""
    if in_child() or not docnames:
        return
    asked = _asked.setdefault(app, set())

    def note() -> None:
        if env.current_document.docname:
            asked.add(env.current_document.docname)

    stack = _listening[app] = ExitStack()
    stack.enter_context(listening(app, note))


def note_page(app: Sphinx, doctree: nodes.document) -> None:
    """Keep in the environment that somebody asked. Handler of `doctree-read`, the last one."""
    docname = app.env.current_document.docname
    if docname in _asked.get(app, ()) and not in_child():
        _domain(app.env).pages[docname] = app.builder.name


def stop(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Take no more notes. Handler of `env-get-updated`, the first one."""
    stack = _listening.pop(app, None)
    if stack is not None:
        stack.close()
    return []


def made_for_others(app: Sphinx, env: BuildEnvironment, *_changes: object) -> list[str]:
    """Return the pages that were read for another builder than the one that reads now. Handler of `env-get-outdated`.

    A build of one output takes over the pages that the build of another has read.
    """
    if in_child():
        return []
    return [docname for docname, name in _domain(env).pages.items() if name != app.builder.name]


def read_for(app: Sphinx, env: BuildEnvironment, builder: Builder) -> None:
    """Read for an output what was read for another. Called in the process that writes it, before it writes."""
    docnames = [
        docname
        for docname, name in sorted(_domain(env).pages.items())
        if name != builder.name and docname in env.found_docs
    ]
    if docnames:
        with tempfile.TemporaryDirectory(prefix="d2lbook-") as folder:
            read_again(app, env, builder, docnames, Path(folder))


def read_for_this(builder: Builder) -> None:
    """Do the same in a process that was started for the output of its own builder."""
    read_for(app_of(builder), builder.env, builder)


def setup(app: Sphinx) -> None:
    app.add_domain(QuestionsDomain)
    # Behind all that prepares reading in it (500), and the pages' runs.
    app.connect("env-before-read-docs", listen, priority=10_000)
    app.connect("doctree-read", note_page, priority=10_000)
    # Before the builder of the book is back (-1000).
    app.connect("env-get-updated", stop, priority=-2000)
    # Behind the handler that puts the website's builder in its place (-1000).
    app.connect("env-get-outdated", made_for_others)
