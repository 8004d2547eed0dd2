"""Make saved objects targets of references, with a role, and find the pages that must be written again."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, ClassVar, NamedTuple, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains import Domain, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.roles import XRefRole
from sphinx.util.docutils import is_role_registered
from sphinx.util.nodes import make_refnode

from ..common.files import digest
from ..common.per_page_domain import PerPageDomain
from ..common.warning_types import Warn, warn
from ..library.extension import collected, is_collected
from ..library.package_options import package_name
from ..library.public_objects import find, names_saved
from ..upstream.sphinx.application import app_of
from .book_objects import BookObjects, book_objects
from .object_locations import whereabouts_text

ROLE = "saved"
"""Name of the role in every book; it also has the name of the package, such as `d2l`."""
KINDS = {"function": "function", "class": "class", "method": "method", "data": "value"}


class Listing(NamedTuple):
    """Content of one `{package-api}`."""

    module: str
    """Module that is listed; "" for all."""
    digest: str
    """Digest of everything that was read into the page."""
    kinds: dict[str, str]
    """Qualified name -> kind, for each entry."""


class SavedRole(XRefRole):
    """Role `` {saved}`train` ``: a link to the object's entry, printed as in the book's code, `d2l.train`."""

    def create_xref_node(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        self.refdomain, self.reftype = SavedObjectsDomain.name, "object"
        self.classes = ["xref", "py", f"py-{self.refdomain}"]
        return super().create_xref_node()

    def process_link(
        self, env: BuildEnvironment, refnode: nodes.Element, has_explicit_title: bool, title: str, target: str
    ) -> tuple[str, str]:
        name = target.strip().removesuffix("()")
        saved_domain(env).references.setdefault(env.docname, set()).add(name)
        package = package_name(env.config)
        shown = name if name.startswith(f"{package}.") else f"{package}.{name}"
        return (title if has_explicit_title else shown), name


class SavedObjectsDomain(PerPageDomain[list[Listing]]):
    """Domain that keeps the `{package-api}`s and references of each page, and what was last written into it."""

    name = "d2lsaved"
    label = "the package of the book"
    data_version = 2
    object_types: ClassVar[dict[str, ObjType]] = {kind: ObjType(word, "object") for kind, word in KINDS.items()}
    roles: ClassVar[dict[str, Any]] = {"object": SavedRole(warn_dangling=True)}
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}, "references": {}, "shown": {}}
    by_page = ("pages", "references", "shown")

    def view(self, docname: str) -> str:
        """Return whether the book saves anything: only then pages offer its wheel."""
        app = app_of(self.env)
        return "saves" if is_collected(app) and collected(app).library else ""

    @property
    def references(self) -> dict[str, set[str]]:
        """docname -> names that its roles refer to."""
        return cast("dict[str, set[str]]", self.data["references"])

    @property
    def shown(self) -> dict[str, str]:
        """docname -> digest of the content that is put into the page only when it is written."""
        return cast("dict[str, str]", self.data["shown"])

    @property
    def entries(self) -> dict[str, str]:
        """Qualified name -> the page that has its entry; the entry's anchor is the name."""
        page_of_entry: dict[str, str] = {}
        for docname, listings in sorted(self.pages.items()):
            for listing in listings:
                page_of_entry |= dict.fromkeys(listing.kinds.keys() - page_of_entry.keys(), docname)
        return page_of_entry

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        kinds = {
            name: kind
            for listings in self.pages.values()
            for listing in listings
            for name, kind in listing.kinds.items()
        }
        for name, docname in sorted(self.entries.items()):
            yield name, name, kinds[name], docname, name, 1

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: addnodes.pending_xref,
        contnode: nodes.Element,
    ) -> nodes.reference | None:
        book = book_objects(app_of(env))
        name = find(target, book.objects, book.library)
        docname = self.entries.get(name or "")
        return make_refnode(builder, fromdocname, docname, name, contnode, name) if docname and name else None

    def check_consistency(self) -> None:
        if self.pages and not book_objects(app_of(self.env)).objects:
            warn(
                Warn.OBJECT,
                "the book saves nothing, so that {package-api} shows nothing; remove it, or mark a block to be saved",
                location=min(self.pages),
            )
        places: dict[str, str] = {}
        for docname, listings in sorted(self.pages.items()):
            for name in (name for listing in listings for name in listing.kinds):
                if name in places:
                    warn(
                        Warn.OBJECT,
                        "%s has an entry on %s already; give one {package-api} another module",
                        name,
                        places[name],
                        location=docname,
                    )
                    break
                places[name] = docname


