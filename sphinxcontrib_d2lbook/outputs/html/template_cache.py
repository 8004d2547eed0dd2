"""Cache compiled Jinja templates of the theme between builds: compiling them takes longer than writing a page."""

from __future__ import annotations

from importlib import metadata
from weakref import WeakKeyDictionary

import jinja2
import sphinx
from jinja2.bccache import Bucket
from sphinx.application import Sphinx

from ...common.build_state import PICKLE, StateEntry, StateKind
from ...execution.extension import work_folder
from ...upstream.sphinx.html import template_environment

TEMPLATES = StateKind(
    "templates",
    of="the theme's templates as compiled code",
    stale="another version of Sphinx or Jinja, other extensions of Jinja; for one template, another text",
    codec=PICKLE,
)


class CompiledTemplates(jinja2.BytecodeCache):
    """Cache of compiled templates by Jinja's keys. Jinja itself compares their sources and the version of Python."""

    def __init__(self, entry: StateEntry, inputs: str) -> None:
        self.entry = entry
        self.inputs = inputs
        self.kept: dict[str, bytes] = entry.load(inputs) or {}
        self.is_new = False

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()
        self.is_new = True

    def save(self) -> None:
        """Save the templates for the next build, if any was compiled. Raise OSError if that fails."""
        if self.is_new:
            self.entry.save(self.inputs, self.kept)
            self.is_new = False


_compiled: WeakKeyDictionary[Sphinx, CompiledTemplates] = WeakKeyDictionary()


def attach_cache(app: Sphinx) -> None:
    """Give the builder's templates the compiled code of the last build. Handle `builder-inited`.

    Within one build, Jinja need not check the file whenever a page or a template asks for it.
    """
    environment = template_environment(app.builder)
    if environment is not None:
        inputs = " ".join([sphinx.__version__, metadata.version("jinja2"), *sorted(environment.extensions)])
        environment.bytecode_cache = _compiled[app] = CompiledTemplates(StateEntry(work_folder(app), TEMPLATES), inputs)
        environment.auto_reload = False


def save_cache(app: Sphinx, error: Exception | None) -> None:
    """Save the compiled templates. Handle `build-finished`."""
    if app in _compiled:
        _compiled[app].save()


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", attach_cache)
    app.connect("build-finished", save_cache)
