"""Read from git who has written the book and when each page last changed: one call for the whole book, remembered.

Without git, without a repository, or in a clone without its whole history there is nothing to say, and nothing is
warned of: a book builds the same from an archive of its sources.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from ..common.build_state import StateEntry, StateKind
from ..common.files import digest, file_digest
from ..lifecycle.unchanged_build import note_dependencies

RECORD, FIELD, VALUE = "\x1e", "\x1f", "\x1d"
"""Characters between commits, between the facts of one, and between co-authors."""
LOG = (
    "log",
    "--full-history",
    "--no-renames",
    "--relative",
    "--name-only",
    "-z",
    "--format=%x1e%aN%x1f%aE%x1f%cs%x1f%(trailers:key=Co-authored-by,valueonly,separator=%x1d)%x1f",
    "--",
    ".",
)
PERSON = re.compile(r"\s*([^<>]*?)\s*<([^<>]*)>\s*")
BOT = re.compile(r"\[bot\]|(^|[-_ .])bot$", re.IGNORECASE)
"""Matches names of programs that commit."""
HISTORY = StateKind(
    "history",
    of="the history of the book in git: contributors, and the date of the last change of each file",
    stale="another commit that is checked out, another `.mailmap`",
)


@dataclass(frozen=True)
class Contributor:
    """Person, or program, that has written commits."""

    name: str
    commits: int
    is_bot: bool = False


@dataclass(frozen=True)
class History:
    """What git knows about the files below one folder."""

    contributors: Sequence[Contributor] = ()
    """Contributors in the order of their first commits."""
    dates: Mapping[str, str] = field(default_factory=dict)
    """Date of the last commit that changed a file, as "2026-01-31", by the file's path in the folder."""

    def as_data(self) -> dict[str, Any]:
        """Return the history as JSON takes it."""
        people = [[person.name, person.commits, person.is_bot] for person in self.contributors]
        return {"contributors": people, "dates": dict(self.dates)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> History:
        """Return the history that `as_data` returned."""
        return cls(tuple(Contributor(*person) for person in data["contributors"]), data["dates"])


_histories: WeakKeyDictionary[Sphinx, History | None] = WeakKeyDictionary()


def history_of(app: Sphinx) -> History | None:
    """Return the history of the book's source folder; None without git or a repository.

    The next build looks again if another commit is checked out.
    """
    if app not in _histories:
        _histories[app] = _read(app)
    return _histories[app]


def _read(app: Sphinx) -> History | None:
    folder = Path(app.srcdir)
    facts = _git(folder, "rev-parse", "--is-shallow-repository", "--absolute-git-dir", "--show-toplevel", "HEAD")
    if facts is None:
        return None
    shallow, git_dir, top, head = facts.rstrip("\n").split("\n")
    mailmap = Path(top, ".mailmap")
    names = ("HEAD", "logs/HEAD", "packed-refs", "shallow")
    note_dependencies(app, [mailmap, *(Path(git_dir, name) for name in names)])
    if shallow == "true":
        return History()
    inputs = digest(str(folder), head, file_digest(mailmap) if mailmap.is_file() else "")
    entry = StateEntry(Path(app.doctreedir, "d2lbook"), HISTORY)
    known = entry.load(inputs)
    if known is not None:
        return History.from_data(known)
    log = _git(folder, *LOG)
    if log is None:
        return None
    history = parsed(log, lambda people: mapped(folder, people))
    entry.save(inputs, history.as_data())
    return history


def parsed(log: str, map_people: Any) -> History:
    """Return the history that the output of `git log` tells, newest commits first.

    ``map_people`` takes a list of "name <address>" and returns it as `.mailmap` has it.
    """
    commits = [commit.split(FIELD) for commit in log.split(RECORD)[1:]]
    with_trailers = sorted(
        {person for fields in commits for person in fields[3].split(VALUE) if PERSON.fullmatch(person)}
    )
    co_authors = dict(zip(with_trailers, map_people(with_trailers), strict=True))
    counts: dict[str, int] = {}
    bots: set[str] = set()
    dates: dict[str, str] = {}
    for author, address, date, trailers, files in reversed(commits):
        people = [f"{author} <{address}>", *(co_authors.get(one, one) for one in trailers.split(VALUE))]
        for name in dict.fromkeys(filter(None, map(name_of, people))):
            counts[name] = counts.get(name, 0) + 1
        bots.update(name_of(person) for person in people if BOT.search(name_of(person)) or "[bot]" in person)
        dates |= dict.fromkeys(filter(None, files.replace("\n", "\0").split("\0")), date)
    return History(tuple(Contributor(name, count, name in bots) for name, count in counts.items()), dates)


def name_of(person: str) -> str:
    """Return the name in "name <address>"; of an address that stands for a name, what is before the `@`."""
    match = PERSON.fullmatch(person)
    name = " ".join((match[1] if match else person).split())
    return name.partition("@")[0] if "@" in name and " " not in name else name


def mapped(folder: Path, people: Iterable[str]) -> list[str]:
    """Return people as the `.mailmap` of the repository has them."""
    people = list(people)
    given = "".join(f"{person}\n" for person in people)
    said = _git(folder, "check-mailmap", "--stdin", given=given) if people else ""
    lines = said.splitlines() if said else []
    return lines if len(lines) == len(people) else people


def folder_in_repository(folder: Path) -> str:
    """Return the path of a folder from the root of its repository; "" for the root, or without a repository."""
    return (_git(folder, "rev-parse", "--show-prefix") or "").strip("\n").rstrip("/")


def _git(folder: Path, *words: str, given: str = "") -> str | None:
    """Return what git prints in a folder; None if it fails, or is not there."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | {"LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, input=given.encode("utf-8"), capture_output=True, check=False, env=environment
        )
    except OSError:
        return None
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None
