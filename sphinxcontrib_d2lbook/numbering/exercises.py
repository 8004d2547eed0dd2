"""Exercises and solutions: sphinx-exercise's syntax, with titles from the table and faults that name their line."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode
from sphinx_exercise.directive import (
    ExerciseDirective,
    ExerciseStartDirective,
    SolutionDirective,
    SolutionStartDirective,
)
from sphinx_exercise.nodes import exercise_subtitle, solution_node, solution_title

from ..log import Warn, warn
from .facts import Reference, numbers_domain
from .names import Target, find

REPLACED = frozenset({"UpdateReferencesToEnumerated", "ResolveTitlesInSolutions", "ResolveLinkTextToSolutions"})
"""Transforms of sphinx-exercise that take numbers and titles from elsewhere than the table."""


class _AnyLabel:
    """sphinx-exercise drops an exercise whose label another page has; here it stays, and the label is warned of."""

    def duplicate_labels(self, _label: str) -> bool:
        return False

    def run(self) -> list[nodes.Node]:
        found: list[nodes.Node] = super().run()  # type: ignore[misc]
        for node in found:
            self.set_source_info(node)  # type: ignore[attr-defined]
        return found


class BookExercise(_AnyLabel, ExerciseDirective):  # type: ignore[misc]
    pass


class BookExerciseStart(_AnyLabel, ExerciseStartDirective):  # type: ignore[misc]
    pass


class BookSolution(_AnyLabel, SolutionDirective):  # type: ignore[misc]
    pass


class BookSolutionStart(_AnyLabel, SolutionStartDirective):  # type: ignore[misc]
    pass


class SolutionTitles(SphinxPostTransform):
    """ "Solution to Exercise 2.1 (its name)", with a link to the exercise, wherever that is."""

    default_priority = 21  # where sphinx-exercise's own stood

    def run(self, **_options: Any) -> None:
        page = numbers_domain(self.env).pages.get(self.env.docname)
        if page is not None and not any(fact.of for fact in page.facts if fact.figtype == ""):
            return  # no solution here, as on most pages
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
        exercise = find(self.env, Reference("std", "ref", node["target_label"]))
        if exercise is None:
            warn(
                Warn.LABEL,
                "nothing has the label %r, which this is the solution of; give the exercise that :label:",
                node["target_label"],
                location=node,
            )
            return [nodes.Text(get_translation("exercise")("Solution"))]
        words = nodes.inline("", exercise.name)
        subtitle = self._subtitle(node["target_label"], exercise)
        if subtitle:
            words += [nodes.Text(" ("), *subtitle, nodes.Text(")")]
        link = make_refnode(
            self.env._app.builder, self.env.docname, exercise.docname, exercise.fact.ids[0], [*words.children]
        )
        return [nodes.Text(f"{title.astext()} "), link]

    def _subtitle(self, label: str, exercise: Target) -> list[nodes.Node]:
        """The exercise's own name, formulas in it as such."""
        entry = getattr(self.env, "sphinx_exercise_registry", {}).get(label)
        if entry is None or entry["docname"] != exercise.docname:
            return [nodes.Text(exercise.title)] if exercise.title else []
        found = next(iter(entry["node"].findall(exercise_subtitle)), None)
        return [child.deepcopy() for child in found.children] if found is not None else []


def setup_extension(app: Sphinx) -> None:
    app.setup_extension("sphinx_exercise")
    app.registry.post_transforms[:] = [one for one in app.registry.post_transforms if one.__name__ not in REPLACED]
    app.add_post_transform(SolutionTitles)
    for name, directive in (
        ("exercise", BookExercise),
        ("exercise-start", BookExerciseStart),
        ("solution", BookSolution),
        ("solution-start", BookSolutionStart),
    ):
        app.add_directive(name, directive, override=True)
