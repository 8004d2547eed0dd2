"""A process that was started before a build needs it gives what one that the build starts gives, or is not used."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from sphinxcontrib_d2lbook.common import build_news
from sphinxcontrib_d2lbook.execution.executors import runner_process, standby
from sphinxcontrib_d2lbook.execution.executors.local import LocalExecutor
from sphinxcontrib_d2lbook.execution.kernel_profiles import ExpectedKernel
from sphinxcontrib_d2lbook.execution.kernels.zygote_process import SUPPORTED
from sphinxcontrib_d2lbook.execution.schedule import Capacity
from sphinxcontrib_d2lbook.execution.tasks import Started, Task
from sphinxcontrib_d2lbook.testing.executors import Ran, make_task, run_all

pytestmark = pytest.mark.skipif(not SUPPORTED, reason="only processes of Linux are forked")

CODE = "import sys\nprint('planet' in sys.modules)\nimport planet\nprint(planet.NAME)"


class Waiting:
    """A task that imports a module, an executor for it, and the process that waits for it."""

    def __init__(self, folder: Path, *imports: str) -> None:
        self.module = folder / "planet.py"
        self.module.write_text("NAME = 'Venus'\n")
        self.root = folder / "root"
        self.root.mkdir()
        self.executor = LocalExecutor(folder / "kernels.log", Capacity(2, 10**10))
        self.standby = self.start(self.task(CODE, *imports))

    def task(self, code: str, *imports: str, **changes: Any) -> Task:
        return replace(
            make_task("one", self.root, code),
            imports=imports,
            environment={**make_task("one", self.root).environment, "PYTHONPATH": str(self.module.parent)},
            **changes,
        )

    def start(self, task: Task) -> standby.Standby:
        expected = standby.Expected(
            runner_process.build_environment(), str(Path.cwd()), str(self.executor.log), ExpectedKernel.of_task(task)
        )
        assert standby.Expected.from_json(json.loads(json.dumps(asdict(expected)))) == expected
        found = standby.Standby(expected)
        standby.offer(found)
        return found

    def run(self, code: str = CODE, *imports: str, **changes: Any) -> str:
        ran = run_all(self.executor, [self.task(code, *imports, **changes)])
        return printed(ran)

    def close(self) -> None:
        standby.offer(None)
        self.standby.close()
        assert not Path(self.standby.scratch).exists()


def printed(ran: Ran) -> str:
    (result,) = ran.results.values()
    assert result.failure is None, result.failure
    return "".join(output["text"] for cell in result.notebook["cells"] for output in cell["outputs"])


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Waiting]:
    found = Waiting(tmp_path, "planet")
    yield found
    found.close()


def test_its_kernel_has_imported_what_the_page_imports(waiting: Waiting) -> None:
    process = psutil.Process(waiting.standby.process.pid)
    assert waiting.run(CODE, "planet") == "True\nVenus\n"
    assert waiting.standby.process.wait(timeout=60) == 0
    assert not process.is_running()
    assert not Path(waiting.standby.scratch).exists()
    assert waiting.run(CODE, "planet") == "False\nVenus\n"  # only one build takes it


def test_what_was_imported_and_is_another_file_now_is_imported_again(waiting: Waiting) -> None:
    while not _stages(waiting.standby.process.pid):
        pass
    waiting.module.write_text("NAME = 'Mars'\n")
    assert waiting.run(CODE, "planet") == "False\nMars\n"


def test_what_changes_while_it_is_imported_is_imported_again(waiting: Waiting) -> None:
    waiting.standby.close()
    flag = waiting.root / "flag"
    waiting.module.write_text(f"import time\nopen({str(flag)!r}, 'w')\ntime.sleep(1)\nNAME = 'Venus'\n")
    waiting.standby = waiting.start(waiting.task(CODE, "planet"))
    while not flag.exists():
        pass
    waiting.module.write_text("NAME = 'Mars'\n")
    assert waiting.run(CODE, "planet") == "False\nMars\n"


def _stages(pid: int) -> list[psutil.Process]:
    """The forks of the zygote, the first of which is a stage; a kernel is a fork of a fork."""
    zygotes = [child for child in psutil.Process(pid).children() if "zygote.py" in " ".join(child.cmdline())]
    return [stage for zygote in zygotes for stage in zygote.children()]


def test_a_page_that_imports_less_gets_another_kernel(waiting: Waiting) -> None:
    assert waiting.run("import sys\nprint('planet' in sys.modules)") == "False\n"


def test_a_page_with_settings_of_matplotlib_beside_it_gets_another_kernel(waiting: Waiting) -> None:
    (waiting.root / "matplotlibrc").write_text("figure.dpi: 20\n")
    assert waiting.run(CODE, "planet").startswith("False")


def test_a_page_with_another_preparation_gets_another_kernel(waiting: Waiting) -> None:
    assert waiting.run(CODE, "planet", preparation="import json").startswith("False")


def test_other_variables_of_the_kernel_give_another_one(waiting: Waiting) -> None:
    task = waiting.task(CODE + "\nimport os\nprint(os.environ['STAR'])", "planet")
    task = replace(task, environment={**task.environment, "STAR": "Sun"})
    assert printed(run_all(waiting.executor, [task])).endswith("Venus\nSun\n")


def test_other_variables_of_the_build_start_another_process(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAR", "Sun")
    assert waiting.run("import os\nprint(os.environ['STAR'])") == "Sun\n"
    assert waiting.standby.process.poll() is None


def test_another_working_folder_or_log_starts_another_process(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert not waiting.standby.fits(waiting.executor.log)
    monkeypatch.undo()
    assert waiting.standby.fits(waiting.executor.log)
    waiting.executor.log.unlink()
    assert not waiting.standby.fits(waiting.executor.log)
    waiting.executor.log.touch()
    assert not waiting.standby.fits(waiting.executor.log)


def test_kernels_that_start_cold_do_not_take_it(waiting: Waiting) -> None:
    waiting.executor.start = "cold"
    assert waiting.run(CODE, "planet").startswith("False")
    assert waiting.standby.process.poll() is None


def test_one_that_has_died_is_not_taken(waiting: Waiting) -> None:
    waiting.standby.process.kill()
    waiting.standby.process.wait()
    assert waiting.run(CODE, "planet") == "False\nVenus\n"


def test_a_kernel_that_cannot_be_made_ready_is_left_to_the_page(waiting: Waiting) -> None:
    waiting.standby.close()
    waiting.standby = waiting.start(waiting.task(CODE, "planet", kernel="absent"))
    assert waiting.run(CODE, "planet") == "False\nVenus\n"
    assert waiting.standby.process.wait(timeout=60) == 0


def test_the_log_has_what_kernels_print(waiting: Waiting) -> None:
    waiting.executor.log.write_text("from an earlier build\n")
    waiting.run()
    assert "To connect another client to this kernel" in waiting.executor.log.read_text()
    assert "earlier" not in waiting.executor.log.read_text()


def test_a_build_that_stops_ends_its_kernels_though_the_preview_holds_the_pipe(waiting: Waiting) -> None:
    events = waiting.executor.run([waiting.task("import time\ntime.sleep(600)")])
    assert Started("one") in iter(events)
    family = psutil.Process(waiting.standby.process.pid).children(recursive=True)
    events.close()
    assert waiting.standby.process.wait(timeout=60) == 0
    assert not [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_it_ends_with_the_preview_that_has_left_it_to_a_build(waiting: Waiting) -> None:
    waiting.standby.leave()
    assert waiting.standby.process.wait(timeout=60) == 0


def test_a_build_tells_that_it_has_taken_it(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(build_news, "_listeners", [heard.append])
    waiting.run()
    assert heard == [{"taken": True}]
    standby.tell_expected(waiting.task(CODE, "planet"), waiting.executor.log)
    assert standby.Expected.from_json(heard[1]["expected"]) == waiting.standby.expected
