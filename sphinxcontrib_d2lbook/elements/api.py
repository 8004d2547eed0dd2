"""`{package-api}`: the reference of the book's package, made from what the book saves."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from ..common.translations import _
from ..common.warning_types import Warn, warn
from ..library.object_dependencies import full_name
from ..library.public_objects import Parameter, SavedObject, find
from ..library.saved_blocks import INIT
from ..upstream.sphinx.application import app_of
from .book_objects import book_objects
from .object_locations import whereabouts
from .saved_domain import Listing, listing_digest, saved_domain

DOCTEST = ">>>"


class PackageApi(SphinxDirective):
    """Argument: a module of the package (the package's own name for the package itself); without it, all modules."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.book = book_objects(app_of(self.env))
        library = self.book.library
        domain = saved_domain(self.env)
        module = self._module()
        if module is None:
            return []
        kinds: dict[str, str] = {}
        listing = Listing(module, listing_digest(self.book, module), kinds)
        domain.pages.setdefault(self.env.docname, []).append(listing)
        groups: dict[str, list[SavedObject]] = {}
        for one in self.book.objects.values():
            if one.kind != "method" and module in ("", one.module):
                groups.setdefault(one.module, []).append(one)
        found: list[nodes.Node] = []
        for name, objects in sorted(groups.items(), key=lambda group: (group[0] == INIT, group[0])):
            if len(groups) > 1:
                found.append(nodes.rubric("", full_name(library.about.names, name), classes=["d2lbook-module"]))
            for one in sorted(objects, key=lambda one: (one.name.lower(), one.name)):
                found += self._entry(one, kinds)
        return found

    def _module(self) -> str | None:
        """Its name; "" for all; None, with a warning, for one that is not there."""
        if not self.arguments or not self.book.objects:
            return ""
        library = self.book.library
        names = {full_name(library.about.names, module): module for module in library.modules}
        names |= {full.rpartition(".")[2]: module for full, module in names.items()}
        module = names.get(self.arguments[0])
        if module is None:
            warn(
                Warn.OBJECT,
                "the package has no module %r; it has %s",
                self.arguments[0],
                ", ".join(sorted(full for full in names if full.startswith(library.package))),
                location=self.get_location(),
            )
        return module

    def _entry(self, one: SavedObject, kinds: dict[str, str]) -> list[nodes.Node]:
        """Index entry and description of an object, the methods of a class inside."""
        kinds[one.qualified] = one.kind
        signature = self._signature(one)
        content = addnodes.desc_content()
        if one.bases:
            content += self._bases(one)
        content += self._docstring(one.docstring)
        content += whereabouts(object=one.qualified)
        for method in self.book.objects.values():
            if method.owner == one.qualified:
                content += self._entry(method, kinds)
        classes = ["py", one.kind, "d2lbook-object"]
        entry = addnodes.desc("", signature, content, domain="d2lsaved", objtype=one.kind, classes=classes)
        entry["no-index"] = entry["no-contents-entry"] = False
        self.set_source_info(entry)
        self.state.document.note_explicit_target(signature)
        index = addnodes.index(
            entries=[("single", f"{one.name} (in {self.book.library.package})", one.qualified, "", None)]
        )
        return [index, entry]

    def _signature(self, one: SavedObject) -> addnodes.desc_signature:
        node = addnodes.desc_signature(one.shown, "", ids=[one.qualified], names=[one.qualified])
        node["classes"] += ["sig", "sig-object", "py"]
        node["fullname"], node["_toc_name"] = one.shown, one.name
        node["_toc_parts"] = tuple(one.shown.split("."))
        for word in one.words:
            node += addnodes.desc_annotation("", word, addnodes.desc_sig_space())
        if one.kind != "method":
            node += addnodes.desc_addname("", one.shown.removesuffix(one.name))
        node += addnodes.desc_name("", one.name)
        if one.parameters is not None:
            node += addnodes.desc_parameterlist("", "", *map(_parameter, one.parameters))
        if one.annotation:
            node += addnodes.desc_annotation("", f": {one.annotation}")
        if one.value:
            node += addnodes.desc_annotation("", f" = {one.value}")
        if one.returns:
            node += addnodes.desc_returns("", one.returns)
        self.set_source_info(node)
        return node

    def _bases(self, one: SavedObject) -> nodes.paragraph:
        line = nodes.paragraph("", _("Bases: "))
        for count, base in enumerate(one.bases):
            if count:
                line += nodes.Text(", ")
            name = _dotted(base) and find(base, self.book.objects, self.book.library)
            line += _object_link(name, base) if name else nodes.literal("", base)
        return line

    def _docstring(self, text: str) -> Iterable[nodes.Node]:
        """Parsed in the markup of the page; examples with prompts stay as they are."""
        found: list[nodes.Node] = []
        prose: list[str] = []
        for block in [*text.split("\n\n"), DOCTEST]:
            if not block.lstrip().startswith(DOCTEST):
                prose.append(block)
                continue
            if prose:
                found += self.parse_text_to_nodes("\n\n".join(prose))
                prose = []
            if block is not DOCTEST:
                example = block.strip("\n")
                found.append(nodes.doctest_block(example, example, language="pycon"))
        return found


def _object_link(qualified: str, text: str) -> addnodes.pending_xref:
    attributes = {"refdomain": "d2lsaved", "reftype": "object", "reftarget": qualified, "refexplicit": True}
    return addnodes.pending_xref("", nodes.literal("", text), **attributes)


def _dotted(text: str) -> bool:
    return isinstance(ast.parse(text, mode="eval").body, ast.Name | ast.Attribute)


def _parameter(one: Parameter) -> addnodes.desc_parameter:
    node = addnodes.desc_parameter()
    stars = one.name[: len(one.name) - len(one.name.lstrip("*/"))]
    if stars:
        node += addnodes.desc_sig_operator("", stars)
    if one.name != stars:
        node += addnodes.desc_sig_name("", one.name[len(stars) :])
    if one.annotation:
        node += [addnodes.desc_sig_punctuation("", ":"), addnodes.desc_sig_space()]
        node += addnodes.desc_sig_name("", one.annotation)
    if one.default:
        space = [addnodes.desc_sig_space()] if one.annotation else []
        node += [*space, addnodes.desc_sig_operator("", "=")]
        node += [*([addnodes.desc_sig_space()] if one.annotation else [])]
        node += nodes.inline("", one.default, classes=["default_value"], support_smartquotes=False)
    return node


def setup(app: Sphinx) -> None:
    app.add_directive("package-api", PackageApi)
