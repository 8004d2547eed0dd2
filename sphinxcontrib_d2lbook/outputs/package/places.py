"""Where in the finished book an object is defined: the section's number and its address."""

from __future__ import annotations

from typing import Any

from sphinx.environment import BuildEnvironment

from ...library.model import Item
from ...numbering.places import label_place


class Places:
    """Answers from an environment that is read."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env

    def defined_in(self, item: Item) -> str:
        """`Defined in Section 3.2 (https://…/page.html#id).` Without a number the title, without a site no address."""
        place = label_place(self.env, item.label, item.docname)
        address = page_address(self.env.config, place.docname)
        if address and place.node_id:
            address = f"{address}#{place.node_id}"
        return f"Defined in {place.name} ({address})." if address else f"Defined in {place.name}."


def page_address(config: Any, docname: str) -> str:
    """The page's permanent address; "" without `html_baseurl`."""
    base = config.html_baseurl
    if not base:
        return ""
    suffix = config.html_link_suffix or config.html_file_suffix or ".html"
    return f"{base.rstrip('/')}/{docname}{suffix}"
