"""What we rely on in jupyter_client, ipykernel, IPython and Python, held against the versions that are installed."""

from __future__ import annotations

import asyncio
import builtins
import importlib.util
import logging
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from packaging.specifiers import SpecifierSet

import sphinxcontrib_d2lbook
from sphinxcontrib_d2lbook.upstream.changed import UpstreamChanged
from sphinxcontrib_d2lbook.upstream.kernels import client, inside

FOLDER = Path(sphinxcontrib_d2lbook.__file__).parent
BOOT = FOLDER / "execution" / "kernels" / "inside" / "boot.py"
OLDEST = (3, 8)
"""Python of a kernel, which need not be ours."""


class TestClient:
    def test_the_version_is_one_that_is_known(self) -> None:
        assert SpecifierSet(client.JUPYTER_CLIENT.holds).contains(client.JUPYTER_CLIENT.version)

    def test_a_client_adapts_to_the_protocol(self) -> None:
        made = AsyncKernelClient()
        client.note_protocol(made, {"content": {"protocol_version": "4.1"}})
        assert made.session.adapt_version == 4

    def test_without_the_method(self) -> None:
        with pytest.raises(UpstreamChanged, match="_handle_kernel_info_reply, with which messages of kernels"):
            client.note_protocol(SimpleNamespace(), {})  # type: ignore[arg-type]

    @pytest.mark.parametrize("kind", [AsyncKernelManager, AsyncKernelClient])
    def test_whether_a_kernel_lives_can_be_awaited(self, kind: type) -> None:
        assert asyncio.iscoroutinefunction(kind.is_alive)  # type: ignore[attr-defined]


