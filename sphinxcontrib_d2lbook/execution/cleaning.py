"""What a kernel gave -> outputs that every page can show, and where in a cell an error arose."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError

from .model import Failure

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

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"


def cell_failure(err: CellExecutionError, notebook: Any, index: int) -> Failure:
    """The failure of a cell that raised; ``notebook`` holds what it gave until then."""
    outputs = [output for output in notebook.cells[index].get("outputs", ()) if output.output_type == "error"]
    text = FORBIDDEN.sub("", COLOURS.sub("", "\n".join(outputs[-1].traceback) if outputs else str(err)))
    found = CELL_LINE.search(text)
    return Failure(index, int(found[1]) if found else None, err.ename, FORBIDDEN.sub("", err.evalue), text)


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
        _replace(output)
    names = [output.get("name") for output in whole]
    for number, pair in enumerate(pairwise(names)):
        if pair == ("stderr", "stdout"):
            whole[number], whole[number + 1] = whole[number + 1], whole[number]
    if "outputs" in cell:
        cell["outputs"] = whole


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
