"""A page in several frameworks is, in every output, the page that each of them would have alone."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pypdf
import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from tests.conftest import NOTEBOOK, Project
from tests.frameworks_book import CONF, FRAMEWORKS, MEANS, MODULES, PAGES, SEVERAL, alone

SETUP = "book-setup"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("several"))
    project.conf = SEVERAL
    project.write(PAGES)
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    return project


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Framework -> the outputs of a book that has nothing of the others."""
    built: dict[str, Path] = {}

    def build(framework: str) -> Path:
        if framework not in built:
            project = Project(tmp_path_factory.mktemp(framework))
            project.conf = f"{CONF}d2lbook_default_module = {MODULES[framework]!r}\n"
            project.write({**PAGES, "means.md": alone(MEANS, framework)})
            done = project.run("book", "-W", "--keep-going")
            assert (done.returncode, done.stderr) == (0, "")
            built[framework] = project.build_folder / "book"
        return built[framework]

    return build


def cells(file: Path) -> list[dict[str, Any]]:
    """The cells of a reader's notebook, without what says where it comes from and what it needs."""
    notebook = json.loads(file.read_text("utf-8"))
    own = [cell for cell in notebook["cells"][1:] if SETUP not in cell["metadata"].get("tags", ())]
    return [{name: value for name, value in cell.items() if name != "id"} for cell in own]


@pytest.mark.long
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_notebook_is_that_of_the_page_alone(book: Project, single: Callable[[str], Path], framework: str) -> None:
    here = book.build_folder / "book/notebooks" / framework / "means.ipynb"
    assert cells(here) == cells(single(framework) / "notebooks/means.ipynb")


@pytest.mark.long
def test_pages_that_are_the_same_in_all_have_one_notebook(book: Project) -> None:
    folder = book.build_folder / "book/notebooks"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.ipynb")}
    assert names == {"index.ipynb", "plain.ipynb", *(f"{name}/means.ipynb" for name in FRAMEWORKS)}
    downloads = book.build_folder / "book/html/_downloads/notebooks"
    assert {path.relative_to(downloads).as_posix() for path in downloads.rglob("*.ipynb")} == names


def article(file: Path, framework: str = "") -> str:
    """The text of a page of the website, with the variants of one framework only, and without the tabs."""
    page = lxml.html.parse(str(file)).getroot().xpath("//article")[0]
    for node in page.xpath('.//*[@role="tablist"] | .//*[@class="d2lbook-framework-label"]'):
        node.drop_tree()
    for node in page.xpath('.//*[contains(@class, "d2lbook-framework ") or @class="d2lbook-framework"]'):
        if framework not in node.get("data-frameworks").split() and node.getparent() is not None:
            node.drop_tree()
    # The line below a saved block names the modules of all frameworks.
    return " ".join(re.sub(r"saved as .*", "", page.text_content()).split())


@pytest.mark.long
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_website_shows_the_page_alone(book: Project, single: Callable[[str], Path], framework: str) -> None:
    shown = article(book.build_folder / "book/html/means.html", framework)
    assert shown == article(single(framework) / "html/means.html")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_pdf_prints_the_page_alone(book: Project, single: Callable[[str], Path], framework: str) -> None:
    with book.restored():
        book.conf = f"{SEVERAL}d2lbook_pdf_framework = {framework!r}\n"
        assert book.run("pdf", "-W").returncode == 0
    assert printed(book.build_folder / "pdf/three.pdf") == printed(single(framework) / "pdf/three.pdf")


def test_the_places_of_an_edition_are_those_of_the_framework_that_it_prints(book: Project) -> None:
    numbers = book.build_folder / "book/numbers.json"
    before = {file: file.read_bytes() for file in (numbers, numbers.with_name("report.json"))}
    with book.restored():
        book.conf = f"{SEVERAL}d2lbook_editions = {{'arrays': {{'framework': 'numpy'}}}}\n"
        done = book.run("book", "-W")
        assert (done.returncode, done.stderr) == (0, "")
        value = json.loads(numbers.read_text("utf-8"))
        assert (book.build_folder / "book/pdf/three-arrays.pdf").is_file()
    for file, data in before.items():
        file.write_bytes(data)
    rows = {row["label"]: row["pdf"] for row in value["numbers"] if row["label"]}
    assert rows["fig_mean"].keys() == {"lists", "numpy"}
    assert "editions" not in rows["fig_mean"]["lists"]
    assert rows["fig_mean"]["numpy"].keys() == {"editions"}
    assert rows["fig_last"]["editions"]["arrays"]["file"] == "three-arrays.pdf"


