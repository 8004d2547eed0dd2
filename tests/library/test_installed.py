"""Which distribution provides which module, by the metadata of what is installed."""

from __future__ import annotations

import sys
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.common import installed_distributions as room
from sphinxcontrib_d2lbook.common.installed_distributions import Distribution, installed, keep_in


@pytest.fixture(autouse=True)
def _own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_memory", room._Memory())


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that is the whole path."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    keep_in(tmp_path)
    return tmp_path


def add(site: Path, name: str, *, record: str = "", headers: str = "", file: str = "METADATA", top: str = "") -> None:
    kind = "dist-info" if file == "METADATA" else "egg-info"
    folder = site / f"{name}-1.0.{kind}"
    folder.mkdir()
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{headers}\nName: of a text\n\nRequires-Dist: no\n"
    (folder / file).write_text(text, "utf-8")
    if record:
        (folder / "RECORD").write_text(record, "utf-8")
    if top:
        (folder / "top_level.txt").write_text(top, "utf-8")


def test_modules_of_a_record(site: Path) -> None:
    lines = [
        "package/__init__.py,sha256=x,3",
        "package/data/table.csv,,",
        "alone.py,,",
        '"quoted, with comma/x.py",,',
        f"fast{EXTENSION_SUFFIXES[0]},,",
        "../../bin/tool.py,,",
        "share/data.json,,",
        "__pycache__/alone.cpython-311.pyc,,",
        "some.libs/lib.so.1,,",
        "parts-1.0.dist-info/METADATA,,",
    ]
    add(site, "parts", record="\n".join(lines))
    assert installed().modules == dict.fromkeys(("package", "alone", "fast"), ("parts",))


def test_what_the_metadata_declare_goes_before_the_record(site: Path) -> None:
    add(site, "declared", record="other/__init__.py,,", top="one\ntwo\n")
    add(site, "old", file="PKG-INFO", top="one\n")
    assert installed().modules == {"one": ("declared", "old"), "two": ("declared",)}


def test_the_description_is_not_read_for_metadata(site: Path) -> None:
    add(site, "one", headers='Requires-Dist: two>=1\nRequires-Dist: four; extra == "x"\nProvides-Extra: x\n')
    one = installed().distributions["one"]
    assert one == Distribution("one", "1.0", ("two>=1", 'four; extra == "x"'))
    assert one.needs() == one.needs("other") == (("two", ()),)
    assert one.needs("x") == (("two", ()), ("four", ()))


def test_what_is_installed_meanwhile_is_found(site: Path) -> None:
    add(site, "one", record="one.py,,")
    assert set(installed().modules) == {"one"}
    add(site, "two", record="two.py,,")
    assert set(installed().modules) == {"one"}, "one answer in one build"
    keep_in(site)
    assert set(installed().modules) == {"one", "two"}


def test_the_librarys_own_answer_for_this_environment() -> None:
    found = installed().modules
    theirs = {name: tuple(sorted(set(names))) for name, names in metadata.packages_distributions().items()}
    assert {name: theirs.get(name) for name in found} == found
    files = {name for name in theirs if name.isidentifier() and (spec := find_spec(name)) and spec.origin}
    assert files <= found.keys()
