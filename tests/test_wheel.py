"""The plugin's wheel alone builds another book, without MXNet and without a network."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest
from build import ProjectBuilder

ROOT = Path(__file__).parents[1]
GUARD = """
import socket, sys

_connect = socket.socket.connect

def connect(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise RuntimeError(f"the network was asked for: {address}")
    return _connect(self, address)

socket.socket.connect = connect

class NoMxnet:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("mxnet", "d2l"):
            raise ModuleNotFoundError(f"No module named {name!r}")

sys.meta_path.insert(0, NoMxnet())
"""
"""A sitecustomize.py: forbids what a reader's machine may not have, in the build and in its kernels."""
PAGES = {
    "contents.md": "# Tales\n\n```{toctree}\n:numbered:\n\nbegin\nmore/rivers\n```\n",
    "begin.md": (
        "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n(begin)=\n# Beginning\n\n$e^{i\\pi}=-1$, and see"
        ' {numref}`rivers`.\n\n```{code-cell}\n#@save\ndef double(x):\n    """Twice x."""\n    return 2 * x\n```\n'
    ),
    "more/rivers.md": (
        "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n(rivers)=\n# Rivers\n\nAfter {ref}`begin`.\n\n"
        "```{code-cell}\nimport tales\n\nprint('twice', tales.double(21))\n```\n"
    ),
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(ProjectBuilder(ROOT).build("wheel", tmp_path_factory.mktemp("wheel")))


def test_the_wheel_holds_the_plugin_and_nothing_of_the_book(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "sphinxcontrib_d2lbook",
        wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info",
    }
    files = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sphinxcontrib_d2lbook").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files <= set(names)


def test_the_wheel_names_its_licences_and_holds_their_texts(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    info = f"{wheel.name.removesuffix('-py3-none-any.whl')}.dist-info"
    metadata = message_from_bytes(archive.read(f"{info}/METADATA"))
    assert metadata["License-Expression"] == "Apache-2.0 AND OFL-1.1"
    texts = {name: archive.read(f"{info}/licenses/{name}").decode() for name in metadata.get_all("License-File", ())}
    beginnings = {
        "LICENSE": "Apache License",
        "stix-two-math.LICENSE.txt": "SIL OPEN FONT LICENSE",
        "libertinus-sans.LICENSE.txt": "SIL OPEN FONT LICENSE",
    }
    assert {name.rpartition("/")[2] for name in texts} == beginnings.keys()
    assert all(beginnings[name.rpartition("/")[2]] in text for name, text in texts.items())


def test_another_book_builds_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    (site / "sitecustomize.py").write_text(GUARD)
    book = tmp_path / "book"
    for name, text in PAGES.items():
        (book / "pages" / name).parent.mkdir(parents=True, exist_ok=True)
        (book / "pages" / name).write_text(text)
    (book / "conf.py").write_text("project = 'Tales'\nroot_doc = 'contents'\nextensions = ['sphinxcontrib_d2lbook']\n")
    environment = {**os.environ, "PYTHONPATH": str(site), "NO_COLOR": "1"}
    where = [sys.executable, "-c", "import sphinxcontrib_d2lbook as p; print(p.__file__)"]
    found = subprocess.run(where, env=environment, cwd=book, capture_output=True, text=True, check=True).stdout
    assert Path(found.strip()).is_relative_to(site)
    command = [sys.executable, "-m", "sphinx", "-M", "book", "pages", "_build", "-c", ".", "-W", "--keep-going"]
    done = subprocess.run(command, env=environment, cwd=book, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    out = book / "_build" / "book"
    assert "twice 42" in (out / "html" / "more" / "rivers.html").read_text(encoding="utf-8")
    assert (out / "pdf" / "tales.pdf").is_file()
    assert (out / "notebooks" / "more" / "rivers.ipynb").is_file()
    assert len(list((out / "package").glob("tales*.whl"))) == 1
