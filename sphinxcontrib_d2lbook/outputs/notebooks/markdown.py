"""Write CommonMark: one escaping function for each kind of place, and functions for its syntax.

JupyterLab, VS Code and Colab show what is written here in the same way: CommonMark, pipe tables, `$…$` and a few HTML
tags.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape as html_escape
from urllib.parse import quote

_SPACE = re.compile(r"[ \t\r\n\f\v]+")
_SPECIAL = re.compile(
    r"""[*`\[\]<~|#]              # emphasis, code, links, HTML, strike-through, tables, headings
    |(?<![^\W_])_|_(?![^\W_])     # an underscore inside a word is no emphasis
    |&(?=[#A-Za-z]|$)             # the beginning of an entity
    |!$                           # would make an image of a link that follows
    |[\\$]                        # see `escape`
    """,
    re.VERBOSE,
)
_AT_START = re.compile(r"[-+=>]|\d{1,9}(?=[.)])")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
SAFE_SCHEMES = ("http:", "https:", "mailto:", "ftp:")


@dataclass(frozen=True)
class Marked:
    """Emphasis. Its neighbours decide whether `*` can express it, so the syntax is chosen when pieces are joined."""

    marker: str
    """Marker of the emphasis: `*` or `**`."""
    content: str


@dataclass(frozen=True)
class Math:
    """Inline formula, `$` included: a digit must not follow it."""

    source: str


Piece = str | Marked | Math


def escape(text: str, *, at_start: bool) -> str:
    """Return Markdown that shows just this text; runs of white space become one space.

    ``at_start`` says whether the text begins a line. Dollars and backslashes are put into an element of their own:
    JupyterLab looks for formulas in the rendered Markdown, where a mere backslash escape is gone.
    """
    text = _SPACE.sub(" ", text)
    if at_start:
        text = text.lstrip(" ")
    escaped = _SPECIAL.sub(_escape_one, text)
    begin = _AT_START.match(escaped) if at_start else None
    if begin is None:
        return escaped
    marker = begin.group()
    return f"{marker}\\{escaped[begin.end() :]}" if marker.isdigit() else f"\\{escaped}"


def _escape_one(match: re.Match[str]) -> str:
    char = match.group()
    return f"<span>\\{char}</span>" if char in "\\$" else f"\\{char}"


def attribute(value: str) -> str:
    """Return text as the value of an HTML attribute, quotes included."""
    return '"' + html_escape(_SPACE.sub(" ", value), quote=True) + '"'


def destination(url: str) -> str:
    """Return an address as the destination of a link; "" for a scheme that a reader should not follow."""
    scheme = _SCHEME.match(url)
    if scheme and scheme.group().lower() not in SAFE_SCHEMES:
        return ""
    return quote(url, safe="%/:?#@!&=+,;~*'-._[]").replace("&", "&amp;").replace("*", "%2A")


def link(label: str, url: str) -> str:
    """Return a link whose label is Markdown; the label alone if ``url`` is no safe destination."""
    target = destination(url)
    return f"[{label}]({target})" if target and label else label


def code_span(text: str, *, in_pipe_table: bool = False) -> str:
    """Return a code span that holds just this text (line ends become spaces)."""
    text = text.replace("\n", " ")
    if not text.strip():
        return text
    if in_pipe_table:
        text = text.replace("|", "\\|")
    ticks = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" or (text[0] == " " and text[-1] == " ") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fence(text: str, language: str = "") -> str:
    """Return a fenced code block."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    info = language if re.fullmatch(r"[\w+#.-]+", language) else ""
    return f"{ticks}{info}\n{text.rstrip(chr(10))}\n{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def quoted(block: str) -> str:
    """Return a block as a part of a block quote."""
    return "\n".join(f"> {line}" if line else ">" for line in block.split("\n"))


def indented(block: str, marker: str) -> str:
    """Return a block as the content of a list item that begins with ``marker``."""
    margin = " " * len(marker)
    first, *others = block.split("\n")
    return "\n".join([marker + first, *(margin + line if line else "" for line in others)])


def heading(level: int, text: str) -> str:
    """Return a heading; ``level`` counts from 1."""
    return f"{'#' * min(max(level, 1), 6)} {text}"


def pipe_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a pipe table. Each cell is one line of Markdown with `|` escaped."""
    width = max([len(head), *map(len, rows)])
    lines = [head, ["---"] * width, *rows]
    return "\n".join("| " + " | ".join([*line, *[""] * (width - len(line))]) + " |" for line in lines)


def joined(pieces: Sequence[Piece], *, inside_emphasis: bool = False) -> str:
    """Join pieces of a line, with emphasis by `*` where CommonMark reads it so, and by a tag elsewhere."""
    parts: list[str] = []
    for position, piece in enumerate(pieces):
        following = pieces[position + 1] if position + 1 < len(pieces) else ""
        match piece:
            case Marked(marker, content):
                before = parts[-1][-1:] if parts else ""
                plain = not inside_emphasis and not isinstance(following, Marked)
                after = following[:1] if isinstance(following, str) else "$"
                parts.append(_emphasis(marker, content, before, after, plain))
            case Math(source):
                digit = isinstance(following, str) and following[:1].isdigit()
                parts.append(f"<span>{source}</span>" if digit else source)
            case str():
                if piece:
                    parts.append(piece)
    return "".join(parts)


def _emphasis(marker: str, content: str, before: str, after: str, plain: bool) -> str:
    stripped = content.strip(" ")
    if not stripped:
        return content
    if plain and stripped == content and before != "*" and not content.startswith("*") and not content.endswith("*"):
        opens = not _is_punctuation(content[0]) or _is_boundary(before)
        closes = not _is_punctuation(content[-1]) or _is_boundary(after)
        if opens and closes:
            return f"{marker}{content}{marker}"
    tag = "strong" if marker == "**" else "em"
    return f"<{tag}>{content}</{tag}>"


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def _is_boundary(char: str) -> bool:
    return not char or char.isspace() or _is_punctuation(char)
