"""Resolve references to numbered items, in one transform for all roles and outputs, so that they print the same.

`{numref}`, `{ref}`, `{eq}`, `{prf:ref}` and `[](#label)` can refer to every numbered item. A text that the author
gives may contain `{number}` and `{name}`, and with `{numref}` also `%s`.
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
from ..config.frameworks import frameworks, printed_framework
from ..upstream.sphinx.application import app_of
from .figures import COUNTED
from .frameworks import frameworks_with, shown_frameworks, shows_one
from .heading_references import reference_of
from .label_owners import known
from .page_facts import Reference, numbers_domain
from .reference_names import ReferenceTarget, find_target

TEX_ROLES = frozenset({("math", "ref"), ("math", "eqref")})
"""Domains and roles of LaTeX's `\\ref` and `\\eqref`, which can refer to any numbered item."""
ROLES = TEX_ROLES | {
    ("std", "ref"),
    ("std", "numref"),
    ("math", "eq"),
    ("math", "numref"),
    ("prf", "ref"),
    ("", "myst"),
}

SHARED = frozenset({"figure", "table", "code-block", "displaymath"})
"""Figtypes whose labels may stand in the text of each framework."""


class ResolveReferences(SphinxPostTransform):
    """Turn references into links with the text that is to be printed."""

    default_priority = 4  # before sphinx-exercise's (5), MyST's (9) and Sphinx's own (10)

    def run(self, **_options: Any) -> None:
        for node in list(self.document.findall(addnodes.pending_xref)):
            reference = reference_of(node)
            if (reference.domain, reference.role) not in ROLES or "intersphinx" in node:
                continue  # references to another book are never looked up in this one
            target = find_target(self.env, reference)
            if target is not None:
                self._tell_absent(node, target.docname, target.node_id, target)
                self._link(node, reference, target)
            elif (place := self._plain_place(reference)) is not None:
                self._tell_absent(node, *place)
            elif reference.domain == "prf" or (reference.domain, reference.role) in TEX_ROLES:
                self._warn_and_unwrap(node, reference)

    def _link(self, node: addnodes.pending_xref, reference: Reference, target: ReferenceTarget) -> None:
        pattern = reference.role == "numref" and reference.domain == "std"
        own_words = bool(node.get("refexplicit"))
        own_text = node.astext()
        asks_number = (
            "{number}" in own_text or (pattern and "%s" in own_text) if own_words else _by_number(reference, target)
        )
        if asks_number and not target.number:
            self._unnumbered(node, reference, target)
            if pattern and self._stays_as_written(target):
                node.replace_self([child.deepcopy() for child in node.children])
                return
        content: list[nodes.Node]
        if own_words:
            if "{name}" in own_text and not target.title:
                warn(Warn.LABEL, "%s has no title for {name}", self._description(target), location=node)
            content = [child.deepcopy() for child in node[0].children] if node.children else []
            for text in (text for child in content for text in list(child.findall(nodes.Text))):
                _fill(text, content, target, pattern)
        elif (reference.domain, reference.role) in TEX_ROLES:
            content = [nodes.Text(number_of_tex(reference, target))]
        else:
            content = self._words(reference, target)
        inner = nodes.inline("", "", *content, classes=["std", f"std-{_class(reference)}"])
        refdoc = node.get("refdoc", self.env.docname)
        link = make_refnode(app_of(self.env).builder, refdoc, target.docname, target.node_id, inner)
        if "reftitle" in node:
            link["reftitle"] = node["reftitle"]
        node.replace_self(link)

    def _words(self, reference: Reference, target: ReferenceTarget) -> list[nodes.Node]:
        """Return the text of a reference that has none of its own; the formulas of a title stay formulas."""
        text = target.text(reference.role) or reference.target
        formulas = numbers_domain(self.env).pages[target.docname].formulas
        if text == target.title and target.fact.ids[0] in formulas:
            return [child.deepcopy() for child in formulas[target.fact.ids[0]]]
        return [nodes.Text(text)]

    def _plain_place(self, reference: Reference) -> tuple[str, str] | None:
        """Return docname and anchor of a label of something that cannot have a number, such as a paragraph."""
        if reference.domain not in ("std", ""):
            return None
        place = self.env.domains.standard_domain.anonlabels.get(reference.target.lower())
        return (place[0], place[1]) if place is not None else None

    def _tell_absent(
        self, node: addnodes.pending_xref, docname: str, anchor: str, target: ReferenceTarget | None = None
    ) -> None:
        """Warn of a reference in an output whose framework lacks what it leads to, so that readers look in vain."""
        there = frameworks_with(self.env, docname, anchor)
        if not there or not shows_one(app_of(self.env).builder):
            return
        shown = printed_framework(self.config, shown_frameworks(self.env, docname))
        if shown not in there:
            labels = frameworks(self.config)
            is_alone = target is not None and target.fact.figtype not in SHARED
            warn(
                Warn.LABEL,
                "%s is only for %s, and print, which has %s there, has this reference all the same; put the reference "
                "into a {framework} block%s",
                f"what {node['reftarget']!r} stands for" if target is None else self._description(target),
                ", ".join(labels[name].label for name in there),
                labels[shown].label,
                "" if is_alone else f", or give {labels[shown].label} one with this label, too",
                location=node,
            )

    def _unnumbered(self, node: addnodes.pending_xref, reference: Reference, target: ReferenceTarget) -> None:
        as_written = reference.role == "numref" and self._stays_as_written(target)
        shown = node.astext() if as_written else target.text(reference.role) or reference.target
        warn(
            Warn.NUMBER,
            "%s, which %r stands for, has no number; %r is printed (%s)",
            self._description(target),
            reference.target,
            shown,
            "set `numfig = True` in conf.py" if self._stays_as_written(target) else _remedy(target),
            location=node,
        )

    def _stays_as_written(self, target: ReferenceTarget) -> bool:
        """Return whether a `{numref}` stays as its author wrote it, as in Sphinx if a project has `numfig` off."""
        return bool(self.config.d2lbook_unnumbered_figures) and target.fact.figtype not in ("", "section", *COUNTED)

    def _description(self, target: ReferenceTarget) -> str:
        """Return a description of the target for messages, such as "the section 'Title' at page.md:12"."""
        kind = {"": target.fact.word or "exercise", "displaymath": "equation", "code-block": "listing"}
        path = self.env.doc2path(target.docname, False)
        place = f"{path}:{target.fact.line}" if target.fact.line else str(path)
        title = f" {target.title!r}" if target.title else ""
        return f"the {kind.get(target.fact.figtype, target.fact.figtype)}{title} at {place}"

    def _warn_and_unwrap(self, node: addnodes.pending_xref, reference: Reference) -> None:
        warn_of_unknown(self.env, reference, node)
        node.replace_self([child.deepcopy() for child in node.children])


