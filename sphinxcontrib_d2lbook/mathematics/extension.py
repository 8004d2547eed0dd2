r"""Register formulas with Sphinx: macros of MathJax's configuration, and those that formulas of a page define."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..upstream.sphinx.application import app_of
from .amsmath_rewrite import defined_in, is_definition
from .macros import Value, from_mathjax

MACROS = "d2lbook_macros"
"""Attribute of a formula: the macros that formulas before it on the page define, as pairs."""
DEFINITION = "d2lbook_definition"
"""Attribute of a formula that defines macros and shows nothing."""
MATHJAX = ("mathjax2_config", "mathjax3_config", "mathjax4_config")


def take_macros_of_mathjax(app: Sphinx, config: Config) -> None:
    """Add the macros that conf.py gives to MathJax to `d2lbook_math_macros`, whose own take precedence.

    Handle `config-inited`.
    """
    macros: dict[str, Value] = {}
    for name in MATHJAX:
        if name in config:
            macros |= from_mathjax(config[name])
    if macros:
        config.d2lbook_math_macros = {**macros, **config.d2lbook_math_macros}


def macros_of(config: Config, node: nodes.Element) -> Mapping[str, Value]:
    """Return the macros that are known in a formula."""
    page_macros = node.get(MACROS)
    book_macros: Mapping[str, Value] = config.d2lbook_math_macros
    return {**book_macros, **dict(page_macros)} if page_macros else book_macros


class NoteMacros(SphinxTransform):
    """Note at each formula which macros the formulas before it on the page have defined."""

    # Same as the transform for labels of equations (10), before any transform that moves formulas.
    default_priority = 10

    def apply(self, **_options: Any) -> None:
        defined: dict[str, Value] = {}
        pairs: tuple[tuple[str, Value], ...] = ()
        for node in self.document.findall(lambda item: isinstance(item, nodes.math | nodes.math_block)):
            tex = node.astext()
            if pairs:
                node[MACROS] = pairs  # type: ignore[index]
            after = defined_in(tex, defined)
            if after != defined:
                defined, pairs = after, tuple(after.items())
            if is_definition(tex):
                node[DEFINITION] = True  # type: ignore[index]


class RemoveDefinitions(SphinxPostTransform):
    """Remove formulas that only define macros, for outputs that expand macros themselves.

    Such formulas show nothing there.
    """

    formats = ("html", "typst", "latex")
    # Runs after references have been resolved (10), like all transforms that only change what is shown.
    default_priority = 500

    def run(self, **_options: Any) -> None:
        if app_of(self.env).builder.format == "html" and self.config.html_math_renderer != "mathml":
            return
        for node in list(self.document.findall(nodes.math)) + list(self.document.findall(nodes.math_block)):
            if not node.get(DEFINITION):
                continue
            parent = node.parent
            parent.remove(node)
            if isinstance(parent, nodes.paragraph) and not parent.astext().strip() and not parent.children[1:]:
                parent.parent.remove(parent)


def setup(app: Sphinx) -> None:
    app.add_transform(NoteMacros)
    app.add_post_transform(RemoveDefinitions)
    # 300, before any handler that uses macros.
    app.connect("config-inited", take_macros_of_mathjax, priority=300)
