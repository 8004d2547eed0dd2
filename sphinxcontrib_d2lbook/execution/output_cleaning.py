"""Turn the outputs of a kernel into outputs that every page can show, and find where in a cell an error arose."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import nbformat

from .tasks import Failure

if TYPE_CHECKING:  # a build that runs no cell does without nbclient
    from nbclient.exceptions import CellExecutionError

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CELL_LINE = re.compile(
    r"^(?:\s*)(?:Cell|File) (?:In\s?\[\d+\]|<ipython-input-\d+-\w+>)[^\n]*?line:? (\d+)", re.MULTILINE
)
"""Line of a traceback that names the line of the cell where the error arose, as IPython's "Cell In[3], line 5"."""
ESCAPES = re.compile(
    r"(?P<colour>\x1b\[[0-9;]*m)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|(?P<alone>\x1b)"
)
"""Control sequences of terminals (ECMA-48): colours, which pages show, and all others, which are dropped."""
FORBIDDEN = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters without meaning in XML and in a terminal's text; escape, backspace, tab and line ends have one."""
CELL_FILE = re.compile(
    r"(?P<quote>File \")?(?:\b[A-Za-z]:)?(?:[/\\][^\s\"'<>/\\\x1b]+)*[/\\]ipykernel_\d+[/\\](?P<name>\w+\.py)"
    r"(?:\"(?P<traceback>, line )(?=\d)|:(?P<line>\d+):)?"
)
"""Path that Python has for a cell: its folder is named by the kernel's process, the file by the cell's source."""

NO_EXCEPTION = "NoneType"
"""Name of the exception in ipykernel's reply if a cell's value has no representation: the error that is then shown was
not raised by the cell."""
ERROR_SIZE = 20_000
"""Characters that are kept of an exception's message, and of its traceback."""

WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
"""MIME type below which a notebook keeps the state of its widgets."""


def cell_failure(err: CellExecutionError, notebook: Any, index: int) -> Failure:
    """Return the failure of a cell that raised; ``notebook`` has its outputs up to then."""
    shown = shown_errors(notebook.cells[index])
    if shown and err.ename == NO_EXCEPTION:
        return shown_failure(shown[-1], index)
    return _failure(index, err.ename, err.evalue, "\n".join(shown[-1].traceback) if shown else str(err))


def shown_errors(cell: Any) -> list[Any]:
    """Return the outputs of a cell that show exceptions."""
    return [output for output in cell.get("outputs", ()) if output["output_type"] == "error"]


def shown_failure(output: Any, index: int) -> Failure:
    """Return the failure of a cell that shows an exception which it did not raise itself."""
    return _failure(index, output["ename"], output["evalue"], "\n".join(output["traceback"]))


def _failure(index: int, name: str, message: str, traceback: str) -> Failure:
    text = FORBIDDEN.sub("", COLOURS.sub("", traceback))
    match = CELL_LINE.search(text)
    return Failure(index, int(match[1]) if match else None, name, FORBIDDEN.sub("", message), text)


def clean_outputs(cell: Any) -> None:
    """Join the outputs of a cell that came in pieces, and put U+FFFD for characters that no page can show.

    Each stream of a cell becomes one output, at the place of its first piece, since the number of pieces is chance. For
    the same reason, stderr comes after stdout where the two are neighbours.
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
            output["text"] = as_terminal_shows("".join(streams[output["name"]]))
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
    """Replace the paths that Python has for cells, and that no reader has, by IPython's "Cell In[3], line 5".

    These paths contain the number of a process, which differs in every run. ``file_name`` maps the source of a cell to
    the name of its file; a file that belongs to no cell of the notebook counts as that of the cell that shows it.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if not any("ipykernel_" in text for cell in code for _, _, text in _texts(cell)):
        return
    numbers = {file_name(cell.source): cell.get("execution_count") or place for place, cell in enumerate(code, 1)}
    for place, cell in enumerate(code, 1):
        for owner, key, text in _texts(cell):
            owner[key] = _with_cell_names(text, numbers, cell.get("execution_count") or place)


def _texts(cell: Any) -> Iterator[tuple[Any, Any, str]]:
    """Yield each plain text in the outputs of a cell: the object that holds it, its key or index there, and itself."""
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
    """Leave out the middle of an exception's message that is very long, and of the traceback, which repeats it."""
    output["evalue"] = without_middle(output["evalue"])
    traceback = "\n".join(output["traceback"])
    if len(traceback) > ERROR_SIZE:
        output["traceback"] = without_middle(traceback).split("\n")


def without_middle(text: str) -> str:
    """Return a text with at most `ERROR_SIZE` of its characters and, in the middle, how many were left out."""
    if len(text) <= ERROR_SIZE:
        return text
    half = ERROR_SIZE // 2
    return f"{text[:half]}\n… ({len(text) - 2 * half:,} characters are left out) …\n{text[-half:]}"


def number_widgets(notebook: Any) -> Any:
    """Return a notebook whose widgets are named by numbers, since ipywidgets gives them random names in every run."""
    state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    if not state:
        return notebook
    names = {name: f"{number:032x}" for number, name in enumerate(state)}
    text = re.sub("|".join(map(re.escape, names)), lambda match: names[match[0]], json.dumps(notebook))
    return nbformat.from_dict(json.loads(text))


def as_terminal_shows(text: str) -> str:
    """Return a text as a terminal shows it, where carriage returns and backspaces go back on a line."""
    if "\b" in text:
        characters: list[str] = []
        for character in text:
            if character != "\b":
                characters.append(character)
            elif characters and characters[-1] != "\n":
                characters.pop()
        text = "".join(characters)
    if "\r" not in text:
        return text
    # Windows ends lines with CR LF: a carriage return at the end of its line overwrites nothing.
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
    """Return a text with U+FFFD for characters that no page can show, and with no control sequences but colours."""
    if "\x1b" in text:
        text = ESCAPES.sub(lambda match: match["colour"] or ("\ufffd" if match["alone"] else ""), text)
    return FORBIDDEN.sub("\ufffd", text)
