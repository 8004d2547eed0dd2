"""Notebooks as Jupyter saves them, made in tests."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

PYTHON = {
    "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
    "language_info": {"name": "python", "pygments_lexer": "ipython3"},
}


def png(grey: int = 0) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes([0, grey]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def prose(source: str, **attachments: bytes) -> dict[str, Any]:
    """A Markdown cell; names of attachments are given with `_` for the dot: `pic_png=data`."""
    cell: dict[str, Any] = {"cell_type": "markdown", "metadata": {}, "source": source}
    if attachments:
        cell["attachments"] = {
            name.replace("_", "."): {"image/png": encoded(data)} for name, data in attachments.items()
        }
    return cell


def shown(data: Mapping[str, Any], **metadata: Any) -> dict[str, Any]:
    """An output in the forms of ``data``."""
    return {"output_type": "display_data", "data": dict(data), "metadata": metadata}


def printed(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def glued(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """An output by which `glue(name, …, display=False)` gives its value."""
    prefix = "application/papermill.record/"
    return shown(
        {prefix + mime: value for mime, value in data.items()}, scrapbook={"name": name, "mime_prefix": prefix}
    )


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = (), count: int = 1) -> dict[str, Any]:
    """A code cell that ran."""
    metadata = {"tags": list(tags)} if tags else {}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": list(outputs),
        "execution_count": count,
    }


def notebook(*cells: dict[str, Any], metadata: Mapping[str, Any] = PYTHON) -> str:
    """The text of an `.ipynb`."""
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    return json.dumps({"cells": numbered, "metadata": dict(metadata), "nbformat": 4, "nbformat_minor": 5})
