"""What a kernel gave -> outputs that every page can show, and where in a cell an error arose."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError

from .tasks import Failure

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CELL_LINE = re.compile(
    r"^(?:\s*)(?:Cell|File) (?:In\s?\[\d+\]|<ipython-input-\d+-\w+>)[^\n]*?line:? (\d+)", re.MULTILINE
)
"""IPython's "Cell In[3], line 5": where in the cell the error arose."""
ESCAPES = re.compile(
    r"(?P<colour>\x1b\[[0-9;]*m)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|(?P<alone>\x1b)"
)
"""What a terminal obeys, by ECMA-48: colours, which pages show; other sequences and commands, which they drop."""
FORBIDDEN = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that neither XML nor a terminal's text has a meaning for; escape, backspace, tab and line ends stay."""
CELL_FILE = re.compile(
    r"(?P<quote>File \")?(?:\b[A-Za-z]:)?(?:[/\\][^\s\"'<>/\\\x1b]+)*[/\\]ipykernel_\d+[/\\](?P<name>\w+\.py)"
    r"(?:\"(?P<traceback>, line )(?=\d)|:(?P<line>\d+):)?"
)
"""What Python takes for the file of a cell: a folder named by the kernel's process, a file named by the cell's text."""

NO_EXCEPTION = "NoneType"
"""What ipykernel replies as the name of the exception where the representation of a cell's value cannot be had: what
happened there is shown, and is no exception of the cell."""
ERROR_SIZE = 20_000
"""Characters that are kept of an exception's message, and of its traceback."""

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def cell_failure(err: CellExecutionError, notebook: Any, index: int) -> Failure:
    """The failure of a cell that raised; ``notebook`` holds what it gave until then."""
    shown = shown_errors(notebook.cells[index])
    if shown and err.ename == NO_EXCEPTION:
        return shown_failure(shown[-1], index)
    return _failure(index, err.ename, err.evalue, "\n".join(shown[-1].traceback) if shown else str(err))


def shown_errors(cell: Any) -> list[Any]:
    """The outputs of a cell that show exceptions."""
    return [output for output in cell.get("outputs", ()) if output["output_type"] == "error"]


def shown_failure(output: Any, index: int) -> Failure:
    """The failure of a cell that shows an exception which it has not raised itself."""
    return _failure(index, output["ename"], output["evalue"], "\n".join(output["traceback"]))


def _failure(index: int, name: str, message: str, traceback: str) -> Failure:
    text = FORBIDDEN.sub("", COLOURS.sub("", traceback))
    found = CELL_LINE.search(text)
    return Failure(index, int(found[1]) if found else None, name, FORBIDDEN.sub("", message), text)


def clean(cell: Any) -> None:
    """Make outputs that came in pieces whole, and put U+FFFD for what no page can show.

    Of a cell, each stream is one output, where it first printed: in how many pieces it came is chance. For the same
    reason stderr stands behind stdout where nothing is between them.
    """
    whole: list[Any] = []
    streams: dict[str, Any] = {}
    for output in cell.get("outputs", ()):
        if output["output_type"] != "stream":
            whole.append(output)
        elif output["name"] in streams:
            streams[output["name"]].append(output["text"])
        else:
            streams[output["name"]] = [output["text"]]
            whole.append(output)
    for output in whole:
        if output["output_type"] == "stream":
            output["text"] = shown("".join(streams[output["name"]]))
        elif output["output_type"] == "error":
            _shorten(output)
        _replace(output)
    names = [output.get("name") for output in whole]
    for number, pair in enumerate(pairwise(names)):
        if pair == ("stderr", "stdout"):
            whole[number], whole[number + 1] = whole[number + 1], whole[number]
    if "outputs" in cell:
        cell["outputs"] = whole


