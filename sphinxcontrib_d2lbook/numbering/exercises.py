"""Support sphinx-exercise's exercises and solutions, with titles from the table and warnings that name the line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from ..common.warning_types import Warn, warn
from ..upstream.proofs import (
    KEPT,
    exercise_subtitle_of,
    release_exercises,
    remove_titles,
    solution_node,
    solution_title,
)
from ..upstream.sphinx.application import app_of
from .address_collisions import free_anchor
from .page_facts import Reference, numbers_domain
from .reference_names import ReferenceTarget, find_target


class SolutionTitles(SphinxPostTransform):
    """Write the titles of solutions, "Solution to Exercise 2.1 (its name)", with a link to the exercise on any page."""

    default_priority = 21  # that of the transform of sphinx-exercise which it replaces

    def run(self, **_options: Any) -> None:
        page = numbers_domain(self.env).pages.get(self.env.docname)
        if page is not None and not any(fact.of for fact in page.facts if fact.figtype == ""):
            return  # most pages have no solutions
        for node in self.document.findall(solution_node):
            title = node[0]
            if not isinstance(title, solution_title):
                continue
            shown = nodes.title("", "")
            if self.config.exercise_style == "solution_follow_exercise":
                shown += nodes.Text(title.astext())
            else:
                shown += self._words(node, title)
            node[0] = shown

    def _words(self, node: nodes.Element, title: nodes.Element) -> list[nodes.Node]:
        exercise = find_target(self.env, Reference("std", "ref", node["target_label"]))
        if exercise is None:
            warn(
                Warn.LABEL,
                "nothing has the label %r, to which this is a solution; give the exercise that :label:",
                node["target_label"],
                location=node,
            )
            return [nodes.Text(get_translation("exercise")("Solution"))]
        words = nodes.inline("", exercise.name)
        subtitle = self._subtitle(node["target_label"], exercise)
        if subtitle:
            words += [nodes.Text(" ("), *subtitle, nodes.Text(")")]
        link = make_refnode(
            app_of(self.env).builder, self.env.docname, exercise.docname, exercise.fact.ids[0], [*words.children]
        )
        return [nodes.Text(f"{title.astext()} "), link]

    def _subtitle(self, label: str, exercise: ReferenceTarget) -> list[nodes.Node]:
        """Return the exercise's own name, in which formulas stay formulas."""
        subtitle = exercise_subtitle_of(self.env, label, exercise.docname)
        if subtitle is None:
            return [nodes.Text(exercise.title)] if exercise.title else []
        return subtitle


class CollisionSafeDirective(SphinxDirective):
    """Directive of sphinx-exercise whose label may be the address that the title of a section has."""

    def run(self) -> Sequence[nodes.Node]:
        label, kind = self.options.get("label"), self.name.partition("-")[0]
        if label and self.state.document.nametypes.get(nodes.fully_normalize_name(label)):
            # docutils removes such a name from both, and sphinx-exercise fails if a node has none.
            message = "the label %r is on this page already; this %s has none now: give it another one"
            warn(Warn.LABEL, message, label, kind, location=self.get_location())
            del self.options["label"]
        elif label:
            free_anchor(self.state.document, label, kind, self.get_location())
        return super().run()


def _release(app: Sphinx, _doctree: nodes.document) -> None:
    """Keep no page because of its exercises. Handle `doctree-read`."""
    release_exercises(app.env, app.env.current_document.docname)


def setup(app: Sphinx) -> None:
    app.setup_extension("sphinx_exercise")
    remove_titles(app)
    app.connect("doctree-read", _release)
    app.add_post_transform(SolutionTitles)
    for name, directive in KEPT.items():
        app.add_directive(name, type(directive.__name__, (CollisionSafeDirective, directive), {}), override=True)
