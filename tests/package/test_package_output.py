"""Wheel and sdist of the saved blocks: reproducible, numbered, complete, and seen to import."""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.common.errors import BookError, BookProblems
from sphinxcontrib_d2lbook.library.requirements import Requirement
from sphinxcontrib_d2lbook.outputs.package.metadata import DistributionMetadata, pyproject, readme

Page = Callable[[str], str]
INDEX = "# Book\n\n```{toctree}\n:numbered:\n\none\n```\n\n```{toctree}\nback\n```\n"
ONE = """(sec_one)=
# One

```{code-cell}
#@save
import yaml

#@save
def f(x):
    '''Load.'''
    return yaml.safe_load(x)
```

(sec_deep)=
## Deep

```{code-cell}
#@save
def g():
    '''Do.'''
```

## Without a label

```{code-cell}
class C:  #@save
    '''Is.'''
```
"""
BACK = "# The *Back*\n\n```{code-cell}\n#@save\ndef h():\n    '''Say.'''\n```\n"


@pytest.fixture
def book(project: Any, page: Page) -> Any:
    project.conf += (
        "nb_execution_mode = 'off'\nrelease = '1.2'\nd2lbook_package = 'pkg'\nd2lbook_default_module = 'torch'\n"
        "html_baseurl = 'https://example.org/book'\nsuppress_warnings = ['myst-nb.lexer']\n"
    )
    project.write({"index.md": INDEX, "one.md": page(ONE), "back.md": page(BACK)})
    (project.folder / "LICENSE").write_text("Do what you like.")
    return project


def archives(project: Any) -> dict[str, bytes]:
    folder = project.build_folder / "package"
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in (".whl", ".gz")}


def wheel_files(project: Any) -> dict[str, str]:
    content = next(content for name, content in archives(project).items() if name.endswith(".whl"))
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        return {name: wheel.read(name).decode() for name in wheel.namelist()}


def test_wheel_and_sdist(book: Any) -> None:
    book.build("package")
    assert sorted(archives(book)) == ["pkg_book-1.2-py3-none-any.whl", "pkg_book-1.2.tar.gz"]
    files = wheel_files(book)
    assert {"pkg/__init__.py", "pkg/torch.py", "pkg/py.typed"} < files.keys()
    metadata = files["pkg_book-1.2.dist-info/METADATA"]
    major = int(version("PyYAML").partition(".")[0])
    assert [line for line in metadata.splitlines() if line.startswith("Requires-Dist")] == [
        f"Requires-Dist: pyyaml<{major + 1},>={version('PyYAML')}"
    ]
    assert "Requires-Python: >=3.11" in metadata
    assert files["pkg_book-1.2.dist-info/licenses/LICENSE"] == "Do what you like."
    with tarfile.open(fileobj=io.BytesIO(archives(book)["pkg_book-1.2.tar.gz"])) as sdist:
        assert {"pkg_book-1.2/pyproject.toml", "pkg_book-1.2/README.md", "pkg_book-1.2/pkg/torch.py"} < set(
            sdist.getnames()
        )


def test_docstrings_tell_number_and_address(book: Any) -> None:
    book.build("package")
    module = wheel_files(book)["pkg/torch.py"]
    site = "https://example.org/book"
    assert f"Load.\n\n    Defined in Chapter 1 ({site}/one.html#sec-one).\n" in module
    assert f"Do.\n\n    Defined in Section 1.1 ({site}/one.html#sec-deep).\n" in module
    assert f"Is.\n\n    Defined in Chapter 1 ({site}/one.html#sec-one).\n" in module
    assert f'Say.\n\n    Defined in "The Back" ({site}/back.html).\n' in module
    assert ":numref:" not in module
    assert "Defined in :numref:`sec_deep`." in (book.folder / "pkg" / "torch.py").read_text()


def test_without_a_site_there_is_no_address(book: Any) -> None:
    book.conf += "html_baseurl = ''\n"
    book.build("package")
    assert "Defined in Section 1.1.\n" in wheel_files(book)["pkg/torch.py"]


def test_the_same_sources_give_the_same_bytes_everywhere(book: Any, tmp_path: Path) -> None:
    other = type(book)(tmp_path / "another" / "place")
    shutil.copytree(book.source, other.source, dirs_exist_ok=True)
    shutil.copy(book.folder / "LICENSE", other.folder)
    other.conf = book.conf
    sums = []
    for project in (book, other):
        project.build("package")
        sums.append({name: hashlib.sha256(content).hexdigest() for name, content in archives(project).items()})
    assert sums[0] == sums[1]


def test_it_is_built_again_only_when_it_changed(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    book.build("package")
    before = archives(book)
    with monkeypatch.context() as patch:
        patch.setattr("sphinxcontrib_d2lbook.outputs.package.builder.build_archives", None)
        book.build("package")
    assert archives(book) == before
    assert "the package is up to date" in book.status.getvalue()
    book.conf += "release = '1.3'\n"
    book.build("package")
    assert sorted(archives(book)) == ["pkg_book-1.3-py3-none-any.whl", "pkg_book-1.3.tar.gz"]


def test_a_package_that_does_not_import_is_a_failure_of_its_section(book: Any, page: Page) -> None:
    book.write({"back.md": page("(sec_bad)=\n# Bad\n\n```{code-cell}\n#@save\nX = {}\n\n#@save\nY = X['none']\n```\n")})
    with pytest.raises(BookProblems, match=r"book/back\.md:14 \(section sec_bad\): .*KeyError: 'none'; correct"):
        book.build("package")
    assert not archives(book)


def test_an_import_that_fails_names_its_block(book: Any, page: Page) -> None:
    book.write({"back.md": page("# Bad\n\n```{code-cell}\n#@save\nfrom yaml import nothing_there\n```\n")})
    with pytest.raises(BookProblems, match=r"book/back\.md:10: .*ImportError: cannot import name"):
        book.build("package")


@pytest.mark.parametrize(
    ("conf", "cell", "words"),
    [
        ("release = 'next one'", "x = 1", r"conf\.py: release = 'next one' is no version"),
        ("", "import surely_not_there", "imports surely_not_there, which no installed distribution provides"),
    ],
)
def test_refusals(book: Any, page: Page, conf: str, cell: str, words: str) -> None:
    book.conf += conf + "\n"
    book.write({"back.md": page(f"# B\n\n```{{code-cell}}\n#@save\n{cell}\n```\n")})
    with pytest.raises(BookError, match=words):
        book.build("package")


def test_a_book_that_saves_nothing_has_no_package(book: Any, page: Page) -> None:
    book.build("package")
    book.write({"one.md": page("# One\n"), "back.md": page("# Two\n")})
    book.build("package")
    assert archives(book) == {}
    assert "no block of the book is saved: no package" in book.status.getvalue()
    assert book.warnings == ""


TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=60, deadline=None)
@given(TEXT, TEXT, TEXT, st.text(alphabet="ab\"'\\\n\x7f.", min_size=1, max_size=8))
def test_no_text_breaks_the_metadata(title: str, author: str, site: str, license_name: str) -> None:
    distribution = DistributionMetadata(
        "a-book", "1.0", "pkg", "", title, site, author, (Requirement("b", "1", ">=1,<2"),), {license_name: b""}
    )
    found = tomllib.loads(pyproject(distribution))["project"]
    assert found["dependencies"] == ["b>=1,<2"]
    assert found["license-files"] == [license_name]
    assert " ".join(title.split()) in found["description"]
    assert readme(distribution).count("```") == 2