def printed(file: Path) -> str:
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    return re.sub(r"saved as .*", "", text)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_module_has_what_the_page_alone_saves(book: Project, single: Callable[[str], Path], framework: str) -> None:
    name = f"{MODULES[framework]}.py"
    there = (single(framework).parents[1] / "pk" / name).read_text("utf-8")
    here = (book.folder / "pk" / name).read_text("utf-8")
    assert re.findall(r"^# From .*?(?=^# What)", here, re.DOTALL | re.MULTILINE) == re.findall(
        r"^# From .*?(?=^# What)", there, re.DOTALL | re.MULTILINE
    )


def test_numbers_do_not_depend_on_the_choice(book: Project) -> None:
    value = json.loads((book.build_folder / "book/numbers.json").read_text("utf-8"))
    rows = {row["label"]: row for row in value["numbers"] if row["label"]}
    assert value["version"] == 2
    assert (rows["fig_mean"]["number"], rows["fig_last"]["number"]) == ("1.1", "1.2")
    assert rows["fig_mean"]["notebook"] == {name: f"{name}/means.ipynb" for name in FRAMEWORKS}
    assert rows["fig_mean"]["html"].keys() == set(FRAMEWORKS)
    assert len(set(rows["fig_mean"]["html"].values())) == len(FRAMEWORKS)
    assert rows["fig_mean"]["pdf"].keys() == {"lists"}
    assert rows["fig_last"]["html"] == "means.html#fig-last"


def test_the_report_names_the_frameworks_of_a_page(book: Project) -> None:
    pages = json.loads((book.build_folder / "book/report.json").read_text("utf-8"))["pages"]
    assert pages["means"]["frameworks"].keys() == set(FRAMEWORKS)
    assert pages["means"]["reason"] == "; ".join(f"{name}: not run before" for name in FRAMEWORKS)
    assert "frameworks" not in pages["plain"]


# What runs after an edit.

CELL = re.compile(r"^ *```\{code-cell\}\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE)


def edits(text: str, chance: random.Random) -> Iterator[tuple[str, set[str]]]:
    """Edits of single places, each with the frameworks whose code it changes."""
    places = [*CELL.finditer(text)]
    chance.shuffle(places)
    for place in places[:3]:
        number = chance.randrange(10**6)
        lines = place["body"].rstrip("\n").split("\n")
        indent = re.match(" *", lines[-1])[0]
        new = "\n".join([*lines, f"{indent}edited_{number} = {number}" if not indent[4:] else f"{indent}# {number}"])
        edited = text[: place.start("body")] + f"{new}\n" + text[place.end("body") :]
        yield edited, {name for name in FRAMEWORKS if code(alone(edited, name)) != code(alone(text, name))}
    yield text.replace("Text for all", f"Text for all {chance.random()}"), set()
    yield text.replace("Prose for two", f"Prose for two {chance.random()}"), set()


def code(text: str) -> list[str]:
    return [re.sub(r"^ *:\w+:.*\n", "", match["body"], flags=re.MULTILINE) for match in CELL.finditer(text)]


@pytest.mark.long
@pytest.mark.slow
def test_an_edit_runs_exactly_the_frameworks_whose_code_it_changes(book: Project, tmp_path: Path) -> None:
    def runs(project: Project) -> set[str]:
        done = project.run("html", "-W")
        assert (done.returncode, done.stderr) == (0, "")
        return set(re.findall(r"^\[\d+/\d+\] (\S+) ran", done.stdout, re.MULTILINE))

    with book.restored():
        runs(book)
        text = (book.source / "means.md").read_text("utf-8")
        for edited, expected in edits(text, random.Random(20)):
            book.write({"means.md": edited})
            assert runs(book) == {f"means@{name}" for name in expected}
            book.write({"means.md": text})
            assert runs(book) == set()  # the outputs of before are stored
        book.write({"means.md": edited})
        runs(book)
        clean = Project(tmp_path / "clean")
        clean.conf = book.conf
        shutil.copytree(book.source, clean.source, dirs_exist_ok=True)
        runs(clean)
        assert article(clean.build_folder / "html/means.html", "numpy") == article(
            book.build_folder / "html/means.html", "numpy"
        )


# What a page may not say.


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (
            ":framework: nunpy",
            "means.md:9: there is no framework 'nunpy' (there are: lists, fractions, numpy); did you",
        ),
        ("#@tab lists, nunpy", "means.md:9: there is no framework 'nunpy'"),
        (":framework:", "means.md:9: None names no framework; write one of these"),
    ],
)
def test_a_name_that_is_not_there_is_refused_at_its_line(project: Project, mark: str, message: str) -> None:
    project.conf = SEVERAL
    page = f"{NOTEBOOK}# Means\n\n```{{code-cell}}\n{mark}\nx = 1\n```\n"
    project.write({**PAGES, "means.md": page})
    done = project.run("html")
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    ("store", "message"),
    [
        (
            "{nunpy: kept}",
            "the framework 'nunpy', which d2lbook_frameworks does not have; did you mean 'numpy'?",
        ),
        (
            "{fractions: kept}",
            "the framework 'fractions', in which no cell of the page runs; the page runs in: lists, numpy",
        ),
    ],
)
def test_outputs_of_a_framework_that_the_page_lacks_are_refused(project: Project, store: str, message: str) -> None:
    project.conf = SEVERAL
    matter = NOTEBOOK.replace("---\n", f"---\nd2lbook: {{store: {store}}}\n", 1)
    cells = "".join(f"\n```{{code-cell}}\n:framework: {name}\nx = 1\n```\n" for name in ("lists", "numpy"))
    project.write({"index.md": "# Book\n\n```{toctree}\nmeans\n```\n", "means.md": f"{matter}# Means\n{cells}"})
    done = project.run("html")
    assert done.returncode == 2
    assert f"means.md:1: the front matter's `d2lbook`: store names {message}" in done.stderr


