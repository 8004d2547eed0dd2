"""CommonMark from pieces: the one escaping function a kind of place, and call-free builders of its syntax.

What is written here reads alike in JupyterLab, VS Code and Colab: CommonMark, pipe tables, `$…$` and a few HTML tags.
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
    """Emphasis; whether `*` can say it depends on its neighbours, so that is decided when pieces are joined."""

    marker: str
    """`*` or `**`"""
    content: str


@dataclass(frozen=True)
class Math:
    """An inline formula, `$` included: a digit must not follow it."""

    source: str


Piece = str | Marked | Math


def escape(text: str, *, at_start: bool) -> str:
    """Text as Markdown that shows just this text; runs of white space become one space.

    ``at_start``: whether it begins a line. Dollars and backslashes stand in an element of their own: JupyterLab
    looks for formulas in what Markdown has made, where a mere backslash escape is gone.
    """
    text = _SPACE.sub(" ", text)
    if at_start:
        text = text.lstrip(" ")
    escaped = _SPECIAL.sub(_escape_one, text)
    begin = _AT_START.match(escaped) if at_start else None
    if begin is None:
        return escaped
    found = begin.group()
    return f"{found}\\{escaped[begin.end() :]}" if found.isdigit() else f"\\{escaped}"


def _escape_one(match: re.Match[str]) -> str:
    found = match.group()
    return f"<span>\\{found}</span>" if found in "\\$" else f"\\{found}"


def attribute(value: str) -> str:
    """Text as the value of an HTML attribute, quotes included."""
    return '"' + html_escape(_SPACE.sub(" ", value), quote=True) + '"'


def destination(url: str) -> str:
    """An address as the destination of a link; "" for a scheme that a reader should not follow."""
    scheme = _SCHEME.match(url)
    if scheme and scheme.group().lower() not in SAFE_SCHEMES:
        return ""
    return quote(url, safe="%/:?#@!&=+,;~*'-._[]").replace("&", "&amp;").replace("*", "%2A")


def link(label: str, url: str) -> str:
    """A link whose label is Markdown; the label alone where there is nowhere to go."""
    target = destination(url)
    return f"[{label}]({target})" if target and label else label


def code_span(text: str, *, in_pipe_table: bool = False) -> str:
    """A code span that holds just this text (its line ends become spaces)."""
    text = text.replace("\n", " ")
    if not text.strip():
        return text
    if in_pipe_table:
        text = text.replace("|", "\\|")
    ticks = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" or (text[0] == " " and text[-1] == " ") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def fence(text: str, language: str = "") -> str:
    """A fenced code block."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    info = language if re.fullmatch(r"[\w+#.-]+", language) else ""
    return f"{ticks}{info}\n{text.rstrip(chr(10))}\n{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def quoted(block: str) -> str:
    """A block as a part of a block quote."""
    return "\n".join(f"> {line}" if line else ">" for line in block.split("\n"))


def indented(block: str, marker: str) -> str:
    """A block as the content of a list item that begins with ``marker``."""
    margin = " " * len(marker)
    first, *others = block.split("\n")
    return "\n".join([marker + first, *(margin + line if line else "" for line in others)])


def heading(level: int, text: str) -> str:
    return f"{'#' * min(max(level, 1), 6)} {text}"


def pipe_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are one line of Markdown each, `|` escaped."""
    width = max([len(head), *map(len, rows)])
    lines = [head, ["---"] * width, *rows]
    return "\n".join("| " + " | ".join([*line, *[""] * (width - len(line))]) + " |" for line in lines)


def joined(pieces: Sequence[Piece], *, inside_emphasis: bool = False) -> str:
    """Pieces of a line as one string, emphasis by `*` where CommonMark reads it so, by a tag elsewhere."""
    done: list[str] = []
    for position, piece in enumerate(pieces):
        following = pieces[position + 1] if position + 1 < len(pieces) else ""
        match piece:
            case Marked(marker, content):
                before = done[-1][-1:] if done else ""
                plain = not inside_emphasis and not isinstance(following, Marked)
                after = following[:1] if isinstance(following, str) else "$"
                done.append(_emphasis(marker, content, before, after, plain))
            case Math(source):
                digit = isinstance(following, str) and following[:1].isdigit()
                done.append(f"<span>{source}</span>" if digit else source)
            case str():
                if piece:
                    done.append(piece)
    return "".join(done)


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
