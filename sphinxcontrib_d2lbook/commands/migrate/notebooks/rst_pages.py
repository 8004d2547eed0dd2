"""Convert pages of reStructuredText: directives of nbsphinx become those of Sphinx."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..page_notes import PageNotes

DIRECTIVE = re.compile(r"^(?P<indent>[ \t]*)\.\.[ \t]+(?P<name>nb\w+)::[ \t]*(?P<argument>.*?)[ \t]*$")
OPTION = re.compile(r"^[ \t]+:[\w-]+:.*$")
REF = re.compile(r":ref:`(?P<text>[^`<]*?)[ \t\n]*<?(?P<path>/[^`<>#]+?)\.ipynb(?P<anchor>#[^`>]*)?>?`")
EMBEDDED = re.compile(r"`(?P<text>[^`<]+?)[ \t\n]+<(?P<path>[^`<>:#]+?)\.ipynb(?P<anchor>#[^`>]*)?>`__?")
TARGET = re.compile(r"^(?:\.\. _[^:]+:|__)[ \t]+(?P<path>[^\s:#]+\.ipynb(?:#\S*)?)[ \t]*$")
SIMPLE = {"nbinfo": "note", "nbwarning": "warning", "nbgallery": "toctree"}


def convert(text: str, notes: PageNotes) -> str:
    """Return the text of a page."""
    lines = list(_directives(text.split("\n"), notes))
    for number, line in enumerate(text.split("\n"), 1):
        if TARGET.match(line):
            notes.ask(
                number, line.strip(), "a link to a notebook by its file; write :doc:`text <page>` where it is used"
            )
    return _links("\n".join(lines), notes)


def _directives(lines: list[str], notes: PageNotes) -> Iterator[str]:
    index = 0
    while index < len(lines):
        found = DIRECTIVE.match(lines[index])
        if found is None:
            yield lines[index]
            index += 1
            continue
        end = _end(lines, index + 1, len(found["indent"]))
        yield from _directive(found, lines[index + 1 : end], index + 1, notes)
        index = end


def _end(lines: list[str], start: int, indent: int) -> int:
    """Return the index behind the last line that is indented by more than a directive."""
    last = start
    for index in range(start, len(lines)):
        line = lines[index]
        if line.strip():
            if len(line) - len(line.lstrip()) <= indent:
                break
            last = index + 1
    return last


def _directive(found: re.Match[str], body: list[str], number: int, notes: PageNotes) -> Iterator[str]:
    indent, name, argument = found["indent"], found["name"], found["argument"]
    head = f"{indent}.. "
    if name == "nbinput":
        notes.note(number, ".. nbinput::", "a `code-block`")
        yield f"{head}code-block:: {argument}".rstrip()
        yield from _without_options(body)
    elif name == "nboutput" and argument in ("rst", "reStructuredText"):
        notes.note(number, ".. nboutput:: rst", "a `container`")
        yield f"{head}container:: output"
        yield from _without_options(body)
    elif name == "nboutput":
        notes.note(number, ".. nboutput::", "a `code-block`")
        yield f"{head}code-block:: {argument or 'none'}"
        yield from _without_options(body)
    elif name in SIMPLE:
        if name == "nbgallery":
            notes.ask(number, ".. nbgallery::", "is a toctree now; cards of sphinx-design can show pictures")
        else:
            notes.note(number, f".. {name}::", f"a `{SIMPLE[name]}`")
        yield f"{head}{SIMPLE[name]}:: {argument}".rstrip()
        yield from body
    else:
        if name == "nblinkgallery":
            todo = "has no equivalent; write a list of links, or cards of sphinx-design"
            notes.ask(number, f".. {name}::", todo)
        yield found[0]
        yield from body


def _without_options(body: list[str]) -> Iterator[str]:
    """Yield the content of a directive without its options, behind a blank line."""
    at = 0
    while at < len(body) and OPTION.match(body[at]):
        at += 1
    if at < len(body) and body[at].strip():
        yield ""
    yield from body[at:]


def _links(text: str, notes: PageNotes) -> str:
    def one(match: re.Match[str]) -> str:
        number = text.count("\n", 0, match.start()) + 1
        if match["anchor"]:
            notes.ask(
                number, match[0].replace("\n", " "), "leads to a heading; give it a label, and refer to that by :ref:"
            )
            return match[0]
        notes.note(number, "link to a notebook", "`:doc:`")
        words = match["text"].strip()
        return f":doc:`{words} <{match['path']}>`" if words else f":doc:`{match['path']}`"

    return EMBEDDED.sub(one, REF.sub(one, text))
