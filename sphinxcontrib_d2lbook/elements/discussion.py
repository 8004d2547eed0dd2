"""`{discussion}`: where readers talk about a section; a link, and a code for those who read on paper."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, ClassVar
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.domains import Domain
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from ..errors import BookError
from ..log import Warn, warn
from .qr_svg import fault, qr_svg
from .qrcode import qrcode, text_option

logger = logging.getLogger(__name__)

TITLE = "Discussion"
INVITATION = "Discuss this section"
SCAN = "Scan the QR code to discuss"
CODE_SIZE = "20mm"
ANCHOR = "discussion"
"""The first one on a page; short, because it is in the code. Others have their label in it."""


class discussion(nodes.General, nodes.Element):  # noqa: N801
    """Attribute: `label`, the name of the thread, unique in the book."""


class DiscussionDomain(Domain):
    """Where the book has discussions: docname -> labels."""

    name = "d2ldiscussion"
    label = "discussions"
    data_version = 1
    initial_data: ClassVar[dict[str, Any]] = {"labels": {}}

    @property
    def labels(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = self.data["labels"]
        return found

    def note_discussion(self, docname: str, label: str) -> None:
        self.labels.setdefault(docname, []).append(label)

    def clear_doc(self, docname: str) -> None:
        self.labels.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        self.labels.update({docname: labels for docname, labels in otherdata["labels"].items() if docname in docnames})

    def resolve_any_xref(self, *_args: Any) -> list[tuple[str, nodes.reference]]:
        return []

    def check_consistency(self) -> None:
        if self.labels and self.env.config.d2lbook_forum is None:
            logger.info("discussions are left out: conf.py sets no d2lbook_forum")
        places: dict[str, str] = {}
        for docname, labels in sorted(self.labels.items()):
            for label in labels:
                if label in places:
                    warn(
                        Warn.DISCUSSION,
                        "the discussion %r is on %s too: give one of them another :label:",
                        label,
                        places[label],
                        location=docname,
                    )
                places.setdefault(label, docname)


class Discussion(SphinxDirective):
    """No content. `:label:` names the thread; without it the page does."""

    option_spec: ClassVar[dict[str, Any]] = {"label": text_option}

    def run(self) -> list[nodes.Node]:
        node = discussion(label=self.options.get("label") or self.env.docname)
        self.set_source_info(node)
        document = self.state.document
        own = (ANCHOR, nodes.make_id(f"{ANCHOR}-{node['label']}"))
        node["ids"] = [node_id for node_id in own if node_id not in document.ids][:1]
        document.set_id(node)
        domain = self.env.domains["d2ldiscussion"]
        if isinstance(domain, DiscussionDomain):
            domain.note_discussion(self.env.docname, node["label"])
        return [node]


def thread_address(config: Config, label: str) -> str:
    """Where the thread is: the forum's address, `{label}` in it replaced."""
    url: str = config.d2lbook_forum["url"]
    return url.replace("{label}", quote(label, safe=""))


def permanent_address(config: Config, docname: str, anchor: str) -> str:
    """What is printed: an address of the book, which stays when the forum moves; "" for a book without one."""
    base: str = config.html_baseurl
    return f"{base.rstrip('/')}/{quote(docname)}.html#{anchor}" if base else ""


class PlaceDiscussions(SphinxPostTransform):
    """Takes out discussions that lead nowhere; for formats other than HTML makes plain nodes of the rest."""

    # Before QRCodesToImages (190), which draws the codes that are made here.
    default_priority = 180

    def run(self, **kwargs: Any) -> None:
        for node in list(self.document.findall(discussion)):
            if self.config.d2lbook_forum is None:
                node.parent.remove(node)
            elif self.env._app.builder.format != "html":
                node.replace_self(self.plain(node))

    def plain(self, node: discussion) -> list[nodes.Node]:
        thread = thread_address(self.config, node["label"])
        title = nodes.rubric("", TITLE)
        if self.env._app.builder.format == "notebook":
            return [title, nodes.paragraph("", "", nodes.reference("", INVITATION, refuri=thread))]
        address = permanent_address(self.config, self.env.docname, node["ids"][0])
        if not address or fault(address):
            warn(
                Warn.DISCUSSION,
                "no QR code is printed for the discussion %r: %s",
                node["label"],
                fault(address) if address else "set html_baseurl, the permanent address that codes lead to",
                location=node,
            )
            return [title, nodes.paragraph("", "", nodes.reference("", thread, refuri=thread))]
        code = qrcode(address=address, size=CODE_SIZE, title=f"{SCAN}: {address}")
        text = nodes.paragraph("", f"{SCAN}: ", nodes.reference("", address, refuri=address))
        return [nodes.container("", title, code, text, classes=["keep-together"])]


def visit_html(self: Any, node: nodes.Element) -> None:
    """A heading that is in no table of contents, the link, the code."""
    config, docname = self.config, self.builder.current_docname
    thread = thread_address(config, node["label"])
    code = permanent_address(config, docname, node["ids"][0]) or thread
    self.body.append(self.starttag(node, "aside", CLASS="d2lbook-discussion", **{"aria-label": TITLE}))
    self.body.append(f'<p class="rubric" role="heading" aria-level="3">{self.encode(TITLE)}</p>\n')
    self.body.append(
        f'<p><a class="reference external" href="{self.attval(thread)}">{self.encode(INVITATION)}</a></p>\n'
    )
    if fault(code) is None:
        self.body.append(f'<div style="width:{CODE_SIZE}" title="{self.attval(code)}">')
        self.body.append(qr_svg(code, f"{SCAN}: {code}"))
        self.body.append("</div>\n")
    self.body.append("</aside>\n")
    raise nodes.SkipNode


def check_forum(app: Sphinx, config: Config) -> None:
    """Raises BookError for a forum without a usable address."""
    forum = config.d2lbook_forum
    if forum is None:
        return
    url = forum.get("url") if isinstance(forum, dict) else None
    problem = fault(url.replace("{label}", "x")) if isinstance(url, str) else "it has no address"
    if problem:
        raise BookError(
            f"{app.confdir}/conf.py: d2lbook_forum = {forum!r}: {problem}."
            ' Write {"url": "https://forum.example/t/{label}"}, or None for no discussions'
        )


def setup(app: Sphinx) -> None:
    app.add_node(discussion, html=(visit_html, None))
    app.add_domain(DiscussionDomain)
    app.add_directive("discussion", Discussion)
    app.add_post_transform(PlaceDiscussions)
    # After the types of all values were checked (500).
    app.connect("config-inited", check_forum, priority=600)
