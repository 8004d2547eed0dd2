"""A forum that speaks the part of Discourse's API that a sync uses, in this process or on a real port."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sphinxcontrib_d2lbook.forum.credentials import Credentials
from sphinxcontrib_d2lbook.forum.discourse import Discourse
from sphinxcontrib_d2lbook.forum.errors import UncertainError
from sphinxcontrib_d2lbook.forum.interfaces import Section
from sphinxcontrib_d2lbook.forum.rate_limited_client import ForumConnection, Headers, Response
from sphinxcontrib_d2lbook.forum.sync import Sync, TopicStep

KEY = "0123456789abcdef" * 4
USER = "author"
JSON = "application/json; charset=utf-8"


@dataclass
class Reply:
    status: int
    value: Any = None
    """Sent as JSON; bytes are sent as they are."""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        return self.value if isinstance(self.value, bytes) else json.dumps(self.value).encode()


class FakeDiscourse:
    """Topics and the rules about them. What it does beyond the rules is scripted by ``trouble``."""

    def __init__(self) -> None:
        self.topics: dict[int, dict[str, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.seen_headers: list[dict[str, str]] = []
        self.created: list[str] = []
        """External ids, as their topics were made."""
        self.trouble: Callable[[int, str, str], Reply | str | None] = lambda index, method, path: None
        """Number, method and path of a request -> a reply instead, or "drop before", "drop after", "fail after", or
        nothing. What comes after comes when the forum has done what it was asked for."""
        self.first_id = 100
        self.lock = threading.Lock()

    def serve(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> Reply | None:
        """None: the connection drops."""
        with self.lock:
            index = len(self.requests)
            self.requests.append((method, path))
            self.seen_headers.append(headers)
        trouble = self.trouble(index, method, path)
        if isinstance(trouble, Reply):
            return trouble
        if trouble == "drop before":
            return None
        with self.lock:
            reply = self.answer(method, path, headers, json.loads(body) if body else {})
        if trouble == "fail after":
            return Reply(502, b"<html>", {"content-type": "text/html"})
        return None if trouble == "drop after" else reply

    def answer(self, method: str, path: str, headers: dict[str, str], data: dict[str, Any]) -> Reply:
        if method != "GET" and (headers.get("api-key"), headers.get("api-username")) != (KEY, USER):
            return Reply(403, {"errors": ["The API username or key is invalid."], "error_type": "invalid_access"})
        if found := re.fullmatch(r"/t/external_id/([\w-]+)\.json", path):
            for number, topic in self.topics.items():
                if topic["external_id"].lower() == found[1].lower():
                    return Reply(301, b"", {"location": f"/t/a-slug/{number}.json"})
        elif found := re.fullmatch(r"/t/(?:[\w-]+/)?(\d+)\.json", path):
            if method == "GET" and int(found[1]) in self.topics:
                return Reply(200, self.shown(int(found[1])))
            if method == "PUT" and int(found[1]) in self.topics:
                return self.retitle(int(found[1]), data)
        elif (method, path) == ("POST", "/posts.json"):
            return self.create(data)
        return Reply(404, {"errors": ["The requested URL or resource could not be found."], "error_type": "not_found"})

    def create(self, data: dict[str, Any]) -> Reply:
        errors = self.faults(data["title"], None)
        name = data["external_id"]
        if not re.fullmatch(r"[\w-]{1,50}", name) or any(t["external_id"] == name for t in self.topics.values()):
            errors.append("External ID has already been taken")
        if len(data["raw"]) < 20:
            errors.append("Body is too short (minimum is 20 characters)")
        if errors:
            return Reply(422, {"action": "create_post", "errors": errors})
        number = self.first_id + len(self.created)
        self.created.append(name)
        title = self.polished(data["title"])
        self.topics[number] = {**data, "title": title, "posts_count": 1}
        return Reply(200, {"id": number + 5000, "topic_id": number, "post_number": 1, "topic_slug": "a-slug"})

    def retitle(self, number: int, data: dict[str, Any]) -> Reply:
        errors = self.faults(data["title"], number)
        if errors:
            return Reply(422, {"errors": errors})
        self.topics[number]["title"] = self.polished(data["title"])
        return Reply(200, {"basic_topic": self.shown(number)})

    def shown(self, number: int) -> dict[str, Any]:
        topic = self.topics[number]
        return {"id": number, "title": topic["title"], "posts_count": topic["posts_count"], "slug": "a-slug"}

    def faults(self, title: str, number: int | None) -> list[str]:
        errors = []
        if not 15 <= len(title) <= 255:
            errors.append("Title is too short (minimum is 15 characters)")
        if any(t["title"].lower() == self.polished(title).lower() for n, t in self.topics.items() if n != number):
            errors.append("Title has already been used")
        return errors

    @staticmethod
    def polished(title: str) -> str:
        """Discourse tidies titles up."""
        return (title[:1].upper() + title[1:]).rstrip(".")


class FakeTime:
    """Passes only when someone waits."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.waits: list[tuple[float, str]] = []

    def clock(self) -> float:
        return self.seconds

    def wait(self, seconds: float, reason: str) -> None:
        self.seconds += seconds
        if reason:
            self.waits.append((seconds, reason))


