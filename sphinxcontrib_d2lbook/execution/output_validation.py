"""Check whether pages can show an output of a cell, and make an error output to show in place of an invalid one.

A cell can display anything under the name of a MIME type, and the outputs stored in an `.ipynb` were written by others.
Jupyter's message protocol and nbformat define the types of an output's parts, and a page can show an image, for
example, only if the content is what its MIME type says. An output that breaks these rules becomes an `error` output, as
if its cell had raised `InvalidOutput`.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from ..common.image_signatures import SIGNATURES
from .output_cleaning import printable

INVALID = "InvalidOutput"
"""Name of the exception that a cell with an invalid output seems to have raised."""
SHOWN = frozenset({"display_data", "execute_result", "update_display_data"})
"""Types of messages, and of outputs, that have data by MIME type."""
MIME = re.compile(r"[^\s/\x00-\x1f\x7f]+/[^\x00-\x1f\x7f]+")
"""Form of a MIME type."""
GLUED = "application/papermill.record/"
"""Prefix of the MIME types of values that `glue` stores without showing them."""
SVG = "image/svg+xml"


def output_fault(kind: str, content: Any) -> str:
    """Return why pages cannot show an output; "" if they can.

    ``kind`` is the type of a message or an output, ``content`` its content. Unknown kinds have no fault.
    """
    if not isinstance(content, Mapping):
        return f"it is {_type(content)} where a dictionary is needed"
    if kind == "stream":
        return _not_texts(content, "name", "text")
    if kind == "error":
        if not (isinstance(content.get("traceback"), list) and _is_text(content["traceback"])):
            return "its traceback is not a list of lines"
        return _not_texts(content, "ename", "evalue", lists=False)
    return _shown_fault(content) if kind in SHOWN else ""


def invalid_outputs(notebook: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Yield index of the cell, index of the output and its `output_fault` for each invalid output of a notebook."""
    for index, cell in enumerate(notebook["cells"]):
        for number, output in enumerate(cell.get("outputs", ()) if cell["cell_type"] == "code" else ()):
            kind = output.get("output_type") if isinstance(output, Mapping) else ""
            if text := output_fault(str(kind), output):
                yield index, number, text


def with_json_names(data: Any) -> Any:
    """Return data by MIME type in which the types of JSON end with `+json`, by which nbformat knows them.

    Altair 6, for example, shows charts as `application/vnd.vegalite.v6.json`.
    """
    if not isinstance(data, Mapping):
        return data
    renamed = {}
    for mime, value in data.items():
        is_json = isinstance(mime, str) and mime.endswith(".json") and isinstance(value, Mapping)
        renamed[f"{mime.removesuffix('.json')}+json" if is_json else mime] = value
    return renamed


def join_lines(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return data by MIME type in which each list of lines is joined to one text."""
    return {mime: "".join(value) if _is_text(value) and not _is_json(mime) else value for mime, value in data.items()}


def error_output(text: str) -> dict[str, Any]:
    """Return the error output that is shown in place of an output with a `output_fault`."""
    return {"output_type": "error", "ename": INVALID, "evalue": text, "traceback": [f"{INVALID}: {text}"]}


def _shown_fault(content: Mapping[str, Any]) -> str:
    for name in ("data", "metadata"):
        if not isinstance(content.get(name), Mapping):
            return f"its {name} is {_type(content.get(name))} where a dictionary by MIME type is needed"
    if not isinstance(content.get("transient") or {}, Mapping):
        return f"its transient is {_type(content['transient'])} where a dictionary is needed"
    data, metadata = content["data"], content["metadata"]
    for mime in data:
        if not (isinstance(mime, str) and MIME.fullmatch(mime)):
            return f"{mime!r} is not a MIME type"
        if not isinstance(metadata.get(mime) or {}, Mapping):
            return f"the metadata of {mime} is {_type(metadata[mime])} where a dictionary is needed"
    if "scrapbook" in metadata and not _is_glue(metadata["scrapbook"]):
        return "its metadata has a 'scrapbook' that `glue` did not write"
    faults = (_content_fault(mime.removeprefix(GLUED), value) for mime, value in data.items())
    return next(filter(None, faults), "")


def _is_glue(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(value.get(name, ""), str) for name in ("name", "mime_prefix"))


def _content_fault(mime: str, value: Any) -> str:
    if _is_json(mime):
        return _json_fault(mime, value)
    if not _is_text(value):
        return f"{mime} is {_type(value)} where text is needed"
    text = "".join(value)
    if mime == SVG:
        return _svg_fault(printable(text))
    return _binary_fault(mime, text) if mime in SIGNATURES else ""


def _json_fault(mime: str, value: Any) -> str:
    if mime == "application/json" and isinstance(value, str):
        try:
            json.loads(value)
        except ValueError as err:
            return f"{mime} is text that is not JSON: {err}"
    return ""


def _svg_fault(text: str) -> str:
    try:
        root = ET.fromstring(text)
    except (ET.ParseError, ValueError) as err:  # ValueError: the declared encoding does not exist
        return f"{SVG} is not well-formed XML: {err}"
    return "" if root.tag.rpartition("}")[2] == "svg" else f"{SVG} has <{root.tag}> as its outermost element, not <svg>"


def _binary_fault(mime: str, text: str) -> str:
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as err:  # ValueError: characters beyond ASCII
        return f"{mime} is not base64: {err}"
    if not data:
        return f"the content of {mime} is empty"
    signatures = SIGNATURES[mime]
    beginning = data[:1024] if mime == "application/pdf" else b""  # readers of PDF allow other bytes before the header
    if not (data.startswith(signatures) or any(signature in beginning for signature in signatures)):
        return f"the content of {mime} is something else: it begins with {data[:8]!r}"
    return "" if mime != "image/png" or _is_whole_png(data) else f"the content of {mime} is cut short or damaged"


def _is_whole_png(data: bytes) -> bool:
    """Check whether a PNG file has all chunks to the last, each with its right checksum (PNG specification, 5.3)."""
    position = len(SIGNATURES["image/png"][0])
    while position + 12 <= len(data):
        end = position + 8 + int.from_bytes(data[position : position + 4], "big")
        if int.from_bytes(data[end : end + 4], "big") != zlib.crc32(data[position + 4 : end]) or end + 4 > len(data):
            return False
        if data[position + 4 : position + 8] == b"IEND":
            return True
        position = end + 4
    return False


def _not_texts(content: Mapping[str, Any], *names: str, lists: bool = True) -> str:
    for name in names:
        value = content.get(name)
        if not _is_text(value) or not (lists or isinstance(value, str)):
            return f"its {name} is {_type(value)} where text is needed"
    return ""


def _is_json(mime: str) -> bool:
    return mime == "application/json" or (mime.startswith("application/") and mime.endswith("+json"))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(line, str) for line in value))


def _type(value: Any) -> str:
    """Return the type of a value in words, with the value where it is short."""
    if value is None:
        return "None"
    shown = ascii(value)
    return f"{shown if len(shown) < 40 else 'a value'} ({type(value).__name__})"
