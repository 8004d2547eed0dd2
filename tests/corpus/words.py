"""What a reader reads in a doctree, a website's page, a notebook and a PDF, brought to one form.

Two comparisons are made of it. The words of a page that ordinary Sphinx wrote and of the one that we wrote must be the
same, in one order. The pieces of text of a doctree must be in the PDF and in the page's notebook, as often as there.
A piece is what no output interrupts: running text between formulas and notes, one line of code, one cell's text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import pypdfium2
from docutils import nodes
from lxml import html
from sphinx import addnodes

from sphinxcontrib_d2lbook.testing import markdown_parser

DROPPED = frozenset("↪-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\x02\ufffe")
"""What may come or go where a line is broken; PDFium gives the last two for hyphens."""
SAME = str.maketrans("‘’“”„‚«»‹›", '\'\'"""\'""""')
COLOURS = re.compile(r"\x1b\[[\d;]*m")
"""What colours text in a terminal."""
NEAR = 900
"""Characters that a footer, a header and notes may put into a text that goes on over a page's end."""
LEAST = 8
"""Characters of a text that stand on each side of the end of a page, at least: less can be anywhere by chance."""
MARKS = (nodes.math, nodes.math_block, nodes.footnote_reference, addnodes.index)
"""What stands in a line of text and is a formula, a number or a place."""
BREAKS = (*MARKS, nodes.citation_reference, nodes.classifier, nodes.image, nodes.raw)
"""What stands in a line of text and is set as something of its own."""
UNSEEN = (
    nodes.Invisible,
    nodes.docinfo,
    nodes.label,
    nodes.math_block,
    nodes.system_message,
    addnodes.highlightlang,
    addnodes.tabular_col_spec,
)
"""What has no words that a reader would miss. Formulas are compared where HTML is."""
SIDE_NOTES = frozenset({"sidenote", "marginnote"})
SILENT = frozenset({"script", "style", "template", "svg", "noscript"})
"""Elements of HTML whose text is not read."""


def squeezed(text: str) -> str:
    """Return ``text`` without what setting it may change: white space, hyphens, shapes of letters and of quotes."""
    plain = unicodedata.normalize("NFKC", COLOURS.sub("", text)).translate(SAME)
    return "".join(
        char
        for char in plain
        if not char.isspace() and char not in DROPPED and unicodedata.category(char) not in ("Cf", "Cc")
    )


# Doctrees -------------------------------------------------------------------------------------------------------------


def pieces(node: nodes.Node) -> Iterator[str]:
    """Yield the texts in a resolved doctree, in its order. Lists of contents are left out, which outputs make anew."""
    if isinstance(node, UNSEEN) or _is_contents(node) or _is_link_to_source(node):
        return
    if isinstance(node, nodes.raw):
        if "html" in node.get("format", "").split():
            yield from _of_html(node.astext())
    elif isinstance(node, nodes.FixedTextElement):
        yield from filter(str.strip, "".join(node.findall(nodes.Text)).splitlines())
    elif isinstance(node, addnodes.desc_signature):  # between its parts, outputs put brackets and commas
        for child in node.children:
            yield from _parts(child)
    elif isinstance(node, nodes.TextElement):
        yield from filter(str.strip, _runs(node))
    elif isinstance(node, nodes.Text):
        yield from filter(str.strip, [str(node)])
    else:
        for child in node.children:
            yield from pieces(child)


def captions(doctree: nodes.document) -> Iterator[str]:
    """Yield the captions of a page's toctrees, which are still to be resolved: parts of the book, on the root page."""
    for toctree in doctree.findall(addnodes.toctree):
        if toctree.get("caption"):
            yield toctree["caption"]


def _is_contents(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Element) and bool({"toctree-wrapper", "contents"} & set(node["classes"]))


def _is_link_to_source(node: nodes.Node) -> bool:
    """Return whether a node is the link to a page with source code, which only the website has."""
    inner = node.children[0] if isinstance(node, nodes.reference) and len(node.children) == 1 else None
    return isinstance(inner, nodes.inline) and "viewcode-link" in inner["classes"]


def _parts(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Text):
        yield from node.split()
    elif not _is_link_to_source(node):
        for child in node.children:
            yield from _parts(child)


def _runs(node: nodes.Element) -> Iterator[str]:
    """Yield the text of an element that holds running text, in runs between what is no text."""
    run = ""
    for child in node.children:
        if isinstance(child, nodes.Text):
            run += child
        elif (isinstance(child, UNSEEN) and not isinstance(child, BREAKS)) or type(child).__name__ == "SideNoteNode":
            continue
        elif SIDE_NOTES & set(child["classes"]):  # as sphinx-book-theme shows notes, behind a number if it has one
            yield run
            run = ""
            for part in child.children:
                yield from pieces(part) if not isinstance(part, nodes.superscript) else ()
        elif isinstance(child, BREAKS) or not isinstance(child, nodes.TextElement):
            yield run
            run = ""
            yield from pieces(child) if not isinstance(child, MARKS) else ()
        else:
            first, *others = [*_runs(child)] or [""]
            run += first
            for other in others:
                yield run
                run = other
            if isinstance(child, nodes.abbreviation) and child.get("explanation"):
                run += f" ({child['explanation']})"
    yield run


def _of_html(source: str) -> Iterator[str]:
    """Yield the texts between the tags of a part of a page."""
    if source.strip():
        yield from filter(str.strip, _texts(html.fragment_fromstring(source, create_parent="div")))