class Direct:
    """A transport without a network."""

    def __init__(self, forum: FakeDiscourse) -> None:
        self.forum = forum

    def send(self, method: str, url: str, headers: Headers, body: bytes | None) -> Response:
        sent = {name.lower(): value for name, value in headers.values.items()}
        reply = self.forum.serve(method, url.removeprefix("http://localhost"), sent, body)
        if reply is None:
            raise UncertainError(f"{url}: the connection failed")
        return Response(reply.status, {"content-type": JSON, **reply.headers}, reply.body)


class Listener:
    def __init__(self) -> None:
        self.steps: list[TopicStep] = []

    def step(self, step: TopicStep) -> None:
        self.steps.append(step)

    def section(self, identifier: str) -> None: ...


def make_sections(count: int) -> list[Section]:
    return [
        Section(
            f"sec_{number}",
            f"The section with number {number}",
            "A Chapter",
            f"https://book.example/go/sec_{number}/",
            "What it is about.",
            f"book/s.md:{number}",
        )
        for number in range(count)
    ]


def make_sync(forum: FakeDiscourse, saved: dict[str, Any], sections: list[Section], **options: Any) -> Sync:
    """A sync over `Direct`; ``saved`` is what is on the disk."""
    time = options.pop("time", None) or FakeTime()
    talk = ForumConnection(Direct(forum), Credentials(USER, KEY), time.wait, time.clock, lambda: 0.0)
    service = Discourse("http://localhost", 5, "", 60).service(talk, "The Book")

    def save(topics: Any) -> None:
        saved.clear()
        saved.update(topics)

    listener = options.pop("listener", None) or Listener()
    return Sync(service, sections, "The Book", dict(saved), save, listener, **{"apply": True, **options})


@contextmanager
def listening(forum: FakeDiscourse) -> Iterator[str]:
    """``forum`` on a port of this machine; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # headers and body in one piece, else the system waits 40 ms between them

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = forum.serve(self.command, self.path, headers, body)
            if reply is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in {"content-type": JSON, "content-length": f"{len(reply.body)}", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = answer

        def log_message(self, *args: Any) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None: ...  # clients that were killed

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def straight_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def forum() -> FakeDiscourse:
    return FakeDiscourse()


class Kit:
    """What tests are made of; a test module cannot import this file."""

    key, user, json = KEY, USER, JSON
    Reply, Time, Listener, FakeDiscourse = Reply, FakeTime, Listener, FakeDiscourse
    sections = staticmethod(make_sections)
    sync = staticmethod(make_sync)
    listening = staticmethod(listening)


@pytest.fixture
def kit() -> type[Kit]:
    return Kit
