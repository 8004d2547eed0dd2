"""Send one HTTP request by requests. No other module does; builds never load this one.

Sphinx itself needs requests, so it is always installed. It verifies certificates and obeys the proxies and certificates
that a site sets in the environment. Its automatic behaviour is switched off: it follows no redirect (the key would be
sent along), sends no password of a `.netrc`, and repeats nothing.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import requests
import urllib3

from .errors import ForumError, UncertainError
from .rate_limited_client import Headers, Response

CONNECT = 10.0
"""Seconds in which a connection must be established."""
MOST_BYTES = 8_000_000
PIECE = 65_536


class HttpTransport:
    """Transport that keeps connections open between requests. It is not safe for threads."""

    def __init__(self, silence: float = 30.0, longest: float = 60.0) -> None:
        """Allow an answer pauses of ``silence`` seconds, and ``longest`` seconds in all."""
        self._silence, self._longest = silence, longest
        self._session = requests.Session()

    def send(self, method: str, url: str, headers: Headers, body: bytes | None) -> Response:
        """Send a request. Raise UncertainError if no complete answer came, ForumError if none can ever come."""
        # Errors are raised "from None": the frames of the libraries below hold the key.
        end = time.monotonic() + self._longest
        try:
            with self._session.request(
                method,
                url,
                data=body,
                headers=dict(headers.values),
                auth=_nothing_of_its_own,
                allow_redirects=False,
                timeout=(min(CONNECT, self._silence), self._silence),
                stream=True,
            ) as answer:
                names: Mapping[str, str] = answer.headers
                return Response(
                    answer.status_code,
                    {name.lower(): value for name, value in names.items()},
                    _read(answer.raw, url, end),
                )
        except requests.exceptions.SSLError as err:
            raise ForumError(f"{url}: its certificate cannot be trusted: {_reason(err)}") from None
        except (requests.Timeout, urllib3.exceptions.ReadTimeoutError):
            raise UncertainError(f"{url}: no answer within {self._silence:g} s") from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.InvalidHeader):
            raise ForumError(f"{url}: cannot be asked for; is the address in conf.py right?") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as err:
            raise UncertainError(f"{url}: the connection failed: {_reason(err)}") from None


def _nothing_of_its_own(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _read(raw: Any, url: str, end: float) -> bytes:
    """Return the body, read piece by piece, so that a forum that sends a byte now and then is given up too."""
    pieces, size = [], 0
    while piece := raw.read1(PIECE, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise ForumError(f"{url}: the answer is longer than {MOST_BYTES:,} bytes; is that a forum?")
        if time.monotonic() > end:
            raise UncertainError(f"{url}: the answer took too long")
    return b"".join(pieces)


def _reason(err: BaseException) -> str:
    """Return the message of the innermost cause."""
    cause: Any = err
    while isinstance(cause, BaseException):
        reason = getattr(cause, "reason", None) or (cause.args[0] if cause.args else None)
        if not isinstance(reason, BaseException):
            break
        cause = reason
    return f"{cause}" or type(cause).__name__