def warn_of_unknown(env: BuildEnvironment, reference: Reference, node: nodes.Node) -> None:
    """Warn of a label that does not exist, and suggest labels that are spelled alike."""
    hint = did_you_mean(reference.target, known(numbers_domain(env)), most=2)
    if not hint and reference.domain == "math":
        hint = r"write `\label` in the equation, or its label behind it"
    hint = hint or "write `:label:` where it is stated"
    warn(Warn.LABEL, "nothing has the label %r; %s", reference.target, hint, location=node)


def number_of_tex(reference: Reference, target: ReferenceTarget) -> str:
    r"""Return what `\eqref` or `\ref` prints: the number in parentheses, or the number alone.

    For a target without a number that is its title, or else the label.
    """
    if not target.number:
        return target.title or reference.target
    return f"({target.number})" if reference.role == "eqref" else target.number


def _class(reference: Reference) -> str:
    """Return the suffix of the CSS class of a link, which says how its text was made."""
    if (reference.domain, reference.role) in TEX_ROLES:
        return {"ref": "numref", "eqref": "eq"}[reference.role]
    return "ref" if reference.role == "myst" else reference.role


def _remedy(target: ReferenceTarget) -> str:
    """Return advice on how the target can get a number."""
    if target.fact.figtype == "section":
        return "refer to it with {ref}, or let its toctree number it"
    if target.fact.figtype == "":
        return "take :nonumber: off it, or refer to it by its name"
    return "list its page in a toctree" if target.fact.numbered else "give it a caption"


def _by_number(reference: Reference, target: ReferenceTarget) -> bool:
    """Return whether a reference without a text of its own is meant to print a number."""
    if (reference.domain, reference.role) in TEX_ROLES:
        return True
    if reference.role in ("ref", "myst") and reference.domain != "prf":
        return target.fact.figtype == "displaymath"
    return reference.role in ("numref", "eq") or target.fact.figtype != ""


def _fill(text: nodes.Text, content: list[nodes.Node], target: ReferenceTarget, pattern: bool) -> None:
    """Put number and title into the text that the author gave."""
    words = text.astext()
    if pattern:
        words = words.replace("%s", target.number, 1)
    words = words.replace("{number}", target.number).replace("{name}", target.title)
    if text in content:
        content[content.index(text)] = nodes.Text(words)
    elif text.parent is not None:
        text.parent.replace(text, nodes.Text(words))


def setup(app: Sphinx) -> None:
    app.add_post_transform(ResolveReferences)
