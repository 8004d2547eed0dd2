"""Observe what a Python process reads, looks for and writes, by an audit hook and by replacing a few functions.

The hook is called when files are opened, folders are listed and programs are started, but not when code asks whether a
file exists or how large it is: `os.stat` and similar functions are therefore replaced by objects that note the path
first. Processes that are forked write to the same log. notes.py says what is noted; compiled code that opens files by
itself is observed by trace.py.
"""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
from types import FrameType, ModuleType
from typing import Any, Callable, Sequence  # noqa: UP035  (older than collections.abc's)

IMPORTERS = ("<frozen importlib", os.path.join(os.path.dirname(importlib.util.__file__), ""))
"""Beginnings of the file names of the code of imports and of `importlib.metadata`."""
STANDARD = os.path.join(os.path.dirname(os.__file__), "")
"""Folder of the standard library."""
EXISTENCE = frozenset(
    [
        "exists",
        "lexists",
        "isfile",
        "isdir",
        "islink",
        "ismount",
        "isjunction",
        "is_file",
        "is_dir",
        "is_symlink",
        "is_mount",
        "is_junction",
        "samefile",
        "realpath",
        "resolve",
        "which",
        "makedirs",
        "mkdir",
        "copyfile",
        "walk",
        "glob",
        "iglob",
        "rglob",
        "rmtree",
        "move",
    ]
)
"""Functions of the standard library that only ask what kind of thing a path is."""
LINKS = frozenset({"realpath", "_joinrealpath", "resolve"})
"""Functions that ask of each folder on a path whether it is a link."""
TIMES = frozenset({"getmtime", "getctime", "getatime", "from_file", "gettarinfo", "copystat"})
"""Functions that ask for the times of a file."""
NEITHER = frozenset({"checkcache", "updatecache", "getlines", "gettempdir", "_get_default_tempdir"})
"""Functions that look at a file before they read it, or at files that concern no page."""
PLANNED = frozenset({"matplotlibrc"})
"""Files that libraries look for when they are imported, which a stage may have done: the plan knows them."""
MATCHING = ("glob", "iglob", "rglob", "_iglob", "select_", "_select_", "_iterate_directories")
"""Beginnings of the names of functions of `glob` and `pathlib` that match patterns; the audit hook gets the pattern."""


def install(notes: Any, *, untraced: str = "") -> None:
    """Observe this process from now on, with the `Notes` of the page. This cannot be undone.

    `untraced` says why trace.py does not observe the programs that are started; "" if it does.
    """
    missing_modules = _MissingModuleFinder(notes)
    sys.meta_path.append(missing_modules)

    def look(path: Any) -> None:
        _looked(notes, path)

    def ask(path: Any) -> None:
        notes("e", path)

    def opens(path: Any, flags: int) -> None:
        _opened_in_folder(notes, path, flags)

    acts: dict[str, Callable[..., None]] = {"stat": look, "lstat": look, "access": ask, "readlink": ask, "open": opens}
    for name, act in acts.items():
        _replace(name, act)
    events = _events(notes, missing_modules)
    if untraced:
        for event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
            events[event] = lambda _: notes.unseen(untraced)

    def hook(event: str, args: tuple[Any, ...]) -> None:
        handler = events.get(event)
        if handler is not None:
            try:
                handler(args)
            except (OSError, ValueError, TypeError, AttributeError):  # the argument cannot be the name of a file
                pass

    sys.addaudithook(hook)


