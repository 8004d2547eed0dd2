"""Define `{package-api}`, the reference of the book's package, made from what the book saves."""

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
    """Directive `{package-api}`.

    Its argument is a module of the package, or the name of the package for the package itself; without it, all modules
    are shown.
    """

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
        for saved_object in self.book.objects.values():
            if saved_object.kind != "method" and module in ("", saved_object.module):
                groups.setdefault(saved_object.module, []).append(saved_object)
        content: list[nodes.Node] = []
        for name, objects in sorted(groups.items(), key=lambda group: (group[0] == INIT, group[0])):
            if len(groups) > 1:
                content.append(nodes.rubric("", full_name(library.about.names, name), classes=["d2lbook-module"]))
            for saved_object in sorted(
                objects, key=lambda saved_object: (saved_object.name.lower(), saved_object.name)
            ):
                content += self._entry(saved_object, kinds)
        return content

    def _module(self) -> str | None:
        """Return the module that the argument names; "" for all modules; None, with a warning, if it is unknown."""
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

    def _entry(self, saved_object: SavedObject, kinds: dict[str, str]) -> list[nodes.Node]:
        """Return the index entry and the description of an object, with the methods of a class inside."""
        kinds[saved_object.qualified] = saved_object.kind
        signature = self._signature(saved_object)
        content = addnodes.desc_content()
        if saved_object.bases:
            content += self._bases(saved_object)
        content += self._docstring(saved_object.docstring)
        content += whereabouts(object=saved_object.qualified)
        for method in self.book.objects.values():
            if method.owner == saved_object.qualified:
                content += self._entry(method, kinds)
        classes = ["py", saved_object.kind, "d2lbook-object"]
        entry = addnodes.desc("", signature, content, domain="d2lsaved", objtype=saved_object.kind, classes=classes)
        entry["no-index"] = entry["no-contents-entry"] = False
        self.set_source_info(entry)
        self.state.document.note_explicit_target(signature)
        index = addnodes.index(
            entries=[
                ("single", f"{saved_object.name} (in {self.book.library.package})", saved_object.qualified, "", None)
            ]
        )
        return [index, entry]

    def _signature(self, saved_object: SavedObject) -> addnodes.desc_signature:
        node = addnodes.desc_signature(
            saved_object.shown, "", ids=[saved_object.qualified], names=[saved_object.qualified]
        )
        node["classes"] += ["sig", "sig-object", "py"]
        node["fullname"], node["_toc_name"] = saved_object.shown, saved_object.name
        node["_toc_parts"] = tuple(saved_object.shown.split("."))
        for word in saved_object.words:
            node += addnodes.desc_annotation("", word, addnodes.desc_sig_space())
        if saved_object.kind != "method":
            node += addnodes.desc_addname("", saved_object.shown.removesuffix(saved_object.name))
        node += addnodes.desc_name("", saved_object.name)
        if saved_object.parameters is not None:
            node += addnodes.desc_parameterlist("", "", *map(_parameter, saved_object.parameters))
        if saved_object.annotation:
            node += addnodes.desc_annotation("", f": {saved_object.annotation}")
        if saved_object.value:
            node += addnodes.desc_annotation("", f" = {saved_object.value}")
        if saved_object.returns:
            node += addnodes.desc_returns("", saved_object.returns)
        self.set_source_info(node)
        return node

    def _bases(self, saved_object: SavedObject) -> nodes.paragraph:
        line = nodes.paragraph("", _("Bases: "))
        for count, base in enumerate(saved_object.bases):
            if count:
                line += nodes.Text(", ")
            name = _dotted(base) and find(base, self.book.objects, self.book.library)
            line += _object_link(name, base) if name else nodes.literal("", base)
        return line

    def _docstring(self, text: str) -> Iterable[nodes.Node]:
        """Parse a docstring in the markup of the page. Examples with prompts stay as they are."""
        content: list[nodes.Node] = []
        prose: list[str] = []
        for block in [*text.split("\n\n"), DOCTEST]:
            if not block.lstrip().startswith(DOCTEST):
                prose.append(block)
                continue
            if prose:
                content += self.parse_text_to_nodes("\n\n".join(prose))
                prose = []
            if block is not DOCTEST:
                example = block.strip("\n")
                content.append(nodes.doctest_block(example, example, language="pycon"))
        return content


def _object_link(qualified: str, text: str) -> addnodes.pending_xref:
    attributes = {"refdomain": "d2lsaved", "reftype": "object", "reftarget": qualified, "refexplicit": True}
    return addnodes.pending_xref("", nodes.literal("", text), **attributes)


def _dotted(text: str) -> bool:
    return isinstance(ast.parse(text, mode="eval").body, ast.Name | ast.Attribute)


def _parameter(parameter: Parameter) -> addnodes.desc_parameter:
    node = addnodes.desc_parameter()
    stars = parameter.name[: len(parameter.name) - len(parameter.name.lstrip("*/"))]
    if stars:
        node += addnodes.desc_sig_operator("", stars)
    if parameter.name != stars:
        node += addnodes.desc_sig_name("", parameter.name[len(stars) :])
    if parameter.annotation:
        node += [addnodes.desc_sig_punctuation("", ":"), addnodes.desc_sig_space()]
        node += addnodes.desc_sig_name("", parameter.annotation)
    if parameter.default:
        space = [addnodes.desc_sig_space()] if parameter.annotation else []
        node += [*space, addnodes.desc_sig_operator("", "=")]
        node += [*([addnodes.desc_sig_space()] if parameter.annotation else [])]
        node += nodes.inline("", parameter.default, classes=["default_value"], support_smartquotes=False)
    return node


def setup(app: Sphinx) -> None:
    app.add_directive("package-api", PackageApi)
