"""Support sphinx-proof's theorems and related statements, with a domain that keeps its data page by page.

sphinx-proof keeps its list on the environment, where pages that are read in parallel lose each other's entries. It
gives theorems without a label the same name on every page, and fails if one has no number.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.domains import Index, IndexEntry
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.locale import get_translation
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from ..common.translations import proof_word, statements_title
from ..upstream.proofs import NODE_TYPES, ProofDirective, ProofDomain, proof_node, unenumerable_node
from .address_collisions import free_anchor
from .manifest import number_key
from .page_facts import numbers_domain
from .table import figure_number

_ = get_translation("proof")
SHARING = "prf_realtyp_to_countertyp"
"""Option of sphinx-proof: kind -> the kind whose counter it uses, such as {"lemma": "theorem"}."""


class StatementDirective(SphinxDirective):
    """Directive `{prf:theorem}` and its like, with a title, the options `label`, `class`, `nonumber`, and a body."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "label": directives.unchanged_required,
        "class": directives.class_option,
        "nonumber": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        kind = self.name.partition(":")[2]
        counter = self.config[SHARING].get(kind, kind)
        node = unenumerable_node() if "nonumber" in self.options else NODE_TYPES[counter]()
        text = self.config.proof_title_format.replace("%t", self.arguments[0]) if self.arguments else ""
        title, messages = self.parse_inline(text)
        body = nodes.section(classes=[f"{kind}-content"])
        body += self.parse_content_to_nodes()
        node += [nodes.title(text, "", *title), body]
        label = self.options.get("label") or f"{kind}-{self.env.new_serialno(kind)}"
        node["ids"] = [label]
        node["classes"] = ["proof", kind, *self.options.get("class", [])]
        for name, value in (("title", text), ("countertype", counter), ("realtype", kind)):
            node[name] = value
        if "label" in self.options:
            node["label"] = label
        self.set_source_info(node)
        free_anchor(self.state.document, label, kind, self.get_location())
        self.state.document.note_explicit_target(node, node)
        return [node, *messages]


class ProofDirectiveWithText(ProofDirective):  # type: ignore[misc]
    """Directive of sphinx-proof, which would fail on a proof without text."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        proof_nodes: list[nodes.Node] = super().run()
        for box in (box for node in proof_nodes for box in node.findall(nodes.admonition)):
            box["ids"] = []  # sphinx-proof gives all proofs the same id, and no link leads to it
        return proof_nodes


class TranslateProofs(SphinxTransform):
    """Replace "Proof.", which sphinx-proof writes into the text in English, by the word of the book's language."""

    # Runs after translations have replaced the text (20), because they are looked up by the English text.
    default_priority = 25

    def apply(self, **_options: Any) -> None:
        for proof in self.document.findall(proof_node):
            text = next(iter(proof.findall(nodes.Text)), None)
            if text is not None and text.startswith("Proof. ") and text.parent is not None:
                text.parent.replace(text, nodes.Text(f"{proof_word()}. {text.removeprefix('Proof. ')}"))


class _Title:
    """Title of the index, in the language of the book that is built."""

    def __get__(self, index: Index | None, kind: type[Index]) -> str:
        return statements_title()


class StatementIndex(Index):
    """Index of all statements, by chapter and number, with their titles; those without a number follow, by kind."""

    name = "prf"
    localname = _Title()
    shortname = "Proof"

    def generate(self, docnames: Iterable[str] | None = None) -> tuple[list[tuple[str, list[IndexEntry]]], bool]:
        env = self.domain.env
        rows = []
        for docname, page in numbers_domain(env).pages.items():
            if docnames is not None and docname not in docnames:
                continue
            for fact in page.facts:
                if fact.word in NODE_TYPES and not fact.same:
                    word, number = str(_(fact.word.title())), figure_number(env, docname, fact.figtype, fact.ids[0])
                    entry = IndexEntry(f"{word} {number}".strip(), 0, docname, fact.ids[0], "", "", fact.title)
                    group = number.rpartition(".")[0].partition(".")[0] or word
                    rows.append((not number, number_key(number), group, entry))
        entries: dict[str, list[IndexEntry]] = {}
        for _without, _key, group, entry in sorted(rows, key=lambda row: (*row[:3], row[3].docname)):
            entries.setdefault(group, []).append(entry)
        return list(entries.items()), True


class BookProofDomain(ProofDomain):  # type: ignore[misc]
    """Domain of sphinx-proof without its list: it uses the facts of pages, and `references` resolves references."""

    directives: ClassVar[dict[str, Any]] = {
        **dict.fromkeys(NODE_TYPES, StatementDirective),
        "proof": ProofDirectiveWithText,
    }
    indices: ClassVar[list[type[Index]]] = [StatementIndex]
    dangling_warnings: ClassVar[dict[str, str]] = {"ref": "no theorem has the label %(target)r"}

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Do nothing, since the domain keeps no data."""

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: addnodes.pending_xref,
        contnode: nodes.Element,
    ) -> None:
        """Do nothing. Called only for labels that no page has."""

    def resolve_any_xref(self, *_args: Any) -> list[Any]:
        return []


def visit_statement(self: HTML5Translator, node: nodes.Element) -> None:
    """Write the title as sphinx-proof does, with the number from the table, or with the word alone."""
    docname = self.docnames[-1]  # in `singlehtml` the builder's own docname is another
    number = figure_number(self.builder.env, docname, node["countertype"], node["ids"][0])
    self.body.append(self.starttag(node, "div", CLASS="admonition"))
    self.body.append('<p class="admonition-title"><span class="caption-number">')
    self.body.append(self.encode(f"{_(node['realtype'].title())} {number}".strip()) + " </span>")
    title, *rest = node.children
    for child in title.children:
        child.walkabout(self)
    self.body.append("</p>\n")
    for child in rest:
        child.walkabout(self)
    self.body.append("</div>\n")
    raise nodes.SkipNode


def check_counters(_app: Sphinx, config: Config) -> None:
    """Refuse unknown kinds, on which sphinx-proof's own check fails. Handle `config-inited`."""
    value = config[SHARING]
    unknown_kinds = [name for pair in dict(value or {}).items() for name in pair if name not in NODE_TYPES]
    if unknown_kinds:
        raise ConfigError(
            f"conf.py: {SHARING} = {value!r}: there is no {unknown_kinds[0]!r}; "
            f"it takes pairs of {', '.join(sorted(NODE_TYPES))}"
        )


def find_recounted(app: Sphinx, env: BuildEnvironment, *_changes: Any) -> list[str]:
    """Return the pages that were read when theorems shared other counters. Handle `env-get-outdated`."""
    sharing = app.config[SHARING]
    return [
        docname
        for docname, page in numbers_domain(env).pages.items()
        if any(
            fact.word in NODE_TYPES and fact.figtype not in ("", sharing.get(fact.word, fact.word))
            for fact in page.facts
        )
    ]


def setup(app: Sphinx) -> None:
    app.setup_extension("sphinx_proof")
    app.add_domain(BookProofDomain, override=True)
    for kind in (*NODE_TYPES.values(), unenumerable_node):
        app.add_node(kind, override=True, html=(visit_statement, None))
    app.add_node(proof_node, override=True, html=(_transparent, _transparent))
    app.add_transform(TranslateProofs)
    app.connect("config-inited", check_counters, priority=400)  # before sphinx-proof (500)
    app.connect("env-get-outdated", find_recounted)


def _transparent(self: HTML5Translator, node: nodes.Element) -> None:
    """Write nothing but the content of the node."""
