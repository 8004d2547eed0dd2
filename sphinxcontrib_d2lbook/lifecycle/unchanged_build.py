"""End a build that would do nothing before it has loaded what a build needs.

After a build without a warning, a stamp records what it was made from and what it made: the command, the variables, the
values of conf.py, the installed distributions, and name, times and size of every file of the project and of the output,
and of files elsewhere that pages are known to read. The same command compares this record with the present state, which
takes less time than importing the extensions. If anything differs, or the stamp is more than a day old, an ordinary
build follows.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.util import logging

from ..common.build_state import StateEntry, StateKind
from ..common.files import digest, stable_text, write_if_changed
from ..common.installed_distributions import stamp as installed_stamp
from ..upstream.sphinx.application import count_warnings, given_values

logger = logging.getLogger(__name__)

BUILDERS = frozenset({"book", "dirhtml"})
"""Builders whose only result is their output folder. Those of all outputs are of this kind too."""
VOLATILE = frozenset({"_", "COLUMNS", "LINES", "OLDPWD", "PWD", "SHLVL", "TERM_SESSION_ID", "WINDOWID"})
"""Variables that differ from shell to shell and change nothing."""
DAY = 86400.0
PLAIN = (str, int, float, bool, type(None), list, tuple, dict, set, frozenset)
UNCHANGED = StateKind(
    "unchanged",
    of="one command that ended without a warning: what it was made from and what it made",
    stale="any difference in the command, its variables, `conf.py`, what is installed, a file of the project or of the "
    "output (by name, size and time); a day",
    deleted="a build by the same command that fails or warns",
)

_afterwards: dict[str, str] = {}
_depended: WeakKeyDictionary[Sphinx, dict[str, bool]] = WeakKeyDictionary()
"""Paths given to `note_dependencies`; true if only others than the build write them."""


def note_dependencies(app: Sphinx, paths: Iterable[Path], *, written: Iterable[Path] = ()) -> None:
    """Note files and folders on which the outputs depend, wherever they are; they need not exist.

    ``written`` are those that the build itself has written. If one of the others changes during the build, the next
    build must see it.
    """
    dependencies = _depended.setdefault(app, {})
    own_files = set(map(str, written))
    dependencies.update(dict.fromkeys(own_files, False))
    dependencies.update((name, True) for name in map(str, paths) if name not in own_files)


def write_afterwards(name: str, text: str) -> None:
    """Have builds that find nothing to do write ``text`` to the file ``name`` of the output folder."""
    _afterwards[name] = text


class _Command:
    """This command, as `sphinx-build` was called, with a digest of its inputs."""

    def __init__(self, app: Sphinx) -> None:
        self.start = time.time_ns()
        self.folder = Path(app.outdir)
        self.package = _package(app)
        command = digest(str(Path.cwd()), *sys.argv[1:])[:16]
        self.entry = StateEntry(Path(app.doctreedir, "d2lbook"), UNCHANGED, command)
        config = app.config
        values = {
            name: value for name, value in given_values(config).items() if isinstance(value, PLAIN) and name[0] != "_"
        }
        variables = {name: value for name, value in os.environ.items() if name not in VOLATILE}
        self.inputs = digest(
            sys.version,
            installed_stamp(),
            stable_text(values),
            stable_text(variables),
            *_stats(_walk({Path(app.confdir), Path(app.srcdir)}, self._made(app))),
        )

    def _made(self, app: Sphinx) -> set[str]:
        """Return the folders that builds write."""
        folders = {Path(app.outdir), Path(app.doctreedir), *self.package}
        if Path(app.outdir).parent == Path(app.doctreedir).parent:  # side by side, as `-M` puts them
            folders.add(Path(app.outdir).parent)
        return {str(folder) for folder in folders if not Path(app.srcdir).is_relative_to(folder)}

    def outputs(self) -> str:
        """Return a digest of the files that the build wrote.

        The generated package is among them, so that a hand edit in it is reported by a build.
        """
        files = (path for path in _walk({self.folder, *self.package}, set()) if Path(path).name not in _REWRITTEN)
        return digest(*_stats(files))


def _package(app: Sphinx) -> frozenset[Path]:
    """Return the folder of the generated package, which is among the sources; empty if conf.py names none."""
    name = given_values(app.config).get("d2lbook_package")
    return frozenset({Path(app.confdir, name)} if isinstance(name, str) and name.isidentifier() else ())


_REWRITTEN = frozenset({"report.json"})
"""Names of files that a build writes again even if it does nothing else."""


def leave_if_unchanged(app: Sphinx) -> None:
    """Raise SystemExit if the last build by this command already made the same. Called by the extension's `setup`."""
    if not is_command() or any(_asks_for_all(word) for word in sys.argv[1:]) or "D2LBOOK_CHILD" in os.environ:
        return
    command = _commands[app] = _Command(app)
    last = command.entry.load(command.inputs)
    if last is None or not 0 <= time.time() - last["time"] < DAY:
        return
    if last["outside"] != digest(*_stats(last["files"])) or last["outputs"] != command.outputs():
        return
    for name, text in last["afterwards"].items():
        write_if_changed(Path(app.outdir, name), text)
    logger.info("nothing has changed since the last build; -E builds anyway")
    logger.info("build succeeded.")
    raise SystemExit(0)


