"""Write another output from an environment that is already read, in an application made for one builder."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterable, Set
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives, roles
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment

from .environment import forget_doctrees
from .versions import SPHINX

USE = "all outputs are written from one reading"

with SPHINX.imports(USE):
    from sphinx.util.build_phase import BuildPhase
    from sphinx.util.docutils import additional_nodes, unregister_node
    from sphinx.util.parallel import SerialTasks
    from sphinx.util.tags import Tags


class Registered:
    """Registrations of extensions in an application at some moment.

    What extensions register when a builder is initialized (roles, nodes, handlers, files of pages) is for that builder.
    For another builder in the same application they would register it twice. Sphinx 9.0 to 9.2 keep registrations in
    the attributes of the registry, in `EventManager.listeners` and in `additional_nodes`, docutils in two dictionaries.
    """

    def __init__(self, app: Sphinx) -> None:
        SPHINX.attribute(app.events, "listeners", dict, USE)
        self._kept = [(owner, _copied(owner)) for owner in self._owners(app)]
        self._nodes = set(additional_nodes)

    def _owners(self, app: Sphinx) -> list[dict[Any, Any]]:
        use = "roles and directives are registered once for each output"
        known = [
            SPHINX.attribute(roles, "_roles", dict, use),
            SPHINX.attribute(directives, "_directives", dict, use),
        ]
        return [vars(app.registry), app.events.listeners, *known]

    def restore(self) -> None:
        """Forget what was registered since."""
        for owner, values in self._kept:
            owner.clear()
            owner.update(_copied(values))
        for node in additional_nodes - self._nodes:
            unregister_node(node)


def _copied(values: dict[Any, Any]) -> dict[Any, Any]:
    """Return a copy of a dictionary, of the collections in it, and of the collections in those."""
    return {name: _copy(value, 2) for name, value in values.items()}


def _copy(value: Any, depth: int) -> Any:
    if not isinstance(value, dict | list | set):
        return value
    copied = copy.copy(value)
    if isinstance(copied, dict) and depth > 1:
        copied.update({name: _copy(inner, depth - 1) for name, inner in copied.items()})
    return copied


class ActiveBuilder(NamedTuple):
    """Builder for which an application works, with what belongs to it."""

    builder: Builder
    kind: type[Builder]
    folder: Any
    tags: Any


def active(app: Sphinx, env: BuildEnvironment) -> ActiveBuilder:
    """Return the builder for which an application works. Raise UpstreamChanged."""
    return ActiveBuilder(app.builder, SPHINX.attribute(env, "_builder_cls", type, USE), app.outdir, app.tags)


def activate(app: Sphinx, env: BuildEnvironment, which: ActiveBuilder) -> None:
    """Make an application work for a builder that is initialized."""
    app.builder, env._builder_cls, app.outdir, app.tags = which


def switch_builder(app: Sphinx, env: BuildEnvironment, name: str, folder: Path, tags: Set[str] | list[str]) -> Builder:
    """Make ``app`` build only the output ``name`` into ``folder``, and return its builder, initialized.

    An application has one builder from its start, and a second application would read and run all pages again. Sphinx
    9.0 to 9.2 look the builder up in `app.builder`, and its class, in post-transforms, in `env._builder_cls`. Tags are
    made new, since those of the first builder would show `only` content that this output must not have. Raise
    UpstreamChanged.
    """
    builder = prepare(app, env, name, folder, tags)
    app.events.emit("builder-inited")  # themes prepare themselves for the real builder here
    return builder


def prepare(app: Sphinx, env: BuildEnvironment, name: str, folder: Path, tags: Set[str] | list[str]) -> Builder:
    """Do the same as `switch_builder`, but without the event `builder-inited`. Raise UpstreamChanged."""
    SPHINX.attribute(env, "_builder_cls", type, USE)
    SPHINX.method(app.registry, "create_builder", USE)
    folder.mkdir(parents=True, exist_ok=True)  # an application does so for the first builder; extensions rely on it
    app.outdir = folder
    app.tags = Tags(list(tags))
    app.preload_builder(name)
    builder = app.registry.create_builder(app, name, env)
    app.builder = builder
    env._builder_cls = builder.__class__
    builder.init()
    return builder


def read_again(app: Sphinx, env: BuildEnvironment, builder: Builder, docnames: Iterable[str], folder: Path) -> None:
    """Read pages for a builder and make it write them in this form; everything else stays as in the environment.

    ``folder`` takes the doctrees. Records that are made while a page is read go into a copy of the environment, which
    is thrown away, except the files that the page shows or offers. In Sphinx 9.0 to 9.2 an environment can be pickled,
    `setup` makes a copy usable, and `Builder.read_doc` reads one page, into `Builder.doctreedir`. Raise
    UpstreamChanged.
    """
    SPHINX.method(builder, "read_doc", USE)
    for name in ("setup", "clear_doc", "get_doctree"):
        SPHINX.method(env, name, USE)
    copied: BuildEnvironment = pickle.loads(pickle.dumps(env, pickle.HIGHEST_PROTOCOL))
    copied._builder_cls = env._builder_cls
    copied.setup(app)
    folder_before = builder.doctreedir
    app.env = builder.env = copied
    copied.doctreedir = builder.doctreedir = folder
    doctrees = {}
    try:
        for docname in docnames:
            app.events.emit("env-purge-doc", copied, docname)
            copied.clear_doc(docname)
            builder.read_doc(docname, _cache=False)
            doctrees[docname] = (folder / f"{docname}.doctree").read_bytes()
    finally:
        app.env = builder.env = env
        builder.doctreedir = folder_before
    env.images, env.dlfiles, env.original_image_uri = copied.images, copied.dlfiles, copied.original_image_uri
    forget_doctrees(env, 0)  # those in memory were read for another builder
    plain = env.get_doctree

    def get_doctree(docname: str) -> nodes.document:
        if docname in doctrees:
            env._pickled_doctree_cache[docname] = doctrees[docname]
        return plain(docname)

    setattr(env, "get_doctree", get_doctree)  # noqa: B010  (mypy takes no assignment to a method)


def read_nothing(builder: Builder, before: Callable[[], None]) -> None:
    """Make a builder write the environment as it was loaded, even if files have changed since. Raise UpstreamChanged.

    ``before`` is called instead of reading.

    `Builder.read` of Sphinx 9.0 to 9.2 reads the files that have changed; `build` calls it first. It is final, so the
    method of this one builder is replaced.
    """
    SPHINX.method(builder, "read", USE)

    def read() -> list[str]:
        before()
        return []

    setattr(builder, "read", read)  # noqa: B010  (mypy takes no assignment to a final method)


def write(app: Sphinx, builder: Builder, docnames: Set[str] | None, updated: Set[str]) -> None:
    """Make a builder write its pages in this process, and finish, without reading. Raise UpstreamChanged.

    ``docnames`` are the pages to write, or None for those that the builder finds outdated; ``updated`` are added to
    them. `Builder.build`, which would do this, reads first. The order of the steps is that of Sphinx 9.0 to 9.2.
    """
    for method in ("get_outdated_docs", "write", "finish", "cleanup"):
        SPHINX.method(builder, method, USE)
    builder.phase = BuildPhase.RESOLVING
    outdated = builder.get_outdated_docs() if docnames is None else docnames
    chosen: Any = ["__all__"] if isinstance(outdated, str) else set(outdated) & builder.env.found_docs
    builder.parallel_ok = False
    builder.finish_tasks = SerialTasks()
    builder.write(chosen, set(updated) & builder.env.found_docs, "update")
    builder.finish()
    builder.finish_tasks.join()
    app.events.emit("build-finished", None)
    builder.cleanup()
