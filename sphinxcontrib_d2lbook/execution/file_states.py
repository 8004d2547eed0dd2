"""What a page can see of files and folders, as text that changes when they do.

A page sees of a file what it asks for: the whole content, the size, whether it is there at all. The text says which of
these it tells, so that the same can be asked of the file later:

    9f86d0…                     a file's content, by its digest
    folder 60303ae2…            the names in a folder that are not hidden
    names 60303ae2…             all names in a folder
    entries 60303ae2…           the names in a folder, what they are and how large
    a file of 12 bytes          a file's size
    there: a file               what is there; "there: a link to x (a folder)"
    link x                      a link that a page made; a folder that it made is "there: a folder"
    …; changed at 1700000000    and when that changed last, in nanoseconds
    missing                     nothing is there

What a pattern matches has a name of its own, made by `glob_name`, and the text `matches 60303ae2…`.
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
"""Names that programs leave in folders by themselves, which no listing counts."""
CHANGED = "; changed at "
LOCKED = "cannot be read"
"""What a page sees of a file that it may not read."""
GLOB = re.compile(r"(?s)(.*) matched in (.*) \((glob|recursive glob|Path\.glob)\)")


NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG})
"""Errors of a path at which nothing is, and cannot be: programs ask whether any text is the name of a file."""


def state(path: Path, ignore: Collection[str] = (), digest_of: Callable[[Path], str] = file_digest) -> str:
    """The whole content of a path: the digest of a file, that of a folder's names, or `MISSING`.

    Of a folder count the names that are not hidden, not in ``ignore`` and not `NOISE`. Raises OSError for what is there
    and cannot be read.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return f"folder {digest(*(name for name in _names(path, ignore) if name[0] != '.'))}"
        return digest_of(path) if stat.S_ISREG(mode) else there(path)  # to read a pipe would take what is in it
    except OSError as err:
        return _nothing(err)


def _nothing(err: OSError) -> str:
    """`MISSING` where that is what an error says. Raises any other error."""
    if err.errno in NOWHERE:
        return MISSING
    raise err


def _names(folder: Path, ignore: Collection[str]) -> list[str]:
    return sorted(name for name in os.listdir(folder) if not NOISE.fullmatch(name) and name not in ignore)  # noqa: PTH208


def left(path: Path) -> str:
    """What a page left at a path that it wrote: the content of a file, of links and folders what they are.

    Raises OSError for what is there and cannot be read.
    """
    try:
        if path.is_symlink():
            return f"link {path.readlink()}"
        return there(path) if path.is_dir() else state(path)
    except OSError as err:
        return _nothing(err)


def names(path: Path, ignore: Collection[str] = ()) -> str:
    """All names in a folder. Raises OSError."""
    try:
        return f"names {digest(*_names(path, ignore))}"
    except OSError as err:
        return there(path) if err.errno in NOWHERE else _nothing(err)


def entries(path: Path, ignore: Collection[str] = ()) -> str:
    """The names in a folder with what they are and the sizes of files. Raises OSError."""
    try:
        return f"entries {digest(*(f'{name}: {size(path / name)}' for name in _names(path, ignore)))}"
    except OSError as err:
        return there(path) if err.errno in NOWHERE else _nothing(err)


def there(path: Path) -> str:
    """What is at a path. Raises OSError."""
    try:
        if path.is_symlink():
            kind = "a folder" if path.is_dir() else "a file" if path.exists() else "nothing"
            return f"there: a link to {path.readlink()} ({kind})"
        mode = path.stat().st_mode
    except OSError as err:
        return _nothing(err)
    return f"there: {'a folder' if stat.S_ISDIR(mode) else 'a file' if stat.S_ISREG(mode) else 'a device'}"


def size(path: Path) -> str:
    """How large a file is; of other things what they are. Raises OSError."""
    try:
        found = path.stat()
    except OSError as err:
        return there(path) if err.errno in NOWHERE else _nothing(err)
    return f"a file of {found.st_size} bytes" if stat.S_ISREG(found.st_mode) else there(path)


def changed(path: Path) -> str:
    """When a path was changed last, to be put behind another text; "" where nothing is there."""
    try:
        return f"{CHANGED}{path.stat().st_mtime_ns}"
    except OSError as err:
        _nothing(err)
        return ""


def without_time(text: str) -> str:
    """A text without the time of the last change, which differs from one copy of a project to the next."""
    return text.partition(CHANGED)[0]


