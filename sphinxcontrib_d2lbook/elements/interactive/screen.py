"""Put interactive outputs on the pages of a website: a still picture, and the data with which it is drawn.

In a book for readers without scripts (EPUB, help files) the still picture is all.
"""

from __future__ import annotations

import html
import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from ...addresses.permanent_addresses import page_address
from ...common.files import json_in_script
from ...common.translations import _
from ...common.warning_types import Warn, warn
from ...config import lists_myst_nb
from ...upstream.sphinx.application import app_of
from ..html_outputs import IMAGES, bundles, forms_of, html_of, plain_of
from ..html_reading import read
from .forms import INTERACTIVE
from .recognition import HTML, WIDGET, WIDGET_VIEW
from .remote import hosts_in_chart, hosts_in_html

ASK, LOAD = "ask", "load"
REMOTE = (
    "an output of this cell loads files from %s; the page asks its readers before it does (give the output another "
    'form, or set `d2lbook_remote_outputs = "load"` in conf.py)'
)


class InteractiveOnScreen(SphinxPostTransform):
    """Replace bundles of forms by a still picture and data."""

    default_priority = 3  # before MyST-NB chooses one form (4)
    formats = ("html",)

    def run(self, **_options: Any) -> None:
        self._asks = asks(self.config)
        self._has_scripts = not getattr(app_of(self.env).builder, "embedded", False)
        for bundle in bundles(self.document):
            if isinstance(bundle.parent, nodes.TextElement):
                continue
            forms = forms_of(bundle)
            made = self._shown(bundle, forms)
            if made:
                bundle.replace_self(made)

    def _shown(self, bundle: nodes.container, forms: dict[str, nodes.Element]) -> list[nodes.Node]:
        text = html_of(forms)
        record = next((raw[INTERACTIVE] for raw in bundle.findall(nodes.raw) if INTERACTIVE in raw), None)
        if record is not None:
            kind, title, data = record["kind"], record["title"], record["data"]
            hosts = hosts_in_chart(kind, json.loads(data)) if self._asks else []
        elif WIDGET_VIEW in forms and "text/html" not in forms and not self.config.nb_ipywidgets_js:
            kind, title, hosts = WIDGET, "", []
            data = text.partition(">")[2].rpartition("</script")[0]
        elif self._asks and text:
            hosts = hosts_in_html(text)
            if not hosts:
                return []
            kind, title, data = HTML, read(text).title, json_in_script({"html": text})
        else:
            return []
        if hosts:
            warn(Warn.REMOTE, REMOTE, ", ".join(hosts), location=bundle if bundle.line else (self.env.docname, None))
        still = self._still(forms, title)
        if not self._has_scripts:
            return still
        names = html.escape(" ".join(hosts), quote=True)
        asked = f' data-hosts="{names}"' if hosts else ""
        begin = f'<div class="d2lbook-interactive" data-kind="{kind}"{asked}>'
        return [
            nodes.raw("", f'{begin}<div class="d2lbook-still">', format="html"),
            *still,
            nodes.raw(
                "",
                f'</div><div class="d2lbook-drawn" hidden></div><script type="application/json">{data}</script></div>',
                format="html",
            ),
        ]

    def _still(self, forms: dict[str, nodes.Element], title: str) -> list[nodes.Node]:
        """Return what is shown in place of an output where it is not drawn: a picture, its text, or a sentence."""
        image = next((forms[mime] for mime in IMAGES if mime in forms), None)
        if image is not None:
            return list(image.children)
        if plain_of(forms):
            return list(forms["text/plain"].children)
        address = page_address(self.config, self.env.docname)
        words = _("Interactive output: {title}").format(title=title) if title else _("Interactive output")
        sentence = nodes.paragraph("", words, classes=["output", "d2lbook-still-text"])
        if address:
            sentence += nodes.inline("", f" ({address})", classes=["d2lbook-still-address"])
        return [sentence]


def asks(config: Any) -> bool:
    """Check whether pages ask their readers before outputs load files from other hosts."""
    return bool(config.d2lbook_remote_outputs == ASK) or (
        config.d2lbook_remote_outputs != LOAD and not lists_myst_nb(config)
    )


def setup(app: Sphinx) -> None:
    app.add_post_transform(InteractiveOnScreen)
