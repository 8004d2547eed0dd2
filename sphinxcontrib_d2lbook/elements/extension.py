"""List the elements, and register each by its `setup`."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import (
    api,
    bibliographies,
    book_download,
    book_map,
    code_links,
    contributors,
    discussion,
    drawings,
    edit_links,
    folding,
    foreign_nodes,
    frameworks,
    glue,
    html_images,
    image_alternatives,
    interactive,
    lists_of,
    nested_cells,
    object_locations,
    output_tables,
    output_types,
    page_outputs,
    plain_visitors,
    printings,
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
    interactive,
    page_outputs,
    nested_cells,
    glue,
    html_images,
    image_alternatives,
    drawings,
    screen_only,
    todos,
    foreign_nodes,
    folding,
    frameworks,
    tracebacks,
    plain_visitors,
    book_map,
    contributors,
    edit_links,
    lists_of,
    printings,
    book_download,
    bibliographies,
)


def setup(app: Sphinx) -> None:
    for element in ELEMENTS:
        element.setup(app)
