"""Convert roles, links and marks of slides within lines of Markdown."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection

from ..page_notes import PageNotes

ROLE = re.compile(r"(?<![\w`]):(?P<name>[\w./-]+):`(?P<content>[^`]+)`")
CODE = re.compile(rf"(?P<role>{ROLE.pattern})|(?<![`\\])(?P<mark>`+)(?!`).+?(?<!`)(?P=mark)(?!`)", re.DOTALL)
"""Span of code, or a role, whose content stays as it is."""
ROLES = {
    "ref": "ref",
    "numref": "numref",
    "eqref": "eq",
    "cite": "cite:p",
    "citep": "cite:p",
    "citet": "cite:t",
    "class": "py:class",
    "func": "py:func",
    "mod": "py:mod",
}
"""MyST roles by those of d2lbook."""
BLOCK_MARKS = frozenset({"label", "eqlabel", "width", "height", "bibliography", "begin_tab", "end_tab"})
LINK = re.compile(r"(?P<open>\]\()(?P<path>[^()\s:#]+)\.(?P<suffix>ipynb|html)(?P<rest>#[^()\s]*)?(?P<close>[\s)])")
FORMULA = re.compile(r"(?<!\\)(?:\$\$.+?\$\$|\$(?![\s$])(?:\\.|[^$\\])*?(?<=[^\s\\$])\$(?!\d))", re.DOTALL)
"""Formula in a paragraph, as pandoc reads it: no space inside the dollar signs, and no digit after them."""
SIGN = re.compile(r"(?<!\\)\$")
SLIDES = (
    (re.compile(r"\[\*\*(?P<text>(?:(?!\[\*\*).)+?)\*\*\](?!\()", re.DOTALL), True),
    (re.compile(r"(?<!\])\(\*\*(?P<text>(?:(?!\(\*\*).)+?)\*\*\)", re.DOTALL), True),
    (re.compile(r"\[~~(?P<text>(?:(?!\[~~).)+?)~~\](?!\()", re.DOTALL), False),
    (re.compile(r"(?<!\])\(~~(?P<text>(?:(?!\(~~).)+?)~~\)", re.DOTALL), False),
    (re.compile(r"^\(\(\((?P<text>.+?)\)\)\)[ \t]*$", re.DOTALL | re.MULTILINE), True),
    (re.compile(r"^\[\[\[(?P<text>.+?)\]\]\][ \t]*$", re.DOTALL | re.MULTILINE), True),
)
"""Marks of text for slides, and whether the book shows the text too."""
FIRST = 0xF0000
"""First character of the private area of Unicode whose characters stand for spans of code."""


class Spans:
    """Spans of code of a text, each replaced by a character so that nothing in it is changed."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def hide(self, text: str) -> str:
        """Return a text with its spans of code hidden; lines keep their number."""

        def one(match: re.Match[str]) -> str:
            if match["role"] or "\n" in match[0]:
                return match[0]
            self._texts.append(match[0])
            return chr(FIRST + len(self._texts) - 1)

        return CODE.sub(one, text)

    def show(self, text: str) -> str:
        return re.sub(r"[\U000F0000-\U000FFFFD]", lambda match: self._texts[ord(match[0]) - FIRST], text)


def roles(text: str, line: int, notes: PageNotes) -> str:
    """Return lines of Markdown with MyST's roles; ``line`` is the number of the first one."""
    spans = Spans()

    def one(match: re.Match[str]) -> str:
        at = line + hidden.count("\n", 0, match.start())
        name, content = match["name"], match["content"].strip()
        if name in ROLES:
            notes.note(at, f":{name}:", f"`{{{ROLES[name]}}}`")
            return f"{{{ROLES[name]}}}`{content}`"
        if name not in BLOCK_MARKS:
            notes.ask(at, match[0], "is no role that is known here; write it as MyST does, {role}`text`")
        else:
            notes.ask(at, match[0], "belongs on a line of its own, behind what it describes")
        return match[0]

    hidden = spans.hide(text)
    return spans.show(ROLE.sub(one, hidden))


def dollars(text: str, line: int, notes: PageNotes) -> str:
    """Return a paragraph in which each `$` that pandoc takes for itself has a backslash, so that MyST does, too."""
    if "$" not in text:
        return text
    spans = Spans()
    hidden = spans.hide(text)
    result: list[str] = []
    position = 0
    for match in FORMULA.finditer(hidden):
        result += [_escaped(hidden, position, match.start(), line, notes), match[0]]
        position = match.end()
    return spans.show("".join([*result, _escaped(hidden, position, len(hidden), line, notes)]))


def _escaped(text: str, begin: int, end: int, line: int, notes: PageNotes) -> str:
    def one(match: re.Match[str]) -> str:
        notes.note(line + text.count("\n", 0, begin + match.start()), "$ that begins no formula", "`\\$`")
        return "\\$"

    return SIGN.sub(one, text[begin:end])


def links(text: str, line: int, docname: str, docnames: Collection[str], notes: PageNotes) -> str:
    """Return lines of Markdown whose links to notebooks or HTML files of the book lead to its pages."""

    def one(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(docname), match["path"]))
        if target not in docnames:
            return match[0]
        at = line + text.count("\n", 0, match.start())
        notes.note(at, f"link to a .{match['suffix']} file of the book", "a link to its page")
        return f"{match['open']}{match['path']}.md{match['rest'] or ''}{match['close']}"

    return LINK.sub(one, text)


def without_slides(lines: list[tuple[int, str]], notes: PageNotes) -> list[tuple[int, str]]:
    """Return numbered lines without the marks of slides, and without what only slides show."""
    text = "\n".join(line for _, line in lines)
    if not any(mark in text for mark in ("(**", "[**", "(~~", "[~~", "(((", "[[[")):
        return lines
    spans = Spans()
    hidden = spans.hide(text)
    numbers = [number for number, _ in lines]
    for pattern, is_kept in SLIDES:
        hidden, numbers = _without(hidden, numbers, pattern, _told(notes, numbers, is_kept=is_kept), is_kept=is_kept)
    return list(zip(numbers, spans.show(hidden).split("\n"), strict=True)) if numbers else []


def _told(notes: PageNotes, numbers: list[int], *, is_kept: bool) -> Callable[[int], None]:
    if is_kept:
        return lambda at: notes.note(numbers[at], "mark of slides", "is left out, its text stays")
    return lambda at: notes.note(numbers[at], "text of slides alone", "is left out, as from the pages of d2lbook")


def _without(
    text: str, numbers: list[int], pattern: re.Pattern[str], tell: Callable[[int], None], *, is_kept: bool
) -> tuple[str, list[int]]:
    """Return text and line numbers without what a pattern finds, and without lines that have nothing left."""
    found = list(pattern.finditer(text))
    gone: set[int] = set()
    for match in reversed(found):
        first = text.count("\n", 0, match.start())
        tell(first)
        if is_kept:
            text = text[: match.start()] + match["text"] + text[match.end() :]
            continue
        count = match[0].count("\n")
        text = text[: match.start()] + "\n" * count + text[match.end() :]
        lines = text.split("\n")
        gone |= {at for at in range(first, first + count + 1) if not lines[at].strip()}
    pairs = enumerate(zip(numbers, text.split("\n"), strict=True)) if numbers else ()
    kept = [pair for at, pair in pairs if at not in gone]
    return "\n".join(line for _, line in kept), [number for number, _ in kept]
