"""A page cannot tell a kernel that was copied from one that started from nothing: outputs are equal, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.executors.local import LocalExecutor
from sphinxcontrib_d2lbook.execution.extension import decide
from sphinxcontrib_d2lbook.execution.schedule import Capacity

IMPORTS = ("matplotlib", "matplotlib.pyplot", "numpy", "pandas", "rich.console")

PLOTS = """
import numpy as np
from matplotlib import pyplot as plt
import matplotlib_inline.backend_inline as backend
backend.set_matplotlib_formats('svg', 'png')
figure, axes = plt.subplots(figsize=(3, 2))
axes.plot(np.arange(5), np.arange(5) ** 2, 'o-', label='$x^2$')
axes.legend()
plt.show()
"""
FIGURES = """
import datetime, warnings
from matplotlib import pyplot as plt
from matplotlib_inline.backend_inline import set_matplotlib_formats
set_matplotlib_formats('svg', 'png')
plt.plot([1, 2, 3], label='$x_1^2$')
plt.title('title')
plt.legend();
"""
MORE_FIGURES = """
figure, axes = plt.subplots(1, 2, layout='constrained')
axes[0].semilogy([datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)], [1, 1000])
axes[1].set_xlabel(r'$\\frac{1}{2}$', fontfamily='No Such Font')
with warnings.catch_warnings(record=True) as caught:
    axes[1].legend()
print(figure.number, plt.get_fignums(), *(item.message for item in caught))
"""
STATE = """
import gc, logging, sys, threading
import ipykernel.ipkernel
import matplotlib as mpl, matplotlib.dates, matplotlib.pyplot as plt
import numpy as np
print(*sorted(mpl.rcParams.items(), key=str), sep=chr(10))
print(plt.get_fignums(), mpl.units.registry.get(float), np.geterr(), np.get_printoptions())
matplotlib.dates.set_epoch('2000-01-01')
print(gc.isenabled(), gc.get_threshold(), matplotlib.dates.get_epoch())
print([(name, logging.getLogger(name).level) for name in ('', 'matplotlib', 'PIL', 'IPKernelApp')])
get_ipython().log.warning('said by IPython')
get_ipython().log.info('not to be said')
print(ipykernel.ipkernel.sys is sys, all(type(name) is str for name in sys.modules), list(sys.modules)[:2])
"""
CHANCE = """
import random, uuid
import numpy as np
print(random.random(), random.sample(range(100), 5), np.random.rand(3), np.random.permutation(6))
print({'a', 'b', 'c', 'd'}, hash('text'), hash((1, 'x')), list({str(n) for n in range(9)}))
"""
SURROUNDINGS = """
import matplotlib.pyplot
import locale, os, resource, signal, sys, threading, warnings
print([name.rpartition('/')[2] for name in sys.argv[:2]], len(sys.argv), sys.path, sys.executable, sys.flags)
of_this_run = [name for name, value in os.environ.items() if '/d2lbook-' in value or name == 'JPY_PARENT_PID']
print(sorted((name, value) for name, value in os.environ.items() if name not in of_this_run))
print(__name__, os.getcwd() == os.environ['PWD'], oct(os.umask(0o22)), locale.getlocale(), sys.getfilesystemencoding())
print([(number.name, str(signal.getsignal(number)).split(' at ')[0]) for number in sorted(signal.valid_signals())
       if isinstance(number, signal.Signals)])
print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.set_wakeup_fd(-1) == -1)
print(sorted((type(thread).__name__, thread.daemon) for thread in threading.enumerate()))
print(os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid(), os.nice(0))
print(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_STACK))
print(sys.stdin.isatty(), sys.stdout.isatty(), sys.stdout.encoding, sys.getrecursionlimit(), sys.getswitchinterval())
print(*warnings.filters, sep=chr(10))
print([str(item).split(' at ')[0] for item in [*sys.meta_path, *sys.path_hooks]])
print(open('/proc/self/oom_score_adj').read())
print(matplotlib.get_backend(), matplotlib.is_interactive())
"""
FILES = """
import os, time
def kinds():
    names = []
    for name in os.listdir('/proc/self/fd'):
        try:
            names.append(os.path.basename(os.readlink('/proc/self/fd/' + name).partition(':')[0]))
        except OSError:
            continue
    return sorted(names)
# A thread of ZeroMQ accepts the connections of the client, on a busy machine some of them after a cell has begun.
looks = [kinds()]
while len(looks) < 100 and looks[-5:] != 5 * looks[-1:]:
    time.sleep(0.1)
    looks.append(kinds())
print(looks[-1])
"""
CLASSES = """
import decimal
class Thing:
    def __repr__(self): return 'a thing'
