"""Use sphinx-proof, sphinx-exercise and sphinxcontrib-bibtex beyond their documented interfaces.

None of the three documents an interface for other extensions. Nodes and directives are imported from here, so that a
release that moves one of them is reported in a uniform way.
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

from ..common.kept_nodes import kept_copy
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
    """Base of directives of sphinx-exercise that keep an exercise whose label another page has too.

    sphinx-exercise 1.2 drops it if the method `duplicate_labels` says so. Its nodes have no line numbers; these have.
    """

    def duplicate_labels(self, _label: str) -> bool:
        return False

    def run(self: Any) -> list[nodes.Node]:
        exercise_nodes: list[nodes.Node] = super().run()  # type: ignore[misc]
        for node in exercise_nodes:
            self.set_source_info(node)
        return exercise_nodes


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
"""Directives that replace those of sphinx-exercise, by name."""

for _directive in (ExerciseDirective, SolutionDirective):
    EXERCISE.method(_directive, "duplicate_labels", "an exercise stays whose label another page has")
PROOF.method(ProofDirective, "run", "proofs are read")


def remove_titles(app: Sphinx) -> None:
    """Remove the transforms of sphinx-exercise that give exercises and solutions numbers of their own.

    Called when sphinx-exercise is set up. Raise UpstreamChanged if one of them does not exist.
    """
    remove_post_transforms(app, TITLES, "sphinx_exercise", EXERCISE)


def exercise_subtitle_of(env: BuildEnvironment, label: str, docname: str) -> list[nodes.Node] | None:
    """Return the nodes of an exercise's own title; [] if it has none, None if the page has no such exercise.

    sphinx-exercise 1.2 keeps the nodes of all exercises in a dictionary that is an attribute of the environment. Called
    after all pages are read. Raise UpstreamChanged without the dictionary.
    """
    use = "the title of a solution has the formulas of its exercise"
    registry: dict[str, Any] = EXERCISE.attribute(env, "sphinx_exercise_registry", dict, use)
    entry = registry.get(label)
    if entry is None:
        return None
    if not {"docname", "node"} <= entry.keys():
        raise EXERCISE.changed("env.sphinx_exercise_registry[label]", use, is_there=True)
    if entry["docname"] != docname:
        return None
    subtitle = next(iter(entry["node"].findall(exercise_subtitle)), None)
    return [child.deepcopy() for child in subtitle.children] if subtitle is not None else []


def release_exercises(env: BuildEnvironment, docname: str) -> None:
    """Take the page from the nodes of its exercises that sphinx-exercise keeps. Called when the page is read.

    sphinx-exercise 1.2 keeps a copy of each exercise, and each solution itself, and uses only what is inside.
    Without the dictionary, only the environment stays larger.
    """
    for entry in getattr(env, "sphinx_exercise_registry", {}).values():
        if entry.get("docname") == docname and isinstance(entry.get("node"), nodes.Node):
            entry["node"] = kept_copy(entry["node"])


@dataclass(frozen=True)
class Citation:
    """Entry of a bibliography of the book."""

    docname: str
    """Page that contains the bibliography."""
    node_id: str
    bibliography: Any
    """Key by which sphinxcontrib-bibtex identifies the bibliography."""
    key: str
    entry: Any
    """Entry as pybtex has formatted it."""

    @property
    def shown(self) -> tuple[str, Any, str, str, str]:
        """Everything that pages show of the entry. Its repr contains an address in memory, which always differs."""
        return self.node_id, self.bibliography, self.key, self.entry.label, str(self.entry.text)


def citations(env: BuildEnvironment) -> Iterator[Citation]:
    """Yield all entries of the book's bibliographies; nothing if sphinxcontrib-bibtex is not in use.

    sphinxcontrib-bibtex documents directives, roles and styles. Versions 2.6 and 2.7 have a domain "cite" with these
    lists, which are filled when all pages are read. Raise UpstreamChanged without them.
    """
    use = "pages list what they cite"
    domain = env.domains.get("cite")
    if domain is None:
        return
    entries: list[Any] = BIBTEX.attribute(domain, "citations", list, use)
    for citation in entries:
        for name in ("citation_id", "bibliography_key", "key", "formatted_entry"):
            BIBTEX.attribute(citation, name, object, use)
        key = citation.bibliography_key
        yield Citation(key.docname, citation.citation_id, key, citation.key, citation.formatted_entry)


def bibliography_keys(env: BuildEnvironment) -> frozenset[str]:
    """Return the keys of all entries of the book's bibliography files; none if sphinxcontrib-bibtex is not in use.

    sphinxcontrib-bibtex 2.6 and 2.7 keep the entries in `bibdata` of their domain. Without it, only a hint is lost.
    """
    data = getattr(getattr(env.domains.get("cite"), "bibdata", None), "data", None)
    entries: Mapping[str, Any] = getattr(data, "entries", None) or {}
    if data is None:
        BIBTEX.do_without("BibtexDomain.bibdata.data.entries", "a misspelt key gets no hint")
    return frozenset(entries)


def is_bibliography_handler(handler: Callable[..., Any]) -> bool:
    """Return whether a handler of `builder-inited` is the one by which sphinxcontrib-bibtex reads the files.

    In 2.6 and 2.7 it is in the package's own modules, so any handler of these modules counts.
    """
    return str(getattr(handler, "__module__", "")).startswith("sphinxcontrib.bibtex")


def fault_in_bibliography(file: Path) -> str | None:
    """Return pybtex's message about a file that it cannot read, "3: premature end of file"; None if it can."""
    with BIBTEX.imports("a broken bibliography is named"):
        from pybtex.database import parse_file
        from pybtex.exceptions import PybtexError
    try:
        parse_file(str(file), bib_format="bibtex")
    except PybtexError as err:
        return str(err).removeprefix("syntax error in ").removeprefix("line ")
    return None