def test_outputs_of_a_framework_are_refused_on_a_page_without_any(project: Project) -> None:
    matter = NOTEBOOK.replace("---\n", "---\nd2lbook: {store: {numpy: kept}}\n", 1)
    project.write({"index.md": f"{matter}# Book\n\n```{{code-cell}}\nx = 1\n```\n"})
    done = project.run("html")
    assert "the framework 'numpy', which d2lbook_frameworks does not have; it runs once: name a" in done.stderr


def test_a_block_in_a_block_for_others_is_refused(project: Project) -> None:
    project.conf = SEVERAL
    inner = "```{code-cell}\n:framework: numpy\nx = 1\n```"
    project.write({**PAGES, "means.md": f"{NOTEBOOK}# Means\n\n````{{framework}} lists\n{inner}\n````\n"})
    done = project.run("html")
    assert done.returncode == 2
    assert "means.md:10: this is for numpy, and stands in a block for lists" in done.stderr


def test_a_book_without_frameworks_keeps_such_comments(project: Project) -> None:
    project.write({"index.md": f"{NOTEBOOK}# Book\n\n```{{code-cell}}\n#@tab numpy\nprint(1)\n```\n"})
    project.build()
    assert not project.warnings
    assert "#@tab numpy" in article(project.build_folder / "html/index.html")


def test_a_failure_names_its_framework(project: Project) -> None:
    project.conf = SEVERAL
    page = f"{NOTEBOOK}# Means\n\n```{{code-cell}}\n:framework: numpy\n1 / 0\n```\n\n```{{code-cell}}\nprint(2)\n```\n"
    page += "\n```{code-cell}\n:framework: lists\n3\n```\n"
    project.write({"index.md": "# Book\n\n```{toctree}\nmeans\n```\n", "means.md": page})
    done = project.run("html")
    assert done.returncode == 1
    assert "means.md:10: WARNING: code cell 1 of the framework numpy failed with ZeroDivisionError" in done.stderr
    assert "means.md:10 (numpy): ZeroDivisionError" in done.stderr
    shown = article(project.build_folder / "html/means.html", "lists")
    assert "2" in shown
    assert "ZeroDivisionError" not in shown


