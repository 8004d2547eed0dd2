"""The list of elements; each has a `setup`."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import (
    api,
    book_map,
    code_links,
    discussion,
    drawings,
    folding,
    glue,
    html_images,
    of_others,
    on_paper,
    output_forms,
    output_tables,
    plain_forms,
    qrcode,
    saved_as,
    saved_domain,
    shown,
    subfigures,
    todos,
    tracebacks,
    whereabouts,
)

ELEMENTS = (
    qrcode,
    discussion,
    saved_domain,
    api,
    whereabouts,
    saved_as,
    code_links,
    subfigures,
    output_tables,
    output_forms,
    shown,
    glue,
    html_images,
    drawings,
    on_paper,
    todos,
    of_others,
    folding,
    tracebacks,
    plain_forms,
    book_map,
)


def setup_extension(app: Sphinx) -> None:
    for element in ELEMENTS:
        element.setup(app)
