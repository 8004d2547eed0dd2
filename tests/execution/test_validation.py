"""Outputs that pages can show, and what is said of those that none can."""

from __future__ import annotations

import base64
import copy
import io
from typing import Any

import pytest
from PIL import Image

from sphinxcontrib_d2lbook.execution.output_validation import error_output, invalid_outputs, join_lines, output_fault


def picture(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(stream, kind)
    return stream.getvalue()


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


PNG = picture("PNG")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
GOOD: dict[str, Any] = {
    "text/plain": "x",
    "text/html": ["<b>", "x</b>"],
    "image/png": text(PNG),
    "image/jpeg": "\n".join([text(picture("JPEG"))[:40], text(picture("JPEG"))[40:]]),
    "image/gif": text(picture("GIF")),
    "application/pdf": text(b"\n%PDF-1.4\n"),
    "image/svg+xml": f'<?xml version="1.0" encoding="utf-8" standalone="no"?>\n{SVG}',
    "application/json": {"a": [1, None]},
    "application/vnd.plotly.v1+json": None,
    "text/html; charset=utf-8": "x",
    "application/papermill.record/image/png": text(PNG),
    "audio/wav": "whatever",
}


@pytest.mark.parametrize(("mime", "value"), GOOD.items())
def test_what_pages_can_show_has_no_fault(mime: str, value: Any) -> None:
    assert (
        output_fault("display_data", {"data": {mime: value}, "metadata": {mime: {"width": 3}, "needs": "light"}}) == ""
    )


BAD: list[tuple[str, Any, str]] = [
    ("image/png", "not base64", "image/png is not base64: "),
    ("image/png", "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "image/png is not base64: "),
    ("image/png", text(b"no picture"), r"the content of image/png is something else: it begins with b'no pictu'"),
    ("image/png", text(PNG[:60]), "the content of image/png is cut short or damaged"),
    ("image/png", text(PNG[:50] + b"!" + PNG[51:]), "the content of image/png is cut short or damaged"),
    ("image/png", text(PNG[:8] + b"\xff\xff\xff\xff" + PNG[12:]), "the content of image/png is cut short or damaged"),
    ("image/png", "", "the content of image/png is empty"),
    ("image/png", None, "image/png is None where text is needed"),
    ("image/png", ["a", 1], "image/png is ['a', 1] (list) where text is needed"),
    ("application/papermill.record/image/png", "!", "image/png is not base64: "),
    ("image/jpeg", text(PNG), "the content of image/jpeg is something else: "),
    ("application/pdf", text(b"word"), "the content of application/pdf is something else: "),
    ("image/svg+xml", "<svg><g></svg>", "image/svg+xml is not well-formed XML: "),
    ("image/svg+xml", "", "image/svg+xml is not well-formed XML: "),
    ("image/svg+xml", "<svg>&no;</svg>", "image/svg+xml is not well-formed XML: "),
    ("image/svg+xml", "<svg>\ud800", "image/svg+xml is not well-formed XML: "),
    ("image/svg+xml", "<html/>", "image/svg+xml has <html> as its outermost element, not <svg>"),
    ("application/json", "{not json", "application/json is text that is not JSON: "),
    ("text/html", 5, "text/html is 5 (int) where text is needed"),
    ("text/plain", {"a": "x" * 99}, "text/plain is a value (dict) where text is needed"),
    ("text/plain", b"x", "text/plain is b'x' (bytes) where text is needed"),
    ("plain", "x", "'plain' is not a MIME type"),
    ("text/\x1b[2J", "x", r"'text/\x1b[2J' is not a MIME type"),
]


@pytest.mark.parametrize(("mime", "value", "says"), BAD)
def test_what_no_page_can_show_is_told(mime: str, value: Any, says: str) -> None:
    assert output_fault("display_data", {"data": {mime: value}, "metadata": {}}).startswith(says)
    assert output_fault("execute_result", {"data": {"text/plain": "x", mime: value}, "metadata": {}}).startswith(says)


WRONG: list[tuple[str, Any, str]] = [
    ("display_data", None, "it is None where a dictionary is needed"),
    ("display_data", {"metadata": {}}, "its data is None where a dictionary by MIME type is needed"),
    ("display_data", {"data": [], "metadata": {}}, "its data is [] (list) where a dictionary by MIME type is needed"),
    ("display_data", {"data": {}, "metadata": "x"}, "its metadata is 'x' (str) where a dictionary by MIME type"),
    ("display_data", {"data": {}, "metadata": {}, "transient": ["x"]}, "its transient is ['x'] (list) where"),
    ("display_data", {"data": {"a/b": ""}, "metadata": {"a/b": "wide"}}, "the metadata of a/b is 'wide' (str) where"),
    ("display_data", {"data": {}, "metadata": {"scrapbook": "x"}}, "its metadata has a 'scrapbook' that `glue` did"),
    ("stream", {"name": "stdout", "text": 5}, "its text is 5 (int) where text is needed"),
    ("stream", {"text": "x"}, "its name is None where text is needed"),
    ("error", {"ename": "E", "evalue": None, "traceback": []}, "its evalue is None where text is needed"),
    ("error", {"ename": "E", "evalue": "", "traceback": "x"}, "its traceback is not a list of lines"),
]


@pytest.mark.parametrize(("kind", "content", "says"), WRONG)
def test_parts_of_a_wrong_type_are_told(kind: str, content: Any, says: str) -> None:
    assert output_fault(kind, content).startswith(says)


def test_what_stands_in_its_place_can_be_shown() -> None:
    output = error_output("it is none")
    assert output_fault(output["output_type"], output) == ""
    assert output["traceback"] == ["InvalidOutput: it is none"]


def test_messages_that_are_no_outputs_have_no_fault() -> None:
    assert output_fault("status", {"execution_state": "idle"}) == ""
    assert output_fault("comm_msg", {"data": 5}) == ""


def test_invalid_outputs_of_a_notebook_are_found_where_they_are() -> None:
    good = {"output_type": "stream", "name": "stdout", "text": "x"}
    bad = {"output_type": "display_data", "data": {"text/html": 1}, "metadata": {}}
    cells = [
        {"cell_type": "markdown", "source": ""},
        {"cell_type": "code", "source": "", "outputs": [good, bad, "text"]},
        {"cell_type": "code", "source": ""},
    ]
    before = copy.deepcopy(cells)
    found = list(invalid_outputs({"cells": cells}))
    assert found == [
        (1, 1, "text/html is 1 (int) where text is needed"),
        (1, 2, "it is 'text' (str) where a dictionary is needed"),
    ]
    assert cells == before


def test_texts_in_lines_are_joined_and_lists_in_json_stay() -> None:
    assert join_lines({"text/html": ["a", "b"], "application/json": ["a", "b"]}) == {
        "text/html": "ab",
        "application/json": ["a", "b"],
    }
