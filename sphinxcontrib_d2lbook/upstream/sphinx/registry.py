"""What other extensions have registered: transforms are taken off, and builders, languages and lexers are looked up."""

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
    """Take post-transforms of another extension off, by the names of their classes. Raises UpstreamChanged.

    ``module`` is the extension's package, ``upstream`` its distribution. Post-transforms can be added, not removed.
    Sphinx 9.0 to 9.2 keep them in the list `registry.post_transforms`.
    """
    use = "references and titles get their numbers once"
    kept: list[type] = SPHINX.attribute(app.registry, "post_transforms", list, use)
    theirs = {one.__name__: one for one in kept if one.__module__.partition(".")[0] == module}
    absent = sorted(set(names) - theirs.keys())
    if absent:
        raise upstream.changed(f"post-transform {absent[0]}", use)
    removed = [theirs[name] for name in names]
    kept[:] = [one for one in kept if one not in removed]


def builder_class(app: Sphinx, name: str) -> type[Builder] | None:
    """Return the class that is registered for a builder's name; None for none. Raises UpstreamChanged.

    An output may take the place of a builder of Sphinx, and of no other. `Sphinx.add_builder` tells only by an error
    that a name is taken. Sphinx 9.0 to 9.2 keep the classes in the mapping `registry.builders`.
    """
    builders: dict[str, type[Builder]] = SPHINX.attribute(
        app.registry, "builders", dict, "outputs are added beside the builders of Sphinx"
    )
    return builders.get(name)


def search_language(code: str) -> type[SearchLanguage] | None:
    """Return the class by which the search index takes a language's words apart; None for one that Sphinx lacks.

    Extensions can add languages and cannot ask for one. Sphinx 9.0 to 9.2 have a table of classes and of names of
    classes. Without it, stems of words are worked out once a page, as in Sphinx itself: only speed is lost.
    """
    from sphinx import search

    languages: Any = getattr(search, "languages", None)
    if not isinstance(languages, Mapping):
        SPHINX.do_without("sphinx.search.languages", "writing the search index takes longer")
        return None
    found = languages.get(code) or languages.get(code.partition("_")[0])
    if isinstance(found, str):
        module, _, name = found.rpartition(".")
        found = getattr(import_module(module), name)
    return found if isinstance(found, type) else None


def share_visitors(app: Sphinx, name: str, format_: str) -> None:
    """Let the builder ``name`` have all visitors of its format, beside those that are registered for it by name.

    In Sphinx 9.0 to 9.2 a builder for which one extension has registered a visitor by name (sphinx-proof has, for
    `singlehtml`) gets no visitors of its format at all, and fails at the nodes of every other extension. Raises
    UpstreamChanged.
    """
    use = "every builder knows the nodes of all extensions"
    kept: dict[str, dict[str, Any]] = SPHINX.attribute(app.registry, "translation_handlers", dict, use)
    if name in kept and format_ in kept:
        kept[name] = {**kept[format_], **kept[name]}


def translator_class(app: Sphinx) -> type[nodes.NodeVisitor] | None:
    """Return the class by which the build's builder visits doctrees; None for builders without one.

    `Sphinx.set_translator` is public; Sphinx 9.0 to 9.2 tell the class that is set, or the builder's own, by a method
    of the registry. Without it nodes without a visitor end the build, as in Sphinx itself: only comfort is lost.
    """
    find = getattr(app.registry, "get_translator_class", None)
    if not callable(find):
        SPHINX.do_without("SphinxComponentRegistry.get_translator_class", "a node without a visitor ends the build")
        return None
    try:
        found = find(app.builder)
    except AttributeError:  # such as gettext's
        return None
    return found if isinstance(found, type) else None