def saved_domain(env: BuildEnvironment) -> SavedObjectsDomain:
    """Return the domain of a build."""
    return cast("SavedObjectsDomain", env.domains[SavedObjectsDomain.name])


def explain_dangling(app: Sphinx, domain: Domain | None, node: addnodes.pending_xref) -> bool | None:
    """Warn of a name that the package does not have, with similar names. Handle `warn-missing-reference`."""
    if not isinstance(domain, SavedObjectsDomain):
        return None
    book = book_objects(app)
    target = str(node["reftarget"])
    package = book.library.package
    if not book.objects:
        message = f"the book saves nothing that {target!r} could be; mark a block to be saved"
    elif find(target, book.objects, book.library):
        message = f"no page has an entry for {target!r}; put {{package-api}} on one"
    else:
        shown = {saved_object.shown.removeprefix(f"{package}."): saved_object for saved_object in book.objects.values()}
        near = get_close_matches(target.removeprefix(f"{package}."), shown, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "save it, or correct the name"
        message = f"the package {package} has no object {target!r}; {hint}"
    warn(Warn.OBJECT, "%s", message, location=node)
    return True


def find_stale(app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]) -> list[str]:
    """Return the pages whose entries were read from an older package. Handle `env-get-outdated`."""
    book = book_objects(app)
    return [
        docname
        for docname, listings in saved_domain(env).pages.items()
        if any(listing.digest != listing_digest(book, listing.module) for listing in listings)
    ]


def listing_digest(book: BookObjects, module: str) -> str:
    """Return a digest of everything that a `{package-api}` reads into its page."""
    chosen = [saved_object for saved_object in book.objects.values() if module in ("", saved_object.module)]
    shown = [
        {field.name: getattr(saved_object, field.name) for field in fields(saved_object) if field.name != "item"}
        for saved_object in chosen
    ]
    return digest(*map(repr, shown))


def find_unwritten(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages whose links to entries, or whose lists of users, have changed. Handle `env-get-updated`.

    These are put in when a page is written, so such pages are written again and need not be read again.
    """
    domain, book = saved_domain(env), book_objects(app)
    entries = domain.entries
    if not entries and not domain.shown:
        return []
    stale = []
    for docname in sorted(env.found_docs):
        names = {use.symbol for use in book.uses(docname)}
        names |= {
            name
            for blocks in book.saved(docname).values()
            for block in blocks
            for name, _ in names_saved(block, book.library.about.names)
        }
        facts = [f"{name} {entries.get(name)}" for name in sorted(names)]
        for target in sorted(domain.references.get(docname, ())):
            qualified = find(target, book.objects, book.library)
            facts.append(f"{target} {qualified} {entries.get(qualified or '')}")
        for listing in domain.pages.get(docname, ()):
            facts += [whereabouts_text(env, book, name) for name in listing.kinds if name in book.objects]
        value = digest(*facts)
        if domain.shown.get(docname) != value:
            domain.shown[docname] = value
            stale.append(docname)
    return stale


def add_roles(app: Sphinx) -> None:
    """Register the role, also under the name of the package unless that is taken. Handle `builder-inited`."""
    for name in (ROLE, package_name(app.config)):
        if not is_role_registered(name):
            app.add_role(name, SavedRole(warn_dangling=True))


def setup(app: Sphinx) -> None:
    app.add_domain(SavedObjectsDomain)
    app.connect("builder-inited", add_roles)
    app.connect("env-get-outdated", find_stale)
    # Runs after the collector (500) has given out the numbers.
    app.connect("env-get-updated", find_unwritten, priority=600)
    app.connect("warn-missing-reference", explain_dangling)
