"""List the elements, and register each by its `setup`."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import (
    api,
    book_map,
    code_links,
    discussion,
    drawings,
    folding,
    foreign_nodes,
    glue,
    html_images,
    nested_cells,
    object_locations,
    output_tables,
    output_types,
    page_outputs,
    plain_visitors,
    qrcode,
    saved_domain,
    saved_notes,
    screen_only,
    subfigures,
    todos,
    tracebacks,
)

ELEMENTS = (
    qrcode,
    discussion,
    saved_domain,
    api,
    object_locations,
    saved_notes,
    code_links,
    subfigures,
    output_tables,
    output_types,
    page_outputs,
    nested_cells,
    glue,
    html_images,
    drawings,
    screen_only,
    todos,
    foreign_nodes,
    folding,
    tracebacks,
    plain_visitors,
    book_map,
)


def setup(app: Sphinx) -> None:
    for element in ELEMENTS:
        element.setup(app)
