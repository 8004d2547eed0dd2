"""Write generated files: atomically, and only if their bytes change. Compute digests."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import FunctionType
from typing import Any


def digest(*parts: str | bytes) -> str:
    """Return the SHA-256 digest of ``parts``, hexadecimal.

    The length of each part precedes it, so that two different lists of parts have different digests.
    """
    value = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        value.update(b"%d:" % len(data))
        value.update(data)
    return value.hexdigest()


def file_digest(path: Path) -> str:
    """Return the SHA-256 digest of a file's bytes, hexadecimal. Raise OSError if it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def bytes_digest(data: bytes) -> str:
    """Return the SHA-256 digest of bytes, hexadecimal: the `file_digest` of a file that holds them."""
    return hashlib.sha256(data).hexdigest()


def stable_text(value: Any) -> str:
    """Return a text that is equal for equal values in every process, as input of a digest.

    ``value`` is anything that a configuration can hold. Sets and dictionaries are sorted, lists keep their order.
    Classes and functions are represented by their names, other values by their `str`, which must not contain an
    address in memory.
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(sorted(f'{stable_text(key)}: {stable_text(item)}' for key, item in value.items()))}}}"
    if isinstance(value, set | frozenset):
        return f"<{', '.join(sorted(map(stable_text, value)))}>"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(stable_text, value))}]"
    if isinstance(value, type | FunctionType):
        return f"{value.__module__}.{value.__qualname__}"
    return repr(str(value))


def json_text(value: Any) -> str:
    """Return JSON as it is committed and compared: sorted, indented, UTF-8, one newline at the end."""
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def json_in_script(value: Any, *, sort: bool = True) -> str:
    """Return JSON on one line that can stand in a script element of a page of HTML, whatever its texts hold.

    Without ``sort``, objects keep the order of their values, which means something to some programs.
    """
    text = json.dumps(value, sort_keys=sort, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def write_if_changed(path: Path, content: str | bytes, *, durable: bool = False) -> bool:
    """Write ``content`` unless the file holds it already, and return whether it was written.

    The write is atomic: a reader, or a crash, never meets half a file. ``durable`` extends that to a loss of power, and
    takes some milliseconds more. Raise OSError if the file cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


def write_tree(folder: Path, files: Mapping[str, str | bytes], *, owned: Iterable[str] = ()) -> list[str]:
    """Write ``files`` (paths relative to ``folder``) and remove other files that match the globs in ``owned``.

    Return the names of the files that were written or removed. Raise OSError if that fails.
    """
    changed = [name for name, content in sorted(files.items()) if write_if_changed(folder / name, content)]
    for pattern in owned:
        for path in sorted(folder.glob(pattern)):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name not in files:
                path.unlink(missing_ok=True)  # another build may have removed it
                changed.append(name)
    return changed


def remove_left(before: Iterable[str], folder: Path, files: Iterable[str]) -> list[str]:
    """Remove the files of ``before`` that are not in ``files``, and return their names.

    All names are relative to ``folder``. Folders that become empty are removed too. Raise OSError if that fails.
    """
    obsolete = sorted(set(before) - set(files))
    for name in obsolete:
        path = folder / name
        path.unlink(missing_ok=True)
        for parent in path.parents:
            if parent == folder or not parent.is_dir() or any(parent.iterdir()):
                break
            parent.rmdir()
    return obsolete
