"""Draw a picture of each chapter for social networks, by the Typst compiler, and name it in the head of its pages.

A card is drawn again when what it shows has changed. It needs the book's permanent address, Sphinx's `html_baseurl`,
since `og:image` is an address.
"""

from __future__ import annotations

import html
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

from ...common.ancestors import ancestors
from ...common.build_state import StateEntry, StateKind
from ...common.files import digest, file_digest, remove_left, write_if_changed
from ...common.forks import call_in_fork
from ...common.part_colours import PART_TONES, PLAIN_TONE
from ...common.per_page_domain import PerPageDomain
from ...common.toctree_order import pages_from
from ...common.warning_types import Warn, warn
from ...config import author_of
from ...execution.extension import work_folder
from ...numbering.matter import divisions
from ...numbering.table import section_number
from .page_metadata import ANOTHER
from .site_files import base_address

FOLDER = "_static/cards"
"""Folder of the site with the cards."""
SOURCE = Path(__file__).with_name("social_card.typ")
SIZE = (1200, 630)
"""Width and height in pixels that social networks ask for."""
DRAWN = StateKind(
    "html/cards",
    of="a website's folder: the cards of chapters in it, and a digest of what each shows",
    stale="nothing: a card is drawn again when its digest is another one, or its file is gone",
)
PICTURES = (".png", ".jpg", ".jpeg", ".svg")
"""Suffixes of figures that a card can show."""
_chapters: WeakKeyDictionary[Sphinx, dict[str, str]] = WeakKeyDictionary()
"""Result of `chapters`, once a build."""
FAULT = "the card of this chapter for social networks cannot be drawn: %s"


@dataclass(frozen=True)
class Card:
    """What a card shows."""

    title: str
    number: str
    book: str
    author: str
    tone: str
    """Colour of the chapter's part."""
    figure: str
    """First figure or picture of an output in the chapter, relative to the source folder; "" for none."""


class FigureDomain(PerPageDomain[str]):
    """Domain that keeps the first figure of each page that has one."""

    name = "d2lcards"
    label = "figures for the cards of chapters"
    data_version = 2


def note_figure(app: Sphinx, doctree: nodes.document) -> None:
    """Note the first figure of a page. Handle `doctree-read`."""
    env = app.env
    for image in doctree.findall(nodes.image):
        candidates: Mapping[str, str] = image.get("candidates", {})
        for path in candidates.values() if _is_large(image) else ():
            if path.lower().endswith(PICTURES) and (env.srcdir / path).is_file():
                _figures(env).pages[env.current_document.docname] = path
                return


def _is_large(image: nodes.image) -> bool:
    """Check whether an image is a figure or an output of a cell, and not a small sign in the text."""
    for place in ancestors(image):
        if isinstance(place, nodes.TextElement):
            return False
        if isinstance(place, nodes.figure) or place.get("nb_element") == "cell_code_output":
            return True
    return False


def _figures(env: BuildEnvironment) -> FigureDomain:
    return cast("FigureDomain", env.domains[FigureDomain.name])


def chapters(env: BuildEnvironment) -> dict[str, str]:
    """Return for each page that has a card its chapter; the root page, and what no chapter holds, has the book's."""
    root = env.config.root_doc
    found = dict.fromkeys(env.found_docs, root)
    for division in divisions(env):
        for chapter in division.docnames:
            found.update(dict.fromkeys(pages_from(env, chapter), chapter))
    return found


def cards(env: BuildEnvironment) -> Iterator[tuple[str, Card]]:
    """Yield the chapters and their cards, in order; the root page comes first."""
    config = env.config
    book, author = " ".join(config.project.split()), author_of(config)
    yield config.root_doc, Card(book, "", "", author, PLAIN_TONE.light, _figures(env).pages.get(config.root_doc, ""))
    part = -1
    for division in divisions(env):
        is_part = division.matter == "main" and division.caption
        part += 1 if is_part else 0
        tone = PART_TONES[part % len(PART_TONES)] if is_part else PLAIN_TONE
        for chapter in division.docnames:
            if chapter not in env.titles:  # an address that a toctree lists
                continue
            title = " ".join(env.titles[chapter].astext().split())
            pages = (_figures(env).pages.get(docname, "") for docname in pages_from(env, chapter))
            yield (
                chapter,
                Card(title, section_number(env, chapter), book, author, tone.light, next(filter(None, pages), "")),
            )


