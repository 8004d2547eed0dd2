"""Outputs are whole, in one order, and text that every page can show."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.execution.output_cleaning import as_terminal_shows, clean_outputs, name_cells, printable

V4 = nbformat.v4


def stream(name: str, text: str) -> Any:
    return V4.new_output("stream", name=name, text=text)


def cleaned(*outputs: Any) -> list[tuple[str, str]]:
    cell = V4.new_code_cell(outputs=list(outputs))
    clean_outputs(cell)
    return [(output.get("name", output.output_type), output.get("text", "")) for output in cell.outputs]


def test_streams_are_whole_however_they_came() -> None:
    figure = V4.new_output("display_data", data={"text/plain": "f"})
    assert cleaned(stream("stdout", "a"), figure, stream("stdout", "b"), stream("stderr", "c")) == [
        ("stdout", "ab"),
        ("display_data", ""),
        ("stderr", "c"),
    ]
    both = [("stdout", "b"), ("stderr", "a")]
    assert cleaned(stream("stderr", "a"), stream("stdout", "b")) == both
    assert cleaned(stream("stdout", "b"), stream("stderr", "a")) == both


def test_characters_that_no_page_can_show_are_replaced() -> None:
    cell = V4.new_code_cell(
        outputs=[
            stream("stdout", "a\0\x1b[31mb\ud800\tc\n"),
            V4.new_output("error", ename="E", evalue="\x01", traceback=["\x02x"]),
            V4.new_output(
                "display_data", data={"text/html": "\x03", "image/png": "AAAA", "application/json": {"a": 1}}
            ),
        ]
    )
    clean_outputs(cell)
    printed, error, data = cell.outputs
    assert printed.text == "a\ufffd\x1b[31mb\ufffd\tc\n"
    assert (error.evalue, error.traceback) == ("\ufffd", ["\ufffdx"])
    assert data.data == {"text/html": "\ufffd", "image/png": "AAAA", "application/json": {"a": 1}}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("1%\r50%\r100%\nnext", "100%\nnext"),
        ("done\r\nnext\r\n", "done\r\nnext\r\n"),
        ("half\r", "half\r"),
        ("abc\b\bx", "ax"),
        ("a\n\bb", "a\nb"),
        ("", ""),
        ("\r\r\n", "\r\n"),
    ],
)
def test_what_goes_back_on_a_line_is_shown_as_a_terminal_does(text: str, seen: str) -> None:
    assert as_terminal_shows(text) == seen


def test_a_long_line_takes_no_longer_than_many_short_ones() -> None:
    """nbclient's own way takes hours for this one."""
    assert len(as_terminal_shows("x" * 10**7 + "\r")) == 10**7 + 1


@given(st.text("ab\r\n\b", max_size=20))
def test_text_that_is_shown_already_stays(text: str) -> None:
    once = as_terminal_shows(text)
    assert "\b" not in once
    assert as_terminal_shows(once) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[1;31mred\x1b[0m\x1b[m", "\x1b[1;31mred\x1b[0m\x1b[m"),
        ("a\x1b[2K\x1b[?25lb\x1b[3A", "ab"),
        ("\x1b]0;title\x07a\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "alink"),
        ("\x1b\x1b[1mb\x1b", "\ufffd\x1b[1mb\ufffd"),
        ("\x1b[", "\ufffd["),
        ("\x00\x1b\x7f", "\ufffd" * 3),
    ],
)
def test_of_what_a_terminal_obeys_pages_show_the_colours(text: str, expected: str) -> None:
    assert printable(text) == expected


FILES = {"1 / 0": "111.py", "warn()": "222.py"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/t/ipykernel_9/222.py:2: UserWarning: off\n", "Cell In[4], line 2: UserWarning: off\n"),
        ("/t/ipykernel_9/111.py:7: E\n/t/ipykernel_9/222.py:2: W", "Cell In[3], line 7: E\nCell In[4], line 2: W"),
        ('  File "/t/ipykernel_9/111.py", line 3, in f', "  Cell In[3], line 3, in f"),
        (r"C:\Users\a\ipykernel_9\333.py:1: E", "Cell In[4], line 1: E"),
        ("\x1b[0;32m/t/ipykernel_9/111.py\x1b[0m in f", "\x1b[0;32mCell In[3]\x1b[0m in f"),
        ("an ipykernel_9 of /tmp", "an ipykernel_9 of /tmp"),
    ],
)  # fmt: skip
def test_files_of_cells_are_called_by_the_number_of_the_cell(text: str, expected: str) -> None:
    first = V4.new_code_cell("1 / 0", execution_count=3)
    error = V4.new_output("error", ename="E", evalue=text, traceback=[text])
    shown = V4.new_output("display_data", data={"text/plain": text})
    second = V4.new_code_cell("warn()", execution_count=4, outputs=[stream("stderr", text), error, shown])
    name_cells(V4.new_notebook(cells=[first, second]), lambda source: FILES[source])
    stderr, error, shown = second.outputs
    assert [stderr.text, error.evalue, error.traceback[0], shown.data["text/plain"]] == [expected] * 4