def test_signatures_of_a_shared_name_are_compared(project: Project) -> None:
    project.conf = SEVERAL
    page = f"{NOTEBOOK}# Means\n\n```{{code-cell}}\n#@tab lists\n#@save\ndef f(x, y=1): return x\n```\n"
    page += "\n```{code-cell}\n#@tab numpy\n#@save\ndef f(x: int, y=2): return x\n```\n"
    project.write({"index.md": "# Book\n\n```{toctree}\nmeans\n```\n", "means.md": page})
    done = project.run("html")
    told = "f is called as f(x, y=2) in arrays, but as f(x, y=1) in lists, saved at book/means.md:11"
    assert f"means.md:17: WARNING: {told}" in done.stderr


@pytest.mark.long
def test_a_page_keeps_the_outputs_of_one_framework_for_other_machines(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.conf = SEVERAL
    matter = NOTEBOOK.replace("---\nfile_format", "---\nd2lbook:\n  store: {numpy: kept}\nfile_format", 1)
    page = f"{matter}# Means\n\n```{{code-cell}}\n:framework: lists\nprint('here')\n```\n"
    page += "\n```{code-cell}\n:framework: numpy\nimport faraway\nprint(faraway.NAME)\n```\n"
    project.write({"index.md": "# Book\n\n```{toctree}\nmeans\n```\n", "means.md": page})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "faraway.py").write_text("NAME = 'from far away'\n")
    write_metadata(elsewhere, "faraway", "1.2+cpu", "Requires-Dist: nextdoor\n")
    write_metadata(elsewhere, "nextdoor", "3.4", "")
    monkeypatch.setenv("PYTHONPATH", str(elsewhere))
    assert project.run("html", "-W").returncode == 0
    kept = {path.relative_to(project.folder).as_posix() for path in project.folder.glob("kept/**/outputs.json")}
    assert kept == {"kept/means@numpy/outputs.json"}
    monkeypatch.delenv("PYTHONPATH")
    done = project.run("html", "-W")  # the same folder, after what the page needs was removed
    assert (done.returncode, done.stderr) == (0, "")
    assert "running" not in done.stdout
    shutil.rmtree(project.build_folder)
    done = project.run("html", "-W")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^\[\d+/\d+\] (\S+) ran", done.stdout, re.MULTILINE) == ["means@lists"]
    assert "1 page is shown as it ran on another machine" in done.stdout
    assert "from far away" in article(project.build_folder / "html/means.html", "numpy")
    assert "outputs of means@numpy: are shown from kept, as it ran elsewhere" in command(project, "doctor")
    needs = notebook_pins(project, "means", "numpy")
    assert (needs["faraway"], needs["nextdoor"]) == ("1.2", "3.4")  # 1.2+cpu is on no package index
    assert "faraway" not in notebook_pins(project, "means", "lists")
    together = (project.build_folder / "notebooks/requirements.txt").read_text("utf-8")
    assert "# Without faraway==1.2, which" in together
    assert "nextdoor==3.4 ;" in together
    # An edit that this machine cannot run.
    project.write({"means.md": page.replace("faraway.NAME", "faraway.NAME, 2")})
    assert "would run: code of cell 1 changed; this machine lacks faraway" in command(project, "why", "means@numpy")
    remedy = "no longer fit (code of cell 1 changed)"
    assert f"outputs of means@numpy: in kept {remedy}, and this machine lacks faraway" in command(project, "doctor")
    done = project.run("html")
    assert "means.md:17: WARNING: code cell 1 of the framework numpy failed with ModuleNotFoundError" in done.stderr
    assert f"the outputs in kept {remedy}: build on a machine that has what is missing here and commit" in done.stderr


