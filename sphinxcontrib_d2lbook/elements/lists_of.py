"""Define `{list-of}`, which lists the figures, tables, statements or pieces of code of the book, in reading order.

A page that shows a list is written again when anything in the list is numbered or named anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from ..common.files import digest
from ..common.per_page_domain import PerPageDomain
from ..common.toctree_order import pages_from
from ..numbering.page_facts import Fact, numbers_domain
from ..numbering.reference_names import ReferenceTarget, target
from ..upstream.proofs import NODE_TYPES
from ..upstream.sphinx.application import app_of

FIGTYPES = {"figures": "figure", "tables": "table", "code": "code-block"}
"""Kind of a list -> figtype of what it lists. Statements have several figtypes."""
KINDS = ("figures", "tables", "statements", "code")
"""Kinds of lists, named as those of the printed book."""


class list_of(nodes.General, nodes.Element):  # noqa: N801  nodes are named like docutils' own
    """Place of a list, until the numbers are known."""


class ListOf(SphinxDirective):
    """Directive `{list-of}`; its argument is the kind."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"class": directives.class_option, "name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        kind = self.arguments[0]
        if kind not in KINDS:
            raise self.error(f"there is no list of {kind!r}; write one of {', '.join(KINDS)}")
        node = list_of(kind=kind, classes=self.options.get("class", []))
        self.set_source_info(node)
        self.add_name(node)
        domain = lists_domain(self.env)
        docname = self.env.current_document.docname
        domain.pages[docname] = (*domain.pages.get(docname, ()), kind)
        return [node]


class ListsDomain(PerPageDomain[tuple[str, ...]]):
    """Domain that keeps which lists a page shows, and a digest of them as they were last written."""

    name = "d2llists"
    label = "lists of numbered things"
    data_version = 1
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}, "shown": {}}


def lists_domain(env: BuildEnvironment) -> ListsDomain:
    """Return the domain of a build."""
    return cast("ListsDomain", env.domains[ListsDomain.name])


def listed(env: BuildEnvironment, kind: str) -> Iterator[ReferenceTarget]:
    """Yield the numbered items of a kind, in reading order; pages that no toctree lists come last."""
    domain = numbers_domain(env)
    order = dict.fromkeys([*pages_from(env, env.config.root_doc), *sorted(env.found_docs)])
    for docname in order:
        for fact in domain.facts.get(docname, ()):
            if _belongs(fact, kind) and not fact.same:
                item = target(env, docname, fact.ids[0], fact)
                if item.number:
                    yield item


def _belongs(fact: Fact, kind: str) -> bool:
    return fact.word in NODE_TYPES if kind == "statements" else fact.figtype == FIGTYPES[kind]


def find_changed(_app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages whose lists are other than they were. Handle `env-get-updated`."""
    domain = lists_domain(env)
    digests = {
        kind: digest(*(f"{item.docname}#{item.node_id} {item.name} {item.title}" for item in listed(env, kind)))
        for kind in {kind for kinds in domain.pages.values() for kind in kinds}
    }
    old = domain.data["shown"]
    domain.data["shown"] = {page: [digests[kind] for kind in kinds] for page, kinds in domain.pages.items()}
    return [page for page, shown in domain.data["shown"].items() if old.get(page) != shown]


class FillLists(SphinxPostTransform):
    """Replace the place of a list by the list."""

    default_priority = 5  # before references are resolved (10)

    def run(self, **_options: Any) -> None:
        for node in list(self.document.findall(list_of)):
            entries = [self._entry(item) for item in listed(self.env, node["kind"])]
            filled = nodes.bullet_list("", *entries, classes=["d2lbook-list-of", *node["classes"]], ids=node["ids"])
            filled.source, filled.line = node.source, node.line
            # An empty list is no list, but links may lead to its place.
            node.replace_self(filled if entries else nodes.paragraph(ids=node["ids"]))

    def _entry(self, item: ReferenceTarget) -> nodes.list_item:
        here = self.env.current_document.docname
        builder = app_of(self.env).builder
        link = make_refnode(builder, here, item.docname, item.node_id, nodes.inline("", item.name))
        # Captions with formulas are kept as nodes.
        shown = numbers_domain(self.env).pages[item.docname].formulas.get(item.node_id)
        title = [node.deepcopy() for node in shown] if shown else [nodes.Text(item.title)]
        number_and_title = [link, nodes.Text(" "), *title] if item.title else [link]
        return nodes.list_item("", nodes.paragraph("", "", *number_and_title))


def setup(app: Sphinx) -> None:
    app.add_node(list_of)
    app.add_domain(ListsDomain)
    app.add_directive("list-of", ListOf)
    app.add_post_transform(FillLists)
    # After numbers are given out (500) and pages that refer to them are found (600).
    app.connect("env-get-updated", find_changed, priority=800)
