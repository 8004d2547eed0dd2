"""Show a discussion on a page of the website: heading, link, QR code, and the thread, loaded when it comes in view."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from ...addresses.permanent_addresses import permanent_address
from ...common.translations import _
from ..qr_svg import fault, qr_svg
from .directive import discussion
from .discussion_facts import ShownDiscussion
from .placing import invitation, scan, title

STYLE = "discussion.css"
SCRIPT = "discussion.js"
"""Script that loads threads, only on pages that have some to load."""


def visit(self: Any, node: nodes.Element) -> None:
    """Write an aside with a heading that is in no table of contents. All text is escaped."""
    shown: ShownDiscussion = node["shown"]
    heading = f"{node['ids'][0]}-title"
    level = min(node["level"], 6)
    self.body.append(self.starttag(node, "aside", CLASS="d2lbook-discussion", **{"aria-labelledby": heading}))
    self.body.append('<div class="d2lbook-discussion-head"><div>\n')
    self.body.append(
        f'<p class="rubric" role="heading" aria-level="{level}" id="{heading}">{self.encode(title())}</p>\n'
    )
    self.body.append(_lead(self, shown))
    self.body.append("</div>\n")
    self.body.append(_code(self, shown))
    self.body.append("</div>\n")
    if shown.embed and not getattr(self.builder, "embedded", False):
        self.body.append(_thread(self, shown))
    self.body.append("</aside>\n")
    raise nodes.SkipNode


def _lead(self: Any, shown: ShownDiscussion) -> str:
    """Return the link, and the number of replies when the forum was last asked."""
    if shown.thread:
        lead = f'<a class="reference external" href="{self.attval(shown.thread)}">{self.encode(invitation())}</a>\n'
    elif shown.embed:  # the thread has no address besides that of the page
        lead = ""
    else:
        lead = f"{self.encode(_('Nobody has opened the discussion of this section yet.'))}\n"
    count = "" if shown.replies is None else str(shown.replies)
    replies = f'{self.encode(_("Replies:"))} <span class="d2lbook-discussion-count">{self.encode(count)}</span>'
    hidden = "" if count else ' hidden="hidden"'  # e-books are XHTML, which has no attribute without a value
    return f'<p>{lead}<span class="d2lbook-discussion-replies"{hidden}>{replies}</span></p>\n'


def _code(self: Any, shown: ShownDiscussion) -> str:
    """Return the QR code of the permanent address, or else of the thread; "" if neither can be one."""
    address = permanent_address(self.config, shown.label) or shown.thread
    if not address or fault(address):
        return ""
    name = f"{scan()}: {address}"
    return (
        f'<a class="d2lbook-discussion-code" href="{self.attval(address)}" title="{self.attval(address)}">'
        f"{qr_svg(address, name)}</a>\n"
    )


def _thread(self: Any, shown: ShownDiscussion) -> str:
    """Return the element into which the script loads the thread.

    The button is hidden until the script shows it, so that without scripts there is only the link.
    """
    words = {
        "loading": _("Loading the discussion…"),
        "failed": _("The discussion could not be loaded. Try again later."),
    }
    load = _("Show the discussion here")
    data = "".join(f' data-{name}="{self.attval(text)}"' for name, text in words.items())
    return (
        f'<div class="d2lbook-thread" data-embed="{self.attval(shown.embed)}"{data}>\n'
        f'<button type="button" class="d2lbook-thread-load" hidden="hidden">{self.encode(load)}</button>\n'
        '<p class="d2lbook-thread-status" role="status" aria-live="polite"></p>\n'
        '<div class="d2lbook-thread-place" tabindex="-1"></div>\n</div>\n'
    )


def add_assets(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add style sheet and script to a page if it needs them. Handle `html-page-context`."""
    discussions = (
        [node["shown"] for node in doctree.findall(discussion) if "shown" in node] if doctree is not None else []
    )
    if discussions:
        app.add_css_file(STYLE)
    if any(shown.embed for shown in discussions):
        app.add_js_file(SCRIPT, loading_method="defer")
