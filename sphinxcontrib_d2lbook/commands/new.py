"""Provide `sphinx-d2lbook new`: begin a book that builds in all outputs."""

from __future__ import annotations

import datetime as dt
import getpass
import keyword
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import packages_distributions, version
from pathlib import Path
from urllib.parse import urlsplit

from ..common.ascii_spelling import ascii_words
from ..common.errors import BookError
from .deploy import HOSTS, deploy_files
from .template_files import how_to_build, rendered_files, write_files

TEMPLATE = Path(__file__).parent / "template"
MARKUP = re.compile(r"[\\`*_{}\[\]<>#$&~|^@]")
ALLOWED = frozenset({".git", ".venv", ".idea", ".vscode"})
"""Names that may be in the folder already."""
NONE = "none"


@dataclass(frozen=True)
class Question:
    """Question to the author about the new book."""

    name: str
    text: str
    default: Callable[[Path], str]
    fault: Callable[[str], str] = lambda answer: ""
    """Returns what is wrong with an answer, "" for a good one."""


def _title(folder: Path) -> str:
    return " ".join(word.capitalize() for word in re.split(r"[\W_]+", folder.name) if word) or "A Book"


def _author(folder: Path) -> str:
    """Return the name that git knows, or else that of the account."""
    try:
        done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, check=False)
        named = done.stdout.strip()
    except OSError:  # there is no git
        named = ""
    return named or getpass.getuser()


def _package(folder: Path) -> str:
    name = "_".join(ascii_words(folder.name))
    return name if not _package_fault(name) else NONE


def _text_fault(answer: str) -> str:
    return "" if answer and answer.isprintable() else "must be one line of text"


def _language_fault(answer: str) -> str:
    return "" if re.fullmatch(r"[a-z]{2,3}(_[A-Za-z]{2,4})?", answer) else "must be a code such as en, de or zh_CN"


def _package_fault(answer: str) -> str:
    if answer == NONE:
        return ""
    if not answer.isidentifier() or not answer.isascii() or keyword.iskeyword(answer):
        return "must be a name that Python can import, such as tales, or none"
    if answer in sys.stdlib_module_names or answer in packages_distributions() or answer == "book":
        return "is the name of something else that is installed here; choose another"
    return ""


def _licence_fault(answer: str) -> str:
    return "" if re.fullmatch(r"[A-Za-z0-9.+-]+", answer) else "must be an SPDX identifier such as CC-BY-4.0, or none"


def _address_fault(answer: str) -> str:
    if answer == NONE or (urlsplit(answer).scheme in ("http", "https") and urlsplit(answer).netloc):
        return ""
    return "must be an address that begins with https://, or none"


QUESTIONS = (
    Question("title", "Title", _title, _text_fault),
    Question("author", "Author", _author, _text_fault),
    Question("language", "Language (a code such as en, de, zh_CN)", lambda folder: "en", _language_fault),
    Question("licence", "Licence (an SPDX identifier, or none)", lambda folder: "CC-BY-4.0", _licence_fault),
    Question("package", "Package that collects the book's code (a name, or none)", _package, _package_fault),
    Question(
        "forum",
        "Forum (the address of a Discourse, or any with {label} in it, or none)",
        lambda _: NONE,
        _address_fault,
    ),
    Question("repository", "Repository (its address, or none)", lambda folder: NONE, _address_fault),
)


def new(folder: Path, given: Mapping[str, str | None], *, ask: bool, host: str = HOSTS[0]) -> int:
    """Write a book into a folder that is empty or does not exist, and print how to build it. Return 0.

    ``host`` is the service that is to publish the book, or "none".

    ``given`` holds answers by the names of `QUESTIONS`. The others are asked for on the terminal if ``ask``, or else
    get their defaults. Raise BookError, before anything is written, for an impossible answer or if something is in the
    way.
    """
    folder = folder.resolve()
    _check_room(folder)
    answers = {question.name: _answer(question, folder, given.get(question.name), ask=ask) for question in QUESTIONS}
    files = dict(_files(answers)) | (dict(deploy_files(host, "book", "requirements.txt")) if host != NONE else {})
    write_files(folder, files)
    print(f"{len(files)} files of a new book are in {folder}. Build it:\n")
    print(f"{how_to_build(folder, 'book')}\n")
    print("Then open _build/book/html/index.html, or see the website while you write: sphinx-d2lbook preview --open")
    if answers["package"] != NONE:
        print(f"Code that is marked `# Save to the {answers['package']} package` goes into the package of that name.")
    return 0


def _check_room(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise BookError(f"{folder}: is a file; name a folder that is empty or not there yet")
    names_there = sorted({path.name for path in folder.iterdir()} - ALLOWED)
    if names_there:
        names = ", ".join(names_there[:3]) + (f" and {len(names_there) - 3} more" if len(names_there) > 3 else "")
        raise BookError(f"{folder}: is not empty ({names}); name a folder that is empty or not there yet")


def _answer(question: Question, folder: Path, given: str | None, *, ask: bool) -> str:
    if given is not None:
        answer = given.strip()
        if fault := question.fault(answer):
            raise BookError(f"--{question.name} {given!r}: {fault}")
        return answer
    default = question.default(folder)
    while ask:
        answer = input(f"{question.text} [{default}]: ").strip() or default
        fault = question.fault(answer)
        if not fault:
            return answer
        print(f"  {answer!r} {fault}")
    return default


def _files(answers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Return an iterator over path, with slashes, and text of each file of the book."""
    return rendered_files(TEMPLATE, _values(answers), markdown=markdown)


def markdown(text: str) -> str:
    """Return MyST Markdown that shows ``text``, which is one line, in a heading or sentence."""
    return MARKUP.sub(r"\\\g<0>", text)


def _values(answers: Mapping[str, str]) -> dict[str, object]:
    chosen: dict[str, str] = {name: "" if answer == NONE else answer for name, answer in answers.items()}
    licensed = f", licensed under {chosen['licence']}" if chosen["licence"] else ""
    forum = chosen["forum"]
    place = {"url": forum} if "{label}" in forum else {"provider": "discourse", "url": forum}
    return {
        **chosen,
        "forum": place if forum else None,
        "copyright": f"{dt.date.today().year}, {chosen['author']}{licensed}",
        "version": version("sphinxcontrib-d2lbook"),
    }