def has_cards(app: Sphinx) -> bool:
    """Check whether the site that is built has cards."""
    return bool(base_address(app)) and app.config.d2lbook_social_cards and ANOTHER not in app.extensions


def draw_cards(app: Sphinx) -> list[Any]:
    """Draw the cards that are new or show something else. Handle `html-collect-pages`; return no pages."""
    if not isinstance(app.builder, StandaloneHTMLBuilder):
        return []
    entry = StateEntry(work_folder(app), DRAWN, digest(str(app.outdir))[:8])
    before: Mapping[str, str] = entry.load() or {}
    now: dict[str, str] = {}
    missing: dict[str, Card] = {}
    for docname, card in cards(app.env) if has_cards(app) else ():
        name = f"{docname}.png"
        now[name] = digest(*asdict(card).values(), file_digest(SOURCE), version("typst"), _figure_digest(app.env, card))
        if before.get(name) != now[name] or not Path(app.outdir, FOLDER, name).is_file():
            missing[docname] = card
    # The compiler leaves threads behind, with which this process could fork no more.
    drawn = call_in_fork(lambda: [_drawn(app.srcdir, card) for card in missing.values()]) if missing else []
    for docname, (picture, fault) in zip(missing, drawn, strict=True):
        if picture:
            write_if_changed(Path(app.outdir, FOLDER, f"{docname}.png"), picture)
        else:
            warn(Warn.OUTPUT, FAULT, fault, location=docname)
            del now[f"{docname}.png"]
    remove_left(before, Path(app.outdir, FOLDER), now)
    entry.save(str(app.outdir), now)
    return []


def _figure_digest(env: BuildEnvironment, card: Card) -> str:
    file = env.srcdir / card.figure
    return file_digest(file) if card.figure and file.is_file() else ""


def _drawn(sources: Path, card: Card) -> tuple[bytes, str]:
    """Return the picture of a card, without its figure if that cannot be set; or b"" and why nothing can."""
    from ..paper.compiler import TypstFault, draw_picture  # This imports the compiler, which few builds need.

    # The compiler's own fonts have the scripts of Europe; for others the machine's are taken.
    others = any(ord(character) > 0x052F for character in card.title + card.book + card.author)
    fault = ""
    for figure in dict.fromkeys((card.figure, "")):
        with TemporaryDirectory() as name:  # so that it can read nothing but its figure
            shown = f"figure{Path(figure).suffix.lower()}" if figure else ""
            if figure:
                shutil.copyfile(sources / figure, Path(name, shown))
            inputs = {**asdict(card), "figure": shown and f"/{shown}"}
            try:
                return draw_picture(SOURCE.read_bytes(), inputs, Path(name), system=others), ""
            except TypstFault as err:
                fault = err.message
    return b"", fault


def add_card(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Name the card of its chapter in the head of a page. Handle `html-page-context`."""
    if not isinstance(doctree, nodes.document) or not has_cards(app) or "og:image" in str(context.get("metatags", "")):
        return
    if app not in _chapters:
        _chapters[app] = chapters(app.env)
    chapter = _chapters[app].get(pagename)
    if chapter is None:
        return
    address = html.escape(f"{base_address(app)}{FOLDER}/{chapter}.png", quote=True)
    title = html.escape(" ".join(app.env.titles[chapter].astext().split()), quote=True)
    width, height = SIZE
    tags = (
        f'<meta property="og:image" content="{address}" />',
        f'<meta property="og:image:width" content="{width}" />',
        f'<meta property="og:image:height" content="{height}" />',
        f'<meta property="og:image:alt" content="{title}" />',
        '<meta name="twitter:card" content="summary_large_image" />',
    )
    context["metatags"] = "\n".join((str(context.get("metatags", "")), *tags))


def setup(app: Sphinx) -> None:
    app.add_domain(FigureDomain)
    # After Sphinx's collector of images (500), which finds their files.
    app.connect("doctree-read", note_figure, priority=600)
    app.connect("html-collect-pages", draw_cards)
    # After the other elements of the head (700).
    app.connect("html-page-context", add_card, priority=710)
