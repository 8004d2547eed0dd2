"""References to whole chapters and appendices say so: "Chapter 3", "Appendix A", where Sphinx has "Section" for all."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform


class NameChapters(SphinxPostTransform):
    """Gives `{numref}` to a chapter the words that it is to be printed with."""

    default_priority = 5  # before ReferencesResolver (10), which prints them

    def run(self, **_options: Any) -> None:
        standard = self.env.domains.standard_domain
        for node in self.document.findall(addnodes.pending_xref):
            if node.get("reftype") != "numref" or node.get("refexplicit") or node.get("refdomain") != "std":
                continue
            docname, node_id, _title = standard.labels.get(node["reftarget"], ("", "", ""))
            word = self._word(docname, node_id)
            if word:
                node["refexplicit"] = True
                for text in list(node.findall(nodes.Text)):
                    text.parent.replace(text, nodes.Text(f"{word} %s"))

    def _word(self, docname: str, node_id: str) -> str | None:
        """What a target is called; None for what is no chapter's own heading."""
        number = self.env.toc_secnumbers.get(docname, {}).get("")
        if not number or len(number) != 1 or node_id not in self._heading_ids(docname):
            return None
        return _("Chapter") if isinstance(number[0], int) else _("Appendix")

    def _heading_ids(self, docname: str) -> tuple[str, ...]:
        facts = self.env.domains["d2lnumbers"].data["facts"].get(docname, ())
        return next((fact.ids for fact in facts if fact.figtype == "section"), ())
