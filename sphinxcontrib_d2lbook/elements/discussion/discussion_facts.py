"""Determine which sections have discussions and what is shown of each, before pages are written."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from ...addresses.extension import published
from ...addresses.targets import LabelledTarget, targets
from ...common.errors import BookProblems
from ...common.notebook_positions import argument
from ...common.per_page_domain import PerPageDomain
from ...common.warning_types import Warn, warn
from ...forum import Forum
from ...numbering.page_facts import numbers_domain
from ...numbering.table import section_number
from .directive import ANCHOR, discussion, section_of
from .threads import configured_forum, embedded, thread_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DiscussionDirective:
    """A `{discussion}` on a page, as its author wrote it."""

    node_id: str
    """Its own anchor."""
    line: int
    section: str
    """First anchor of its section; "" outside all sections."""
    label: str
    """Label in the author's option `:label:`; "" without one."""


@dataclass(frozen=True)
class ShownDiscussion:
    """Discussion as readers see it."""

    node_id: str
    """Its anchor on the page."""
    section: str
    """First anchor of the section at whose end it is shown."""
    label: str
    title: str
    line: int
    thread: str
    """Address of the thread; "" while the forum has none."""
    replies: int | None
    embed: str
    """Data, as JSON, from which the script of the page loads the thread; "" if the page only links to the thread."""


@dataclass
class _Settling:
    """Search for the discussions that each page shows, which collects problems."""

    env: BuildEnvironment
    forum: Forum
    published_labels: Set[str]
    """Labels that were published; if a section has several labels, these are preferred."""
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sections: dict[tuple[str, str], list[LabelledTarget]] = {}
        self.labels = targets(self.env)
        for target in self.labels.values():
            if target.kind == "section":
                self.sections.setdefault((target.docname, target.node_id), []).append(target)

    def page(self, docname: str, written: list[DiscussionDirective]) -> Iterator[ShownDiscussion]:
        """Yield the discussions that a page shows: those written on it, then those of other sections that have one."""
        had = set()
        for item in written:
            target = self._asked(docname, item) if item.label else self._labelled(docname, item.section, item.line)
            if target is not None:
                had.add(target.node_id)
                yield self._shown(target, item.node_id, item.line)
        depth = self.env.config.d2lbook_discussions
        for section in numbers_domain(self.env).sections(docname) if depth else ():
            anchor = numbers_domain(self.env).anchor(docname, section.ids[0]) or ""
            number = section_number(self.env, docname, anchor)
            if number and number.count(".") < depth and section.ids[0] not in had:
                target = self._labelled(docname, section.ids[0], section.line or 1, section.title)
                if target is not None:
                    yield self._shown(target, f"{ANCHOR}-{target.node_id}", 1)

    def _labelled(self, docname: str, section: str, line: int, title: str = "") -> LabelledTarget | None:
        """Return the section by its lasting label; note a problem if it has none."""
        candidates = self.sections.get((docname, section), [])
        if candidates:
            return min(candidates, key=lambda target: (target.label not in self.published_labels, target.label))
        page = shlex.quote(argument(str(self.env.doc2path(docname, base=False)), line))
        if section:
            what = f"the section {title!r} has a discussion" if title else "this discussion is of a section that has"
            fault = (
                f"{what} {'and ' if title else ''}no label, so its address would change with its title. "
                f"Write a label above the heading; `sphinx-d2lbook labels --write {page}` writes one"
            )
        else:
            fault = "this discussion stands in no section. Put it below a heading"
        self.problems.append(f"{self.env.doc2path(docname)}:{line}: {fault}")
        return None

    def _asked(self, docname: str, item: DiscussionDirective) -> LabelledTarget | None:
        target = self.labels.get(item.label) or self.labels.get(item.label.lower())
        if target is not None and target.kind == "section" and target.docname == docname:
            return target
        where = f" ({target.kind} on the page {target.docname!r})" if target else ""
        self.problems.append(
            f"{self.env.doc2path(docname)}:{item.line}: {item.label[:60]!r}, which :label: names, is not a section of "
            f"this page{where}. Write the label of one that is, or leave the option out: then it is the section that "
            "ends here"
        )
        return None

    def _shown(self, target: LabelledTarget, node_id: str, line: int) -> ShownDiscussion:
        embed = embedded(self.forum, target.label, target.title)
        return ShownDiscussion(
            node_id,
            target.node_id,
            target.label,
            target.title,
            line,
            thread_of(self.forum, target.label),
            self.forum.replies(target.label),
            json.dumps(embed, sort_keys=True) if embed else "",
        )


class DiscussionDomain(PerPageDomain[list[DiscussionDirective]]):
    """Domain that keeps the `{discussion}`s of each page, and what pages show."""

    name = "d2ldiscussion"
    label = "discussions"
    data_version = 3
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}, "shown": {}}

    @property
    def shown(self) -> dict[str, list[ShownDiscussion]]:
        """docname -> the discussions that it shows, which depend on numbers, labels and the forum.

        It is kept while a page is read again, to be compared with what the page is to show.
        """
        return cast("dict[str, list[ShownDiscussion]]", self.data["shown"])

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        directives = []
        for node in document.findall(discussion):
            section = section_of(node)
            first = section["ids"][0] if section is not None else ""
            directives.append(DiscussionDirective(node["ids"][0], node.line or 1, first, node["label"]))
        if directives:
            self.pages[docname] = directives


def discussion_domain(env: BuildEnvironment) -> DiscussionDomain:
    """Return the domain of a build."""
    return cast("DiscussionDomain", env.domains[DiscussionDomain.name])


def determine_discussions(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Determine what every page shows, and return the pages where that has changed. Handle `env-get-updated`.

    Raise BookProblems if discussions have no lasting address.
    """
    domain = discussion_domain(env)
    forum = configured_forum(app)
    shown: dict[str, list[ShownDiscussion]] = {}
    if forum is None:
        if domain.pages:
            logger.info("discussions are left out: conf.py sets no d2lbook_forum")
    else:
        settling = _Settling(env, forum, published(app).pages.keys())
        for docname in sorted(env.found_docs):
            shown[docname] = list(settling.page(docname, domain.pages.get(docname, [])))
        if settling.problems:
            raise BookProblems(settling.problems)
        _report_doubles(env, shown)
    old = dict(domain.shown)
    domain.data["shown"] = {docname: items for docname, items in shown.items() if items}
    return [docname for docname in env.found_docs if domain.shown.get(docname) != old.get(docname)]


def _report_doubles(env: BuildEnvironment, shown: dict[str, list[ShownDiscussion]]) -> None:
    first: dict[str, str] = {}
    for docname, items in shown.items():
        for item in items:
            place = f"{env.doc2path(docname, False)}:{item.line}"
            if item.label in first:
                warn(
                    Warn.DISCUSSION,
                    "the section %r has a discussion at %s already; take one of them out",
                    item.label,
                    first[item.label],
                    location=(docname, item.line),
                )
            first.setdefault(item.label, place)
