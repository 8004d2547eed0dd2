"""Whatever file below the build folder is cut short, emptied or spoilt: the next build is as good as a clean one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.conftest import NOTEBOOK, Project

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80">'
    '<path d="M0 80 L60 20" fill="none" stroke="black"/></svg>'
)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PAGES = {
    "index.md": "# Book\n\n```{toctree}\n:numbered:\none\nin/two\nthree\n```\n",
    "one.md": NOTEBOOK
    + "(sec_one)=\n# One\n\nSee {numref}`sec_two`, {cite}`knuth` and {download}`data.txt`. $x^2$\n\n"
    + '```{code-cell}\n#@save\ndef double(x):\n    """Twice."""\n    return 2 * x\n```\n\n'
    + "```{code-cell}\nprint(open('data.txt').read(), double(3))\n```\n\n"
    + "```{figure} picture.svg\n:name: fig_one\n:alt: A line\n\nA line.\n```\n",
    "in/two.md": NOTEBOOK
    + "(sec_two)=\n# Two\n\n```{code-cell}\nimport base64\nimport pkg\nfrom IPython.display import Image\n"
    + f"print(pkg.double(4))\nImage(base64.b64decode('{PIXEL}'))\n```\n\n"
    + "$$ a = b $$ (eq_two)\n\nSee {eq}`eq_two` and {numref}`fig_one`.\n",
    "three.md": "# Three\n\n```{qrcode} https://book.example/\n```\n\n```{bibliography}\n```\n",
    "data.txt": "Some data.\n",
    "picture.svg": PICTURE,
    "refs.bib": "@book{knuth, author={Donald Knuth}, title={The Art}, year={1968}, publisher={Addison}}\n",
}
CONF = """\
html_baseurl = "https://book.example/"
html_theme = "alabaster"
d2lbook_package = "pkg"
bibtex_bibfiles = ["book/refs.bib"]
"""
EDIT = "\nA sentence more.\n"
NOT_KEPT = ("report.json", ".buildinfo", ".buildinfo.bak")
"""Files that tell of the build itself."""
OF_NO_BUILD = ("kernels.log", "lock")
"""Files whose content no build reads."""


def garble(data: bytes) -> bytes:
    """Other bytes in the middle, of the same number."""
    middle = len(data) // 2
    return data[:middle] + bytes(byte ^ 0xFF for byte in data[middle : middle + 16]) + data[middle + 16 :]


DAMAGES: Mapping[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "half": lambda data: data[: len(data) // 2],
    "garbled": garble,
}


class Book:
    """A built book that has two states of its text, and for each what a clean build makes of it."""

    def __init__(self, folder: Path, builder: str, conf: str = CONF) -> None:
        self.project = Project(folder)
        self.project.conf += conf
        self.builder = builder
        self.output = self.project.build_folder / builder
        self.edited = False
        self.count = 0
        self.wanted: dict[bool, dict[str, bytes]] = {}
        for edited in (True, False):
            shutil.rmtree(self.project.build_folder, ignore_errors=True)
            self.project.write(PAGES)
            self.edit(edited)
            done = self.build()
            assert done.returncode == 0, done.stdout + done.stderr
            self.wanted[edited] = self.tree()

    def edit(self, edited: bool) -> None:
        self.edited = edited
        self.project.write({"three.md": PAGES["three.md"] + EDIT * edited})

    def build(self) -> subprocess.CompletedProcess[str]:
        """Build by the command, which has to look at everything: a variable of it is another each time."""
        self.count += 1
        os.environ["D2LBOOK_TEST_TRIAL"] = str(self.count)
        try:
            return self.project.run(self.builder)
        finally:
            del os.environ["D2LBOOK_TEST_TRIAL"]

    def tree(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.output).as_posix(): path.read_bytes()
            for path in sorted(self.output.rglob("*"))
            if path.is_file() and path.name not in NOT_KEPT
        }

    def files(self) -> list[Path]:
        """Every file below the build folder that has something in it."""
        found = sorted(path for path in self.project.build_folder.rglob("*") if path.is_file())
        return [path for path in found if path.name not in OF_NO_BUILD and path.stat().st_size]

    def fault(self, what: str) -> str:
        """Build, and say what is wrong with that; "" where nothing is."""
        done = self.build()
        said = done.stdout + done.stderr
        if done.returncode or "Traceback" in said:
            return f"{what}: the build ended with {done.returncode}:\n{said[-3000:]}"
        now, wanted = self.tree(), self.wanted[self.edited]
        other = sorted(name for name in now.keys() | wanted.keys() if now.get(name) != wanted.get(name))
        return f"{what}: not as in a clean build: {other}" if other else ""


@pytest.fixture(scope="module", params=["book", pytest.param("html", marks=pytest.mark.exhaustive)])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Book:
    return Book(tmp_path_factory.mktemp(request.param) / "project", request.param)


CASES = [("empty", False), ("half", True), ("garbled", False), ("garbled", True), ("half", False), ("empty", True)]


@pytest.mark.long
@pytest.mark.parametrize(
    ("damage", "edited"),
    [pytest.param(*case, marks=[pytest.mark.long] if number > 2 else []) for number, case in enumerate(CASES)],
)
def test_all_files_at_once(book: Book, damage: str, edited: bool) -> None:
    """What was noted of the files is left whole: it is written durably, and by it the others are found."""
    for path in book.files():
        if path.parent.name != "files" and path.name != "read.json":
            path.write_bytes(DAMAGES[damage](path.read_bytes()))
    book.edit(edited)
    if fault := book.fault("all files"):
        pytest.fail(fault, pytrace=False)


def _few(book: Book) -> list[Path]:
    """One file of each kind: the first in each folder, by its suffix, and all that the project itself remembers."""
    few: dict[tuple[Path, str], Path] = {}
    for path in book.files():
        few.setdefault((path if "remembered" in path.parts else path.parent, path.suffix), path)
    return list(few.values())


@pytest.mark.long
@pytest.mark.parametrize("builder", ["book", "html"])
def test_a_copy_that_is_damaged_after_the_note_of_all_files_was(tmp_path: Path, builder: str) -> None:
    """The build between finds all copies right, and leaves them as they are."""
    book = Book(tmp_path / "project", builder)
    notes = [path for path in book.files() if path.parent.name == "files"]
    assert notes
    for path in notes:
        path.write_bytes(b"")
    assert book.fault("the notes") == ""
    # Each kind alone: for a damaged image all pages are written, and with them other copies.
    for kind in ("_sources", "_static", "_images", "_previews"):
        for path in [path for path in book.files() if kind in path.parts]:
            path.write_bytes(DAMAGES["half"](path.read_bytes()))
        assert book.fault(kind) == ""


@pytest.mark.parametrize(
    "every",
    [
        pytest.param(8, marks=pytest.mark.long, id="sample"),
        pytest.param(1, marks=pytest.mark.exhaustive, id="all"),
    ],
)
def test_each_kind_of_file_in_turn(book: Book, every: int) -> None:
    """Empty, cut in half or garbled in turn; in every second build a page has changed besides."""
    faults = []
    for number, path in enumerate(_few(book)[::every]):
        if not path.is_file():
            continue  # what a build before has thrown away
        name = list(DAMAGES)[number % len(DAMAGES)]
        path.write_bytes(DAMAGES[name](path.read_bytes()))
        book.edit(number // len(DAMAGES) % 2 == 1)
        faults.append(book.fault(f"{path.relative_to(book.project.build_folder)} {name}"))
        if faults[-1]:
            shutil.rmtree(book.project.build_folder)
            assert book.build().returncode == 0
    assert list(filter(None, faults)) == []
