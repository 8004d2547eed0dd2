"""Write and read the committed copy of the outputs: one folder per page, with text that `git diff` shows, and images.

<folder>/<docname>/outputs.json           the run, and for each code cell its outputs
<folder>/<docname>/cell-3-0a1b2c3d.png    an image of the third code cell, named by its digest

`outputs.json` is written last and names the digest of each file, so that a copy that is incomplete, was edited or was
merged badly is noticed. Text is a list of lines, so that each printed line is a line of the diff.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

from ..common.file_formats import OUTPUTS
from ..common.files import digest, write_if_changed
from .store import Run, run_from_json

NAME = "outputs.json"
BINARY = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
}
"""MIME type of data in base64 -> suffix of its files."""
TEXT = {"image/svg+xml": "svg", "text/html": "html", "application/javascript": "js"}
"""MIME type of text that nobody reads in a diff if it is long -> suffix of its files."""
SHORT = 400
"""Length in characters up to which such text stays in `outputs.json`."""
KEPT_METADATA = ("language_info", "widgets")
"""Names of the notebook's metadata that come from a kernel."""
REMEDY = "take one side of a merge whole, or remove this folder and build"


@dataclass(frozen=True)
class Outputs:
    """Content of a committed copy besides the run."""

    cells: tuple[Mapping[str, Any], ...]
    """For each code cell, "source" (its digest), "execution_count" and "outputs" as in a notebook."""
    metadata: Mapping[str, Any]


def export(
    folder: Path,
    docname: str,
    run: Run,
    notebook: Mapping[str, Any],
    needs: Mapping[str, Sequence[str]] = MappingProxyType({}),
    *,
    check: bool = False,
) -> bool:
    """Bring the committed copy of a page up to date, and return whether it changed.

    ``needs`` are those of the page, as in `Run`: where they are not installed, the readers' notebook takes them from
    here. A copy of the same run stays as it is; with ``check``, only if nothing has damaged it. Raise OSError if the
    copy cannot be written.
    """
    home = folder / docname
    if _key(home / NAME) == run.key and not (check and _is_spoilt(folder, docname)):
        return False
    files: dict[str, bytes] = {}
    cells = [
        {
            "source": digest(cell["source"]),
            "execution_count": cell["execution_count"],
            "outputs": [_packed(output, number, files) for output in cell["outputs"]],
        }
        for number, cell in enumerate(_code(notebook), 1)
    ]
    metadata = {name: notebook["metadata"][name] for name in KEPT_METADATA if name in notebook["metadata"]}
    described = asdict(run)
    for name in ("imported", "needs"):
        del described[name]
    # Files outside of the project do not count on another machine, and their paths tell about this one.
    described["files"] = {name: state for name, state in run.files.items() if not PurePath(name).is_absolute()}
    value = {
        "version": OUTPUTS.version,
        "run": described,
        "cells": cells,
        "metadata": metadata,
        "needs": {name: sorted(distributions) for name, distributions in needs.items()},
        "files": {name: digest(data) for name, data in files.items()},
    }
    for name, data in files.items():
        write_if_changed(home / name, data)
    changed = write_if_changed(home / NAME, _text({**value, "digest": _seal(value)}))
    for path in home.glob("cell-*"):
        if path.name not in files:
            path.unlink(missing_ok=True)
    return changed


def load(folder: Path, docname: str) -> tuple[Run, Outputs] | None:
    """Return the committed copy of a page, or None if there is none.

    Raise OSError if it cannot be read, ValueError if it is damaged, NewerFormatError if a newer version wrote it.
    """
    path = folder / docname / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        value = json.loads(text)
        seal = value.pop("digest")
        # Check the version first: a newer one may compute the digest in another way. In 0.1.0 its key was "format".
        OUTPUTS.check(value.get("version", value.get("format")), path)
        if seal != _seal(value):
            raise ValueError("it was changed after it was written")
        files = {name: (path.parent / name).read_bytes() for name in value["files"]}
        for name, data in files.items():
            if digest(data) != value["files"][name]:
                raise ValueError(f"{name} was changed after it was written")
        cells = [{**cell, "outputs": [_unpacked(item, files) for item in cell["outputs"]]} for cell in value["cells"]]
        run = replace(run_from_json(value["run"]), needs={**value.get("needs", {})})
    except (ValueError, KeyError, TypeError, AttributeError, FileNotFoundError) as err:
        raise ValueError(f"{path}: the committed outputs of {docname} cannot be used: {err}; {REMEDY}") from err
    return run, Outputs(tuple(cells), value["metadata"])


