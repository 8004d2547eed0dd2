"""Write images that are pasted into Markdown cells (`attachment:image.png`) to files that a page can show.

Jupyter keeps such an image in its cell, under a name that is known in that cell only. MyST-NB does not support them.
Before a page is parsed, each image is written to a file, and the references in its cell are changed to that file.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from ..common.files import digest, write_if_changed

FENCE = re.compile(r"\s*(?P<mark>`{3,}|~{3,}|:{3,})\s*(?P<info>.*)")
CODE_SPAN = re.compile(r"(?<!`)(?P<mark>`+)(?!`).+?(?<!`)(?P=mark)(?!`)")
SCHEME = "attachment:"


def place_attachments(notebook: Any, folder: Path, address: Callable[[Path], str]) -> None:
    """Write the attachments of a notebook's Markdown cells into ``folder``, and let the cells refer to these files.

    ``address`` takes the file of an image and returns its address for Markdown. An attachment that cannot be decoded
    stays as it is: the build then warns that the image cannot be read. Raise OSError if a file cannot be written.
    """
    for cell in notebook.cells:
        attached = cell.get("attachments")
        if cell.cell_type != "markdown" or not isinstance(attached, Mapping) or SCHEME not in cell.source:
            continue
        places, inside = {}, {}
        for name, forms in attached.items():
            image = _decoded(forms)
            if image is None:
                continue
            mime, data = image
            suffix = mimetypes.guess_extension(mime) or f".{mime.rpartition('/')[2]}"
            stem = re.sub(r"[^A-Za-z0-9_-]+", "-", PurePosixPath(name).stem).strip("-") or "image"
            file = folder / digest(data)[:16] / f"{stem}{suffix}"
            write_if_changed(file, data)
            places[name] = address(file)
            inside[name] = f"data:{mime};base64,{base64.b64encode(data).decode()}"
        if places:
            cell.source = with_addresses(cell.source, places, inside)


def _decoded(forms: Any) -> tuple[str, bytes] | None:
    """Return MIME type and content of the first form of an attachment that can be decoded."""
    for mime, value in forms.items() if isinstance(forms, Mapping) else ():
        text = "".join(value) if isinstance(value, list) else value
        try:
            if mime == "image/svg+xml" and text.lstrip().startswith("<"):
                return mime, text.encode()
            return mime, base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, AttributeError, TypeError, ValueError):
            continue
    return None


def with_addresses(source: str, places: Mapping[str, str], inside: Mapping[str, str]) -> str:
    """Return Markdown in which each reference to an attachment has the address of its file; code stays as it is.

    ``places`` maps names of attachments to addresses for Markdown, ``inside`` to `data:` addresses that hold the image,
    for `src` in HTML, which only a browser reads. Directives count as text, since a figure may show an attachment.
    """
    names = {text: name for name in places for text in (name, quote(name), quote(name, safe=""))}
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(
        rf"(?P<html>\bsrc\s*=\s*[\"']?)?{re.escape(SCHEME)}(?P<name>{'|'.join(map(re.escape, longest_first))})"
    )

    def replaced(text: str) -> str:
        return pattern.sub(
            lambda match: (
                match["html"] + inside[names[match["name"]]] if match["html"] else places[names[match["name"]]]
            ),
            text,
        )

    lines = []
    code = ""
    for line in source.split("\n"):
        fence = FENCE.match(line)
        if code:
            lines.append(line)
            if fence and fence["mark"].startswith(code) and not fence["info"].strip():
                code = ""
            continue
        if fence and fence["mark"][0] in "`~" and not fence["info"].startswith("{"):
            code = fence["mark"]
            lines.append(line)
            continue
        if fence:
            lines.append(replaced(line))
            continue
        parts, end = [], 0
        for span in CODE_SPAN.finditer(line):
            parts += [replaced(line[end : span.start()]), span[0]]
            end = span.end()
        lines.append("".join([*parts, replaced(line[end:])]))
    return "\n".join(lines)
