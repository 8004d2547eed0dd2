"""Describe what a page can see of files and folders, as text that changes when they do.

A page sees only what it asks for: a file's whole content, its size, or whether it exists. The text, called the *state*
of the path, says which of these it describes, so that the same can be asked of the path later:

    9f86d0…                     digest of a file's content
    folder 60303ae2…            digest of the names in a folder that are not hidden
    names 60303ae2…             digest of all names in a folder
    entries 60303ae2…           digest of the names in a folder with their kinds and sizes
    a file of 12 bytes          size of a file
    there: a file               kind of what exists; for a link "there: a link to x (a folder)"
    link x                      link that a page made; a folder that it made is "there: a folder"
    …; changed at 1700000000    one of the above and the time of its last change, in nanoseconds
    missing                     nothing exists at the path

The matches of a pattern have a name of their own, made by `glob_name`, and the state `matches 60303ae2…`.
"""

from __future__ import annotations

import errno
import glob
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from ..common.files import digest, file_digest
from .file_digests import Digests
from .tasks import MISSING, UNSETTLED

NOISE = re.compile(r"__pycache__|\.git|\.DS_Store|\.ipynb_checkpoints|\.~lock\..*|\.#.*|.*\.sw[a-z]|\.nfs.*")
"""Names of files that programs leave in folders by themselves; no state of a folder counts them."""
CHANGED = "; changed at "
"""Text between a state and the time of the last change."""
LOCKED = "cannot be read"
"""State of a file that the page may not read."""
GLOB = re.compile(r"(?s)(.*) matched in (.*) \((glob|recursive glob|Path\.glob)\)")
"""Form of `glob_name`: pattern, folder and kind."""

NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})
"""Errors of a path at which nothing exists or can exist: programs ask of any text whether it names a file."""


def state(path: Path, ignore: Collection[str] = (), digest_of: Callable[[Path], str] = file_digest) -> str:
    """Return the state of a path's whole content: the digest of a file, that of a folder's names, or `MISSING`.

    In a folder, names that are hidden, in ``ignore`` or `NOISE` do not count. Raise OSError for a path that exists and
    cannot be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return f"folder {digest(*(name for name in _names(path, ignore) if name[0] != '.'))}"
        return digest_of(path) if stat.S_ISREG(mode) else kind_state(path)  # reading a pipe would empty it
    except OSError as err:
        return _nothing(err)


def _nothing(err: OSError) -> str:
    """Return `MISSING` if the error says that nothing exists at the path; else raise it."""
    if err.errno in NOWHERE:
        return MISSING
    raise err


def _names(folder: Path, ignore: Collection[str]) -> list[str]:
    return sorted(name for name in os.listdir(folder) if not NOISE.fullmatch(name) and name not in ignore)  # noqa: PTH208


def written_state(path: Path) -> str:
    """Return the state in which a page left a path that it wrote: a file's content, or the kind of a link or folder.

    Raise OSError for a path that exists and cannot be read.
    """
    try:
        if path.is_symlink():
            return f"link {path.readlink()}"
        return kind_state(path) if path.is_dir() else state(path)
    except OSError as err:
        return _nothing(err)


def names_state(path: Path, ignore: Collection[str] = ()) -> str:
    """Return the state of all names in a folder. Raise OSError for a folder that cannot be read."""
    try:
        return f"names {digest(*_names(path, ignore))}"
    except OSError as err:
        return kind_state(path) if err.errno in NOWHERE else _nothing(err)


def entries(path: Path, ignore: Collection[str] = ()) -> str:
    """Return the state of the names in a folder with their kinds and the sizes of files.

    Raise OSError as `names_state`.
    """
    try:
        return f"entries {digest(*(f'{name}: {size_state(path / name)}' for name in _names(path, ignore)))}"
    except OSError as err:
        return kind_state(path) if err.errno in NOWHERE else _nothing(err)


def kind_state(path: Path) -> str:
    """Return the state that says what kind of thing exists at a path. Raise OSError if that cannot be told."""
    try:
        if path.is_symlink():
            kind = "a folder" if path.is_dir() else "a file" if path.exists() else "nothing"
            return f"there: a link to {path.readlink()} ({kind})"
        mode = path.stat().st_mode
    except OSError as err:
        return _nothing(err)
    return f"there: {'a folder' if stat.S_ISDIR(mode) else 'a file' if stat.S_ISREG(mode) else 'a device'}"


def size_state(path: Path) -> str:
    """Return the state of a file's size, or the kind of anything else. Raise OSError if that cannot be told."""
    try:
        status = path.stat()
    except OSError as err:
        return kind_state(path) if err.errno in NOWHERE else _nothing(err)
    return f"a file of {status.st_size} bytes" if stat.S_ISREG(status.st_mode) else kind_state(path)


def changed(path: Path) -> str:
    """Return the time of a path's last change, to append to a state; "" if nothing exists there."""
    try:
        return f"{CHANGED}{path.stat().st_mtime_ns}"
    except OSError as err:
        _nothing(err)
        return ""