def _texts(element: html.HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in SILENT:
        yield element.text or ""
        for child in element:
            yield from _texts(child)
    yield element.tail or ""


# Pages of a website ---------------------------------------------------------------------------------------------------


def page_words(path: Path, without: Sequence[str] = ()) -> list[str]:
    """Return the words of a page from its title to its end; a formula is its TeX.

    ``without`` are XPaths of elements that are left out.
    """
    return list(_element_words(_page(path, without)))


def page_links(path: Path, without: Sequence[str] = ()) -> list[str]:
    """Return the addresses to which a page leads, in order."""
    return [link.get("href", "") for link in _page(path, without).iter("a") if link.get("class") != "headerlink"]


def _page(path: Path, without: Sequence[str]) -> html.HtmlElement:
    tree = html.fromstring(path.read_text("utf-8"))
    for xpath in without:
        for element in tree.xpath(xpath):
            element.drop_tree()
    return tree


def _element_words(element: html.HtmlElement) -> Iterator[str]:
    if isinstance(element.tag, str) and element.tag not in SILENT:
        if "math" in (element.get("class") or "").split() or element.tag == "math":
            yield from _formula(element)
        else:
            if element.tag == "img":
                alt, address = element.get("alt") or "", element.get("src") or ""
                yield from ("[image:", *_split(alt if not address.endswith(alt) else ""), "]")
            yield from _split(element.text)
            for child in element:
                yield from _element_words(child)
    yield from _split(element.tail)


def _formula(element: html.HtmlElement) -> Iterator[str]:
    """Yield a formula as Sphinx's other renderers have it in the page or as it is beside our MathML, and its number."""
    numbers = element.xpath(".//*[contains(concat(' ', @class, ' '), ' eqno ')]")
    for number in numbers:
        yield from _split(number.text)
        number.drop_tree()
    notes = element.xpath(".//*[local-name()='annotation']")
    yield "$" + tex("".join(note.text or "" for note in notes) if notes else element.text_content()) + "$"


def tex(source: str) -> str:
    """Return TeX without what renderers put around it."""
    for mark in (r"\(", r"\)", r"\[", r"\]", r"\begin{split}", r"\end{split}"):
        source = source.replace(mark, "")
    return "".join(source.split())


def _split(text: str | None) -> Iterator[str]:
    yield from unicodedata.normalize("NFC", text or "").replace("¶", " ").replace("#", " # ").split()


def differences(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Return where two texts differ, each place with the words before it."""
    if list(ours) == list(theirs):
        return []
    found = []
    for kind, i, j, k, m in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        if kind != "equal":
            before = " ".join(theirs[max(0, i - 3) : i])
            found.append(f"…{before} | {' '.join(theirs[i:j])!r} became {' '.join(ours[k:m])!r}")
    return found


# Files ----------------------------------------------------------------------------------------------------------------


def pdf_pages(path: Path) -> list[str]:
    """Return the squeezed text of each page of a PDF."""
    document = pypdfium2.PdfDocument(path)
    try:
        found = []
        for page in document:
            text = page.get_textpage()
            found.append(squeezed(text.get_text_range()))
            text.close()
            page.close()
        return found
    finally:
        document.close()


def notebook_text(path: Path) -> str:
    """Return the squeezed text that a reader sees in a notebook."""
    shown: list[str] = []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            shown.append(source)
            for output in cell["outputs"]:
                shown += _of_output(output)
        else:
            shown += _of_html(markdown_parser().render(source))
    return squeezed("\n".join(shown))


def _of_output(output: dict[str, object]) -> Iterator[str]:
    data = output.get("data", {})
    assert isinstance(data, dict)
    for kind, value in data.items():
        text = "".join(value) if isinstance(value, list) else str(value)
        if kind == "text/html":
            yield from _of_html(text)
        elif kind == "text/markdown":
            yield from _of_html(markdown_parser().render(text))
        elif kind.startswith("text/"):
            yield text
    yield "".join(map(str, output.get("text", [])))  # type: ignore[call-overload]
    yield "\n".join(map(str, output.get("traceback", [])))  # type: ignore[call-overload]


# What is missing ------------------------------------------------------------------------------------------------------


def missing(wanted: Iterable[str], pages: Sequence[str]) -> list[str]:
    """Return the pieces that are not on ``pages`` as often as in ``wanted``, each once."""
    text = "".join(pages)
    counts = Counter(squeezed(part) for piece in wanted for part in _in_order(piece))
    counts.pop("", None)
    return [piece for piece, count in counts.items() if count > text.count(piece) + broken(piece, pages)]


def _in_order(piece: str) -> list[str]:
    """Return the words of a piece that runs from right to left, which a PDF may have in any order; else the piece."""
    is_reversed = any(unicodedata.bidirectional(char) in ("R", "AL") for char in piece)
    return piece.split() if is_reversed else [piece]


def broken(piece: str, pages: Sequence[str]) -> int:
    """Return at how many ends of pages ``piece`` begins, and goes on at the next."""
    found = 0
    for page, following in pairwise(pages):
        end, start = page[-NEAR:], following[:NEAR]
        cuts = range(LEAST, len(piece) - LEAST + 1)
        found += any(piece[:cut] in end and piece[cut:] in start for cut in cuts)
    return found
