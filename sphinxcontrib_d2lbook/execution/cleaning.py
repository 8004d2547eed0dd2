"""What a kernel gave -> outputs that every page can show, and where in a cell an error arose."""

from __future__ import annotations

import re
from typing import Any

from nbclient.exceptions import CellExecutionError

from .model import Failure

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CELL_LINE = re.compile(
    r"^(?:\s*)(?:Cell|File) (?:In\s?\[\d+\]|<ipython-input-\d+-\w+>)[^\n]*?line:? (\d+)", re.MULTILINE
)
"""IPython's "Cell In[3], line 5": where in the cell the error arose."""
FORBIDDEN = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that neither XML nor a terminal's text has a meaning for; escape, backspace, tab and line ends stay."""


def cell_failure(err: CellExecutionError, notebook: Any, index: int) -> Failure:
    """The failure of a cell that raised; ``notebook`` holds what it gave until then."""
    outputs = [output for output in notebook.cells[index].get("outputs", ()) if output.output_type == "error"]
    text = FORBIDDEN.sub("", COLOURS.sub("", "\n".join(outputs[-1].traceback) if outputs else str(err)))
    found = CELL_LINE.search(text)
    return Failure(index, int(found[1]) if found else None, err.ename, FORBIDDEN.sub("", err.evalue), text)


def clean(cell: Any) -> None:
    """Put U+FFFD for what no page can show, and what one stream gave in pieces together.

    A stored output is then text for every format. A cell that came to its end has whole streams already.
    """
    whole: list[Any] = []
    for output in cell.get("outputs", ()):
        last = whole[-1] if whole else None
        if last is not None and output.output_type == last.output_type == "stream" and output.name == last.name:
            last["text"] += output["text"]
        else:
            whole.append(output)
    for output in whole:
        for name in ("text", "evalue"):
            if isinstance(output.get(name), str):
                output[name] = FORBIDDEN.sub("\ufffd", output[name])
        if "traceback" in output:
            output["traceback"] = [FORBIDDEN.sub("\ufffd", line) for line in output["traceback"]]
        for mime, value in output.get("data", {}).items():
            if isinstance(value, str) and (mime.startswith("text/") or mime.endswith("xml")):
                output["data"][mime] = FORBIDDEN.sub("\ufffd", value)
    if "outputs" in cell:
        cell["outputs"] = whole
