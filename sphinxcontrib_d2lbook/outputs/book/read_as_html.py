"""Read the pages of a book in the name of the website's builder, if the book has a website.

Extensions ask for the builder while pages are read: tabs and links in code are made for HTML only. With `-M book` they
find the builder that they find with `-M html`: it is initialized before pages are read, and the process that writes the
website goes on with it, so that what extensions do at `builder-inited` is done once. For the other outputs, the
application first gets back what was registered before, and `builder-inited` is emitted for their own builder. What
extensions do at `build-finished` is done by the process of each output, and not for the book, which is no output of its
own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from ...lifecycle.unchanged_build import is_command
from ...upstream.myst_nb import change_config, config_of
from ...upstream.sphinx import output
from ...upstream.sphinx.events import wrap_handlers
from ...upstream.sphinx.registry import builder_class
from ..base import Output
from ..registry import chosen_outputs, written_by_builder
from . import process_cleanup, rereading
from .process_role import in_child

_registered: WeakKeyDictionary[Sphinx, output.Registered] = WeakKeyDictionary()
_without_theme: WeakKeyDictionary[Sphinx, output.Registered] = WeakKeyDictionary()
"""Registrations from before the website's builder loaded its theme, which registers handlers."""
_sites: WeakKeyDictionary[Sphinx, tuple[output.ActiveBuilder, output.ActiveBuilder]] = WeakKeyDictionary()
"""Builders of the website and of the book."""


def begin(app: Sphinx, env: BuildEnvironment, folder: Path) -> None:
    """Activate the website's builder, if there is one. Call this when the book's builder is initialized."""
    _without_theme[app] = output.Registered(app)
    site = next((name for name, chosen in chosen_outputs(app).items() if chosen.is_site), None)
    if site is None:
        return
    if is_command():
        process_cleanup.end_with_this_process()
    book = output.active(app, env)
    target = folder / site
    target.mkdir(parents=True, exist_ok=True)
    output.prepare(app, env, site, target, app.config.d2lbook_user_tags)
    _sites[app] = (output.active(app, env), book)


def outputs_of(app: Sphinx) -> list[Output]:
    """Return the outputs that this build writes: all outputs of a book, or a single one.

    While pages of a book are read, the website's builder is active, but all outputs are written.
    """
    if app in _sites or app.builder.name == "book":
        return list(chosen_outputs(app).values())
    return written_by_builder(app)


def wait(app: Sphinx) -> None:
    """Activate the book's builder, which the application calls next. Handle `builder-inited`, as its last handler."""
    if app in _sites and not in_child():
        site, book = _sites[app]
        output.activate(app, app.env, book)
        # MyST-NB has chosen a folder beside that of the site; it belongs beside that of the book.
        beside = Path(config_of(app.env).output_folder)
        if beside.parent == Path(site.folder).parent:
            change_config(app.env, output_folder=str(Path(book.folder).parent / beside.name))


def go_on(app: Sphinx, env: BuildEnvironment, *_changes: object) -> list[str]:
    """Activate the website's builder while pages are read. Handle `env-get-outdated`."""
    if app in _sites and not in_child():
        output.activate(app, env, _sites[app][0])
    return []


def end(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Activate the book's builder again after all pages are read. Handle `env-get-updated`."""
    wait(app)
    return []


def resume(app: Sphinx, env: BuildEnvironment, name: str, folder: Path) -> Any:
    """Return the initialized builder of an output, in a process that only writes this output."""
    if app in _sites and _sites[app][0].builder.name == name and _sites[app][0].folder == folder:
        output.activate(app, env, _sites[app][0])
        return app.builder
    # Another website needs the theme, too, whose extension Sphinx loads once.
    is_site = getattr(builder_class(app, name), "format", "html") == "html"
    before = _registered.get(app) if is_site else _without_theme.get(app, _registered.get(app))
    if before is not None:
        before.restore()
    builder = output.switch_builder(app, env, name, folder, app.config.d2lbook_user_tags)
    rereading.read_for(app, env, builder)
    return builder


def note_registered(app: Sphinx) -> None:
    """Keep what is registered before any extension has seen a builder. Handle `builder-inited`."""
    if app not in _registered:
        _registered[app] = output.Registered(app)


def leave_to_outputs(app: Sphinx) -> None:
    """Let other extensions handle `build-finished` for outputs, not for the book. Handle `builder-inited`."""
    wrap_handlers(app, "build-finished", partial(_unless_book, _root_of(__name__)))


def _unless_book(ours: str, handler: Callable[..., Any]) -> Callable[..., Any] | None:
    module = getattr(handler, "__module__", None)
    # Functions of conf.py have the name of no module; their author knows of the book.
    if module in (None, "builtins") or _root_of(str(module)) == ours or isinstance(handler, _ForOutputs | _OnceABuild):
        return None
    return _ForOutputs(handler)


WRITING_SOURCES = frozenset({"autoapi"})
"""Packages of extensions that write pages at `builder-inited` and remove them at `build-finished`, for any builder."""


def write_sources_once(app: Sphinx, config: Config) -> None:
    """Let such extensions write and remove pages only in the process that reads. Handle `config-inited`.

    `builder-inited` would be too late for that, as outputs take back what is registered by then.
    """
    for event in ("builder-inited", "build-finished"):
        wrap_handlers(app, event, _once_if_of_sources)


def _once_if_of_sources(handler: Callable[..., Any]) -> Callable[..., Any] | None:
    is_of_sources = _root_of(str(getattr(handler, "__module__", None))) in WRITING_SOURCES
    return _OnceABuild(handler) if is_of_sources and not isinstance(handler, _OnceABuild) else None


class _OnceABuild:
    """Handler that only the process that reads calls, on behalf of outputs that are written at the same time."""

    def __init__(self, handler: Callable[..., Any]) -> None:
        self.handler = handler
        self.__module__ = handler.__module__

    def __call__(self, app: Sphinx, *arguments: Any) -> Any:
        return None if in_child() else self.handler(app, *arguments)


class _ForOutputs:
    """Handler of another extension for `build-finished`, which is not called for the book."""

    def __init__(self, handler: Callable[..., Any]) -> None:
        self.handler = handler
        self.__module__ = handler.__module__

    def __call__(self, app: Sphinx, error: Exception | None) -> Any:
        return None if app.builder.name == "book" and error is None else self.handler(app, error)


def _root_of(module: str) -> str:
    return module.partition(".")[0]
