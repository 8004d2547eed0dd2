"""Charts, widgets and other outputs that a browser draws, with what the site itself serves.

When a page is read, `forms` recognizes such an output and keeps its data in one form. When the website is written,
`screen` puts a still picture in its place, beside the data; the script `interactive.js` draws it when it comes into
view. What an output loads from other hosts, which `remote` finds, waits until a reader asks for it.
"""

from __future__ import annotations

from sphinx.application import Sphinx

from . import forms, screen


def setup(app: Sphinx) -> None:
    forms.setup(app)
    screen.setup(app)