def assemble(notebook: Mapping[str, Any], outputs: Outputs) -> dict[str, Any]:
    """Return ``notebook``, a page without outputs, with ``outputs``. Raise ValueError if these are of other cells."""
    code = _code(notebook)
    if [digest(cell["source"]) for cell in code] != [cell["source"] for cell in outputs.cells]:
        raise ValueError("the committed outputs are those of other cells")
    done = iter(outputs.cells)
    cells = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            ran = next(done)
            cells.append({**cell, "execution_count": ran["execution_count"], "outputs": ran["outputs"]})
        else:
            cells.append(dict(cell))
    return {**notebook, "cells": cells, "metadata": {**notebook["metadata"], **outputs.metadata}}


def prune(folder: Path, docnames: Collection[str]) -> list[str]:
    """Remove the copies of pages that are not in the book, and return their docnames. Raise OSError if that fails."""
    gone = []
    for path in sorted(folder.rglob(NAME)):
        docname = path.parent.relative_to(folder).as_posix()
        if docname not in docnames and _key(path):
            for file in [*path.parent.glob("cell-*"), path]:
                file.unlink(missing_ok=True)
            gone.append(docname)
            for parent in [path.parent, *path.parent.parents]:
                if parent == folder or any(parent.iterdir()):
                    break
                parent.rmdir()
    return gone


def _code(notebook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _key(path: Path) -> str:
    """Return the key of the run whose outputs a file holds; "" if it is not a file of `export`."""
    try:
        key = json.loads(path.read_text(encoding="utf-8"))["run"]["key"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return str(key)


def _is_spoilt(folder: Path, docname: str) -> bool:
    try:
        load(folder, docname)
    except ValueError:
        return True
    return False


def _seal(value: Mapping[str, Any]) -> str:
    return digest(json.dumps(value, sort_keys=True))


def _text(value: Mapping[str, Any]) -> str:
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair, which UTF-8 cannot hold
        return json.dumps(value, indent=1, sort_keys=True) + "\n"
    return text


def _packed(output: Mapping[str, Any], number: int, files: dict[str, bytes]) -> dict[str, Any]:
    """Return an output as it is committed; put what is not text to read into ``files``."""
    packed = dict(output)
    if "text" in packed:
        packed["text"] = _lines(packed["text"])
    if "data" in packed:
        packed["data"] = {mime: _datum(mime, value, number, files) for mime, value in packed["data"].items()}
    return packed


def _datum(mime: str, value: Any, number: int, files: dict[str, bytes]) -> Any:
    if not isinstance(value, str):
        return {"json": value}
    if mime in BINARY:
        data, encoding = _bytes(value)
        return _in_file(data, encoding, number, BINARY[mime] if encoding != "text" else "txt", files)
    if mime in TEXT and len(value) > SHORT:
        return _in_file(value.encode("utf-8", "surrogatepass"), "text", number, TEXT[mime], files)
    return _lines(value)


def _in_file(data: bytes, encoding: str, number: int, suffix: str, files: dict[str, bytes]) -> dict[str, str]:
    name = f"cell-{number}-{digest(data)[:8]}.{suffix}"
    files[name] = data
    return {"file": name, "encoding": encoding}


def _bytes(value: str) -> tuple[bytes, str]:
    """Return the bytes of a base64 text, and the encoding by which `_encoded` gives back exactly that text."""
    try:
        data = base64.b64decode(value)
    except (binascii.Error, ValueError):
        return value.encode("utf-8", "surrogatepass"), "text"
    for encoding in ("base64", "base64 lines", "base64 line"):
        if _encoded(data, encoding) == value:
            return data, encoding
    return value.encode("utf-8", "surrogatepass"), "text"


def _encoded(data: bytes, encoding: str) -> str:
    if encoding == "text":
        return data.decode("utf-8", "surrogatepass")
    if encoding == "base64 lines":
        return base64.encodebytes(data).decode("ascii")
    return base64.b64encode(data).decode("ascii") + ("\n" if encoding == "base64 line" else "")


def _lines(value: Any) -> Any:
    """Return text with line breaks as a list of its lines; mark any other value as JSON, so that lists differ."""
    if not isinstance(value, str):
        return {"json": value}
    return value.split("\n") if "\n" in value else value


def _unpacked(output: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    unpacked = dict(output)
    if "text" in unpacked:
        unpacked["text"] = _value(unpacked["text"], files)
    if "data" in unpacked:
        unpacked["data"] = {mime: _value(value, files) for mime, value in unpacked["data"].items()}
    return unpacked


def _value(value: Any, files: Mapping[str, bytes]) -> Any:
    if isinstance(value, list):
        return "\n".join(value)
    if isinstance(value, dict):
        return value["json"] if "json" in value else _encoded(files[value["file"]], value["encoding"])
    return value
