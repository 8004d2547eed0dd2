"""How a forum is asked: in turn, again where that is safe, the key for the forum alone. No network, no clock."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest

from sphinxcontrib_d2lbook.forum.credentials import Credentials, forget, from_environment
from sphinxcontrib_d2lbook.forum.errors import ForumError, UncertainError
from sphinxcontrib_d2lbook.forum.rate_limited_client import ForumClient, ForumConnection, Headers, Response

NOW = 1_800_000_000.0
TOPIC = Response(200, {"content-type": "application/json"}, b'{"id": 7}')


class Scripted:
    """Answers in order; the last one again and again."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, Headers]] = []

    def send(self, method: str, url: str, headers: Headers, body: bytes | None) -> Response:
        self.sent.append((method, url, headers))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def client(kit: Any) -> Callable[..., Any]:
    def make(*answers: Any, base: str = "https://forum.example", per_minute: int = 60) -> Any:
        transport, time = Scripted(*answers), kit.Time()
        talk = ForumConnection(transport, Credentials(kit.user, kit.key), time.wait, time.clock, lambda: NOW)
        made: Any = ForumClient(base, talk, per_minute, lambda given: {"Api-Key": given.key})
        made.transport, made.time = transport, time
        return made

    return make


def said(status: int, body: bytes = b"{}", **headers: str) -> Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": "application/json", **names}, body)


def test_requests_are_spread_over_the_minute(client: Any) -> None:
    asking = client(TOPIC, per_minute=30)
    begin = asking.time.seconds
    for _ in range(31):
        asking.ask("GET", "/t/7.json")
    assert asking.time.seconds - begin == 60
    asking.time.seconds += 3600
    begin = asking.time.seconds
    for _ in range(3):
        asking.ask("GET", "/t/7.json")
    assert asking.time.seconds - begin == 4, "a rest is not made up for by a burst"


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (said(429, retry_after="17"), 17),
        (said(429, retry_after=formatdate(NOW + 42, usegmt=True)), 42),
        (said(429, retry_after=formatdate(NOW - 42, usegmt=True)), 1),
        (said(429, b'{"extras": {"wait_seconds": 23.5}}'), 23.5),
        (said(429, b'{"extras": {"wait_seconds": 5}}', retry_after="9"), 9),
        (said(429, b"Slow down", content_type="text/plain"), 30),
        (said(429, retry_after="soon"), 30),
        (said(429, b'{"extras": {"wait_seconds": "never"}}'), 30),
        (said(429, b'{"extras": {"wait_seconds": -3}}'), 1),
        (said(429, b"[" * 100_000), 30),
    ],
)
def test_a_forum_that_asks_for_patience_gets_it(client: Any, answer: Response, seconds: float) -> None:
    asking = client(answer, TOPIC)
    assert asking.ask("POST", "/posts.json", {}).value == {"id": 7}
    assert asking.time.waits == [(seconds, "the forum asks for a pause")]


@pytest.mark.parametrize("body", [b'{"extras": {"wait_seconds": 86400}}', b'{"extras": {"wait_seconds": Infinity}}'])
def test_nobody_waits_for_a_day(client: Any, body: bytes) -> None:
    with pytest.raises(ForumError, match=r"asks for a pause, of \S+ s; what is done is kept, run the same"):
        client(said(429, body)).ask("GET", "/t/7.json")


def test_a_forum_that_asks_for_patience_for_ever_is_given_up(client: Any) -> None:
    with pytest.raises(ForumError, match="status 429"):
        client(said(429, retry_after="1")).ask("GET", "/t/7.json")


@pytest.mark.parametrize("answer", [said(503), said(500, b"<html>", content_type="text/html"), UncertainError("no")])
def test_what_got_no_answer_is_asked_again_only_where_that_is_safe(client: Any, answer: Any) -> None:
    asking = client(answer, answer, TOPIC)
    assert asking.ask("GET", "/t/7.json").good
    assert [seconds for seconds, _reason in asking.time.waits] == [1, 2]
    with pytest.raises(UncertainError):
        client(answer, TOPIC).once("POST", "/posts.json", {})


def test_a_forum_under_repair_says_when_it_is_back(client: Any) -> None:
    asking = client(said(503, retry_after="50"), TOPIC)
    asking.ask("GET", "/t/7.json")
    assert asking.time.waits[0][0] == 50


def test_redirects_stay_with_the_forum(client: Any) -> None:
    asking = client(said(301, b"", location="/t/slug/7.json"), TOPIC)
    assert asking.ask("GET", "/t/external_id/sec.json").good
    assert [url for _method, url, _headers in asking.transport.sent] == [
        "https://forum.example/t/external_id/sec.json",
        "https://forum.example/t/slug/7.json",
    ]


