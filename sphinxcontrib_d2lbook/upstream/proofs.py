"""What is used of sphinx-proof, sphinx-exercise and sphinxcontrib-bibtex beyond their documented interfaces.

None of the three documents an interface for other extensions. Nodes and directives are imported from here, so that a
release that moves one is reported in one way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from .relied import Upstream
from .sphinx.registry import remove_post_transforms

PROOF = Upstream("sphinx-proof", ">=0.4,<0.5")
"""The tests run with 0.4.0."""
EXERCISE = Upstream("sphinx-exercise", ">=1.2,<2")
"""The tests run with 1.2.1."""
BIBTEX = Upstream("sphinxcontrib-bibtex", ">=2.6.4,<3")
"""The tests run with 2.7.0."""

with PROOF.imports("theorems are numbered"):
    from sphinx_proof.directive import ProofDirective
    from sphinx_proof.domain import ProofDomain
    from sphinx_proof.nodes import NODE_TYPES, proof_node, unenumerable_node

with EXERCISE.imports("exercises are numbered"):
    from sphinx_exercise.directive import (
        ExerciseDirective,
        ExerciseStartDirective,
        SolutionDirective,
        SolutionStartDirective,
    )
    from sphinx_exercise.nodes import (
        exercise_end_node,
        exercise_enumerable_node,
        exercise_node,
        exercise_subtitle,
        exercise_title,
        solution_end_node,
        solution_node,
        solution_start_node,
        solution_title,
    )

__all__ = [
    "NODE_TYPES",
    "ExerciseDirective",
    "ExerciseStartDirective",
    "ProofDirective",
    "ProofDomain",
    "SolutionDirective",
    "SolutionStartDirective",
    "exercise_end_node",
    "exercise_enumerable_node",
    "exercise_node",
    "exercise_subtitle",
    "exercise_title",
    "proof_node",
    "solution_end_node",
    "solution_node",
    "solution_start_node",
    "solution_title",
    "unenumerable_node",
]

TITLES = ("UpdateReferencesToEnumerated", "ResolveTitlesInSolutions", "ResolveLinkTextToSolutions")
"""Post-transforms of sphinx-exercise 1.2 that take numbers and titles from elsewhere than the book's table."""


class _AnyLabel:
    """Directives of sphinx-exercise that keep an exercise whose label another page has.

    sphinx-exercise 1.2 drops it, on the word of the method `duplicate_labels`. Its nodes have no line; these have.
    """

    def duplicate_labels(self, _label: str) -> bool:
        return False

    def run(self: Any) -> list[nodes.Node]:
        found: list[nodes.Node] = super().run()  # type: ignore[misc]
        for node in found:
            self.set_source_info(node)
        return found


class KeptExercise(_AnyLabel, ExerciseDirective):  # type: ignore[misc]
    """`{exercise}`, kept whatever its label."""


class KeptExerciseStart(_AnyLabel, ExerciseStartDirective):  # type: ignore[misc]
    """`{exercise-start}`, kept whatever its label."""


class KeptSolution(_AnyLabel, SolutionDirective):  # type: ignore[misc]
    """`{solution}`, kept whatever its label."""


class KeptSolutionStart(_AnyLabel, SolutionStartDirective):  # type: ignore[misc]
    """`{solution-start}`, kept whatever its label."""


KEPT: Mapping[str, type[Directive]] = {
    "exercise": KeptExercise,
    "exercise-start": KeptExerciseStart,
    "solution": KeptSolution,
    "solution-start": KeptSolutionStart,
}
"""Name -> directive, in the place of sphinx-exercise's own."""

for _directive in (ExerciseDirective, SolutionDirective):
    EXERCISE.method(_directive, "duplicate_labels", "an exercise stays whose label another page has")
PROOF.method(ProofDirective, "run", "proofs are read")


def remove_titles(app: Sphinx) -> None:
    """Take off the transforms of sphinx-exercise that give exercises and solutions numbers of their own.

    Called when sphinx-exercise is set up. Raises UpstreamChanged where one of them is not there any more.
    """
    remove_post_transforms(app, TITLES, "sphinx_exercise", EXERCISE)


def exercise_subtitle_of(env: BuildEnvironment, label: str, docname: str) -> list[nodes.Node] | None:
    """Return the own name of an exercise, formulas in it as such; [] without one, None for none on that page.

    sphinx-exercise 1.2 keeps the nodes of all exercises in a dictionary that it hangs on the environment. Raises
    UpstreamChanged. Called once all pages are read.
    """
    use = "the title of a solution has the formulas of its exercise"
    kept: dict[str, Any] = EXERCISE.attribute(env, "sphinx_exercise_registry", dict, use)
    entry = kept.get(label)
    if entry is None:
        return None
    if not {"docname", "node"} <= entry.keys():
        raise EXERCISE.changed("env.sphinx_exercise_registry[label]", use, is_there=True)
    if entry["docname"] != docname:
        return None
    found = next(iter(entry["node"].findall(exercise_subtitle)), None)
    return [child.deepcopy() for child in found.children] if found is not None else []


