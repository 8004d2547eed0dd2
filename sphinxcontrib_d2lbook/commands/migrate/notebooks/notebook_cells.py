"""Convert notebooks written for nbsphinx to notebooks for MyST-NB."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ..page_notes import PageNotes

Cell = dict[str, Any]

LINK = re.compile(r"(?<!!)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^()\s]+)\)")
TITLE = re.compile(r"^#{1,6}[ \t]+(?P<text>.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
ANCHOR = re.compile(r"(?P<open>\]\([^()\s#]*#)(?P<anchor>[^()\s]+)(?P<close>\))")
ALERT = re.compile(
    r"^<div class=[\"']alert alert-(?P<kind>info|success|warning|danger)[\"'][^>]*>(?P<body>.*?)</div>[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
KINDS = {"info": "note", "success": "tip", "warning": "warning", "danger": "danger"}
CITE = re.compile(
    r"<cite data-(?P<kind>cite(?:-[pt])?|footcite(?:-[pt])?)=[\"'](?P<keys>[^\"']+)[\"'][^>]*>.*?</cite>", re.DOTALL
)
RAW = {"text/html": "html", "text/latex": "latex"}
"""Formats of the `raw` directive by MIME types of raw cells."""
RST = frozenset({"text/restructuredtext", "text/x-rst", "rst", "restructuredtext", ""})
"""MIME types of raw cells that nbsphinx reads as reStructuredText; "" stands for cells without a type."""
LISTS = ("nbsphinx-toctree", "nbsphinx-gallery", "nbsphinx-linkgallery")
OPTIONS = {
    "execute": ("execution_mode", {"always": "force", "never": "off", "auto": "auto"}),
    "allow_errors": ("execution_allow_errors", {}),
    "timeout": ("execution_timeout", {}),
}
"""MyST-NB's name and values by the key in a notebook's metadata."""


def convert(text: str, notes: PageNotes) -> str:
    """Return the JSON of a notebook. Raises ValueError and KeyError for what is none. Lines are numbers of cells."""
    notebook = json.loads(text)
    before = json.dumps(notebook, sort_keys=True)
    for number, cell in enumerate(notebook["cells"], 1):
        _cell(cell, number, notes)
    _metadata(notebook.setdefault("metadata", {}), notes)
    if json.dumps(notebook, sort_keys=True) == before:
        return text
    indent = re.search(r"^\{\r?\n( +)", text)
    return json.dumps(notebook, indent=len(indent[1]) if indent else 1, ensure_ascii=False) + "\n"


def _cell(cell: Cell, number: int, notes: PageNotes) -> None:
    metadata: dict[str, Any] = cell.setdefault("metadata", {})
    tags: list[str] = metadata.get("tags") or []
    if metadata.get("nbsphinx") == "hidden":
        del metadata["nbsphinx"]
        _hide(cell, number, tags, notes)
        return
    for name in ("nbsphinx-thumbnail", "nbsphinx-thumbnail-hidden"):
        if name in metadata or name in tags:
            metadata.pop(name, None)
            metadata["tags"] = [tag for tag in tags if tag != name]
            notes.ask(number, name, "no gallery is made; a card of sphinx-design can show the picture")
    kind = cell["cell_type"]
    if kind == "raw":
        _raw(cell, number, notes)
    elif kind == "markdown":
        name = next((name for name in LISTS if name in metadata or name in tags), "")
        if name:
            options = metadata.pop(name, None)
            metadata["tags"] = [tag for tag in tags if tag != name]
            _list(cell, name, options if isinstance(options, dict) else {}, number, notes)
        else:
            _set(cell, _markdown(_source(cell), number, notes))
    if metadata.get("tags") == []:
        del metadata["tags"]


def _hide(cell: Cell, number: int, tags: list[str], notes: PageNotes) -> None:
    if cell["cell_type"] == "code":
        cell["metadata"]["tags"] = [*tags, "remove-cell"]
        notes.note(number, "hidden cell", "the tag `remove-cell`")
    else:
        cell["cell_type"] = "raw"
        notes.note(number, "hidden text", "a raw cell, which no page shows")


def _raw(cell: Cell, number: int, notes: PageNotes) -> None:
    metadata = cell["metadata"]
    mime = str(metadata.get("raw_mimetype") or metadata.get("format") or "").lower()
    source = _source(cell)
    if not source.strip() or (not mime and source.startswith("---")):
        return  # the front matter of Jupytext
    if mime in RST:
        body = f"{_fence(source)}{{eval-rst}}\n{source.rstrip()}\n{_fence(source)}"
        told = "an `eval-rst` directive"
    elif mime == "text/markdown":
        body, told = source, "a text cell"
    elif mime in RAW:
        body = f"{_fence(source)}{{raw}} {RAW[mime]}\n{source.rstrip()}\n{_fence(source)}"
        told = f"a `raw` directive for {RAW[mime]}"
    else:
        notes.ask(number, f"raw cell of {mime}", "no page shows it")
        return
    for name in ("raw_mimetype", "format"):
        metadata.pop(name, None)
    cell["cell_type"] = "markdown"
    _set(cell, body)
    notes.note(number, f"raw cell of {mime or 'no MIME type'}", told)


def _list(cell: Cell, name: str, options: dict[str, Any], number: int, notes: PageNotes) -> None:
    """Make a toctree of a cell with links to pages, its heading as caption."""
    source = _source(cell)
    if name == "nbsphinx-linkgallery":
        notes.ask(number, name, "its links stay as a list; cards of sphinx-design can show pictures")
        return
    heading = TITLE.search(source)
    caption = heading["text"] if heading else ""
    lines = ["```{toctree}"]
    if caption and "caption" not in options:
        lines.append(f":caption: {caption}")
    for key, value in options.items():
        if value is not False:
            lines.append(f":{key}:" if value is True else f":{key}: {value}")
    rest = LINK.sub("", source[: heading.start()] + source[heading.end() :] if heading else source)
    lines += ["", *(_entry(match) for match in LINK.finditer(source)), "```"]
    _set(cell, "\n".join(lines))
    if name == "nbsphinx-gallery":
        notes.ask(number, name, "is a toctree now; cards of sphinx-design can show pictures")
    else:
        notes.note(number, name, "a `toctree` directive")
    if words := " ".join(re.findall(r"\w[^\n]*", rest)):
        notes.ask(number, "text of a toctree cell", f"nbsphinx does not show it; it is left out: {words}")


def _entry(match: re.Match[str]) -> str:
    target = match["target"]
    if "://" in target:
        return f"{match['text']} <{target}>"
    return re.sub(r"\.(?:ipynb|rst|md|nblink)$", "", target.partition("#")[0])


def _markdown(source: str, number: int, notes: PageNotes) -> str:
    def alert(match: re.Match[str]) -> str:
        kind = KINDS[match["kind"]]
        notes.note(number, "box by <div class=alert>", f"a `{kind}` directive")
        body = match["body"].strip("\n")
        body = re.sub(
            rf"\A\s*(?:\*\*|<b>|<strong>)?{kind}:?(?:\*\*|</b>|</strong>)?:?[ \t]*\n+", "", body, flags=re.IGNORECASE
        )
        fence = ":" * max(3, *(len(found) + 1 for found in re.findall(r"^:{3,}", body, re.MULTILINE)), 3)
        return f"{fence}{{{kind}}}\n{body.strip()}\n{fence}"

    def cite(match: re.Match[str]) -> str:
        role = match["kind"].replace("-", ":")
        notes.note(number, "citation by <cite>", f"the role `{{{role}}}`")
        return f"{{{role}}}`{match['keys']}`"

    def anchor(match: re.Match[str]) -> str:
        if "://" in match["open"]:
            return match[0]
        slug = re.sub(r"[^\w-]", "", match["anchor"].lower())
        if slug != match["anchor"]:
            notes.note(number, "link to a heading", "the address that MyST gives it")
        return f"{match['open']}{slug}{match['close']}"

    return ANCHOR.sub(anchor, CITE.sub(cite, ALERT.sub(alert, source)))


def _metadata(metadata: dict[str, Any], notes: PageNotes) -> None:
    """Bring over what a notebook says of itself."""
    options = metadata.pop("nbsphinx", None)
    if not isinstance(options, dict):
        return
    for key, value in options.items():
        if key == "orphan":
            metadata["orphan"] = value
            notes.note(1, "nbsphinx.orphan of the notebook", "its `orphan`")
        elif key in OPTIONS:
            name, values = OPTIONS[key]
            metadata.setdefault("mystnb", {})[name] = values.get(value, value) if values else value
            notes.note(1, f"nbsphinx.{key} of the notebook", f"its `mystnb.{name}`")
        else:
            notes.ask(1, f"nbsphinx.{key} of the notebook", "has no equivalent, and is left out")


def _source(cell: Cell) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _set(cell: Cell, text: str) -> None:
    if text != _source(cell):
        cell["source"] = text.splitlines(keepends=True)


def _fence(text: str) -> str:
    return "`" * max(3, *(len(found) + 1 for found in re.findall(r"`{3,}", text)), 3)


def linked(text: str) -> Iterator[tuple[str, Any]]:
    """Yield the path of the notebook that a `.nblink` names, and its extra media. Raises ValueError for none."""
    value = json.loads(text)
    if not isinstance(value, dict) or not isinstance(value.get("path"), str):
        raise ValueError("names no path")
    yield value["path"], value.get("extra-media")