@pytest.mark.parametrize(
    ("method", "location"),
    [
        ("GET", "https://elsewhere.example/t/7.json"),
        ("GET", "http://forum.example/t/7.json"),
        ("GET", "https://forum.example:444/t/7.json"),
        ("GET", "https://forum.example.evil.example/"),
        ("GET", "https://forum.example@evil.example/"),
        ("GET", "//evil.example/"),
        ("GET", "https://[evil/"),
        ("GET", "https://evil.example:port/"),
        ("GET", "https://forum.example/t/8.json"),  # itself, for ever
        ("GET", ""),
        ("POST", "/elsewhere"),
    ],
)
def test_the_key_goes_nowhere_else(client: Any, method: str, location: str) -> None:
    asking = client(said(302, b"", location=location))
    with pytest.raises(ForumError, match=r"leads on to|status 302"):
        asking.once(method, "/t/8.json")
    assert {url.partition("/t/")[0] for _method, url, _headers in asking.transport.sent} == {"https://forum.example"}


def test_redirects_end(client: Any) -> None:
    hops = [said(302, b"", location=f"/t/{number}.json") for number in range(20)]
    with pytest.raises(ForumError, match="status 302"):
        client(*hops).ask("GET", "/t/7.json")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (said(200, b"<html>", content_type="text/html"), "is text/html, not application/json; is that the forum's"),
        (said(404, b"<html>", content_type="text/html"), r"\(status 404\) is text/html, not application/json"),
        (Response(200, {}, b"{}"), "is of no type, not application/json"),
        (said(200, b'{"id": '), "is no JSON object"),
        (said(200, b"[1]"), "is no JSON object"),
        (said(200, b"\xff\xfe"), "is no JSON object"),
        (said(401), "is the key right"),
        (said(403), "is the key right"),
        (said(418), "answers GET with status 418"),
        (said(304), "answers GET with status 304"),
    ],
)
def test_an_answer_that_is_none_is_an_error_that_says_so(client: Any, answer: Response, message: str) -> None:
    with pytest.raises(ForumError, match=message):
        client(answer).ask("GET", "/t/7.json")


def test_a_key_is_not_sent_in_the_clear(client: Any) -> None:
    with pytest.raises(ForumError, match="a key is sent by https only"):
        client(TOPIC, base="http://forum.example")
    client(TOPIC, base="http://127.0.0.1:8080")


def test_the_key_is_in_no_message_and_no_traceback(client: Any, kit: Any) -> None:
    """Also where the forum sends it back, and where a traceback shows what variables hold."""
    echo = f'{{"errors": ["bad key {kit.key}"]}}'.encode()
    failures = [
        (said(302, b"", location=f"https://elsewhere.example/?{kit.key}"),),
        (said(200, b"", content_type=f"text/{kit.key}"),),
        (UncertainError(f"refused: {kit.key}"),),
        (ForumError(f"refused: {kit.key}"),),
        (said(403, echo),),
    ]
    for answers in failures:
        asking = client(*answers)
        with pytest.raises(ForumError) as caught:
            asking.ask("GET", "/t/7.json")
        assert caught.tb.tb_next  # from there on it is the client's: this test knows the key
        found = traceback.TracebackException(caught.type, caught.value, caught.tb.tb_next, capture_locals=True)
        text = "".join(found.format())
        assert "forum/rate_limited_client.py" in text
        assert "method = 'GET'" in text
        assert kit.key not in text
    assert kit.key not in repr(client(said(422, echo)).ask("GET", "/t/7.json"))
    assert kit.key not in repr(Credentials(kit.user, kit.key))
    assert kit.key not in repr(ForumConnection(Scripted(), Credentials(kit.user, kit.key)))


def test_the_key_comes_from_the_environment(kit: Any) -> None:
    variables = {"D2LBOOK_FORUM_KEY": f" {kit.key}\n", "D2LBOOK_FORUM_USER": kit.user, "HOME": "/"}
    assert from_environment(variables) == Credentials(kit.user, kit.key)
    forget(variables)
    assert "D2LBOOK_FORUM_KEY" not in variables
    assert from_environment(variables) is None


@pytest.mark.parametrize(
    ("key", "user"),
    [
        ("abc\r\nHost: evil.example", "a"),
        ("ключ-ключ-ключ", "a"),
        ("short", "a"),
        ("0123456789", "a\r\nb"),
        ("0123456789", ""),
    ],
)
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(key: str, user: str) -> None:
    with pytest.raises(ForumError, match="D2LBOOK_FORUM_") as caught:
        from_environment({"D2LBOOK_FORUM_KEY": key, "D2LBOOK_FORUM_USER": user})
    assert key not in str(caught.value)
