"""What an author reads when another project has changed what a book relies on."""

from __future__ import annotations

import logging
import pickle
import re
from types import SimpleNamespace

import pytest

from sphinxcontrib_d2lbook.common.errors import BookError
from sphinxcontrib_d2lbook.upstream.changed import ADDRESS, UpstreamChanged
from sphinxcontrib_d2lbook.upstream.relied import Upstream
from tests.conftest import Project

SPHINX = Upstream("sphinx", ">=9.0,<9.3")


class Environment:
    """Stands for another project's class."""

    _app = 3


def test_the_attribute_is_returned() -> None:
    assert SPHINX.attribute(Environment(), "_app", int, "") == 3


@pytest.mark.parametrize(
    ("name", "kind", "fault"),
    [("_gone", int, "has no Environment._gone"), ("_app", str, "has another Environment._app")],
)
def test_the_message_names_the_place_the_use_and_the_remedy(name: str, kind: type, fault: str) -> None:
    with pytest.raises(UpstreamChanged) as raised:
        SPHINX.attribute(Environment(), name, kind, "pages find the build")
    assert re.fullmatch(
        rf"sphinx \d+\.\d+\S* {fault}, with which pages find the build; install a version that is known to have it "
        rf"\(pip install 'sphinx>=9\.0,<9\.3'\), or report this at {re.escape(ADDRESS)}",
        str(raised.value),
    )


def test_it_is_printed_as_an_author_s_mistake_is_and_crosses_processes() -> None:
    error = SPHINX.changed("Environment._app", "pages find the build")
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(error, BookError)
    assert (type(again), str(again), again.category) == (UpstreamChanged, str(error), "Unsupported version")


def test_of_a_method_that_is_none() -> None:
    with pytest.raises(UpstreamChanged, match=r"has another Environment\._app"):
        SPHINX.method(Environment, "_app", "")
    with pytest.raises(UpstreamChanged, match=r"has no Environment\.run"):
        SPHINX.method(Environment, "run", "")


def test_of_a_module_that_has_moved() -> None:
    with pytest.raises(UpstreamChanged, match=r"has no absent_module as before \(No module named 'absent_module'\)"):  # noqa: SIM117
        with SPHINX.imports("pages are read"):
            import absent_module  # noqa: F401
    with pytest.raises(UpstreamChanged, match="cannot import name 'absent' from 'json'"):  # noqa: SIM117
        with SPHINX.imports("pages are read"):
            from json import absent  # noqa: F401


def test_what_costs_speed_only_is_told_once() -> None:
    upstream = Upstream("a-distribution", ">=1,<2")
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    log = logging.getLogger("sphinx")  # of all of a build
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        for _ in range(3):
            upstream.do_without("Thing._cache", "it takes longer")
    finally:
        log.setLevel(level)
        log.removeHandler(handler)
    assert [(record.levelno, record.getMessage()) for record in records] == [
        # Not a warning, which -W would make an error.
        (logging.INFO, "a-distribution has no Thing._cache (known from >=1,<2): it takes longer")
    ]


def test_modules_are_named_as_they_are_imported() -> None:
    with pytest.raises(UpstreamChanged, match=r"has no json\.gone,"):
        SPHINX.method(__import__("json"), "gone", "")
    with pytest.raises(UpstreamChanged, match=r"has no SimpleNamespace\.gone,"):
        SPHINX.attribute(SimpleNamespace(), "gone", object, "")


def test_a_build_with_another_release_ends_with_one_line(project: Project) -> None:
    project.conf += "import myst_nb.core.read\ndel myst_nb.core.read.standard_nb_read\n"
    project.write({"index.md": "# Root\n"})
    done = project.run("html", warm=False)
    assert done.returncode == 2
    head, message, end = done.stderr.strip().splitlines()
    assert end.startswith("refused: 1 problem, listed above; nothing is built until it is corrected")
    assert head == "Unsupported version: refused: 1 problem"
    assert message.startswith("myst-nb 1.")
    assert "cannot import name 'standard_nb_read'" in message
    assert "install a version that is known to have it (pip install 'myst-nb>=" in message
