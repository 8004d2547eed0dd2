"""Images that are pasted into cells become files, and nothing else is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from sphinxcontrib_d2lbook.execution.image_attachments import place_attachments, with_addresses

PLACES = {"a.png": "/x/a.png", "my pic.png": "/x/my-pic.png", "a.png.png": "/x/longer.png"}
INSIDE = {name: f"data:{name}" for name in PLACES}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("![x](attachment:a.png)", "![x](/x/a.png)"),
        ("![x](attachment:my%20pic.png)", "![x](/x/my-pic.png)"),
        ("![x](<attachment:my pic.png>)", "![x](</x/my-pic.png>)"),
        ("![x](attachment:a.png.png)", "![x](/x/longer.png)"),
        ("![x](attachment:b.png)", "![x](attachment:b.png)"),
        ('<img src="attachment:a.png" width="3">', '<img src="data:a.png" width="3">'),
        ("<img src = 'attachment:a.png'>", "<img src = 'data:a.png'>"),
        ("`attachment:a.png` attachment:a.png", "`attachment:a.png` /x/a.png"),
        ("``attachment:a.png ` `` attachment:a.png", "``attachment:a.png ` `` /x/a.png"),
        ("```\nattachment:a.png\n```\nattachment:a.png", "```\nattachment:a.png\n```\n/x/a.png"),
        ("~~~python\nattachment:a.png\n```\n~~~\nattachment:a.png", "~~~python\nattachment:a.png\n```\n~~~\n/x/a.png"),
        ("```{figure} attachment:a.png\nText\n```", "```{figure} /x/a.png\nText\n```"),
        (":::{image} attachment:a.png\n:::", ":::{image} /x/a.png\n:::"),
        ("[a]: attachment:a.png", "[a]: /x/a.png"),
    ],
)
def test_references_lead_to_files(source: str, expected: str) -> None:
    assert with_addresses(source, PLACES, INSIDE) == expected


def cell(forms: Any) -> Any:
    made = nbformat.v4.new_markdown_cell("![](attachment:a b.png)")
    made["attachments"] = {"a b.png": forms}
    return made


@pytest.mark.parametrize(
    ("forms", "data", "suffix"),
    [
        ({"image/png": "aGV s\nbG8="}, b"hello", ".png"),
        ({"image/png": ["aGVs", "bG8="]}, b"hello", ".png"),
        ({"image/svg+xml": "<svg/>"}, b"<svg/>", ".svg"),
        ({"image/svg+xml": "PHN2Zy8+"}, b"<svg/>", ".svg"),
        ({"image/bmp": "not base64", "image/gif": "aGVsbG8="}, b"hello", ".gif"),
    ],
)
def test_what_is_written(forms: Any, data: bytes, suffix: str, tmp_path: Path) -> None:
    notebook = nbformat.from_dict({"cells": [cell(forms)]})
    place_attachments(notebook, tmp_path, lambda file: file.name)
    assert [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()] == [data]
    assert notebook.cells[0].source == f"![](a-b{suffix})"


@pytest.mark.parametrize("forms", [{}, {"image/png": "not base64"}, {"image/png": 5}, "text", None])
def test_what_cannot_be_decoded_stays(forms: Any, tmp_path: Path) -> None:
    notebook = nbformat.from_dict({"cells": [cell(forms)]})
    place_attachments(notebook, tmp_path, lambda file: file.name)
    assert notebook.cells[0].source == "![](attachment:a b.png)"
    assert not list(tmp_path.iterdir())