@pytest.mark.long
def test_a_page_without_marks_is_as_it_was_whatever_the_option_says(project: Project) -> None:
    project.conf = f"{CONF}d2lbook_default_module = 'lists'\n"
    page = f"{NOTEBOOK}# Plain\n\n```{{code-cell}}\n# @save\ndef f(x): return x\n```\n"
    page += "\n```{code-cell}\nimport pk\nprint(pk.f(3))\n```\n"
    project.write({"index.md": "# Book\n\n```{toctree}\nplain\n```\n", "plain.md": page})
    assert project.run("html", "-W").returncode == 0
    before = article(project.build_folder / "html/plain.html")
    project.conf = SEVERAL
    done = project.run("html", "-W")
    assert (done.returncode, done.stderr) == (0, "")
    assert "running" not in done.stdout
    assert article(project.build_folder / "html/plain.html") == before
    assert "d2lbook-tabs" not in (project.build_folder / "html/plain.html").read_text("utf-8")
    assert (project.build_folder / "html/_downloads/notebooks/plain.ipynb").is_file()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (
            "d2lbook_pdf_framework = 'nunpy'",
            "d2lbook_pdf_framework = 'nunpy': no such framework; did you mean 'numpy'?",
        ),
        (
            "d2lbook_editions = {'small': {'paper': 'a5'}, 'other': {'framework': 'nunpy'}}",
            "d2lbook_editions: 'other': 'framework': 'nunpy': no such framework; did you mean 'numpy'?",
        ),
        ("d2lbook_frameworks = {'all': {}}", "takes names of letters, digits, hyphens and underscores (and not 'all')"),
        (
            "d2lbook_frameworks = {'a': {'modul': 'b'}}",
            "takes the keys 'kernel', 'module', 'label' for 'a', not 'modul'",
        ),
        ("d2lbook_frameworks = {'a': {'module': 'a-b'}}", "takes a Python identifier as 'module' of 'a', not 'a-b'"),
        ("d2lbook_frameworks = {'a': 1}", "takes a dictionary for 'a', such as {}, not 1"),
    ],
)
def test_wrong_options_are_refused(project: Project, option: str, message: str) -> None:
    project.conf = f"{SEVERAL}{option}\n"
    project.write({"index.md": "# Book\n"})
    with pytest.raises(BookProblems) as caught:
        project.build()
    assert message in str(caught.value)


def test_other_frameworks_need_not_be_installed_to_import_the_package_for_one(project: Project) -> None:
    project.conf = SEVERAL
    page = f"{NOTEBOOK}# Means\n\n```{{code-cell}}\n#@tab lists\nimport docutils  # @save\n\n# @save\ndef f(x):\n"
    page += "    return docutils.__name__\n```\n\n```{code-cell}\n#@tab numpy\n# @save\ndef f(x):\n    return x\n```\n"
    page += "\n```{code-cell}\n#@tab numpy\nimport sys\nfrom pk import arrays as pk\nprint(pk.f(1))\n```\n"
    project.write({"index.md": "# Book\n\n```{toctree}\nmeans\n```\n", "means.md": page})
    project.build()
    code = (
        "import sys, pk.arrays; assert 'docutils' not in sys.modules; assert pk.arrays.tab.selected('numpy')\n"
        "import pk; assert pk.f(1) == 'docutils'; assert pk.tab.selected('lists')\n"
        "assert pk.__all__ == ['f'] and not hasattr(pk, 'g')"
    )
    subprocess.run([sys.executable, "-c", code], cwd=project.folder, check=True)
    needs = notebook_needs(project, "means", "numpy")
    assert "docutils" not in needs
    assert "docutils" in notebook_needs(project, "means", "lists")


def write_metadata(folder: Path, name: str, version: str, more: str) -> None:
    """Make a module in a folder the one of an installed distribution."""
    metadata = folder / f"{name}-{version}.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}")
    (metadata / "RECORD").write_text(f"{name}.py,,\n")


def command(project: Project, *arguments: str) -> str:
    """What a command of sphinx-d2lbook prints."""
    code = "import sys; from sphinxcontrib_d2lbook.commands.main import main; sys.exit(main())"
    run = [sys.executable, "-c", code, *arguments]
    return subprocess.run(run, cwd=project.folder, capture_output=True, text=True, check=False).stdout


def notebook_needs(project: Project, docname: str, framework: str) -> set[str]:
    """The distributions that the readers' notebook of a page installs."""
    return set(notebook_pins(project, docname, framework))


def notebook_pins(project: Project, docname: str, framework: str) -> dict[str, str]:
    """Distribution -> version that the readers' notebook of a page installs."""
    assert project.run("notebooks").returncode == 0
    file = project.build_folder / "notebooks" / framework / f"{docname}.ipynb"
    first = "".join(json.loads(file.read_text("utf-8"))["cells"][1]["source"])
    pins = re.search(r'PINS = """\n(.*?)"""', first, re.DOTALL)
    return dict(pin.split("==") for pin in pins[1].split()) if pins else {}