class TestApplication:
    """Attributes of ipykernel's application that are replaced before it is initialized."""

    @pytest.mark.parametrize("name", ["init_iopub", "parse_command_line", "initialize", "close", "start"])
    def test_it_has_the_methods(self, name: str) -> None:
        assert callable(getattr(IPKernelApp, name))

    @pytest.mark.parametrize("name", ["outstream_class", "parent_handle", "connection_file"])
    def test_it_has_the_options(self, name: str) -> None:
        assert name in IPKernelApp.class_trait_names()

    def test_queues_are_without_end_before_sockets_are_made(self) -> None:
        context = SimpleNamespace(sndhwm=1000)
        seen: list[int] = []
        app = SimpleNamespace(init_iopub=lambda given: seen.append(given.sndhwm))
        inside.lose_no_output(app)
        app.init_iopub(context)
        assert seen == [0]

    def test_the_real_one_calls_it_with_the_context(self) -> None:
        assert "init_iopub" in IPKernelApp.init_sockets.__code__.co_names
        assert IPKernelApp.init_iopub.__code__.co_varnames[:2] == ("self", "context")

    @pytest.mark.parametrize("arguments", [["-f", "/run/c.json"], ["--f=/run/c.json", "--IPKernelApp.quiet=False"]])
    def test_arguments_are_taken_with_and_without_a_parser(self, arguments: list[str]) -> None:
        app = IPKernelApp()
        inside.take_arguments(app, arguments, {"Mine": {"value": 1}})
        app.parse_command_line(["ignored"])
        assert (app.connection_file, app.config.Mine.value) == ("/run/c.json", 1)

    @pytest.mark.parametrize(
        "call",
        [
            lambda: inside.lose_no_output(SimpleNamespace()),
            lambda: inside.take_arguments(SimpleNamespace(), [], {}),
            lambda: inside.end_without_closing(SimpleNamespace()),
        ],
    )
    def test_without_the_methods(self, call: Any) -> None:
        with pytest.raises(
            inside.KernelChanged, match=r"ipykernel \d\S* has no SimpleNamespace\.\w+, with which .*6\.29"
        ):
            call()

    def test_the_module_of_the_kernel_lists_no_modules(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from ipykernel import ipkernel

        seen: list[int] = []

        def initialize(_arguments: list[str]) -> None:
            seen.append(len(ipkernel.sys.modules))
            assert ipkernel.sys.version == sys.version

        inside.initialize(SimpleNamespace(initialize=initialize), [])
        assert seen == [0]
        assert ipkernel.sys is sys

    def test_modules_are_back_when_it_fails(self) -> None:
        from ipykernel import ipkernel

        def initialize(_arguments: list[str]) -> None:
            raise KeyError

        with pytest.raises(KeyError):
            inside.initialize(SimpleNamespace(initialize=initialize), [])
        assert ipkernel.sys is sys

    def test_children_are_left(self) -> None:
        name = "_progressively_terminate_all_children"
        assert asyncio.iscoroutinefunction(getattr(Kernel, name))
        kernel = SimpleNamespace(**{name: print})
        inside.leave_children(kernel)
        assert asyncio.run(getattr(kernel, name)()) is None

    def test_where_children_cannot_be_left_it_is_told(self, caplog: pytest.LogCaptureFixture) -> None:
        log = logging.getLogger("IPKernelApp")
        was, log.propagate = log.propagate, True
        inside.leave_children(SimpleNamespace())
        log.propagate = was
        assert "may end without being told of" in caplog.text

    def test_the_log_takes_warnings_and_keeps_them_to_its_handlers(self) -> None:
        log = inside.kernel_log()
        assert (log.name, log.level, log.propagate) == ("IPKernelApp", logging.WARNING, False)
        assert IPKernelApp(log=log).log is log


class TestPython:
    def test_the_ends_are_there(self) -> None:
        inside.check_end()

    def test_without_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(inside, "ENDS", ((sys, "_gone"),))
        with pytest.raises(
            inside.KernelChanged, match=r"python 3\.\d+\.\d+\S* has no sys\._gone, with which a kernel does"
        ):
            inside.check_end()

    def test_leaving_waits_for_threads_and_runs_what_is_registered(self) -> None:
        code = f"""
        import sys
        sys.path.insert(0, {str(FOLDER / "upstream" / "kernels")!r})
        import atexit, inside, threading, time
        atexit.register(print, "registered")
        threading.Thread(target=lambda: (time.sleep(0.2), print("thread"))).start()
        inside.leave(3)
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout.split(), done.stderr) == (3, ["thread", "registered"], "")

    def test_a_module_is_handed_over_as_soon_as_it_is_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "late_module.py").write_text("value = 1\n")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.delitem(sys.modules, "late_module", raising=False)
        seen: list[int] = []
        before = list(sys.meta_path)
        inside.after_import("late_module", lambda module: seen.append(module.value))
        assert seen == []
        importlib.import_module("late_module")
        assert seen == [1]
        assert sys.meta_path == before
        inside.after_import("late_module", lambda module: seen.append(module.value))
        assert seen == [1, 1]
        monkeypatch.delitem(sys.modules, "late_module")

    def test_a_module_that_is_not_there_is_still_missing(self) -> None:
        inside.after_import("no_such_module", print)
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("no_such_module")

    def test_filters_stand_in_front_and_count(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            inside.put_in_front([("ignore", None, DeprecationWarning, None, 0)])
            warnings.warn("text", DeprecationWarning, stacklevel=1)
            assert warnings.filters[0][0] == "ignore"
            with pytest.raises(UserWarning):
                warnings.warn("text", UserWarning, stacklevel=1)

    def test_modules_find_a_shell_meanwhile(self) -> None:
        class Shell:
            pass

        with inside.as_in_kernel(Shell):
            assert builtins.get_ipython is Shell  # type: ignore[attr-defined]
        with pytest.raises(KeyError), inside.as_in_kernel(Shell):
            raise KeyError
        assert not hasattr(builtins, "get_ipython")

    def test_ipython_is_warmed_up(self) -> None:
        inside.warm_up()

    @pytest.mark.parametrize("name", ["inside.py", "pipes.py"])
    def test_the_files_are_read_by_older_pythons(self, name: str) -> None:
        import ast

        ast.parse((FOLDER / "upstream" / "kernels" / name).read_text("utf-8"), feature_version=OLDEST)


class TestPipes:
    @pytest.fixture
    def pipes(self, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
        """pipes.py, loaded as boot.py loads it."""
        monkeypatch.setitem(sys.modules, "_d2lbook_upstream", inside)
        return self.load()

    def load(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location("_d2lbook_pipes", FOLDER / "upstream" / "kernels" / "pipes.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    @pytest.fixture
    def thread(self) -> Iterator[Any]:
        import zmq
        from ipykernel.iostream import IOPubThread

        context = zmq.Context()
        made = IOPubThread(context.socket(zmq.PUB))
        made.start()
        yield made
        made.stop()
        made.close()
        context.term()

    def test_what_programs_write_comes_to_the_overridden_method(self, pipes: ModuleType, thread: Any) -> None:
        """In another process: the file descriptor of this one is pytest's."""
        code = f"""
        import importlib.util, os, sys, threading
        def load(name, file):
            spec = importlib.util.spec_from_file_location(name, {str(FOLDER / "upstream" / "kernels")!r} + "/" + file)
            sys.modules[name] = module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
        load("_d2lbook_upstream", "inside.py")
        pipes = load("_d2lbook_pipes", "pipes.py")
        import zmq
        from ipykernel.iostream import IOPubThread
        from jupyter_client.session import Session
        found = threading.Event()
        class Stream(pipes.PipeStream):
            def copy_pipe(self):
                while self.is_copied:
                    data = os.read(self.pipe, 100)
                    if data == b"from below":
                        found.set()
        thread = IOPubThread(zmq.Context().socket(zmq.PUB))
        thread.start()
        stream = Stream(Session(), thread, "stdout", watchfd="force")
        assert stream.copying_thread is not None and stream.is_here and stream.pipe is not None
        os.write(1, b"from below")
        assert found.wait(60)
        pid = os.fork()
        if pid == 0:
            os._exit(stream.is_here)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        os._exit(0)
        """
        subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True, timeout=120)

    def test_without_a_pipe_there_is_no_thread(self, pipes: ModuleType, thread: Any) -> None:
        from jupyter_client.session import Session

        stream = pipes.PipeStream(Session(), thread, "stdout", watchfd=False)
        assert (stream.pipe, stream.copying_thread, stream.is_copied, stream.is_here) == (None, None, False, True)

    def test_another_kind_of_message_goes_to_the_same_client(self, pipes: ModuleType, thread: Any) -> None:
        sent: list[tuple[Any, ...]] = []

        class Session:
            def send(self, *args: Any, **options: Any) -> None:
                sent.append((*args, options["ident"]))

        stream = pipes.PipeStream(Session(), thread, "stderr", watchfd=False)
        stream.tell_client("mine")
        assert sent == [(thread, "mine", {}, b"stream.stderr")]

    def test_without_the_method(self, pipes: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delattr(OutStream, "_watch_pipe_fd")
        with pytest.raises(inside.KernelChanged, match=r"OutStream\._watch_pipe_fd, with which what programs print"):
            self.load()

    def test_without_an_attribute(self, pipes: ModuleType, thread: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pipes, "MADE", ("_gone",))
        with pytest.raises(inside.KernelChanged, match=r"PipeStream\._gone, with which what programs print"):
            pipes.PipeStream(None, thread, "stdout", watchfd=False)


def test_a_kernel_that_lacks_something_says_so_in_its_log() -> None:
    """As `kernels.log` has it: boot.py ends, and its last line names what is missing."""
    code = f"""
    import sys
    import ipykernel.kernelapp
    del ipykernel.kernelapp.IPKernelApp.init_iopub
    sys.argv = ["boot.py", "-f", "/nonexistent.json"]
    import runpy
    sys.path.insert(0, "")
    runpy.run_path({str(BOOT)!r}, run_name="__main__")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "has no IPKernelApp.init_iopub, with which no output is lost" in done.stderr.splitlines()[-1]
