"""Collect the facts of a page from its doctree."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import clean_astext

from ..common.kept_nodes import kept_copy
from ..upstream.proofs import exercise_node, exercise_subtitle, exercise_title, solution_node, unenumerable_node
from .counterparts import SAME, Counterparts
from .equations import LINES, given_numbers
from .frameworks import framework_variant, framework_variants
from .page_facts import Entries, Fact, Label, PageFacts, Reference
from .subfigures import subfigure
from .tex_references import LABELS

SHOWN_AGAIN = (
    nodes.math,
    nodes.emphasis,
    nodes.strong,
    nodes.literal,
    nodes.subscript,
    nodes.superscript,
    nodes.inline,
)
"""Nodes that a title may contain to be shown again where a reference prints it."""
LONGEST = 80
"""Length in characters below which the text of a link may be taken for a number with its word."""
NUMBER_LIKE = re.compile(r"\d|\b[A-Z]{1,3}\b")
UNNUMBERED = (unenumerable_node, exercise_node, solution_node)
"""Nodes with a name and an anchor that never have a number."""


def page_facts(env: BuildEnvironment, docname: str, document: nodes.document) -> PageFacts:
    """Return the facts of a page that has just been read, with its labels."""
    walk = _FactsWalk(env, docname)
    walk.children(document, -1)
    labels, titles = _standard_labels(env, docname, document)
    equations = env.domains.math_domain.equations
    lines = {item: fact.line for fact in walk.facts for item in fact.ids}
    return PageFacts(
        facts=walk.facts,
        toctrees=walk.toctrees,
        labels={
            "std": labels,
            "math": {
                name: Label(nodes.make_id(f"equation-{name}"), lines.get(nodes.make_id(f"equation-{name}")))
                for name, (page, _number) in equations.items()
                if page == docname
            },
            "prf": walk.statements,
        },
        titles=titles,
        references=frozenset(walk.references),
        images=frozenset(walk.images),
        headings=walk.headings,
        formulas=walk.formulas,
        own_words=frozenset(walk.own_words),
    )


class _FactsWalk:
    """Walk over a doctree that collects the facts of its page."""

    def __init__(self, env: BuildEnvironment, docname: str) -> None:
        self.env = env
        self.docname = docname
        self.facts: list[Fact] = []
        self.toctrees: list[Entries] = []
        self.statements: dict[str, Label] = {}
        self.headings: dict[str, list[nodes.Node]] = {}
        self.formulas: dict[str, list[nodes.Node]] = {}
        self.references: set[Reference] = set()
        self.own_words: set[str] = set()
        self.images: set[str] = set()
        self.place: Counterparts | None = None
        self.frameworks: tuple[str, ...] = ()

    def children(self, node: nodes.Element, section: int, of: str = "") -> None:
        """Collect the facts of the children of a node. ``section`` is the position of the section around them."""
        for child in node.children:
            if not isinstance(child, nodes.Element):
                continue
            if isinstance(child, framework_variants | framework_variant):
                self._variants(child, section, of)
                continue
            if isinstance(child, addnodes.toctree):
                names = tuple(str(name) for _title, name in child["entries"])
                self.toctrees.append(Entries(len(self.facts), section, names))
                continue
            self._note_references(child)
            inner, figure = section, of
            if isinstance(child, nodes.section) and _has_title(child):
                self._add(child, "section", section)
                inner = len(self.facts) - 1
            elif child["ids"]:
                figure = self._numbered(child, section, of)
            self.children(child, inner, figure)

    def _variants(self, node: framework_variants | framework_variant, section: int, of: str) -> None:
        """Collect the facts of what only some frameworks have."""
        outer, frameworks = self.place, self.frameworks
        if isinstance(node, framework_variant):
            self.frameworks = tuple(name for name in node["frameworks"] if not frameworks or name in frameworks)
        elif outer is None:
            self.place = Counterparts()
            node[SAME] = self.place.same
        self.children(node, section, of)
        self.place, self.frameworks = outer, frameworks

    def _append(self, fact: Fact) -> None:
        """Add a fact, with the frameworks that have it and what it stands for in others."""
        if self.place is not None and self.frameworks:
            counts = fact.numbered and fact.figtype not in ("", "section")
            same = self.place.first_of(fact.ids[0], fact.figtype, self.frameworks) if counts else ""
            fact = fact._replace(frameworks=self.frameworks, same=same)
        self.facts.append(fact)

    def _note_references(self, node: nodes.Element) -> None:
        """Note the references and images of a node."""
        if isinstance(node, addnodes.pending_xref):
            self._note_words(node)
            domain, role = str(node.get("refdomain") or ""), str(node.get("reftype") or "")
            for name in ("reftarget", "reftargetid"):
                if node.get(name) or name == "reftarget":
                    self.references.add(Reference(domain, role, str(node.get(name) or "")))
        elif isinstance(node, nodes.reference):
            self._note_words(node)
        elif isinstance(node, nodes.math | nodes.math_block) and LABELS in node:
            self.references.update(Reference("math", role, label) for role, label in node[LABELS])
        elif isinstance(node, solution_node):
            self.references.add(Reference("std", "ref", str(node["target_label"])))
        elif isinstance(node, nodes.image) and "uri" in node:
            self.images.add(str(node["uri"]))

    def _note_words(self, node: nodes.Element) -> None:
        """Note the text of a link, unless the build fills it in."""
        if node.get("refexplicit") or isinstance(node, nodes.reference):
            text = " ".join(node.astext().split())
            if len(text) < LONGEST and NUMBER_LIKE.search(text):
                self.own_words.add(text)

    def _numbered(self, node: nodes.Element, section: int, of: str) -> str:
        """Note an item that may have a number.

        Return the anchor of the figure that contains the children of ``node``; ``of`` is that of the figure around it.
        """
        if isinstance(node, nodes.math_block):
            numbered: list[tuple[int, str]] = node.get(LINES, [])
            lines = [node_id for _line, node_id in numbered]
            for ids in [(node_id,) for node_id in lines] or [tuple(node["ids"])]:
                first = lines[0] if lines else ""
                given = next((tag for anchor, tag in given_numbers(node).items() if anchor in ids), "")
                self._append(Fact(ids, "displaymath", "", section=section, of=first, line=_line_of(node), given=given))
        elif isinstance(node, subfigure):
            self._add(node, "subfigure", section, word=node["letter"], of=of)
        elif isinstance(node, UNNUMBERED):
            self._add(node, "", section, word=node.get("realtype", ""), of=node.get("target_label", ""))
        else:
            figtype = _figtype(self.env, node)
            if figtype:
                self._add(node, figtype, section, word=node.get("realtype", ""))
                of = node["ids"][0] if isinstance(node, nodes.figure) else of
        if "realtype" in node and "label" in node:
            self.statements[node["label"]] = Label(node["ids"][0], _line_of(node))
        return of

    def _add(self, node: nodes.Element, figtype: str, section: int, word: str = "", of: str = "") -> None:
        title = _title_node(node)
        captioned = figtype in ("figure", "table", "code-block")
        self._append(
            Fact(
                ids=tuple(node["ids"]),
                figtype=figtype,
                title=_text(node, title),
                numbered=not captioned or title is not None,
                section=section,
                word=word,
                of=of,
                line=_line_of(node),
            )
        )
        if title is not None and next(iter(title.findall(addnodes.pending_xref)), None) is not None:
            self.headings[node["ids"][0]] = [kept_copy(child) for child in title.children]
        elif title is not None and "countertype" not in node and _has_formulas(title):
            self.formulas[node["ids"][0]] = [kept_copy(child) for child in title.children]


def _has_formulas(title: nodes.Element) -> bool:
    """Return whether a title has formulas and can be shown again elsewhere, as it contains no target of links."""
    inner = list(title.findall(nodes.Element))[1:]
    return any(isinstance(node, nodes.math) for node in inner) and all(
        isinstance(node, SHOWN_AGAIN) and not node["ids"] for node in inner
    )


def _has_title(section: nodes.section) -> bool:
    """Return whether a section has a title. Wrappers inside theorems and exercises have none."""
    return bool(section.children) and isinstance(section.children[0], nodes.title)


def _figtype(env: BuildEnvironment, node: nodes.Element) -> str | None:
    if isinstance(node, nodes.section):
        return None
    for domain in env.domains.sorted():
        figtype = domain.get_enumerable_node_type(node)
        if figtype:
            return figtype
    return None


def _title_node(node: nodes.Element) -> nodes.Element | None:
    for child in node.children:
        if isinstance(child, exercise_title):
            return next(iter(child.findall(exercise_subtitle)), None)
        if isinstance(child, nodes.caption | nodes.title):
            return child
    return None


def _text(node: nodes.Element, title: nodes.Element | None) -> str:
    """Return the title or caption that the author wrote, without the word and the number that every output adds."""
    if title is None or isinstance(node, solution_node):
        return ""
    text = clean_astext(title).strip()
    # sphinx-proof stores the title of a theorem in the parentheses that it prints.
    return text.removeprefix("(").removesuffix(")") if "countertype" in node else text


def _line_of(node: nodes.Element) -> int | None:
    """Return the line of a node; if it has none, that of a node inside it, or of its parent."""
    if node.line:
        return node.line
    inner = next((child.line for child in node.findall(nodes.Element) if child.line), None)
    return inner or (node.parent.line if node.parent is not None else None)


def _standard_labels(
    env: BuildEnvironment, docname: str, document: nodes.document
) -> tuple[Mapping[str, Label], Mapping[str, str]]:
    """Return the labels of a page in the standard domain, and their titles."""
    standard = env.domains.standard_domain
    labels: dict[str, Label] = {}
    titles: dict[str, str] = {}
    for name in document.nameids:
        page, node_id = standard.anonlabels.get(name, ("", ""))
        if page != docname:
            continue
        node = document.ids.get(node_id)
        labels[name] = Label(node_id, _line_of(node) if node is not None else None)
        if name in standard.labels and standard.labels[name][0] == docname:
            titles[name] = str(standard.labels[name][2])
    return labels, titles
