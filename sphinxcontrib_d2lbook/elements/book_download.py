"""Define the role `{book-download}`, a link to a file of the whole book, and `download:…` as an address of one.

The website that carries the files has links relative to the page, so that they lead to the files beside it wherever it
lies. All else has the file's address on the published site.
"""

from __future__ import annotations

from posixpath import relpath
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import ReferenceRole

from ..addresses.book_downloads import FOLDER, are_in_site, file_names
from ..addresses.permanent_addresses import site
from ..common.suggestions import did_you_mean
from ..common.warning_types import Warn, warn
from ..upstream.sphinx.application import app_of

SCHEME = "download:"
UNKNOWN = "there is no file of the whole book called %r; %s"
UNPUBLISHED = "the link to %r leads nowhere: set `html_baseurl` in conf.py, or build all outputs by `-M book`"


class BookDownload(ReferenceRole):
    """Role `{book-download}`, whose target is the name of an output."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        reference = nodes.reference(self.rawtext, "", nodes.inline("", self.title), refuri=f"{SCHEME}{self.target}")
        self.set_source_info(reference)
        return [reference], []


class LeadToDownloads(SphinxPostTransform):
    """Give links to files of the whole book their addresses."""

    default_priority = 5  # before links are written or checked in any way

    def run(self, **_options: Any) -> None:
        for reference in list(self.document.findall(nodes.reference)):
            if str(reference.get("refuri", "")).startswith(SCHEME):
                address = self._address(reference, reference["refuri"].removeprefix(SCHEME))
                if address:
                    reference["refuri"] = address
                else:
                    reference.replace_self(nodes.inline("", "", *reference.children))

    def _address(self, reference: nodes.reference, name: str) -> str:
        app = app_of(self.env)
        files = file_names(app)
        place = reference if reference.line else self.env.current_document.docname
        if name not in files:
            question = did_you_mean(name, files) or f"write one of {', '.join(sorted(files))}"
            warn(Warn.LABEL, UNKNOWN, name, question, location=place)
            return ""
        path = f"{FOLDER}/{quote(files[name])}"
        if app.builder.format == "html" and are_in_site(app):
            here = app.builder.get_target_uri(self.env.current_document.docname)
            return relpath(path, here.rpartition("/")[0] or ".")
        if not site(self.config):
            warn(Warn.LABEL, UNPUBLISHED, name, location=place)
            return ""
        return site(self.config) + path


def setup(app: Sphinx) -> None:
    app.add_role("book-download", BookDownload())
    app.add_post_transform(LeadToDownloads)
