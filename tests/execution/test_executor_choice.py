"""`d2lbook_executor` names an entry point, of this distribution or of another."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.errors import BookError, BookProblems
from sphinxcontrib_d2lbook.execution.executors import executor_names, make_executor
from sphinxcontrib_d2lbook.execution.executors.base import ExecutorError, Settings
from sphinxcontrib_d2lbook.execution.executors.dask.executor import make_executor as make_dask_executor
from sphinxcontrib_d2lbook.execution.extension import page_reports

ENTRY = "[sphinxcontrib_d2lbook.executors]\n{name} = {value}\n"
MODULE = """
from sphinxcontrib_d2lbook.execution.executors.local import make_executor

def make(settings):
    (settings.root / "asked").write_text(settings.config.d2lbook_package)
    return make_executor(settings)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install a distribution that brings an executor."""

    def install(name: str, value: str) -> None:
        info = tmp_path / "site" / f"{name}_{len(list(tmp_path.glob('site/*')))}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(ENTRY.format(name=name, value=value))
        (tmp_path / "site" / "book_elsewhere.py").write_text(MODULE)
        monkeypatch.syspath_prepend(str(tmp_path / "site"))

    return install


def settings(tmp_path: Path, **dask: Any) -> Settings:
    return Settings(SimpleNamespace(d2lbook_dask=dask), tmp_path, tmp_path / "work")


def test_another_distribution_brings_an_executor(
    project: Any, page: Callable[[str], str], install: Callable[..., None]
) -> None:
    install("elsewhere", "book_elsewhere:make")
    project.write({"index.md": page("# Book\n\n```{code-cell}\n1 + 1\n```\n")})
    project.conf += "d2lbook_executor = 'elsewhere'\nd2lbook_package = 'd2l'\n"
    app = project.build("dummy")
    assert page_reports(app)["index"].execution == "ran"
    assert (project.folder / "asked").read_text() == "d2l"


def test_the_executor_of_the_manual_runs_a_book(
    project: Any, page: Callable[[str], str], install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("wrapped", "textbook_executor:make_executor")
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "textbook-executor"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "textbook-executor"))
    monkeypatch.setenv("BOOK_WRAPPER", "env WRAPPED=yes")
    project.write({"index.md": page("# Book\n\n```{code-cell}\nimport os\nos.environ['WRAPPED']\n```\n")})
    project.conf += "d2lbook_executor = 'wrapped'\n"
    app = project.build("html")
    assert page_reports(app)["index"].execution == "ran"
    assert "'yes'" in unescape((project.build_folder / "html/index.html").read_text("utf-8"))


def test_a_maker_that_returns_something_else_is_told(tmp_path: Path, install: Callable[..., None]) -> None:
    install("odd", "builtins:str")
    with pytest.raises(ExecutorError, match=r"builtins:str returned no object of a class derived from .*\.Executor"):
        make_executor("odd", settings(tmp_path))


def test_an_unknown_executor_is_refused_with_those_that_there_are(project: Any, tmp_path: Path) -> None:
    project.write({"index.md": "# Book\n"})
    project.conf += "d2lbook_executor = 'slurm'\n"
    with pytest.raises(BookProblems, match=r"d2lbook_executor = 'slurm': takes one of 'dask', 'local'"):
        project.build("dummy")
    with pytest.raises(ExecutorError, match="no executor 'slurm'; d2lbook_executor takes dask, local"):
        make_executor("slurm", settings(tmp_path))


def test_an_executor_that_cannot_be_had_says_why(tmp_path: Path, install: Callable[..., None]) -> None:
    install("broken", "book_nowhere:make")
    assert executor_names() == ["broken", "dask", "local"]
    with pytest.raises(ExecutorError, match="'broken' cannot be imported from book_nowhere:make: No module named"):
        make_executor("broken", settings(tmp_path))
    install("dask", "book_elsewhere:make")
    with pytest.raises(ExecutorError, match="two distributions provide an executor 'dask', book_elsewhere:make and"):
        make_executor("dask", settings(tmp_path))


def test_a_build_and_its_kernels_do_without_what_they_do_not_use() -> None:
    """distributed starts threads, and what runs at a worker has no need of Sphinx."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom types import SimpleNamespace\n"
        "from sphinxcontrib_d2lbook.execution.executors import make_executor\n"
        "from sphinxcontrib_d2lbook.execution.executors.base import Settings\n"
        "import sphinxcontrib_d2lbook.execution.runner\n"
        "import sphinxcontrib_d2lbook.execution.executors.dask.worker\n"
        "config = SimpleNamespace(d2lbook_dask={'address': 'tcp://host:1'}, d2lbook_kernels='cold',\n"
        "    d2lbook_execution_jobs=1, d2lbook_resources={'gpus': 0})\n"
        "for name in ('local', 'dask'): make_executor(name, Settings(config, Path(), Path()))\n"
        "print({'distributed', 'sphinx.application'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_scheduler_is_the_one_that_the_book_names_or_that_dask_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    (tmp_path / "scheduler.json").write_text('{"address": "tcp://file:1"}')
    assert make_dask_executor(settings(tmp_path, address="tcp://conf:1", timeout=3)).timeout == 3
    assert make_dask_executor(settings(tmp_path, scheduler_file="scheduler.json")).address == "tcp://file:1"
    with pytest.raises(ExecutorError, match="nothing says where the dask scheduler is; set d2lbook_dask"):
        make_dask_executor(settings(tmp_path))
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://env:1")
    assert make_dask_executor(settings(tmp_path)).address == "tcp://env:1"
    assert make_dask_executor(settings(tmp_path, address="tcp://conf:1")).address == "tcp://conf:1"


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_scheduler_file_that_tells_nothing_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "scheduler.json").write_text(content)
    with pytest.raises(ExecutorError, match=r"scheduler.json does not tell the scheduler's address .* start `dask"):
        make_dask_executor(settings(tmp_path, scheduler_file="scheduler.json"))


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"adress": "x"}, "takes the keys 'address', 'scheduler_file', 'timeout', not 'adress'"),
        ({"address": "x", "timeout": 0}, "takes a number of seconds above zero as 'timeout', not 0"),
        ({"address": "x", "scheduler_file": "y"}, "takes 'address' or 'scheduler_file', not both"),
    ],
)
def test_wrong_values_of_d2lbook_dask_are_refused(project: Any, value: dict[str, Any], fault: str) -> None:
    project.write({"index.md": "# Book\n"})
    project.conf += f"d2lbook_dask = {value!r}\n"
    with pytest.raises(BookError) as caught:
        project.build("dummy")
    assert fault in str(caught.value)
