"""A sync over real HTTP: slow and wrong answers, dropped connections, processes that are killed, two at once."""

from __future__ import annotations

import logging
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.forum.credentials import Credentials
from sphinxcontrib_d2lbook.forum.discourse import Discourse
from sphinxcontrib_d2lbook.forum.errors import ForumError, UncertainError
from sphinxcontrib_d2lbook.forum.http import HttpTransport
from sphinxcontrib_d2lbook.forum.rate_limited_client import ForumConnection, Headers
from sphinxcontrib_d2lbook.forum.sync_lock import locked
from sphinxcontrib_d2lbook.forum.topic_map import read_topics

PROGRAM = """
import os, sys
from pathlib import Path
from sphinxcontrib_d2lbook.forum.rate_limited_client import ForumConnection
from sphinxcontrib_d2lbook.forum.credentials import from_environment
from sphinxcontrib_d2lbook.forum.discourse import Discourse
from sphinxcontrib_d2lbook.forum.http import HttpTransport
from sphinxcontrib_d2lbook.forum.sync_lock import locked
from sphinxcontrib_d2lbook.forum.interfaces import Section
from sphinxcontrib_d2lbook.forum.sync import Sync
from sphinxcontrib_d2lbook.forum.topic_map import read_topics, write_topics

class Listener:
    def step(self, step): print(step)
    def section(self, identifier): ...

base, file, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
sections = [
    Section(f"sec_{n}", f"The section with number {n}", "", f"https://book.example/go/sec_{n}/", "A summary.", "p.md:1")
    for n in range(count)
]
talk = ForumConnection(HttpTransport(), from_environment(os.environ))
service = Discourse(base, 5, "", 1_000_000).service(talk, "The Book")
with locked(file):
    save = lambda topics: write_topics(file, topics)
    Sync(service, sections, "The Book", read_topics(file), save, Listener(), apply=True).run()
"""


@pytest.fixture
def service(kit: Any) -> Any:
    """Of a forum that answers within a fraction of a second, or is taken to be silent."""

    def make(base: str) -> Any:
        talk = ForumConnection(HttpTransport(0.25, 0.6), Credentials(kit.user, kit.key), lambda seconds, reason: None)
        return Discourse(base, 0, "", 1_000_000).service(talk, "The Book")

    return make


def start(kit: Any, base: str, file: Path, count: int) -> subprocess.Popen[str]:
    variables = {**os.environ, "D2LBOOK_FORUM_KEY": kit.key, "D2LBOOK_FORUM_USER": kit.user}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, base, str(file), str(count)],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_three_hundred_sections_and_a_process_that_is_killed(forum: Any, kit: Any, tmp_path: Path) -> None:
    file, chance, running = tmp_path / "topics.json", random.Random(6), []
    stops = sorted(chance.sample(range(40, 560), 3))

    def trouble(index: int, method: str, path: str) -> Any:
        if stops and index >= stops[0] and method == ("POST" if len(stops) % 2 else "GET"):
            stops.pop(0)
            running[-1].send_signal(signal.SIGKILL)
            return chance.choice(["drop before", None])
        return None

    forum.trouble = trouble
    kept: set[str] = set()
    said = ""
    with kit.listening(forum) as base:
        for _ in range(4):
            running.append(start(kit, base, file, 300))
            said += running[-1].communicate(timeout=60)[0]
            topics = read_topics(file)
            assert kept <= set(topics)
            kept = set(topics)
    assert [process.returncode for process in running] == [-signal.SIGKILL] * 3 + [0]
    assert sorted(forum.created) == sorted(f"sec_{number}" for number in range(300))
    assert {topic.id: label for label, topic in topics.items()} == {
        number: topic["external_id"] for number, topic in forum.topics.items()
    }
    assert kit.key not in said + file.read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["topics.json"]
    assert {headers.get("api-key") for headers in forum.seen_headers} == {kit.key}


def test_two_syncs_at_once_do_no_harm(forum: Any, kit: Any, tmp_path: Path) -> None:
    file = tmp_path / "topics.json"
    with kit.listening(forum) as base:
        with locked(file), pytest.raises(ForumError, match="another sync is at work on it"), locked(file):
            pass
        # Of two copies of the book, no lock keeps them apart; the forum does.
        both = [start(kit, base, tmp_path / name, 30) for name in ("a.json", "b.json")]
        said = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert len(forum.topics) == len(forum.created) == 30
    assert read_topics(tmp_path / "a.json") == read_topics(tmp_path / "b.json")