print(Thing(), Thing.__module__, decimal.getcontext(), sorted(globals())[:8], get_ipython().history_manager.hist_file)
print(sorted(get_ipython().events.callbacks), [len(v) for k, v in sorted(get_ipython().events.callbacks.items())])
1 / 0
"""
MODULES = """
import sys
print('\\n'.join(sorted(sys.modules)))
"""
SETTINGS = """
import matplotlib as mpl
print(mpl.rcParams['lines.linewidth'], mpl.rcParams['image.cmap'], mpl.rcParams['svg.hashsalt'])
"""
WIDE = """
import numpy as np
import pandas as pd
import rich.console
table = pd.DataFrame(np.arange(60).reshape(2, 30) * 1000.5)
print(pd.get_option('display.max_columns'), rich.console.Console().is_jupyter)
table
"""
PAGES: Mapping[str, tuple[str, ...]] = {
    "plots": (PLOTS,),
    "set/one": (PLOTS, SETTINGS),
    "set/two": (SETTINGS,),
    "chance": (CHANCE,),
    "wide": (WIDE,),
    "figures": (FIGURES, MORE_FIGURES),
    "state": (STATE,),
    "surroundings": (MODULES, SURROUNDINGS, FILES, CLASSES),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("book")


@pytest.fixture(scope="module")
def both(task: Any, run: Any, root: Path) -> dict[str, Any]:
    tasks = [task(name, root, *cells, imports=IMPORTS) for name, cells in PAGES.items()]
    (root / "set" / "matplotlibrc").write_text("lines.linewidth: 7\nimage.cmap: magma\nsvg.hashsalt: mine\n")
    executors = {
        start: LocalExecutor(root / start / "kernels.log", Capacity(2, 10**10), start) for start in ("warm", "cold")
    }
    return {start: run(executor, tasks) for start, executor in executors.items()}


@pytest.mark.parametrize("docname", list(PAGES))
def test_outputs_are_the_same(both: dict[str, Any], docname: str) -> None:
    warm, cold = (both[start].results[docname] for start in ("warm", "cold"))
    cells = [[cell for cell in one.notebook["cells"] if cell["source"] != MODULES] for one in (warm, cold)]
    assert json.dumps(cells[0], indent=1).splitlines() == json.dumps(cells[1], indent=1).splitlines()
    assert warm.notebook["metadata"] == cold.notebook["metadata"]
    assert warm.failure == cold.failure
    # What a copy has imported, it did not read: plans count that file wherever it is.
    reads = {name: state for name, state in cold.reads.items() if name != "set/matplotlibrc"}
    assert (warm.reads, warm.writes) == (reads, cold.writes)


def test_settings_of_figures_beside_pages_hold_for_these(both: dict[str, Any]) -> None:
    for ran in both.values():
        assert ran.text("set/one", 1) == ran.text("set/two") == "7.0 magma mine\n"
        assert "stroke-width: 7" in json.dumps(ran.results["set/one"].notebook)
        assert "stroke-width: 7" not in json.dumps(ran.results["plots"].notebook)


def test_settings_of_figures_count_for_pages_that_draw(project: Any, page: Any) -> None:
    draws = page("# Draws\n\n```{code-cell}\nfrom matplotlib import pyplot\n```\n")
    project.write({"index.md": "# Book\n\n```{toctree}\nsub/draws\nsub/counts\ndraws\n```\n"})
    project.write({"sub/draws.md": draws, "draws.md": draws, "sub/matplotlibrc": "lines.linewidth: 7\n"})
    project.write({"sub/counts.md": page("# Counts\n\n```{code-cell}\n1 + 1\n```\n")})
    with project.app("dummy") as app:
        plans = decide(app).session.plans
    found = {name for name, plan in plans.items() if any("matplotlibrc" in file for file in plan.known)}
    assert found == {"sub/draws"}
    assert list(plans["sub/draws"].known) == ["book/sub/matplotlibrc"]


def test_pages_have_their_warnings_and_their_own_count_of_figures(both: dict[str, Any]) -> None:
    for ran in both.values():
        assert "Font family 'No Such Font' not found" in ran.text("figures", 1)
        assert "No artists with labels found" in ran.text("figures", 1)
        assert "1 [1]" in ran.text("figures", 1)


def test_what_ipython_warns_of_is_in_the_log(both: dict[str, Any], root: Path) -> None:
    for start, ran in both.items():
        log = (root / start / "kernels.log").read_text(encoding="utf-8")
        assert log.count("[IPKernelApp] WARNING said by IPython\n") == 1
        assert "not to be said" not in log
        assert "said" not in ran.text("state")


def test_pages_came_to_their_ends(both: dict[str, Any]) -> None:
    """Outputs that lack are equal, too."""
    for ran in both.values():
        failures = {name: result.failure.name for name, result in ran.results.items() if result.failure}
        assert failures == {"surroundings": "ZeroDivisionError"}
        assert "numpy.RankWarning" in ran.text("surroundings", 1)


def test_a_copy_has_only_modules_more_that_pages_share(both: dict[str, Any]) -> None:
    warm, cold = (set(both[start].text("surroundings").split()) for start in ("warm", "cold"))
    assert {"matplotlib.pyplot", "numpy", "_d2lbook_start"} <= warm
    assert "matplotlib_inline.backend_inline" not in warm
    assert cold <= warm
