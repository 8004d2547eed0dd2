"""What the numbered things of each page are called: kept while reading, so that the manifest needs no doctree."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, ClassVar, NamedTuple, cast

from docutils import nodes
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx_exercise.nodes import exercise_subtitle, exercise_title


class Fact(NamedTuple):
    """One thing that may be given a number."""

    ids: tuple[str, ...]
    """All its anchors; the first is the one that Sphinx's tables use."""
    figtype: str
    """As in `env.toc_fignumbers`, or "section"."""
    title: str


class NumbersDomain(Domain):
    """Records the captions and titles of what is numbered, a list a page."""

    name = "d2lnumbers"
    label = "numbered things"
    data_version = 2
    initial_data: ClassVar[dict[str, Any]] = {"facts": {}}

    @property
    def facts(self) -> dict[str, list[Fact]]:
        """docname -> its numbered things, in reading order."""
        found: dict[str, list[Fact]] = self.data["facts"]
        return found

    def sections(self, docname: str) -> list[Fact]:
        """The sections of a page in order; the first is the page itself."""
        return [fact for fact in self.facts.get(docname, ()) if fact.figtype == "section"]

    def anchor(self, docname: str, node_id: str) -> str | None:
        """Under which key `env.toc_secnumbers` has a section: "" for the page's own heading; None for what is none."""
        for position, fact in enumerate(self.sections(docname)):
            if node_id in fact.ids:
                return f"#{fact.ids[0]}" if position else ""
        return None

    def clear_doc(self, docname: str) -> None:
        self.facts.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        for docname in docnames:
            if docname in otherdata["facts"]:
                self.facts[docname] = otherdata["facts"][docname]

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        found = []
        for node in document.findall(nodes.Element):
            if node.get("ids"):
                figtype = "section" if isinstance(node, nodes.section) else _figtype(env, node)
                if figtype:
                    found.append(Fact(tuple(node["ids"]), figtype, _title(node)))
        self.facts[docname] = found

    def resolve_any_xref(self, *_args: Any) -> list[tuple[str, nodes.reference]]:
        """Nothing here is a target of its own. Called for every reference of unknown kind."""
        return []


def _figtype(env: BuildEnvironment, node: nodes.Element) -> str | None:
    for domain in env.domains.sorted():
        figtype = domain.get_enumerable_node_type(node)
        if figtype:
            return figtype
    return None


def _title(node: nodes.Element) -> str:
    """What the author called it, without the word and the number that every output adds."""
    for child in node.children:
        if isinstance(child, exercise_title):
            return " ".join(part.astext() for part in child.findall(exercise_subtitle))
        if isinstance(child, nodes.caption | nodes.title):
            text = child.astext().strip()
            # sphinx-proof stores a theorem's title in the parentheses that it is printed with.
            return text.removeprefix("(").removesuffix(")") if "countertype" in node else text
    return ""


def numbers_domain(env: BuildEnvironment) -> NumbersDomain:
    """The domain of a build."""
    return cast("NumbersDomain", env.domains[NumbersDomain.name])
