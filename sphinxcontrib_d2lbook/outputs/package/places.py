"""Where in the finished book an object is defined: the section's number and its address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sphinx.environment import BuildEnvironment

from ...library.model import Item
from ...numbering.facts import NumbersDomain
from ...numbering.table import section_number


class Places:
    """Answers from an environment that is read."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env
        self.labels: Mapping[str, tuple[str, str, str]] = env.domains.standard_domain.labels
        self.facts = cast("NumbersDomain", env.domains[NumbersDomain.name]).facts

    def defined_in(self, item: Item) -> str:
        """`Defined in Section 3.2 (https://…/page.html#id).` Without a number the title, without a site no address."""
        docname, node_id, title = item.docname, "", self._title(item.docname)
        label = self.labels.get((item.label or "").lower())
        if label and label[0] in self.env.found_docs:
            docname, node_id, title = label[0], label[1], label[2]
        number = section_number(self.env, docname, self._anchor(docname, node_id))
        address = page_address(self.env.config, docname)
        place = f"Section {number}" if number else f'"{" ".join(title.split())}"'
        if address:
            place += f" ({address}#{node_id})" if node_id else f" ({address})"
        return f"Defined in {place}."

    def _title(self, docname: str) -> str:
        title = self.env.titles.get(docname)
        return title.astext() if title is not None else docname

    def _anchor(self, docname: str, node_id: str) -> str:
        """The key of a section in the table of numbers, which is "" for the page's own heading."""
        sections = [fact for fact in self.facts.get(docname, ()) if fact.figtype == "section"]
        return next((f"#{fact.ids[0]}" for fact in sections[1:] if node_id in fact.ids), "")


def page_address(config: Any, docname: str) -> str:
    """The page's permanent address; "" without `html_baseurl`."""
    base = config.html_baseurl
    if not base:
        return ""
    suffix = config.html_link_suffix or config.html_file_suffix or ".html"
    return f"{base.rstrip('/')}/{docname}{suffix}"
