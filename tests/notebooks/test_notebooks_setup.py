"""What makes a notebook run by itself: its first code cell, the requirements, the archive."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml
from packaging.requirements import Requirement

from sphinxcontrib_d2lbook.library.distribution_closure import closure
from sphinxcontrib_d2lbook.notebook.myst_reader import read_notebook
from sphinxcontrib_d2lbook.outputs.notebooks.archive import assemble_archive
from sphinxcontrib_d2lbook.outputs.notebooks.notebook_assembly import SETUP_TAG, WrittenCodeCell, notebook_text
from sphinxcontrib_d2lbook.outputs.notebooks.requirements_files import (
    BookNeeds,
    Pin,
    environment_text,
    python_version,
    requirements_text,
)
from sphinxcontrib_d2lbook.outputs.notebooks.setup_cell import Needs, framework_source, setup_source

WHEEL = "tiny_book-0.2-py3-none-any.whl"
NEEDS = Needs([Pin("tinydep", "1.0")], python_version(), "tinybook", "tiny-book", WHEEL, "")


def write_wheel(folder: Path, distribution: str, version: str, module: str, code: str = "", requires: str = "") -> Path:
    """A wheel without a build: a package of one file."""
    more = f"Requires-Dist: {requires}\n" if requires else ""
    stem = f"{distribution.replace('-', '_')}-{version}"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{module}/__init__.py", code)
        wheel.writestr(
            f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n{more}"
        )
        wheel.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{stem}.dist-info/RECORD", "")
    return path


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an empty environment that has pip."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / "bin/python"


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    write_wheel(folder, "tinydep", "1.0", "tinydep")
    return folder


def run_cell(python: Path, source: str, folder: Path, wheels: Path) -> subprocess.CompletedProcess[str]:
    folder.mkdir(parents=True, exist_ok=True)
    environment = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        [python, "-c", source], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.long
def test_it_installs_what_is_missing_once_and_is_silent_then(python: Path, tmp_path: Path, wheels: Path) -> None:
    write_wheel(tmp_path, "tiny-book", "0.2", "tinybook", "answer = 42")
    notebooks = tmp_path / "unpacked" / "chapter"
    source = setup_source(NEEDS) + "\nimport tinybook, tinydep\nassert tinybook.answer == 42"

    missing = run_cell(python, source, notebooks, wheels)
    assert missing.returncode == 0, missing.stderr
    assert missing.stdout.splitlines() == [f"Installing tinydep {WHEEL}"]

    again = run_cell(python, source, notebooks, wheels)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.long
def test_a_newer_version_will_do_and_an_older_one_is_replaced(python: Path, tmp_path: Path, wheels: Path) -> None:
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"]
    subprocess.run([*install, write_wheel(tmp_path, "tinydep", "1.5", "tinydep")], check=True)
    source = setup_source(Needs([Pin("tinydep", "1.0")], python_version()))
    assert run_cell(python, source, tmp_path / "a", wheels).stdout == ""

    subprocess.run([*install, write_wheel(tmp_path, "tinydep", "0.9", "tinydep")], check=True)
    assert run_cell(python, source, tmp_path / "a", wheels).stdout == "Installing tinydep\n"


def test_a_build_of_another_machine_is_installed_with_what_it_requires_here(
    python: Path, tmp_path: Path, wheels: Path
) -> None:
    write_wheel(wheels, "tinybuild", "2.0", "tinybuild", requires="tinycuda")
    write_wheel(wheels, "tinycuda", "1.0", "tinycuda")
    write_wheel(wheels, "tinyalone", "1.0", "tinyalone", requires="nowhere")
    pins = [Pin("tinybuild", "2.0+cpu"), Pin("tinyalone", "1.0")]
    source = setup_source(Needs(pins, python_version())) + "\nimport tinyalone, tinybuild, tinycuda"
    done = run_cell(python, source, tmp_path / "a", wheels)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["Installing tinyalone", "Installing tinybuild"]
    lines = requirements_text("A Book", pins, None).splitlines()
    assert "# Without tinybuild==2.0, which the notebooks that need it install by their first cell." in lines
    assert not any(line.startswith("tinybuild") for line in lines)


def test_what_cannot_be_installed_is_said_with_the_remedy(python: Path, tmp_path: Path, wheels: Path) -> None:
    done = run_cell(python, setup_source(Needs([Pin("no-such-thing", "1.0")], "3.11")), tmp_path / "a", wheels)
    assert done.returncode == 1
    assert "Could not install what this notebook needs on Python" in done.stderr
    assert "no-such-thing" in done.stderr
    assert "Remedy: run it with Python 3.11" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wheel_that_is_nowhere_is_asked_for(python: Path, tmp_path: Path, wheels: Path) -> None:
    needs = Needs([], python_version(), "otherbook", "other-book", "other_book-1-py3-none-any.whl", "")
    done = run_cell(python, setup_source(needs), tmp_path / "a", wheels)
    assert done.returncode == 1
    assert "Put other_book-1-py3-none-any.whl" in done.stderr


def test_the_folder_of_the_book_itself_is_enough(python: Path, tmp_path: Path, wheels: Path) -> None:
    (tmp_path / "sourcebook").mkdir()
    (tmp_path / "sourcebook/__init__.py").write_text("", "utf-8")
    needs = Needs([], python_version(), "sourcebook", "source-book", "source_book-1-py3-none-any.whl", "")
    done = run_cell(python, setup_source(needs), tmp_path, wheels)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.long
def test_another_python_takes_the_same_versions_or_newer_ones(python: Path, tmp_path: Path, wheels: Path) -> None:
    write_wheel(wheels, "newdep", "2.0", "newdep")
    exact = run_cell(python, setup_source(Needs([Pin("newdep", "1.0")], python_version())), tmp_path / "a", wheels)
    assert exact.returncode == 1
    newer = run_cell(python, setup_source(Needs([Pin("newdep", "1.0")], "2.7")), tmp_path / "a", wheels)
    assert (newer.returncode, newer.stdout) == (0, "Installing newdep\n")


def test_what_the_kernel_has_loaded_in_an_older_version_asks_for_a_restart(
    python: Path, tmp_path: Path, wheels: Path
) -> None:
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"]
    subprocess.run([*install, write_wheel(tmp_path, "tinydep", "0.9", "tinydep")], check=True)
    source = setup_source(Needs([Pin("tinydep", "1.0")], python_version()))
    loaded = run_cell(python, "import tinydep\n" + source, tmp_path / "a", wheels)
    assert (loaded.returncode, loaded.stdout) == (1, "Installing tinydep\n")
    assert loaded.stderr == "Restart the kernel, and run this cell again: it still has the old tinydep.\n"
    restarted = run_cell(python, source + "\nimport tinydep", tmp_path / "a", wheels)
    assert (restarted.returncode, restarted.stdout, restarted.stderr) == (0, "", "")


def test_an_older_package_of_the_book_that_is_loaded_asks_for_a_restart(
    python: Path, tmp_path: Path, wheels: Path
) -> None:
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"]
    subprocess.run([*install, write_wheel(tmp_path, "tiny-book", "0.1", "tinybook")], check=True)
    (tmp_path / "a").mkdir()
    write_wheel(tmp_path / "a", "tiny-book", "0.2", "tinybook")
    source = setup_source(Needs([], python_version(), "tinybook", "tiny-book", WHEEL, ""))
    done = run_cell(python, "import tinybook\n" + source, tmp_path / "a", wheels)
    assert done.stderr == "Restart the kernel, and run this cell again: it still has the old tiny-book.\n"


def test_what_runs_the_kernel_is_never_replaced_and_is_installed_where_it_is_missing(
    python: Path, tmp_path: Path, wheels: Path
) -> None:
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"]
    subprocess.run([*install, write_wheel(tmp_path, "tinykernel", "0.9", "tinykernel")], check=True)
    write_wheel(wheels, "tinywire", "1.0", "tinywire")
    pins = [Pin("tinykernel", "1.0"), Pin("tinywire", "1.0")]
    source = setup_source(Needs(pins, python_version(), kernel=["tinykernel", "tinywire", "another"]))
    assert "KERNEL = 'tinykernel tinywire'.split()" in source
    done = run_cell(python, source, tmp_path / "a", wheels)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Installing tinywire\n", "")


def test_limits_of_colab_are_said_there_and_nowhere_else(python: Path, tmp_path: Path, wheels: Path) -> None:
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--no-index", write_wheel(tmp_path, "mxnet", "1.9", "mxnet")],
        check=True,
    )
    source = setup_source(Needs([Pin("mxnet", "1.9")], python_version()))
    assert run_cell(python, source, tmp_path / "a", wheels).stdout == ""
    on_colab = "import sys, types\nsys.modules['google.colab'] = types.ModuleType('google.colab')\n" + source
    assert run_cell(python, on_colab, tmp_path / "a", wheels).stdout.startswith("MXNet has no version for the GPUs")
    assert "google.colab" not in setup_source(Needs([Pin("tinydep", "1.0")], python_version()))


def test_the_cell_has_a_title_and_folds() -> None:
    assert setup_source(NEEDS).startswith("# @title Set up this notebook\n")
    cell = json.loads(notebook_text("a", [WrittenCodeCell("# @title x", (SETUP_TAG,))], {}, {}))["cells"][0]
    assert cell["metadata"]["cellView"] == "form"
    assert cell["metadata"]["jupyter"] == {"source_hidden": True}


def test_the_cell_of_the_framework_has_a_title_too() -> None:
    assert framework_source("numpy", "NumPy\nby hand").startswith("# @title Framework: NumPy by hand\n# ")


def test_the_cell_is_short_and_its_lines_fit() -> None:
    lines = setup_source(Needs(closure(["sphinx"]), "3.11", "d2l", "d2l-book", WHEEL, "https://example.org/")).split(
        "\n"
    )
    assert len(lines) < 105
    assert max(map(len, lines)) <= 120
    compile("\n".join(lines), "cell", "exec")


def test_the_closure_holds_all_that_is_required_and_nothing_else() -> None:
    pins = {pin.name: pin.version for pin in closure(["pytest"])}
    assert pins["pytest"] == metadata.version("pytest")
    for name in pins:
        for line in metadata.requires(name) or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                assert requirement.name.lower().replace("_", "-") in pins
    assert "numpy" not in pins
    assert closure(["no-such-distribution"]) == []


def test_requirements_are_exact_here_and_open_elsewhere() -> None:
    text = requirements_text("Book", [Pin("numpy", "1.26.4")], WHEEL)
    lines = [line for line in text.splitlines() if not line.startswith(("#", "./"))]
    parsed = [Requirement(line) for line in lines]
    assert [str(r.specifier) for r in parsed if r.marker and r.marker.evaluate()] == ["==1.26.4"]
    other = {"python_version": "3.99"}
    assert [str(r.specifier) for r in parsed if r.marker and r.marker.evaluate(other)] == [">=1.26.4"]
    assert f"./{WHEEL}" in text
    assert "./" not in requirements_text("Book", [], None)


def test_cells_that_only_check_the_text_bring_no_requirement() -> None:
    page = read_notebook(
        "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n\n# Page\n\n"
        "```{code-cell} ipython3\nimport packaging\n```\n\n"
        "```{code-cell} ipython3\n:tags: [remove-cell, book-check]\n\nimport yaml\n```\n",
        "page",
        "page.md",
    )
    config = SimpleNamespace(d2lbook_requirements={}, html_baseurl="", d2lbook_package="")
    needs = BookNeeds.from_pages({"page": page}, cast("Any", config), package=False)
    assert [pin.name for pin in needs.pages["page"][0]] == ["packaging"]
    assert "pyyaml" not in {pin.name.lower() for pin in needs.all_pins}


def test_the_environment_installs_the_requirements() -> None:
    environment = yaml.safe_load(environment_text("book"))
    assert environment["dependencies"] == [f"python={python_version()}", "pip", {"pip": ["-r requirements.txt"]}]


def test_the_archive_holds_everything_and_is_the_same_each_time(tmp_path: Path) -> None:
    notebooks = tmp_path / "notebooks"
    for name in (
        "chapter/b.ipynb",
        "a.ipynb",
        "requirements.txt",
        "environment.yml",
        "chapter/data/x.csv",
        ".hidden",
        "_static/x.css",
    ):
        (notebooks / name).parent.mkdir(parents=True, exist_ok=True)
        (notebooks / name).write_text(name, "utf-8")
    wheel = write_wheel(tmp_path, "tiny-book", "0.2", "tinybook")
    target = notebooks / "book-notebooks.zip"
    assemble_archive(notebooks, wheel, target)
    first, written = target.read_bytes(), target.stat().st_mtime_ns
    assemble_archive(notebooks, wheel, target)
    assert target.stat().st_mtime_ns == written
    (notebooks / "a.ipynb").write_text("other", "utf-8")
    assemble_archive(notebooks, wheel, target)
    assert target.read_bytes() != first
    (notebooks / "a.ipynb").write_text("a.ipynb", "utf-8")
    assemble_archive(notebooks, wheel, target)
    assert target.read_bytes() == first
    target.write_bytes(first[:100])
    assemble_archive(notebooks, wheel, target)
    assert target.read_bytes() == first
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == [
            f"book-notebooks/{name}"
            for name in (
                "a.ipynb",
                "chapter/b.ipynb",
                "chapter/data/x.csv",
                "environment.yml",
                "requirements.txt",
                WHEEL,
            )
        ]
        assert archive.read("book-notebooks/a.ipynb") == b"a.ipynb"
    assert sorted(path.name for path in notebooks.iterdir() if path.suffix in (".zip", ".part")) == [target.name]
