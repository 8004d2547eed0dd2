"""Read and write a branch of any repository, by git's own means in a temporary repository.

The author's work tree, index and branches are neither read nor changed; only the identity of the committer and the
address of a remote are taken from there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from ...common.errors import BookError
from .branch_content import GitEntry, PublishedFile

HEAD = "refs/heads/"
OURS, THEIRS = "refs/published/new", "refs/published/old"
"""Names in the temporary repository."""
LOCATION = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX")
"""Variables that would lead git to another repository; hooks and `git rebase --exec` set them."""


class GitBranch:
    """A branch of a repository, fetched without its history. Use it as a context manager.

    ``folder`` is that of the book: ``repository`` is an address, a path relative to the current folder, or the name of
    a remote of the repository in which ``folder`` lies.
    """

    def __init__(self, folder: Path, repository: str, branch: str) -> None:
        self._folder = folder
        self._branch = branch
        self._repository = _address(folder, repository)
        self._stack = ExitStack()
        self._before = ""
        """Commit of the branch; "" if it does not exist."""

    @property
    def name(self) -> str:
        """Branch and repository, as messages name them."""
        return f"branch {self._branch!r} of {_without_password(self._repository)}"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="d2lbook-publish-")))
            if _git(["check-ref-format", HEAD + self._branch], self._folder).returncode:
                raise BookError(f"--branch {self._branch!r}: git takes no such name of a branch")
            self._run("init", "--quiet", "--bare", "--template=", str(self._work / "git"))
            refs = self._run("ls-remote", "--", self._repository, HEAD + self._branch, says=self._repository_fault())
            for line in refs.decode("utf-8", "replace").splitlines():
                commit, _tab, name = line.partition("\t")
                if name == HEAD + self._branch:
                    self._before = commit
            if self._before:
                refspec = f"+{HEAD}{self._branch}:{THEIRS}"
                self._run("fetch", "--quiet", "--depth=1", "--no-tags", "--", self._repository, refspec)
                self._before = self._run("rev-parse", THEIRS).decode("ascii").strip()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def entries(self) -> dict[str, GitEntry]:
        """Return the files on the branch."""
        if not self._before:
            return {}
        found = {}
        for line in self._run("ls-tree", "-r", "-z", self._before).split(b"\0"):
            if line:
                facts, _tab, name = line.partition(b"\t")
                mode, _kind, blob = facts.decode("ascii").split(" ")
                found[os.fsdecode(name)] = GitEntry(mode, blob)
        return found

    def read(self, entry: GitEntry) -> str:
        """Return the text of a file on the branch."""
        return self._run("cat-file", "blob", entry.blob).decode("utf-8", "replace")

    def has_history(self) -> bool:
        """Return whether the commit of the branch has one before it, which is not fetched."""
        header = self._run("cat-file", "commit", self._before).partition(b"\n\n")[0] if self._before else b""
        return any(line.startswith(b"parent ") for line in header.splitlines())

    def store(self, files: Mapping[str, PublishedFile]) -> dict[str, GitEntry]:
        """Store the contents of files in the temporary repository, and return what the index has of each."""
        paths = []
        for number, file in enumerate(files.values()):
            paths.append(self._work / f"{number}")  # whatever the name of the file, git reads this one
            paths[-1].write_bytes(file.content)
        listed = "".join(f"{path}\n" for path in paths).encode("utf-8")
        blobs = self._run("hash-object", "-w", "--no-filters", "--stdin-paths", given=listed).decode("ascii").split()
        return {name: GitEntry(file.mode, blob) for (name, file), blob in zip(files.items(), blobs, strict=True)}

    def push(self, entries: Mapping[str, GitEntry], message: str, *, squash: bool) -> str:
        """Commit these files, push the commit to the branch, and return it. Raise BookError if git refuses."""
        lines = (os.fsencode(f"{entry.mode} {entry.blob}\t{name}\0") for name, entry in sorted(entries.items()))
        self._run("update-index", "-z", "--index-info", given=b"".join(lines))
        tree = self._run("write-tree").decode("ascii").strip()
        parent = ["-p", self._before] if self._before and not squash else []
        commit = self._run(
            "commit-tree", tree, *parent, given=message.encode("utf-8"), says="git does not make the commit"
        )
        new = commit.decode("ascii").strip()
        # The lease refuses the push if the branch is no longer as it was fetched; a commit alone takes no force.
        lease = [f"--force-with-lease={HEAD}{self._branch}:{self._before}"]
        self._run(
            *("push", "--quiet", *lease, "--", self._repository, f"{new}:{HEAD}{self._branch}"),
            says=f"{self.name} does not take the commit; if somebody else published meanwhile, run this again",
        )
        return new

    def _repository_fault(self) -> str:
        return f"{_without_password(self._repository)} cannot be read; --repository names another"

    def _run(self, *words: str, given: bytes = b"", says: str = "") -> bytes:
        location = {"GIT_DIR": str(self._work / "git"), "GIT_INDEX_FILE": str(self._work / "index")}
        done = _git(words, self._folder, given, location | _identity(self._folder))
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip() or f"it ended with {done.returncode}"
            raise BookError(f"{says or 'git ' + words[0]}: {_without_password(said)}")
        return done.stdout


def source_commit(folder: Path) -> str:
    """Return the commit that a book is checked out from; "" if there is none, or if its files differ from it."""
    state = _git(["status", "--porcelain", "--", "."], folder)
    commit = _git(["rev-parse", "--verify", "--quiet", "HEAD"], folder)
    is_clean = state.returncode == 0 and not state.stdout.strip()
    return commit.stdout.decode("ascii").strip() if is_clean and commit.returncode == 0 else ""


def _identity(folder: Path) -> dict[str, str]:
    """Return the committer that the author's own repository names, as variables that git reads elsewhere."""
    found = {}
    for key, variable in (("user.name", "NAME"), ("user.email", "EMAIL")):
        done = _git(["config", "--get", key], folder)
        value = done.stdout.decode("utf-8", "replace").strip()
        for role in ("AUTHOR", "COMMITTER"):
            name = f"GIT_{role}_{variable}"
            if value and name not in os.environ:
                found[name] = value
    return found


def _address(folder: Path, repository: str) -> str:
    """Return the address of a remote of the author's repository, or an address or path as it can be used anywhere."""
    done = _git(["remote", "get-url", "--push", "--", repository], folder)
    if done.returncode == 0:
        repository = done.stdout.decode("utf-8", "replace").strip()
        return str((folder / repository).resolve()) if (folder / repository).is_dir() else repository
    path = Path(repository)
    if path.is_dir():
        return str(path.resolve())
    if repository == "origin":
        raise BookError(
            f"{folder}: there is no remote `origin`, so name by --repository where the notebooks go,"
            " or in d2lbook_launch of conf.py"
        )
    return repository


def _without_password(text: str) -> str:
    """Return a text in which no address has a password or token."""
    return re.sub(r"(\w+://)[^/@\s]+@", r"\1", text)


def _git(
    words: Sequence[str], folder: Path, given: bytes = b"", more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder. Raise BookError if there is no git."""
    environment = {name: value for name, value in os.environ.items() if name not in LOCATION}
    if not sys.stdin.isatty():
        environment.setdefault("GIT_TERMINAL_PROMPT", "0")  # nobody could answer
    environment |= {"LC_ALL": "C", **(more or {})}
    try:
        return subprocess.run(
            ["git", *words], cwd=folder, input=given, capture_output=True, check=False, env=environment
        )
    except FileNotFoundError as err:
        raise BookError("git is not installed, or not on PATH; publishing needs it") from err