@dataclass(frozen=True)
class Citation:
    """One entry of one bibliography of the book."""

    docname: str
    """The page that has the bibliography."""
    node_id: str
    bibliography: Any
    """What sphinxcontrib-bibtex names the bibliography by."""
    key: str
    entry: Any
    """As pybtex has formatted it."""

    @property
    def shown(self) -> tuple[str, Any, str, str, str]:
        """All that pages show of it. The repr of the entry itself has its place in memory, which always differs."""
        return self.node_id, self.bibliography, self.key, self.entry.label, str(self.entry.text)


def citations(env: BuildEnvironment) -> Iterator[Citation]:
    """Yield all that the book's bibliographies have; nothing where sphinxcontrib-bibtex is not in use.

    sphinxcontrib-bibtex documents directives and roles, and styles. Versions 2.6 and 2.7 have a domain "cite" with
    these lists, filled when all pages are read. Raises UpstreamChanged.
    """
    use = "pages list what they cite"
    domain = env.domains.get("cite")
    if domain is None:
        return
    kept: list[Any] = BIBTEX.attribute(domain, "citations", list, use)
    for one in kept:
        for name in ("citation_id", "bibliography_key", "key", "formatted_entry"):
            BIBTEX.attribute(one, name, object, use)
        key = one.bibliography_key
        yield Citation(key.docname, one.citation_id, key, one.key, one.formatted_entry)


def bibliography_keys(env: BuildEnvironment) -> frozenset[str]:
    """Return the keys of all entries of the book's bibliography files; none where sphinxcontrib-bibtex is not in use.

    sphinxcontrib-bibtex 2.6 and 2.7 keep what they read in `bibdata` of their domain. Without it, only a hint is lost.
    """
    data = getattr(getattr(env.domains.get("cite"), "bibdata", None), "data", None)
    entries: Mapping[str, Any] = getattr(data, "entries", None) or {}
    if data is None:
        BIBTEX.do_without("BibtexDomain.bibdata.data.entries", "a misspelt key gets no hint")
    return frozenset(entries)


def is_bibliography_handler(handler: Callable[..., Any]) -> bool:
    """Return whether a handler of `builder-inited` is the one in which sphinxcontrib-bibtex reads the files.

    In 2.6 and 2.7 it is `citation_target` and others of its modules; any of its own is taken.
    """
    return str(getattr(handler, "__module__", "")).startswith("sphinxcontrib.bibtex")


def fault_in_bibliography(file: Path) -> str | None:
    """Return what pybtex says of a file that it cannot read, "3: premature end of file"; None for a sound one."""
    with BIBTEX.imports("a broken bibliography is named"):
        from pybtex.database import parse_file
        from pybtex.exceptions import PybtexError
    try:
        parse_file(str(file), bib_format="bibtex")
    except PybtexError as err:
        return str(err).removeprefix("syntax error in ").removeprefix("line ")
    return None


def citing_pages(env: BuildEnvironment) -> frozenset[str]:
    """Return the pages that cite, or list what is cited; see `citations`. Raises UpstreamChanged."""
    use = "a page that cites is written again when an entry has changed"
    domain = env.domains.get("cite")
    if domain is None:
        return frozenset()
    references: list[Any] = BIBTEX.attribute(domain, "citation_refs", list, use)
    bibliographies: Mapping[Any, Any] = BIBTEX.attribute(domain, "bibliographies", dict, use)
    return frozenset(one.docname for one in references) | {key.docname for key in bibliographies}


def paragraph_of(citation: Citation) -> nodes.paragraph:
    """Return an entry of a bibliography as sphinxcontrib-bibtex prints it. Raises UpstreamChanged.

    Its transform, which makes them, does so for lists of its own only. It prints with its class's `backend` of pybtex
    and lets `node_text_transform` make links of addresses in 2.6 and 2.7.
    """
    use = "a notebook lists what its page cites"
    with BIBTEX.imports(use):
        from sphinxcontrib.bibtex.transforms import BibliographyTransform, node_text_transform
    BIBTEX.attribute(BibliographyTransform, "backend", object, use)
    entry: nodes.paragraph = BibliographyTransform.backend.paragraph(citation.entry)
    node_text_transform(entry)
    return entry
