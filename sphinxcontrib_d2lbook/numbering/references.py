"""References to whole chapters and appendices say so: "Chapter 3", "Appendix A", where Sphinx has "Section" for all."""

from __future__ import annotations

from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..log import Warn, warn
from .facts import Fact, NumbersDomain


class NameChapters(SphinxPostTransform):
    """Gives `{numref}` to a chapter the words that it is to be printed with."""

    default_priority = 5  # before ReferencesResolver (10), which prints them

    def run(self, **_options: Any) -> None:
        standard = self.env.domains.standard_domain
        for node in self.document.findall(addnodes.pending_xref):
            if node.get("reftype") != "numref" or node.get("refexplicit") or node.get("refdomain") != "std":
                continue
            docname, node_id, title = standard.labels.get(node["reftarget"], ("", "", ""))
            word = self._word(docname, node_id)
            if self._lacks_number(docname, node_id):
                warn(
                    Warn.NUMBER,
                    "the section %r in %s, which %r stands for, has no number; its title is printed (refer to it with "
                    "{ref}, or let its toctree number it)",
                    title,
                    docname,
                    node["reftarget"],
                    location=node,
                )
                node["reftype"] = "ref"
            elif word:
                node["refexplicit"] = True
                for text in list(node.findall(nodes.Text)):
                    text.parent.replace(text, nodes.Text(f"{word} %s"))

    def _word(self, docname: str, node_id: str) -> str | None:
        """What a target is called; None for what is no chapter's own heading."""
        number = self.env.toc_secnumbers.get(docname, {}).get("")
        if not number or len(number) != 1 or node_id not in self._heading_ids(docname):
            return None
        return _("Chapter") if isinstance(number[0], int) else _("Appendix")

    def _lacks_number(self, docname: str, node_id: str) -> bool:
        """Whether a target is a section outside the numbered toctrees, or below the depth of its own."""
        numbers = self.env.toc_secnumbers.get(docname, {})
        for position, fact in enumerate(self._sections(docname)):
            if node_id in fact.ids:
                return not numbers.get(f"#{fact.ids[0]}" if position else "")
        return False

    def _heading_ids(self, docname: str) -> tuple[str, ...]:
        return next((fact.ids for fact in self._sections(docname)), ())

    def _sections(self, docname: str) -> list[Fact]:
        domain = cast("NumbersDomain", self.env.domains[NumbersDomain.name])
        return [fact for fact in domain.facts.get(docname, ()) if fact.figtype == "section"]
