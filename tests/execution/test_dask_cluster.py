"""Pages on a real scheduler with real workers: the outputs of a local run, lost workers, builds that are ended."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import pytest

from sphinxcontrib_d2lbook.common.errors import BookError
from sphinxcontrib_d2lbook.execution.executors.base import ExecutorError
from sphinxcontrib_d2lbook.execution.executors.dask import DaskExecutor
from sphinxcontrib_d2lbook.execution.executors.dask.cluster_checks import PLUGIN
from sphinxcontrib_d2lbook.execution.extension import executed_notebook, page_reports
from sphinxcontrib_d2lbook.execution.tasks import Limits, Resources, Result, Started, Task
from tests.conftest import take_interrupts

sys.path.insert(0, str(Path(__file__).parent))

from dask_cluster import Cluster, alone, cluster, is_alive, wait_until

Page = Callable[[str], str]
__all__ = ["cluster"]

pytestmark = pytest.mark.long

NOTE = "import os\nwith open({file!r}, 'a') as stream:\n    print(os.getpid(), file=stream)\n"
"""Notes outside of the project that a kernel has begun, and which."""
DIE = "import psutil\nrunner = psutil.Process(os.getppid())\nrunner.parent().kill()\nrunner.wait()\n"


def cell(code: str) -> str:
    return f"```{{code-cell}}\n{code.rstrip()}\n```\n\n"


def book(project: Any, pages: dict[str, str]) -> None:
    """A book of these pages, in this order."""
    names = "\n".join(pages)
    project.write({"index.md": f"# Book\n\n```{{toctree}}\n{names}\n```\n"})
    project.write({f"{name}.md": text for name, text in pages.items()})


def task(folder: Path, name: str, code: str, **more: Any) -> Task:
    source = {"cell_type": "code", "id": "a", "metadata": {}, "source": code, "execution_count": None, "outputs": []}
    return Task(
        docname=name,
        path=f"{name}.md",
        parts={},
        notebook={"cells": [source], "metadata": {}, "nbformat": 4, "nbformat_minor": 5},
        lines=(1,),
        folder=str(folder),
        root=str(folder),
        unobserved=(),
        kernel="python3",
        environment={},
        limits=Limits(300, 300, 0, 0),
        **more,
    )


def results(executor: DaskExecutor, tasks: list[Task]) -> tuple[list[str], dict[str, Result]]:
    """The pages that started, and what each gave."""
    events = list(executor.run(tasks))
    found = [event for event in events if isinstance(event, Result)]
    assert len(found) == len(tasks)
    return [event.docname for event in events if isinstance(event, Started)], {one.docname: one for one in found}


def text_of(result: Result) -> str:
    return "".join(output.get("text", "") for output in result.notebook["cells"][0]["outputs"])


def begun(file: Path) -> list[int]:
    """The kernels that `NOTE` noted."""
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_book_is_byte_for_byte_what_a_local_build_makes(project: Any, page: Page, cluster: Cluster) -> None:
    front = page("").replace("---\n", "---\nd2lbook:\n  depends: [writes]\n", 1)
    book(
        project,
        {
            "part/fails": page("# Fails\n\n")
            + cell("from d2l import default as d2l\nimport nbformat")
            + cell("print(d2l.double(21), d2l.double.__code__.co_filename)\nd2l.read(nbformat)"),
            "writes": page("# Writes\n\n")
            + cell("#@save\ndef double(x):\n    return 2 * x\n\n#@save\ndef read(n):\n    return n.reads('[', 4)")
            + cell("import helper\nprint(double(helper.HALF))")
            + cell(
                "import os\nprint(os.getcwd(), sorted(os.listdir()))\n"
                "name = 'da' + 'ta.txt'  # a file that no text tells\n"
                "open('made.txt', 'w').write(open(name).read() * 2)\nopen('old.txt', 'a').write('second')\n"
            ),
            "reads": front + "# Reads\n\n" + cell("print(open('made.txt').read(), open('old.txt').read())"),
        },
    )
    project.write({"helper.py": "HALF = 4.5\n", "data.txt": "data"})
    project.conf += "d2lbook_package = 'd2l'\nd2lbook_default_module = 'default'\n"
    local, found = project.conf, []
    for conf in (local, local + cluster.conf()):
        project.conf = conf
        project.write({"old.txt": "first"})
        app = project.build("dummy")
        reports = page_reports(app)
        assert {name for name, one in reports.items() if one.execution == "failed"} == {"part/fails"}
        notebooks = {name: json.dumps(executed_notebook(app, name)) for name in reports}
        files = [(project.source / name).read_text() for name in ("made.txt", "old.txt")]
        found.append((notebooks, files, project.warnings))
        shutil.rmtree(project.build_folder)
        (project.source / "made.txt").unlink()
    local_run, cluster_run = found
    assert cluster_run == local_run
    assert "site-packages/nbformat" in local_run[0]["part/fails"]
    assert local_run[1] == ["datadata", "firstsecond"]


def test_a_page_whose_worker_is_lost_runs_again_on_another(tmp_path: Path, cluster: Cluster) -> None:
    noted, go = tmp_path / "noted", tmp_path / "go"
    project = tmp_path / "project"
    project.mkdir()
    waits = f"import time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)\nprint('done')"
    run = cluster.executor(tmp_path / "log").run([task(project, "page", NOTE.format(file=str(noted)) + waits)])
    for _event in run:
        if kernels := begun(noted):
            kernel = psutil.Process(kernels[-1])
            worker = kernel.parents()[1]
            worker.kill()
            break
    wait_until(lambda: not is_alive(kernel.pid))
    go.touch()
    (result,) = (event for event in run if isinstance(event, Result))
    assert result.failure is None
    assert text_of(result) == "done\n"
    assert len(begun(noted)) == 2


def test_a_page_that_kills_its_workers_is_given_up_and_no_other(tmp_path: Path, cluster: Cluster) -> None:
    noted = tmp_path / "noted"
    project = tmp_path / "project"
    project.mkdir()
    kills = task(project, "kills", NOTE.format(file=str(noted)) + DIE)
    beside = task(project, "beside", "import time\ntime.sleep(1)")
    _, found = results(cluster.executor(tmp_path / "log"), [kills, beside])
    failures = {name: result.failure for name, result in found.items() if result.failure}
    assert failures.keys() == {"kills"}
    assert failures["kills"].name == "WorkerLost"
    assert failures["kills"].message.startswith("3 workers were lost while they ran the page")
    assert len(begun(noted)) == 3


def test_faults_of_pages_are_not_tried_again(tmp_path: Path, cluster: Cluster) -> None:
    project = tmp_path / "project"
    project.mkdir()

    def one(name: str, code: str, **more: Any) -> Task:
        return task(project, name, NOTE.format(file=str(tmp_path / name)) + code, **more)

    tasks = [
        one("raises", "print(os.environ.get('CUDA_VISIBLE_DEVICES'))\n1 / 0"),
        one("dies", "os._exit(3)"),
        one("follows", "", after=("raises",)),
        one("greedy", "", resources=Resources(gpus=2)),
        one("fat", "", resources=Resources(memory=10**9)),
        one("modest", "print(os.environ.get('CUDA_VISIBLE_DEVICES'))", resources=Resources(gpus=1)),
    ]
    started, found = results(cluster.executor(tmp_path / "log"), tasks)
    names = {name: result.failure.name for name, result in found.items() if result.failure}
    assert names == {
        "raises": "ZeroDivisionError",
        "dies": "DeadKernel",
        "follows": "DependencyError",
        "greedy": "ResourceError",
        "fat": "ResourceError",
    }
    assert sorted(started) == ["dies", "modest", "raises"]
    assert {name: len(begun(tmp_path / name)) for name in found} == {
        **dict.fromkeys(found, 0),
        **dict.fromkeys(started, 1),
    }
    assert text_of(found["modest"]) == "7\n"
    assert text_of(found["raises"]) == "\n"
    assert found["greedy"].failure is not None
    said = (
        r"the page asks for GPU=2, and no worker offers that \(workers: [12] with GPU=1\); start one with `dask worker"
    )
    assert re.match(said, found["greedy"].failure.message)


BUILD = """
import json, sys
from pathlib import Path
from sphinxcontrib_d2lbook.execution.executors.base import ExecutorError
from sphinxcontrib_d2lbook.execution.executors.dask import DaskExecutor
from sphinxcontrib_d2lbook.execution.executors.dask.cluster_checks import PLUGIN
from sphinxcontrib_d2lbook.execution.tasks import task_from_json
tasks = [task_from_json(task) for task in json.loads(Path(sys.argv[1]).read_text())]
list(DaskExecutor(Path("log"), sys.argv[2], timeout=60, lease=3600).run(tasks))
"""
"""What of a build concerns a cluster, with less to import than Sphinx has. The lease does not end its pages in time."""


def test_builds_that_are_ended_leave_no_kernel_and_others_alone(
    tmp_path: Path, project: Any, page: Page, cluster: Cluster
) -> None:
    go, builds = tmp_path / "go", {}

    def code(name: str) -> str:
        waits = f"import time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)"
        return NOTE.format(file=str(tmp_path / f"{name}.pid")) + waits

    def start(name: str, folder: Path, *command: str) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        builds[name] = subprocess.Popen([sys.executable, *command], cwd=folder, preexec_fn=take_interrupts, **quiet)

    try:
        book(project, {"one": page("# One\n\n") + cell(code("interrupted"))})
        (project.folder / "conf.py").write_text(project.conf + cluster.conf())
        start("interrupted", project.folder, "-m", "sphinx", "-b", "dummy", "-c", ".", "book", "out")
        for name in ("terminated", "killed", "left alone"):
            folder = tmp_path / name
            folder.mkdir()
            (folder / "tasks.json").write_text(json.dumps([asdict(task(folder, "page", code(name)))]))
            start(name, folder, "-c", BUILD, "tasks.json", cluster.address)
        wait_until(lambda: all(begun(tmp_path / f"{name}.pid") for name in builds))
        kernels = {name: begun(tmp_path / f"{name}.pid")[0] for name in builds}
        assert all(map(is_alive, kernels.values()))
        builds["interrupted"].send_signal(signal.SIGINT)
        builds["terminated"].send_signal(signal.SIGTERM)
        builds["killed"].send_signal(signal.SIGKILL)
        alone = kernels.pop("left alone")
        wait_until(lambda: not any(map(is_alive, kernels.values())))
        assert is_alive(alone)
        go.touch()
        assert builds["left alone"].wait(timeout=300) == 0
        assert begun(tmp_path / "left alone.pid") == [alone]
    finally:
        for build in builds.values():
            build.kill()
            build.wait()


def test_a_build_without_a_scheduler_says_so_and_ends_with_2(project: Any, page: Page) -> None:
    book(project, {"one": page("# One\n\n") + cell("1")})
    project.conf += "d2lbook_executor = 'dask'\nd2lbook_dask = {'address': 'tcp://127.0.0.1:1', 'timeout': 1}\n"
    done = project.run("dummy")
    assert done.returncode == 2
    assert "the notebooks cannot run: no dask scheduler answers at tcp://127.0.0.1:1 within 1 s" in done.stderr
    assert "start one, or correct d2lbook_dask" in done.stderr


def test_a_scheduler_without_workers_is_an_error(tmp_path: Path, project: Any, page: Page) -> None:
    book(project, {"one": page("# One\n\n") + cell("1")})
    with alone(tmp_path) as scheduler:
        project.conf += scheduler.conf(timeout=1)
        with pytest.raises(BookError, match="had no workers within 1 s; start some with `dask worker`"):
            project.build("dummy")


OTHER_PYTHON = """
from distributed import versions
versions.get_package_info = lambda names: {
    **{name: versions._version_cached(name) for name in names}, "python": "3.9.1.final.0"
}
"""
"""What a worker loads that tells of another Python than this machine has."""


def test_a_worker_with_another_python_or_another_plugin_is_refused(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    noted = tmp_path / "noted"
    page = task(project, "page", NOTE.format(file=str(noted)))
    other = tmp_path / "other" / "sphinxcontrib_d2lbook-0.0.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: sphinxcontrib-d2lbook\nVersion: 0.0.9\n")
    (tmp_path / "old.py").write_text(OTHER_PYTHON)
    for number, (path, options, said) in enumerate(
        [
            (str(other.parent), (), f"{PLUGIN} 0.0.9 instead of {version(PLUGIN)}"),
            ("", ("--preload", str(tmp_path / "old.py")), f"Python 3.9 instead of 3.{sys.version_info.minor}"),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with alone(folder) as running:
            running.environment["PYTHONPATH"] = path
            running.add_workers("--nworkers", "1", "--no-nanny", *options)
            with pytest.raises(ExecutorError) as caught:
                results(running.executor(tmp_path / "log"), [page])
        assert re.search(
            rf"the worker tcp://127\.0\.0\.1:\d+ has {re.escape(said)}; install the same", str(caught.value)
        )
        assert begun(noted) == []


def test_kernels_of_a_client_that_was_killed_end_with_its_lease(tmp_path: Path, cluster: Cluster) -> None:
    project = tmp_path / "project"
    project.mkdir()
    noted = tmp_path / "noted"
    page = task(project, "page", NOTE.format(file=str(noted)) + "import time\ntime.sleep(600)")
    run = DaskExecutor(tmp_path / "log", cluster.address, timeout=60, lease=3).run([page])
    with pytest.raises(ExecutorError, match="the client of dask ended with -9 before 1 pages were done"):
        kill_client(run, noted)
    (kernel,) = begun(noted)
    wait_until(lambda: not is_alive(kernel), seconds=60)
    # The worker has its place again.
    _, found = results(cluster.executor(tmp_path / "log"), [task(project, "next", "print('as ' + 'ever')")])
    assert text_of(found["next"]) == "as ever\n"


def kill_client(events: Iterator[Any], noted: Path) -> None:
    """Kill the client of a run as soon as its kernel has begun."""
    for _event in events:
        if begun(noted):
            own = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
            next(one for one in own if "sphinxcontrib_d2lbook.execution.executors.dask.client" in one.cmdline()).kill()
