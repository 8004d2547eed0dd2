"""Show formulas on the website: native MathML, a small font of ours, and numbers from the table of numbers."""

from __future__ import annotations

import html
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

from sphinxcontrib_d2lbook.common.warning_types import Warn, warn
from sphinxcontrib_d2lbook.mathematics import Formula, convert
from sphinxcontrib_d2lbook.mathematics.extension import macros_of
from sphinxcontrib_d2lbook.mathematics.tags import as_printed, without_tags
from sphinxcontrib_d2lbook.numbering.equations import LINES, TAGS, numbered

RENDERER = "mathml"


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula."""
    formula = _formula(self, node, node.astext(), display=False)
    self.body.append(f'<span class="math notranslate nohighlight">{formula.mathml}</span>')
    raise nodes.SkipNode


def visit_displaymath(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a box that scrolls, then the number. All ids of the node stay anchors, the first one on the box."""
    tex, number = numbered(self.builder.env, self.builder.current_docname, node)
    formula = _formula(self, node, tex, display=True)
    first, *others = node["ids"] or [""]
    anchor = f' id="{html.escape(first)}"' if first else ""
    self.body.append(f'<div class="math notranslate nohighlight"{anchor}>')
    self.body.extend(f'<span id="{html.escape(name)}"></span>' for name in others)
    self.body.append(f'<div class="math-scroll" tabindex="0">{formula.mathml}</div>')
    if number:
        self.body.append(f'<span class="math-number eqno">{html.escape(as_printed(number))}')
        if first:
            self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


class NumberLines(SphinxPostTransform):
    """Transform that puts numbers of lines into TeX for other renderers than ours, which number only whole formulas.

    Tags are removed from the TeX: Sphinx prints the tag beside the formula.
    """

    formats = ("html",)
    # Runs after references have been resolved (10), like other transforms that only change what is shown.
    default_priority = 500

    def run(self, **_options: Any) -> None:
        if self.config.html_math_renderer == RENDERER:
            return
        for node in self.document.findall(nodes.math_block):
            if LINES in node:
                tex, _none = numbered(self.env, node["docname"], node)
                node["number"] = None
            elif TAGS in node:
                tex = without_tags(node.astext())
            else:
                continue
            node.children = []
            node.append(nodes.Text(tex))


def _formula(self: HTML5Translator, node: nodes.math | nodes.math_block, tex: str, *, display: bool) -> Formula:
    formula = convert(tex, display=display, macros=macros_of(self.config, node))
    if formula.problem:
        warn(Warn.MATH, "formula shown as TeX: %s", formula.problem, location=node)
    return formula


def prefer_mathml(app: Sphinx, config: Config) -> None:
    """Choose our renderer unless conf.py names one. Handle `config-inited`.

    Sphinx cannot choose if more than two are registered.
    """
    if config.html_math_renderer is None:
        config.html_math_renderer = RENDERER


def add_assets(app: Sphinx, config: Config) -> None:
    """Add our style sheet and script unless the author has chosen another renderer. Handle `config-inited`."""
    if config.html_math_renderer == RENDERER:
        app.add_css_file("math.css")
        app.add_js_file("math-copy.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    app.add_html_math_renderer(RENDERER, (visit_math, None), (visit_displaymath, None))
    app.add_post_transform(NumberLines)
    # Run at 400, before `add_assets` reads the choice.
    app.connect("config-inited", prefer_mathml, priority=400)
    app.connect("config-inited", add_assets)