def _events(notes: Any, missing_modules: _MissingModuleFinder) -> dict[str, Callable[[tuple[Any, ...]], None]]:
    def at(path: Any, handle: Any = -1) -> Any:
        """Return a path, which may be relative to an open folder; None if the argument is no path."""
        if isinstance(path, int) or not path:
            return None
        if isinstance(handle, int) and handle >= 0 and not os.path.isabs(os.fsdecode(path)):
            return os.path.join(_folder_of(handle), os.fsdecode(path))
        return path

    def note(kind: str, path: Any, handle: Any = -1) -> None:
        path = at(path, handle)
        if path is not None:
            notes(kind, path)

    def opened(args: tuple[Any, ...]) -> None:
        path, _, flags = args[:3]
        reads, writes, new = _uses(flags)
        if isinstance(path, int):
            return
        if reads:
            note("r", path)
            if isinstance(path, str) and path.endswith((".py", ".pyc")):
                missing_modules.shadows(path)
        elif new:
            note("e", path)
        if writes:
            note("w", path)

    def listed(args: tuple[Any, ...], kind: str) -> None:
        # The caller of the hook's caller lists the folder. Imports, which list all of `sys.path`, do not count.
        frame, standard = next(_frames(sys._getframe(3)))
        if frame.f_code.co_filename.startswith(IMPORTERS) or _matches(frame):
            return
        path = args[0] if args and args[0] is not None else "."
        if isinstance(path, int):
            path = _folder_of(path)
        notes("d" if standard else kind, path)

    def matched(args: tuple[Any, ...]) -> None:
        pattern, recursive = args[:2]
        root, folder = args[2:4] if len(args) > 3 else (None, None)
        start = _folder_of(folder) if isinstance(folder, int) else "."
        name = os.path.join(start, os.fsdecode(root) if root is not None else "")
        notes("g", name, ["recursive glob" if recursive else "glob", os.fsdecode(pattern)])

    def moved(args: tuple[Any, ...]) -> None:
        source, goal, source_folder, goal_folder = (*args, -1, -1)[:4]
        note("r", source, source_folder)
        note("w", source, source_folder)
        note("w", goal, goal_folder)

    def removed(args: tuple[Any, ...]) -> None:
        note("e", *args[:2])
        note("w", *args[:2])

    def cut(args: tuple[Any, ...]) -> None:
        note("r", args[0])
        note("w", args[0])

    def linked(args: tuple[Any, ...]) -> None:
        note("r", args[0], args[2])
        note("w", args[1], args[3])

    def connected(args: tuple[Any, ...]) -> None:
        address = args[1]
        if isinstance(address, tuple) and not str(address[0]).startswith(("127.", "::1", "localhost")):
            notes.unseen(f"the network ({address[0]})")

    def matched_in(recursive: bool) -> Callable[[tuple[Any, ...]], None]:
        return lambda args: notes("g", os.fspath(args[0]), ["Path.glob", ("**/" if recursive else "") + str(args[1])])

    return {
        "open": opened,
        "os.listdir": lambda args: listed(args, "d"),
        "os.scandir": lambda args: listed(args, "D"),
        "glob.glob": matched,
        "glob.glob/2": matched,
        "pathlib.Path.glob": matched_in(recursive=False),
        "pathlib.Path.rglob": matched_in(recursive=True),
        "os.rename": moved,
        "os.remove": removed,
        "os.rmdir": removed,
        "os.mkdir": lambda args: notes.folder(at(args[0], args[2])),
        "os.truncate": cut,
        "os.link": linked,
        "os.symlink": lambda args: note("w", args[1], args[2]),
        "sqlite3.connect": lambda args: note("r", _database(args[0])),
        "socket.connect": connected,
        "socket.gethostname": lambda _: notes.unseen("the name of the machine"),
    }


def _uses(flags: int) -> tuple[bool, bool, bool]:
    """Return whether opening a file with these flags reads it, writes it, and requires that it does not exist."""
    new = bool(flags & os.O_EXCL and flags & os.O_CREAT)
    writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_CREAT))
    return not (new or flags & os.O_TRUNC), writes, new


def _opened_in_folder(notes: Any, path: str, flags: int) -> None:
    """Note what `os.open` does with a path below an open folder, which the audit hook does not get."""
    reads, writes, new = _uses(flags)
    if reads or new:
        notes("r" if reads else "e", path)
    if writes:
        notes("w", path)


def _folder_of(handle: int) -> str:
    """Return the path of an open folder. Raise OSError if the system does not tell it."""
    for name in (f"/proc/self/fd/{handle}", f"/dev/fd/{handle}"):
        if os.path.islink(name):
            return os.readlink(name)
    raise FileNotFoundError(handle)


def _database(name: Any) -> str | None:
    """Return the file of a database from the argument of `sqlite3.connect`; None for a database in memory."""
    text = os.fsdecode(name)
    if text.startswith("file:"):
        from urllib.parse import unquote, urlsplit

        text = unquote(urlsplit(text).path)
    return None if text in ("", ":memory:") else text


def _frames(frame: FrameType | None) -> Any:
    """Yield a frame and its callers, each with whether its code is of the standard library."""
    while frame is not None:
        name = frame.f_code.co_filename
        yield frame, name.startswith((STANDARD, "<frozen")) and "site-packages" not in name
        frame = frame.f_back


