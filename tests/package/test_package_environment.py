"""The wheel is tried where its requirements are installed and nothing else is."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.library.distribution_closure import closure
from sphinxcontrib_d2lbook.outputs.package.wheel_environment import link_closure

Page = Callable[[str], str]
CELL = '''\
#@save
class K:
    pass

#@save
@add_to_class(K)
def m(self):
    """
    >>> K().m() + h()
    3
    """
    return 1

#@save
def h():
    """Say.

    >>> h()
    2
    >>> h() / 0
    """
    return RESULT
'''


@pytest.fixture
def book(project: Any, page: Page) -> Any:
    project.conf += "d2lbook_package = 'pkg'\nrelease = '1'\nnb_execution_mode = 'off'\n"

    def write(cell: str) -> None:
        project.write({"index.md": page(f"(sec_b)=\n# B\n\n```{{code-cell}}\n{cell}\n```\n")})

    project.say = write
    return project


def test_what_is_installed_but_not_required_is_not_there(book: Any) -> None:
    """A package that imports here only because something else brought a distribution would break for its readers."""
    book.say("#@save\nX = __import__('docutils')")
    with pytest.raises(BookProblems) as err:
        book.build("package")
    assert str(err.value).startswith("book/index.md:11 (section sec_b): the package does not import where only its ")
    assert "No module named 'docutils'; declare the distribution in d2lbook_requirements" in str(err.value)
    book.conf += "d2lbook_requirements = {'docutils': '', 'MyST-Parser': '>=1'}\n"
    book.build("package")
    [wheel] = (book.build_folder / "package").glob("*.whl")
    metadata = zipfile.ZipFile(wheel).read("pkg_book-1.dist-info/METADATA").decode()
    assert "Requires-Dist: myst-parser>=1" in metadata


def test_examples_of_docstrings_run_if_asked(book: Any) -> None:
    book.say(CELL.replace("RESULT", "1"))
    book.build("package")
    book.conf += "d2lbook_package_doctests = True\n"
    with pytest.raises(BookProblems) as err:
        book.build("package")
    say = "book/index.md:{} (section sec_b): an example does not hold: {}; correct the example or the code"
    assert set(err.value.problems) == {
        say.format(16, "`K().m() + h()` gives '2', not '3'"),
        say.format(24, "`h()` gives '1', not '2'"),
        say.format(24, "`h() / 0` raises ZeroDivisionError: division by zero"),
    }
    book.say(CELL.replace("RESULT", "2").replace(">>> h() / 0", ""))
    book.build("package")


def test_a_method_that_breaks_its_class_is_named(book: Any) -> None:
    book.say("#@save\nclass K:\n    pass\n\n#@save\n@add_to_class(K)\ndef m(self, x=int('one')): pass")
    with pytest.raises(BookProblems, match=r"^book/index\.md:16 \(section sec_b\): .*invalid literal"):
        book.build("package")


def test_the_environment_holds_the_closure_alone(tmp_path: Path) -> None:
    link_closure(tmp_path, closure(["sphinxcontrib-bibtex", "scikit-learn"]))
    code = (
        "import site, sys; site.addsitedir(sys.argv[1])\n"
        "import docutils, sklearn.linear_model, sphinxcontrib.bibtex, numpy\n"
        "from importlib.metadata import version; version('Sphinx')\n"
        "import nbformat"
    )
    command = [sys.executable, "-I", "-S", "-B", "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == "ModuleNotFoundError: No module named 'nbformat'"
    assert not (tmp_path / "sphinxcontrib").is_symlink()
