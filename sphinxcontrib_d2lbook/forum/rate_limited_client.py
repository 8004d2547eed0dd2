"""Send requests to a forum: at a limited rate, repeated where that is safe, with the key for the forum alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

from .credentials import Credentials
from .errors import ForumError, UncertainError

T = TypeVar("T")

BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each further try after a request without a usable answer."""
UNSAID = 30.0
"""Seconds to wait if a forum asks for a pause and does not name its length."""
LONGEST_WAIT = 900.0
"""Longest wait, in seconds; a forum that asks for a longer one ends the sync with a message."""
MOST_WAITS = 20
MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
UNDERSTOOD = frozenset({400, 404, 409, 410, 422})
"""Status codes of refusals that come with a reason in JSON."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Headers:
    values: Mapping[str, str] = field(repr=False)
    """Headers by name; the key is among them."""


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    """Headers of the response; names in lower case."""
    body: bytes


class Transport(Protocol):
    def send(self, method: str, url: str, headers: Headers, body: bytes | None) -> Response:
        """Send one request and return the response.

        Raise UncertainError if no complete response came, ForumError if none can come.
        """
        ...


def sleep(seconds: float, reason: str) -> None:
    time.sleep(seconds)


@dataclass(frozen=True)
class ForumConnection:
    """Means by which the client of a provider talks to its forum."""

    transport: Transport
    credentials: Credentials | None
    wait: Callable[[float, str], None] = sleep
    """Waits for some seconds. The second argument is the reason, "" for the ordinary pause between requests."""
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    """Returns seconds since 1970, for forums that name a date."""


@dataclass(frozen=True)
class Answer:
    """Answer of the forum, in JSON."""

    status: int
    """Status code: 200 to 299, or one of `UNDERSTOOD`."""
    value: Mapping[str, Any]

    @property
    def good(self) -> bool:
        return self.status < 300

    @property
    def words(self) -> str:
        """Reason of a refusal, in the words of the forum."""
        errors = self.value.get("errors") or self.value.get("message") or f"status {self.status}"
        return _short(" ".join(map(str, errors)) if isinstance(errors, list) else str(errors))


class ForumClient:
    """Client of one forum, for the time of a sync."""

    def __init__(
        self, base: str, talk: ForumConnection, per_minute: int, sign: Callable[[Credentials], Mapping[str, str]]
    ) -> None:
        """Set the forum's address ``base`` and ``sign``, which makes the headers with the key.

        Raise ForumError if a key would be sent without https.
        """
        self._base, self._talk, self._sign = base, talk, sign
        self._pause = 60 / per_minute
        self._next = talk.clock()
        parts = urlsplit(base)
        if talk.credentials and parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ForumError(f"{base}: a key is sent by https only; change the address in conf.py")

    def ask(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> Answer:
        """Send a request that may be repeated until an answer comes. Raise ForumError if none comes."""
        return self.repeat(lambda: self.once(method, path, data))

    def repeat(self, action: Callable[[], T]) -> T:
        """Call ``action`` again while it raises UncertainError, with growing pauses. Raise ForumError at the end."""
        for pause in BACK_OFF:
            try:
                return action()
            except UncertainError as err:
                self._wait(max(pause, err.after), f"{err}; trying again")
        try:
            return action()
        except UncertainError as err:
            raise ForumError(
                f"{err}, {len(BACK_OFF) + 1} times; what is done is kept, run the same command again later"
            ) from None

    def once(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> Answer:
        """Send a request that must not be repeated.

        Raise UncertainError if the forum may or may not have obeyed it, else ForumError.
        """
        url, redirects, waits = self._base + path, 0, 0
        body = None if data is None else json.dumps(data).encode()
        while True:
            self._take_turn()
            response = self._send(method, url, body)
            if response.status in REDIRECTS and redirects < MOST_REDIRECTS:
                redirects += 1
                url = self._follow(method, url, response)
            elif response.status == 429 and waits < MOST_WAITS:
                waits += 1
                self._wait(self._asked_for(response) or UNSAID, "the forum asks for a pause")
            else:
                return self._understand(method, url, response)

    def _send(self, method: str, url: str, body: bytes | None) -> Response:
        plain = {"Accept": "application/json", "User-Agent": "sphinx-d2lbook"}
        if body is not None:
            plain["Content-Type"] = "application/json"
        talk = self._talk
        signed = Headers({**plain, **(self._sign(talk.credentials) if talk.credentials else {})})
        try:
            response = talk.transport.send(method, url, signed, body)
        except UncertainError as err:
            raise UncertainError(self._safe(str(err))) from None
        except ForumError as err:
            raise ForumError(self._safe(str(err))) from None
        # A forum may repeat what it received, and messages and the topic map are made from its answers.
        headers = {name: self._safe(value) for name, value in response.headers.items()}
        return Response(response.status, headers, self._safe(response.body.decode("latin-1")).encode("latin-1"))

    def _take_turn(self) -> None:
        early = self._next - self._talk.clock()
        if early > 0:
            self._talk.wait(early, "")
        self._next = max(self._next, self._talk.clock()) + self._pause

    def _wait(self, seconds: float, reason: str) -> None:
        if seconds > LONGEST_WAIT:
            raise ForumError(
                f"{self._base}: {reason}, of {seconds:.0f} s; what is done is kept, run the same command again then"
            )
        self._talk.wait(seconds, reason)

    def _follow(self, method: str, url: str, response: Response) -> str:
        """Return the target of a redirect within the same forum: the key is sent nowhere else. Raise ForumError."""
        given = response.headers.get("location", "")
        with suppress(ValueError):  # an address that cannot be joined has no target
            target = urljoin(url, given)
            if method == "GET" and _origin(target) == _origin(self._base) and target != url:
                return target
        raise ForumError(
            f"{url}: leads on to {_short(given)!r}; if the forum has moved, change its address in conf.py"
            " (the key was not sent there)"
        )

    def _understand(self, method: str, url: str, response: Response) -> Answer:
        status = response.status
        if status >= 500:
            error = UncertainError(f"{url}: the forum reports a fault of its own (status {status})")
            error.after = min(self._asked_for(response), LONGEST_WAIT)
            raise error
        if status in (401, 403):
            raise ForumError(
                f"{url}: the forum does not allow that (status {status}); is the key right, of a user who may"
                " write there, and not revoked?"
            )
        if status == 429:
            raise ForumError(
                f"{url}: the forum asks for pauses again and again (status 429); what is done is kept, run the same"
                " command again later"
            )
        if status not in UNDERSTOOD and not 200 <= status < 300:
            raise ForumError(f"{url}: the forum answers {method} with status {status}, which means nothing here")
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise ForumError(
                f"{url}: the answer (status {status}) is {_short(kind) or 'of no type'}, not application/json;"
                " is that the forum's address, and can it be read without a page to log in?"
            )
        value = _json(response.body)
        if not isinstance(value, dict):
            raise ForumError(f"{url}: the answer (status {status}) is no JSON object; is that the forum's address?")
        return Answer(status, value)

    def _asked_for(self, response: Response) -> float:
        """Return the seconds that the forum asks us to wait; 0 if it does not say."""
        wanted = []
        header = response.headers.get("retry-after", "").strip()
        if header.isdecimal():
            wanted.append(float(header))
        elif header:
            with suppress(ValueError):  # neither a number nor a date: ignore the header
                wanted.append(parsedate_to_datetime(header).timestamp() - self._talk.now())
        value = _json(response.body)
        extras = value.get("extras") if isinstance(value, dict) else None
        seconds = extras.get("wait_seconds") if isinstance(extras, dict) else None
        if isinstance(seconds, int | float) and not isinstance(seconds, bool):
            wanted.append(float(min(seconds, 1e9)))
        return max([0.0, *(max(1.0, seconds) for seconds in wanted)])

    def _safe(self, text: str) -> str:
        return self._talk.credentials.redact(text) if self._talk.credentials else text


def _json(body: bytes) -> Any:
    """Return the value of JSON; None for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ("", None, None)
    return (parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme))


def _short(text: str) -> str:
    """Return text for one line of a message: without control characters and at most 300 characters long."""
    text = "".join(char if char.isprintable() else " " for char in text)
    return text if len(text) <= 300 else f"{text[:300]}…"
