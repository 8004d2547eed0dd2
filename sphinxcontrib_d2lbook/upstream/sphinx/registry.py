"""Use the registrations of other extensions: remove transforms, and look up builders, languages and translators."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.search import SearchLanguage

from ..relied import Upstream
from .versions import SPHINX


def remove_post_transforms(app: Sphinx, names: Collection[str], module: str, upstream: Upstream) -> None:
    """Remove post-transforms of another extension, by the names of their classes. Raise UpstreamChanged.

    ``module`` is the extension's package, ``upstream`` its distribution. Post-transforms can be added, but not removed.
    Sphinx 9.0 to 9.2 keep them in the list `registry.post_transforms`.
    """
    use = "references and titles get their numbers once"
    transforms: list[type] = SPHINX.attribute(app.registry, "post_transforms", list, use)
    theirs = {
        transform.__name__: transform for transform in transforms if transform.__module__.partition(".")[0] == module
    }
    absent = sorted(set(names) - theirs.keys())
    if absent:
        raise upstream.changed(f"post-transform {absent[0]}", use)
    removed = [theirs[name] for name in names]
    transforms[:] = [transform for transform in transforms if transform not in removed]


def builder_class(app: Sphinx, name: str) -> type[Builder] | None:
    """Return the class that is registered for a builder's name, or None. Raise UpstreamChanged.

    An output may replace a builder of Sphinx, but no other one. `Sphinx.add_builder` tells that a name is taken only by
    an error. Sphinx 9.0 to 9.2 keep the classes in the mapping `registry.builders`.
    """
    builders: dict[str, type[Builder]] = SPHINX.attribute(
        app.registry, "builders", dict, "outputs are added beside the builders of Sphinx"
    )
    return builders.get(name)


def search_language(code: str) -> type[SearchLanguage] | None:
    """Return the class by which the search index splits and stems a language's words; None if Sphinx lacks it.

    Extensions can add languages and cannot ask for one. Sphinx 9.0 to 9.2 have a table of classes and of names of
    classes. Without it, stems of words are computed once a page, as in Sphinx itself: only speed is lost.
    """
    from sphinx import search

    languages: Any = getattr(search, "languages", None)
    if not isinstance(languages, Mapping):
        SPHINX.do_without("sphinx.search.languages", "writing the search index takes longer")
        return None
    language = languages.get(code) or languages.get(code.partition("_")[0])
    if isinstance(language, str):
        module, _, name = language.rpartition(".")
        language = getattr(import_module(module), name)
    return language if isinstance(language, type) else None


def share_visitors(app: Sphinx, name: str, format_: str) -> None:
    """Give the builder ``name`` all visitors of its format, beside those registered for it by name.

    In Sphinx 9.0 to 9.2 a builder for which one extension has registered a visitor by name (as sphinx-proof has for
    `singlehtml`) gets no visitors of its format at all, and fails at the nodes of every other extension. Raise
    UpstreamChanged.
    """
    use = "every builder knows the nodes of all extensions"
    handlers: dict[str, dict[str, Any]] = SPHINX.attribute(app.registry, "translation_handlers", dict, use)
    if name in handlers and format_ in handlers:
        handlers[name] = {**handlers[format_], **handlers[name]}


def translator_class(app: Sphinx) -> type[nodes.NodeVisitor] | None:
    """Return the class by which the build's builder visits doctrees; None for builders without one.

    `Sphinx.set_translator` is public. In Sphinx 9.0 to 9.2 a method of the registry returns the class that is set, or
    the builder's own. Without it, nodes without a visitor end the build, as in Sphinx itself: only comfort is lost.
    """
    find = getattr(app.registry, "get_translator_class", None)
    if not callable(find):
        SPHINX.do_without("SphinxComponentRegistry.get_translator_class", "a node without a visitor ends the build")
        return None
    try:
        translator = find(app.builder)
    except AttributeError:  # builders such as gettext have no translator
        return None
    return translator if isinstance(translator, type) else None