def state_like(
    text: str, path: Path, ignore: Collection[str] = (), digest_of: Callable[[Path], str] = file_digest
) -> str:
    """What an earlier text told of a path, as it is now. Raises OSError."""
    what, asked, _ = text.partition(CHANGED)
    try:
        return _like(what, path, ignore, digest_of) + (changed(path) if asked else "")
    except PermissionError:
        return LOCKED


def _like(what: str, path: Path, ignore: Collection[str], digest_of: Callable[[Path], str]) -> str:
    if what == MISSING or what.startswith("there: "):
        now = there(path)
    elif what.startswith("a file of "):
        now = size(path)
    elif what.startswith("link "):
        now = left(path)
    elif what.startswith("names "):
        now = names(path, ignore)
    elif what.startswith("entries "):
        now = entries(path, ignore)
    else:
        now = state(path, ignore, digest_of)
    return now


def glob_name(folder: str, kind: str, pattern: str) -> str:
    """The name under which the matches of a pattern are kept; ``folder`` is relative to the project's or absolute.

    ``kind`` is "glob" or "recursive glob", by the rules of the module `glob`, or "Path.glob".
    """
    return f"{pattern} matched in {folder} ({kind})"


def matches(root: Path, name: str, ignore: Collection[str] = ()) -> str:
    """What a pattern matches now, by its `glob_name`; ``ignore`` are names of files, relative to ``root``."""
    pattern, folder, kind = _parts(name)
    start = root / folder
    if kind == "Path.glob":
        found = {str(path) for path in start.glob(pattern)} if start.is_dir() else set()
    else:
        recursive = kind == "recursive glob"
        found = {str(start / match) for match in glob.glob(pattern, root_dir=start, recursive=recursive)}  # noqa: PTH207
    files = {relative(Path(os.path.normpath(path)), root) for path in found}
    return f"matches {digest(*sorted(one for one in files if one not in ignore and not _is_noise(one)))}"


def _is_noise(name: str) -> bool:
    return any(NOISE.fullmatch(part) for part in name.split("/"))


def _parts(name: str) -> tuple[str, str, str]:
    found = GLOB.fullmatch(name)
    if found is None:
        raise ValueError(name)
    pattern, folder, kind = found.groups()
    return pattern, folder, kind


def tells_content(text: str) -> bool:
    """Whether a text tells the content of a file, and not only its size, its being there, or what a folder holds."""
    what = without_time(text)
    return " " not in what and what not in (MISSING, UNSETTLED)


def is_glob(name: str) -> bool:
    """Whether a name is one of `glob_name`."""
    return GLOB.fullmatch(name) is not None


def folders_of(root: Path, name: str) -> Iterator[Path]:
    """The folders in which a pattern looks for matches, by its `glob_name`."""
    pattern, folder, _ = _parts(name)
    start = root / folder
    fixed = re.split(r"[*?\[]", pattern)[0].rpartition("/")[0]
    top = start / fixed
    yield top
    if "**" in pattern or "/" in pattern[len(fixed) + 1 :]:
        for above, below, _ in os.walk(top):
            yield from (Path(above, one) for one in below)


class States:
    """The states of paths below a root, each read once: a build plans with one look at the files."""

    def __init__(self, root: Path, digests: Digests | None = None) -> None:
        self.root = root
        self._digests = digests
        self._seen: dict[tuple[str, str, frozenset[str]], str] = {}

    def __call__(self, name: str, ignore: frozenset[str] = frozenset()) -> str:
        """Of ``name``, relative to the root or absolute. Raises OSError."""
        return self.like("", name, ignore)

    def like(self, text: str, name: str, ignore: frozenset[str] = frozenset()) -> str:
        """What an earlier text told of ``name``, as it is now; ``ignore`` are names in a folder. Raises OSError."""
        kind = _kind(text)
        found = self._seen.get((kind, name, ignore))
        if found is None:
            path = self.root / name
            found = (
                matches(self.root, name, ignore)
                if is_glob(name)
                else state_like(text, path, ignore, self._digests or file_digest)
            )
            self._seen[kind, name, ignore] = found
        return found

    def remember(self) -> None:
        """Keep for the next build what was worked out. Raises OSError."""
        if self._digests is not None:
            self._digests.save()


def _kind(text: str) -> str:
    """What a text tells, so that two which tell the same of a path need one look."""
    what, asked, _ = text.partition(CHANGED)
    first = "there" if what == MISSING else what.partition(" ")[0].rstrip(":") if " " in what else ""
    return first.replace("folder", "") + asked


def relative(path: Path, root: Path) -> str:
    """The name of a file in keys and reasons: posix, relative to ``root`` where it lies below it."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
