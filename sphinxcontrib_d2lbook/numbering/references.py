"""References to what may have a number: one transform for all roles and all outputs, so that they say the same.

`{numref}`, `{ref}`, `{eq}`, `{prf:ref}` and `[](#label)` lead to everything that is numbered. A text of the author's
own may have `{number}` and `{name}` in it (with `{numref}` also `%s`).
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from ..common.suggestions import did_you_mean
from ..common.warning_types import Warn, warn
from ..upstream.sphinx.application import app_of
from .figures import COUNTED
from .heading_references import reference_of
from .label_owners import known
from .page_facts import Reference, numbers_domain
from .reference_names import ReferenceTarget, find

OF_TEX = frozenset({("math", "ref"), ("math", "eqref")})
"""`\\ref` and `\\eqref` of LaTeX, which lead to anything that has a number."""
ROLES = OF_TEX | {("std", "ref"), ("std", "numref"), ("math", "eq"), ("math", "numref"), ("prf", "ref"), ("", "myst")}


class ResolveReferences(SphinxPostTransform):
    """Turns references into links with the words that they are to be printed with."""

    default_priority = 4  # before sphinx-exercise's (5), MyST's (9) and Sphinx's own (10)

    def run(self, **_options: Any) -> None:
        for node in list(self.document.findall(addnodes.pending_xref)):
            reference = reference_of(node)
            if (reference.domain, reference.role) not in ROLES or "intersphinx" in node:
                continue  # what leads to another book is not looked for in this one
            found = find(self.env, reference)
            if found is not None:
                self._link(node, reference, found)
            elif reference.domain == "prf" or (reference.domain, reference.role) in OF_TEX:
                self._unknown(node, reference)

    def _link(self, node: addnodes.pending_xref, reference: Reference, found: ReferenceTarget) -> None:
        pattern = reference.role == "numref" and reference.domain == "std"
        own_words = bool(node.get("refexplicit"))
        wanted = node.astext()
        asks_number = (
            "{number}" in wanted or (pattern and "%s" in wanted) if own_words else _by_number(reference, found)
        )
        if asks_number and not found.number:
            self._unnumbered(node, reference, found)
            if pattern and self._left_alone(found):
                node.replace_self([child.deepcopy() for child in node.children])
                return
        content: list[nodes.Node]
        if own_words:
            if "{name}" in wanted and not found.title:
                warn(Warn.LABEL, "%s has no title for {name}", self._what(found), location=node)
            content = [child.deepcopy() for child in node[0].children] if node.children else []
            for text in (text for child in content for text in list(child.findall(nodes.Text))):
                _fill(text, content, found, pattern)
        elif (reference.domain, reference.role) in OF_TEX:
            content = [nodes.Text(number_of_tex(reference, found))]
        else:
            content = self._words(reference, found)
        inner = nodes.inline("", "", *content, classes=["std", f"std-{_class(reference)}"])
        refdoc = node.get("refdoc", self.env.docname)
        link = make_refnode(app_of(self.env).builder, refdoc, found.docname, found.node_id, inner)
        if "reftitle" in node:
            link["reftitle"] = node["reftitle"]
        node.replace_self(link)

    def _words(self, reference: Reference, found: ReferenceTarget) -> list[nodes.Node]:
        """What a reference prints that has no words of its own; formulas of a title as such."""
        text = found.text(reference.role) or reference.target
        formulas = numbers_domain(self.env).pages[found.docname].formulas
        if text == found.title and found.fact.ids[0] in formulas:
            return [child.deepcopy() for child in formulas[found.fact.ids[0]]]
        return [nodes.Text(text)]

    def _unnumbered(self, node: addnodes.pending_xref, reference: Reference, found: ReferenceTarget) -> None:
        alone = reference.role == "numref" and self._left_alone(found)
        shown = node.astext() if alone else found.text(reference.role) or reference.target
        warn(
            Warn.NUMBER,
            "%s, which %r stands for, has no number; %r is printed (%s)",
            self._what(found),
            reference.target,
            shown,
            "set `numfig = True` in conf.py" if self._left_alone(found) else _remedy(found),
            location=node,
        )

    def _left_alone(self, found: ReferenceTarget) -> bool:
        """Whether the project has `numfig` off: Sphinx then leaves references by `{numref}` as they are written."""
        return bool(self.config.d2lbook_unnumbered_figures) and found.fact.figtype not in ("", "section", *COUNTED)

    def _what(self, found: ReferenceTarget) -> str:
        """The section 'Title' at page.md:12"""
        kind = {"": found.fact.word or "exercise", "displaymath": "equation", "code-block": "listing"}
        path = self.env.doc2path(found.docname, False)
        place = f"{path}:{found.fact.line}" if found.fact.line else str(path)
        title = f" {found.title!r}" if found.title else ""
        return f"the {kind.get(found.fact.figtype, found.fact.figtype)}{title} at {place}"

    def _unknown(self, node: addnodes.pending_xref, reference: Reference) -> None:
        warn_of_unknown(self.env, reference, node)
        node.replace_self([child.deepcopy() for child in node.children])


def warn_of_unknown(env: BuildEnvironment, reference: Reference, node: nodes.Node) -> None:
    """Warn of a label that nothing has, with those that are written nearly so."""
    hint = did_you_mean(reference.target, known(numbers_domain(env)), most=2)
    if not hint and reference.domain == "math":
        hint = r"write `\label` in the equation, or its label behind it"
    hint = hint or "write `:label:` where it is stated"
    warn(Warn.LABEL, "nothing has the label %r; %s", reference.target, hint, location=node)


def number_of_tex(reference: Reference, found: ReferenceTarget) -> str:
    r"""What `\eqref` prints, a number in parentheses, and `\ref`, the number alone; a title of what has no number."""
    if not found.number:
        return found.title or reference.target
    return f"({found.number})" if reference.role == "eqref" else found.number


def _class(reference: Reference) -> str:
    """What the class of a link says of how it is printed."""
    if (reference.domain, reference.role) in OF_TEX:
        return {"ref": "numref", "eqref": "eq"}[reference.role]
    return "ref" if reference.role == "myst" else reference.role


def _remedy(found: ReferenceTarget) -> str:
    """How what has no number gets one."""
    if found.fact.figtype == "section":
        return "refer to it with {ref}, or let its toctree number it"
    if found.fact.figtype == "":
        return "take :nonumber: off it, or refer to it by its name"
    return "list its page in a toctree" if found.fact.numbered else "give it a caption"


def _by_number(reference: Reference, found: ReferenceTarget) -> bool:
    """Whether a reference without words of its own is meant to print a number."""
    if (reference.domain, reference.role) in OF_TEX:
        return True
    if reference.role in ("ref", "myst") and reference.domain != "prf":
        return found.fact.figtype == "displaymath"
    return reference.role in ("numref", "eq") or found.fact.figtype != ""


def _fill(text: nodes.Text, content: list[nodes.Node], found: ReferenceTarget, pattern: bool) -> None:
    """Put number and title into the author's own words."""
    words = text.astext()
    if pattern:
        words = words.replace("%s", found.number, 1)
    words = words.replace("{number}", found.number).replace("{name}", found.title)
    if text in content:
        content[content.index(text)] = nodes.Text(words)
    elif text.parent is not None:
        text.parent.replace(text, nodes.Text(words))


def setup(app: Sphinx) -> None:
    app.add_post_transform(ResolveReferences)
