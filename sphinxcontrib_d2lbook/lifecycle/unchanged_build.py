"""A build that would do nothing ends before it has loaded what a build needs.

After a build without a warning, a stamp keeps what it was made from and what it made: the command, the variables, the
values of conf.py, what is installed, name, times and size of every file of the project, of the output, and of what
pages are known to read elsewhere. The same
command compares that with what is there now, which takes less than importing the extensions. Whatever differs, or is
more than a day old, is left to an ordinary build.
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
"""Those whose work is what lies in their output folder, and that do nothing besides, as are all of outputs."""
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
"""What `depend_on` was told -> whether only others than the build write it."""


def depend_on(app: Sphinx, paths: Iterable[Path], *, written: Iterable[Path] = ()) -> None:
    """Note files and folders on which the outputs depend, wherever they lie; they need not exist.

    ``written`` are those that the build itself has written. Of the others, a change during the build is for the next.
    """
    kept = _depended.setdefault(app, {})
    made = set(map(str, written))
    kept.update(dict.fromkeys(made, False))
    kept.update((name, True) for name in map(str, paths) if name not in made)


def write_afterwards(name: str, text: str) -> None:
    """In the output folder, ``name`` is to hold ``text`` after a build that finds nothing to do."""
    _afterwards[name] = text


class _Here:
    """This command, as `sphinx-build` was given it."""

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
        """Folders that builds write."""
        folders = {Path(app.outdir), Path(app.doctreedir), *self.package}
        if Path(app.outdir).parent == Path(app.doctreedir).parent:  # as `-M` lays them out, side by side
            folders.add(Path(app.outdir).parent)
        return {str(folder) for folder in folders if not Path(app.srcdir).is_relative_to(folder)}

    def outputs(self) -> str:
        """Of what the build wrote; the package, too, which is then not edited by hand without a build that says so."""
        files = (path for path in _walk({self.folder, *self.package}, set()) if Path(path).name not in _KEPT)
        return digest(*_stats(files))


def _package(app: Sphinx) -> frozenset[Path]:
    """The folder of the generated package, which lies among the sources; none where conf.py names none."""
    name = given_values(app.config).get("d2lbook_package")
    return frozenset({Path(app.confdir, name)} if isinstance(name, str) and name.isidentifier() else ())


_KEPT = frozenset({"report.json"})
"""What a build that does nothing writes again."""


def leave_if_unchanged(app: Sphinx) -> None:
    """Raise SystemExit where the last build with this command already made what this one would. Called by `setup`."""
    if not is_command() or any(_asks_for_all(word) for word in sys.argv[1:]) or "D2LBOOK_CHILD" in os.environ:
        return
    here = _heres[app] = _Here(app)
    last = here.entry.load(here.inputs)
    if last is None or not 0 <= time.time() - last["time"] < DAY:
        return
    if last["outside"] != digest(*_stats(last["files"])) or last["outputs"] != here.outputs():
        return
    for name, text in last["afterwards"].items():
        write_if_changed(Path(app.outdir, name), text)
    logger.info("nothing has changed since the last build; -E builds anyway")
    logger.info("build succeeded.")
    raise SystemExit(0)


_heres: WeakKeyDictionary[Sphinx, _Here] = WeakKeyDictionary()


def is_command() -> bool:
    """Whether this process is `sphinx-build` or `python -m sphinx`."""
    program = Path(sys.argv[0])
    return program.stem == "sphinx-build" or program.parts[-2:] == ("sphinx", "__main__.py")


def _asks_for_all(word: str) -> bool:
    """`-a`, `-E`, also among other letters, and what they are short for."""
    if word.startswith("--"):
        return word.startswith(("--fresh", "--write"))
    return word.startswith("-") and ("a" in word or "E" in word)


def note(app: Sphinx, error: Exception | None) -> None:
    """Keep the stamp of a build that left nothing to say. Handler of `build-finished`."""
    here = _heres.get(app)
    if here is None or "D2LBOOK_CHILD" in os.environ:
        return
    from ..outputs.registry import output_names  # here, for a build that leaves does without

    builders = {*BUILDERS, *output_names()}
    changed = any(read and _changed_since(name, here.start) for name, read in _depended.get(app, {}).items())
    quiet = not changed and error is None and app.statuscode == 0 and count_warnings(app) == 0
    if not quiet or app.builder.name not in builders or app.config.d2lbook_execute == "always":
        here.entry.forget()
        return
    files = sorted(_outside(app))
    value = {
        "outputs": here.outputs(),
        "files": files,
        "outside": digest(*_stats(files)),
        "time": time.time(),
        "afterwards": _afterwards,
    }
    here.entry.save(here.inputs, value)


def _outside(app: Sphinx) -> set[str]:
    """Files on which the book depends and that lie elsewhere than its folders."""
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
    """Every file in ``folders``; not in hidden folders, virtual environments, caches of Python and ``without``."""
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
    """Whether a file has changed after ``start``, in ns: a page may have read what was there before.

    Folders do so where a page writes into them. The time of the last change of any kind can be set by nobody.
    """
    try:
        found = Path(file).stat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_ctime_ns >= start


def _stats(files: Iterable[str]) -> list[str]:
    """A line for each file; one that is gone has its line too."""
    lines = set()
    for file in files:
        try:
            found = Path(file).stat()
        except OSError:
            lines.add(f"{file} is missing")
        else:
            # The time of the last change of any kind can be set by nobody: `cp -p` and `touch -d` leave that one alone.
            lines.add(f"{file} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_size} {found.st_ino}")
    return sorted(lines)


def setup(app: Sphinx) -> None:
    # Behind all that writes at the end of a build (default 500; the list of failures has 990).
    app.connect("build-finished", note, priority=999)