_commands: WeakKeyDictionary[Sphinx, _Command] = WeakKeyDictionary()


def is_command() -> bool:
    """Return whether this process is `sphinx-build` or `python -m sphinx`."""
    program = Path(sys.argv[0])
    return program.stem == "sphinx-build" or program.parts[-2:] == ("sphinx", "__main__.py")


def _asks_for_all(word: str) -> bool:
    """Return whether an argument is `-a` or `-E`, also among other letters, or the long form of one of them."""
    if word.startswith("--"):
        return word.startswith(("--fresh", "--write"))
    return word.startswith("-") and ("a" in word or "E" in word)


def save_stamp(app: Sphinx, error: Exception | None) -> None:
    """Save the stamp of a build that succeeded without a warning. Handle `build-finished`."""
    command = _commands.get(app)
    if command is None or "D2LBOOK_CHILD" in os.environ:
        return
    from ..outputs.registry import output_names  # here, because a build that ends early does without it

    builders = {*BUILDERS, *output_names()}
    changed = any(read and _changed_since(name, command.start) for name, read in _depended.get(app, {}).items())
    quiet = not changed and error is None and app.statuscode == 0 and count_warnings(app) == 0
    if not quiet or app.builder.name not in builders or app.config.d2lbook_execute == "always":
        command.entry.forget()
        return
    files = sorted(_outside(app))
    value = {
        "outputs": command.outputs(),
        "files": files,
        "outside": digest(*_stats(files)),
        "time": time.time(),
        "afterwards": _afterwards,
    }
    command.entry.save(command.inputs, value)


def _outside(app: Sphinx) -> set[str]:
    """Return the files outside of the book's folders on which it depends."""
    env, config = app.env, app.config
    folders = [*config.html_static_path, *config.html_extra_path, *config.templates_path]
    files = set(_walk({Path(app.confdir, folder) for folder in folders}, set()))
    named = {str(name) for names in (*env.dependencies.values(), env.images, env.dlfiles) for name in names}
    files |= {str(Path(app.srcdir, name)) for name in named}
    files |= _depended.get(app, {}).keys()
    installed = tuple(
        str(Path(entry))
        for entry in {*sys.path, sys.prefix, sys.base_prefix}
        if "site-packages" in entry or entry in (sys.prefix, sys.base_prefix)
    )
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if isinstance(name, str) and not name.startswith(installed):
            files.add(name)
    return files


def _walk(folders: Iterable[Path], without: set[str]) -> Iterator[str]:
    """Yield every file in ``folders``, without hidden folders, virtual environments, `__pycache__` and ``without``."""
    for folder in folders:
        for top, names, files in os.walk(folder):
            if "pyvenv.cfg" in files:
                names.clear()
                continue
            names[:] = [
                name
                for name in names
                if name[0] != "." and name != "__pycache__" and f"{top}{os.sep}{name}" not in without
            ]
            yield from (f"{top}{os.sep}{name}" for name in files)


def _changed_since(file: str, start: int) -> bool:
    """Return whether a file has changed after ``start``, in ns: a page may have read its content from before.

    Folders are ignored, because they change if a page writes into them. The time of the last change of any kind is
    used, which nobody can set.
    """
    try:
        status = Path(file).stat()
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_ctime_ns >= start


def _stats(files: Iterable[str]) -> list[str]:
    """Return a line for each file, also for one that is gone; sorted."""
    lines = set()
    for file in files:
        try:
            status = Path(file).stat()
        except OSError:
            lines.add(f"{file} is missing")
        else:
            # Nobody can set the time of the last change of any kind: `cp -p` and `touch -d` set only the other one.
            lines.add(f"{file} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino}")
    return sorted(lines)


def setup(app: Sphinx) -> None:
    # After all handlers that write at the end of a build (default 500; the list of failures has 990).
    app.connect("build-finished", save_stamp, priority=999)