def without_time(text: str) -> str:
    """Return a state without the time of the last change, which differs from one copy of a project to the next."""
    return text.partition(CHANGED)[0]


def state_like(
    text: str, path: Path, ignore: Collection[str] = (), digest_of: Callable[[Path], str] = file_digest
) -> str:
    """Return the state of a path now, of the same kind as the earlier state ``text``. Raise OSError as the others."""
    what, asked, _ = text.partition(CHANGED)
    try:
        return _like(what, path, ignore, digest_of) + (changed(path) if asked else "")
    except PermissionError:
        return LOCKED


def _like(what: str, path: Path, ignore: Collection[str], digest_of: Callable[[Path], str]) -> str:
    if what == MISSING or what.startswith("there: "):
        now = kind_state(path)
    elif what.startswith("a file of "):
        now = size_state(path)
    elif what.startswith("link "):
        now = written_state(path)
    elif what.startswith("names "):
        now = names_state(path, ignore)
    elif what.startswith("entries "):
        now = entries(path, ignore)
    else:
        now = state(path, ignore, digest_of)
    return now


def glob_name(folder: str, kind: str, pattern: str) -> str:
    """Return the name under which the matches of a pattern are recorded.

    ``folder`` is relative to the project's folder, or absolute.
    ``kind`` is "glob" or "recursive glob", by the rules of the module `glob`, or "Path.glob".
    """
    return f"{pattern} matched in {folder} ({kind})"


def matches(root: Path, name: str, ignore: Collection[str] = ()) -> str:
    """Return the state of what a pattern matches now.

    ``name`` is the pattern's `glob_name`. Files whose names, relative to ``root``, are in ``ignore`` do not count.
    """
    pattern, folder, kind = _parts(name)
    start = root / folder
    if kind == "Path.glob":
        paths = {str(path) for path in start.glob(pattern)} if start.is_dir() else set()
    else:
        recursive = kind == "recursive glob"
        paths = {str(start / match) for match in glob.glob(pattern, root_dir=start, recursive=recursive)}  # noqa: PTH207
    files = {relative(Path(os.path.normpath(path)), root) for path in paths}
    return f"matches {digest(*sorted(file for file in files if file not in ignore and not _is_noise(file)))}"


def _is_noise(name: str) -> bool:
    return any(NOISE.fullmatch(part) for part in name.split("/"))


def _parts(name: str) -> tuple[str, str, str]:
    match = GLOB.fullmatch(name)
    if match is None:
        raise ValueError(name)
    pattern, folder, kind = match.groups()
    return pattern, folder, kind


def tells_content(text: str) -> bool:
    """Check whether a state is that of a file's content, not only of its size or existence, or of a folder."""
    what = without_time(text)
    return " " not in what and what not in (MISSING, UNSETTLED)


def is_glob(name: str) -> bool:
    """Check whether a name was made by `glob_name`."""
    return GLOB.fullmatch(name) is not None


def folders_of(root: Path, name: str) -> Iterator[Path]:
    """Yield the folders in which a pattern, given by its `glob_name`, looks for matches."""
    pattern, folder, _ = _parts(name)
    start = root / folder
    fixed = re.split(r"[*?\[]", pattern)[0].rpartition("/")[0]
    top = start / fixed
    yield top
    if "**" in pattern or "/" in pattern[len(fixed) + 1 :]:
        for above, below, _ in os.walk(top):
            yield from (Path(above, folder_name) for folder_name in below)


class States:
    """States of paths below a root, each read once, so that a whole build is planned with one look at the files."""

    def __init__(self, root: Path, digests: Digests | None = None) -> None:
        self.root = root
        self._digests = digests
        self._seen: dict[tuple[str, str, frozenset[str]], str] = {}

    def __call__(self, name: str, ignore: frozenset[str] = frozenset()) -> str:
        """Return the state of the content of ``name``, a path relative to the root or absolute. Raise OSError."""
        return self.like("", name, ignore)

    def like(self, text: str, name: str, ignore: frozenset[str] = frozenset()) -> str:
        """Return the state of ``name`` now, of the same kind as the earlier state ``text``.

        ``ignore`` are names in a folder that do not count. Raise OSError for what exists and cannot be read.
        """
        kind = _kind(text)
        value = self._seen.get((kind, name, ignore))
        if value is None:
            path = self.root / name
            value = (
                matches(self.root, name, ignore)
                if is_glob(name)
                else state_like(text, path, ignore, self._digests or file_digest)
            )
            self._seen[kind, name, ignore] = value
        return value

    def remember(self) -> None:
        """Save the digests of large files for the next build. Raise OSError if they cannot be written."""
        if self._digests is not None:
            self._digests.save()


def _kind(text: str) -> str:
    """Return the kind of a state: two states of the same kind and path need one look at the file."""
    what, asked, _ = text.partition(CHANGED)
    first = "there" if what == MISSING else what.partition(" ")[0].rstrip(":") if " " in what else ""
    return first.replace("folder", "") + asked


def relative(path: Path, root: Path) -> str:
    """Return the name of a file in keys and reasons: a posix path, relative to ``root`` if the file lies below it."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
