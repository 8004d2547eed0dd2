"""Show values that are pasted into text, MyST-NB's `{glue}` and `{eval}`, as each framework has them.

On a page in several frameworks, a value is looked up once for each. Where the results differ, the text has a variant
for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from ...common.current_frameworks import current_frameworks
from ...library.extension import collected, is_collected
from ...notebook.frameworks import runs
from ...numbering.frameworks import framework_variant
from ...upstream.myst_nb import wrap_values
from ...upstream.sphinx.application import app_of
from .variant_names import variant_names


def shown_values(
    document: nodes.document, find: Callable[[], tuple[list[nodes.Node], list[Any]]]
) -> tuple[list[nodes.Node], list[Any]]:
    """Return the nodes of a value, and messages, from ``find``, which is called for each framework of a page."""
    env = getattr(document.settings, "env", None)
    # The method is wrapped in the whole process, in which projects without this extension may be built, too.
    if env is None or not is_collected(app_of(env)):
        return find()
    page = collected(app_of(env)).notebooks.get(env.docname)
    if page is None or not page.frameworks or runs(page) == ("",):
        return find()
    groups: dict[str, tuple[list[str], list[nodes.Node]]] = {}
    messages: list[Any] = []
    for name in current_frameworks() or page.frameworks:
        with variant_names(document, [name]):
            content, more = find()
        messages += more
        key = "".join(node.pformat() for node in content)
        groups.setdefault(key, ([], content))[0].append(name)
    if len(groups) < 2:
        return next(iter(groups.values()))[1], messages
    return [framework_variant("", *content, frameworks=names) for names, content in groups.values()], messages


def setup(app: Sphinx) -> None:
    wrap_values(shown_values)