def _matches(frame: FrameType | None) -> bool:
    """Check whether a folder is listed to match a pattern, by the functions of the standard library that list it."""
    for caller, standard in _frames(frame):
        if not standard:
            return False
        if caller.f_code.co_name.startswith(MATCHING):
            return True
    return False


def _looked(notes: Any, path: Any) -> None:
    """Note what the caller of `os.stat` can learn: the names of functions of the standard library tell it."""
    kinds = ""
    for frame, standard in _frames(sys._getframe(3)):
        name = frame.f_code.co_name
        if frame.f_code.co_filename.startswith(IMPORTERS) or (standard and name in NEITHER):
            return
        if not standard:
            own = not frame.f_code.co_filename.startswith((sys.prefix, sys.base_prefix))
            if not own and (not notes.inside(path) or os.path.basename(path) in PLANNED):  # a library's own files
                return
            for kind in kinds or ("st" if own else "s"):
                notes(kind, path)
            return
        if not kinds:
            if name in LINKS:
                if not _is_link(path):
                    return
                kinds = "e"
            elif name in EXISTENCE:
                kinds = "e"
            elif name == "getsize":
                kinds = "s"
            elif name in TIMES:
                kinds = "st"
    notes("s", path)


def _is_link(path: Any) -> bool:
    try:
        return stat.S_ISLNK(os_lstat(path).st_mode)
    except OSError:
        return False


class _Noted:
    """Function of `os` that notes the path before it is called.

    It is an object, since a plain function that is the attribute of a class would become a method.
    """

    def __init__(self, function: Callable[..., Any], note: Callable[..., None]) -> None:
        self._function, self._note = function, note
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.__qualname__, self.__module__ = function.__name__, "os"

    def __call__(self, path: Any, *args: Any, **more: Any) -> Any:
        folder = more.get("dir_fd")
        opens = self.__name__ == "open"
        if not isinstance(path, int) and (folder is not None or not opens):
            try:
                full = os.fsdecode(path)
                if folder is not None and not os.path.isabs(full):
                    full = os.path.join(_folder_of(folder), full)
                self._note(full, *args[:1] if opens else ())
            except (OSError, ValueError, TypeError, AttributeError):  # the argument cannot be the name of a file
                pass
        return self._function(path, *args, **more)

    def __repr__(self) -> str:
        return repr(self._function)

    def __reduce__(self) -> str:
        return self.__name__


def _replace(name: str, note: Callable[..., None]) -> None:
    function = getattr(os, name)
    noted = _Noted(function, note)
    setattr(os, name, noted)
    for names in ("supports_dir_fd", "supports_fd", "supports_follow_symlinks", "supports_effective_ids"):
        functions = getattr(os, names)
        if function in functions:
            functions.add(noted)


os_lstat = os.lstat  # the original, which `install` replaces


class _MissingModuleFinder:
    """Finder after all others, which notes where Python looked for a module and did not find it."""

    def __init__(self, notes: Any) -> None:
        self._notes = notes

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        """Find nothing, but note where a missing module was looked for, unless installed code tried to import it."""
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename.startswith(IMPORTERS):
            frame = frame.f_back
        if not frame.f_code.co_filename.startswith((sys.prefix, sys.base_prefix, STANDARD, "<frozen")):
            for folder in sys.path if path is None else path:
                self._note(folder, name.rpartition(".")[2])

    def shadows(self, file: str) -> None:
        """Note where another module would be found first: in folders of `sys.path` before that of the opened file."""
        if not sys._getframe(3).f_code.co_filename.startswith(IMPORTERS):
            return
        folder, name = os.path.split(os.path.abspath(file))
        if not self._notes.counts(os.path.join(folder, name)):
            return
        if os.path.basename(folder) == "__pycache__":
            folder = os.path.dirname(folder)
        name = name.partition(".")[0]
        if name == "__init__":
            folder, name = os.path.split(folder)
        before = [os.path.abspath(entry) for entry in sys.path]
        if folder in before:
            for entry in before[: before.index(folder)]:
                self._note(entry, name)

    def _note(self, folder: str, name: str) -> None:
        if self._notes.counts(os.path.abspath(folder)):
            for file in (f"{name}.py", os.path.join(name, "__init__.py")):
                self._notes("e", os.path.join(folder, file))
