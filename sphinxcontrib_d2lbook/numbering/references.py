"""References to whole chapters and appendices say so: "Chapter 3", "Appendix A", where Sphinx has "Section" for all."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..log import Warn, warn
from .facts import numbers_domain
from .table import section_number


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
        if not number or len(number) != 1 or numbers_domain(self.env).anchor(docname, node_id) != "":
            return None
        return _("Chapter") if isinstance(number[0], int) else _("Appendix")

    def _lacks_number(self, docname: str, node_id: str) -> bool:
        """Whether a target is a section outside the numbered toctrees, or below the depth of its own."""
        anchor = numbers_domain(self.env).anchor(docname, node_id)
        return anchor is not None and not section_number(self.env, docname, anchor)