def test_a_connection_that_drops_after_the_topic_was_made(forum: Any, kit: Any, service: Any) -> None:
    dropped = []

    def trouble(index: int, method: str, path: str) -> Any:
        if method == "POST" and not dropped:
            dropped.append(path)
            return "drop after"
        return None

    forum.trouble = trouble
    with kit.listening(forum) as base:
        found = service(base).create(kit.sections(1)[0], "The section with number 0")
    assert found.id == 100
    assert forum.created == ["sec_0"]
    assert [method for method, _path in forum.requests] == ["POST", "GET", "GET"]


@pytest.mark.parametrize("slow", ["silent", "dripping"])
def test_a_forum_that_is_slow_is_given_up(kit: Any, service: Any, slow: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = threading.Event()

        def drip() -> None:
            connection, _address = server.accept()
            with connection:
                connection.recv(65536)
                if slow == "dripping":
                    connection.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
                    )
                while not done.wait(0.05):
                    if slow == "dripping":
                        try:
                            connection.sendall(b" ")
                        except OSError:
                            return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        begin = time.monotonic()
        with pytest.raises(UncertainError, match=r"no answer within 0.25 s|the answer took too long"):
            HttpTransport(0.25, 0.6).send("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", Headers({}), None)
        assert time.monotonic() - begin < 5
        done.set()
        thread.join()


def test_an_answer_that_breaks_off_is_none(forum: Any, kit: Any, service: Any) -> None:
    forum.trouble = lambda index, method, path: kit.Reply(
        200, b'{"id"', {"content-length": "500", "connection": "close"}
    )
    with kit.listening(forum) as base, pytest.raises(ForumError, match=r"the connection failed: .*6 times"):
        service(base).fetch(7)
    assert len(forum.requests) == 6


def test_an_answer_without_end_is_not_read_to_its_end(forum: Any, kit: Any, service: Any) -> None:
    forum.trouble = lambda index, method, path: kit.Reply(200, b" " * 8_500_000)
    with kit.listening(forum) as base, pytest.raises(ForumError, match="longer than 8,000,000 bytes"):
        service(base).fetch(7)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_another_host_never_sees_the_key(forum: Any, kit: Any, service: Any, status: int) -> None:
    other = kit.FakeDiscourse()
    with kit.listening(other) as elsewhere, kit.listening(forum) as base:
        forum.trouble = lambda index, method, path: kit.Reply(status, b"", {"location": f"{elsewhere}{path}"})
        with pytest.raises(ForumError, match=r"if the forum has moved, change its address in conf\.py"):
            service(base).find("sec_0")
        with pytest.raises(ForumError, match="leads on to"):
            service(base).create(kit.sections(1)[0], "The section with number 0")
    assert not other.requests


def test_nobody_is_there(service: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ForumError, match="Connection refused"):
        service(f"http://127.0.0.1:{port}").fetch(7)


def test_no_password_of_the_machine_is_sent_and_no_log_holds_the_key(
    forum: Any,
    kit: Any,
    service: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with caplog.at_level(logging.DEBUG), kit.listening(forum) as base:
        assert service(base).fetch(7) is None
        assert service(base).create(kit.sections(1)[0], "The section with number 0").id == 100
    assert all("authorization" not in headers for headers in forum.seen_headers)
    assert "POST /posts.json" in caplog.text
    assert kit.key not in caplog.text


def test_a_certificate_that_nobody_vouches_for_ends_it(kit: Any, tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.fail("this test makes a certificate with openssl, which is not installed")
    names = [str(tmp_path / name) for name in ("key.pem", "cert.pem")]
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:localhost", "-keyout", names[0], "-out", names[1]],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(names[1], names[0])
    with socket.create_server(("127.0.0.1", 0)) as server:

        def shake() -> None:
            connection, _address = server.accept()
            with connection:
                try:
                    context.wrap_socket(connection, server_side=True).recv(100)
                except OSError:
                    return

        thread = threading.Thread(target=shake, daemon=True)
        thread.start()
        with pytest.raises(ForumError, match="certificate cannot be trusted"):
            HttpTransport().send("GET", f"https://localhost:{server.getsockname()[1]}/", Headers({}), None)
        thread.join()