def citing_pages(env: BuildEnvironment) -> frozenset[str]:
    """Return the pages that cite, or that list citations; see `citations`. Raise UpstreamChanged."""
    use = "a page that cites is written again when an entry has changed"
    domain = env.domains.get("cite")
    if domain is None:
        return frozenset()
    references: list[Any] = BIBTEX.attribute(domain, "citation_refs", list, use)
    bibliographies: Mapping[Any, Any] = BIBTEX.attribute(domain, "bibliographies", dict, use)
    return frozenset(reference.docname for reference in references) | {key.docname for key in bibliographies}


def paragraph_of(citation: Citation) -> nodes.paragraph:
    """Return an entry of a bibliography as sphinxcontrib-bibtex prints it. Raise UpstreamChanged.

    Its transform makes these paragraphs for its own lists only. In 2.6 and 2.7 it prints with `backend`, an attribute
    of its class, and `node_text_transform` makes links of addresses.
    """
    use = "a notebook lists what its page cites"
    with BIBTEX.imports(use):
        from sphinxcontrib.bibtex.transforms import BibliographyTransform, node_text_transform
    BIBTEX.attribute(BibliographyTransform, "backend", object, use)
    entry: nodes.paragraph = BibliographyTransform.backend.paragraph(citation.entry)
    node_text_transform(entry)
    return entry


def empty_citations(env: BuildEnvironment, document: nodes.document) -> None:
    """Empty the entries of the bibliographies of a page before they are written. Raise UpstreamChanged.

    In 2.6 and 2.7 the transform adds the text of an entry to a node that the domain keeps, each time the page is
    resolved; a process that writes two outputs would print it twice.
    """
    use = "a page that is written twice lists each entry once"
    domain = env.domains.get("cite")
    if domain is None:
        return
    with BIBTEX.imports(use):
        from sphinxcontrib.bibtex.nodes import bibliography as bibliography_node
    here = {(node["docname"], node["ids"][0]) for node in document.findall(bibliography_node)}
    bibliographies: Mapping[Any, Any] = BIBTEX.attribute(domain, "bibliographies", dict, use)
    for key, bibliography in bibliographies.items() if here else ():
        if (key.docname, key.id_) in here:
            for entry in BIBTEX.attribute(bibliography, "citation_nodes", dict, use).values():
                entry.clear()