def name_cells(notebook: Any, file_name: Callable[[str], str]) -> None:
    """Put IPython's "Cell In[3], line 5" in place of the files that Python takes cells for, which no reader has.

    Their paths hold the number of a process, which is another in every run. ``file_name`` maps the source of a cell to
    the name of its file; a file of no cell of the notebook counts as that of the cell that shows it.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not any("ipykernel_" in text for cell in code for _, _, text in _texts(cell)):
        return
    numbers = {file_name(cell.source): cell.get("execution_count") or place for place, cell in enumerate(code, 1)}
    for place, cell in enumerate(code, 1):
        for owner, key, text in _texts(cell):
            owner[key] = _with_cell_names(text, numbers, cell.get("execution_count") or place)


def _texts(cell: Any) -> Iterator[tuple[Any, Any, str]]:
    """Yield the plain texts in the outputs of a cell: what holds each, under which key or index, and the text."""
    for output in cell.get("outputs", ()):
        data, lines = output.get("data"), output.get("traceback")
        places: list[tuple[Any, Any]] = [(output, "text"), (output, "evalue")]
        places += [(data, "text/plain")] if isinstance(data, dict) else []
        places += [(lines, index) for index in range(len(lines))] if isinstance(lines, list) else []
        for owner, key in places:
            text = owner.get(key) if isinstance(owner, dict) else owner[key]
            if isinstance(text, str):
                yield owner, key, text


def _with_cell_names(text: str, numbers: Mapping[str, int], here: int) -> str:
    def named(match: re.Match[str]) -> str:
        name = f"Cell In[{numbers.get(match['name'], here)}]"
        if match["line"]:
            return f"{match['quote'] or ''}{name}, line {match['line']}:"
        if match["traceback"]:
            return f"{name}, line "
        return f"{match['quote'] or ''}{name}"

    return CELL_FILE.sub(named, text)


def _shorten(output: Any) -> None:
    """Leave out the middle of an exception whose message has megabytes; tracebacks repeat it."""
    output["evalue"] = without_middle(output["evalue"])
    traceback = "\n".join(output["traceback"])
    if len(traceback) > ERROR_SIZE:
        output["traceback"] = without_middle(traceback).split("\n")


def without_middle(text: str) -> str:
    """A text of which not more than `ERROR_SIZE` characters are left, and how many are not."""
    if len(text) <= ERROR_SIZE:
        return text
    half = ERROR_SIZE // 2
    return f"{text[:half]}\n… ({len(text) - 2 * half:,} characters are left out) …\n{text[-half:]}"


def number_widgets(notebook: Any) -> Any:
    """The notebook with the widgets of its page counted: ipywidgets names each at random, anew in every run."""
    state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    if not state:
        return notebook
    names = {name: f"{number:032x}" for number, name in enumerate(state)}
    text = re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], json.dumps(notebook))
    return nbformat.from_dict(json.loads(text))


def shown(text: str) -> str:
    """What a terminal shows of a text in which carriage returns and backspaces go back on a line."""
    if "\b" in text:
        kept: list[str] = []
        for character in text:
            if character != "\b":
                kept.append(character)
            elif kept and kept[-1] != "\n":
                kept.pop()
        text = "".join(kept)
    if "\r" not in text:
        return text
    # Windows ends lines with both: such a carriage return, the last of its line, goes back to nothing.
    return "\n".join(line[line.rfind("\r", 0, len(line) - 1) + 1 :] if line else "" for line in text.split("\n"))


def _replace(output: Any) -> None:
    for name in ("text", "evalue"):
        if isinstance(output.get(name), str):
            output[name] = printable(output[name])
    if "traceback" in output:
        output["traceback"] = [printable(line) for line in output["traceback"]]
    for mime, value in output.get("data", {}).items():
        if isinstance(value, str) and (mime.startswith("text/") or mime.endswith("xml")):
            output["data"][mime] = printable(value)


def printable(text: str) -> str:
    """A text with U+FFFD for what no page can show, and of a terminal's commands the colours alone."""
    if "\x1b" in text:
        text = ESCAPES.sub(lambda found: found["colour"] or ("\ufffd" if found["alone"] else ""), text)
    return FORBIDDEN.sub("\ufffd", text)
