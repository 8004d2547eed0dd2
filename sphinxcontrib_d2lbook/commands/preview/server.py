"""Serve the website to browsers on this machine, and tell them the state of builds.

Below `/_preview/` are `events`, a stream of server-sent events, each the whole state as JSON; `preview.js` and
`preview.css`, which every page gets; and `book.pdf`. Format: https://html.spec.whatwg.org/multipage/server-sent-events.html

Each page carries the version that was served, and each event the version that is there now, so that a page notices that
it is old however late it connects and whatever events it has missed.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .messages import PageMessage

OWN = "/_preview/"
STATIC = Path(__file__).parent / "static"
MISSING = (
    "<!DOCTYPE html><html lang='en' data-missing><head><meta charset='utf-8'><title>Preview</title></head>"
    "<body></body></html>"
)
"""Page that is served for one that is not there, as before the end of the first build."""
UNSEEN = frozenset({"searchindex.js"})
"""Files that change with each build and do not affect pages."""
SHOWN = re.compile(
    r"\.(html|css|js|svg|png|jpe?g|gif|webp|avif|ico|mp3|mp4|ogg|wav|webm|woff2?|[ot]tf)$", re.IGNORECASE
)
"""Matches the names of files that pages show. A page is loaded again when it or one of the others changes."""
BEAT = 15.0
"""Seconds after which something is written to an idle stream, so that closed ones are noticed."""


@dataclass
class ServedSite:
    """Website that is served, and the state of its last build."""

    html: Path
    pdf: Path | None
    """Folder of the PDF; None if there is none."""
    state: dict[str, Any] = field(
        default_factory=lambda: {
            "number": 0,
            "building": True,
            "writing": True,
            "line": "",
            "running": [],
            "messages": [],
        }
    )
    _files: dict[str, tuple[int, int]] = field(default_factory=dict)
    _changed_by: dict[str, int] = field(default_factory=dict)
    """Name of a page -> how often it has changed; "" stands for all other files that pages show."""
    _run: str = field(default_factory=lambda: secrets.token_hex(4))
    """Text that tells versions of this preview from those of another that has served the same pages."""
    _happened: threading.Condition = field(default_factory=threading.Condition)  # its lock can be taken twice
    _changes: int = 0
    _running_since: float = 0.0
    """Time at which the seconds of the running cells were told."""

    def __post_init__(self) -> None:
        self._files = _stats(self.html)

    def begin(self) -> None:
        """Record that a build begins, which may write the pages at any time."""
        self._change(building=True, writing=True, line="", running=[])

    def show_pages(self) -> None:
        """Record that the build has written all pages, though not yet all that belongs to the website."""
        self._note_changes()
        self._change(writing=False)

    def _note_changes(self) -> None:
        """Note which files differ from those that were noted before."""
        now, before = _stats(self.html), self._files
        self._files = now
        with self._happened:
            for name in now.keys() | before.keys():
                if now.get(name) != before.get(name):
                    key = name if name.endswith(".html") else ""
                    self._changed_by[key] = self._changed_by.get(key, 0) + 1

    def say(self, line: str) -> None:
        """Show a line of the build's log."""
        if line:
            self._change(line=line)

    def show_running(self, running: Sequence[Mapping[str, Any]]) -> None:
        """Show which cells run, each as the fields of a `RunningCell`."""
        with self._happened:
            self._running_since = time.monotonic()
            self._change(running=list(running))

    def end(self, code: int, seconds: float, messages: Sequence[PageMessage]) -> None:
        """Record that a build has ended, with the files of the site that it changed."""
        self._note_changes()
        self._change(
            number=self.state["number"] + 1,
            building=False,
            writing=False,
            running=[],
            code=code,
            seconds=seconds,
            messages=[asdict(message) for message in messages],
            pages=_pages_of_pdf(self.html.parent / "numbers.json") if self.pdf else None,
        )

    def version(self, page: str) -> str:
        """Return a text that differs from an earlier one if a build has changed what a page shows.

        ``page`` is the page's name in the folder of the website; there need be no such page.
        """
        with self._happened:
            return f"{self._run}-{self._changed_by.get(page, 0)}-{self._changed_by.get('', 0)}"

    def _change(self, **values: Any) -> None:
        with self._happened:
            self.state.update(values)
            self._changes += 1
            self._happened.notify_all()

    def wait(self, seen: int, page: str = "") -> tuple[int, str]:
        """Return the number of the latest change and the state as JSON, once there is a change after ``seen``.

        The state contains the version of ``page``. Return the same number after `BEAT` seconds without a change.
        """
        with self._happened:
            self._happened.wait_for(lambda: self._changes != seen, BEAT)
            changes, state = self._changes, dict(self.state)
            passed = time.monotonic() - self._running_since
            state["running"] = [{**one, "seconds": one["seconds"] + passed} for one in state["running"]]
            state["version"] = self.version(page)
        return changes, json.dumps(state)


class Server:
    """Running server; it ends with the block in which it is used."""

    def __init__(self, httpd: ThreadingHTTPServer) -> None:
        self._httpd = httpd
        self.address = f"http://127.0.0.1:{httpd.server_address[1]}/"

    def __enter__(self) -> Server:
        threading.Thread(target=self._httpd.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()


def serve(site: ServedSite, port: int) -> Server:
    """Bind a port of this machine, 0 for any free one, and return the server. Raise OSError if it is taken."""
    return Server(ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, site)))


class _Handler(SimpleHTTPRequestHandler):
    """Handler of one request."""

    def __init__(self, site: ServedSite, *more: Any) -> None:
        self.site = site
        super().__init__(*more, directory=str(site.html))

    def do_GET(self) -> None:
        if not self._is_for_us():
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        address = urlsplit(self.path)
        path = unquote(address.path)
        if path == f"{OWN}events":
            self._events(parse_qs(address.query).get("page", [""])[0])
        elif path == f"{OWN}book.pdf":
            self._file(next(iter(sorted(self.site.pdf.glob("*.pdf"))), None) if self.site.pdf else None)
        elif path.startswith(OWN):
            self._file(STATIC / Path(path).name)
        else:
            self._page(path)

    def _is_for_us(self) -> bool:
        """Return whether a browser uses this machine's own name; by another, other sites' pages could read the book."""
        return self.headers.get("Host", "").rpartition(":")[0] in ("127.0.0.1", "localhost")

    def _page(self, path: str) -> None:
        file = Path(self.translate_path(path))
        if file.is_dir() and not path.endswith("/"):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", f"{path}/")
            self.end_headers()
            return
        if path.endswith("/"):  # also of a folder that the first build has yet to make
            file /= "index.html"
        if file.suffix != ".html":
            super().do_GET()
            return
        # Before the file is read: a page that a build changes meanwhile is loaded once more, and never once too little.
        version = self.site.version(_name(path))
        try:
            text, status = file.read_text("utf-8"), HTTPStatus.OK
        except OSError:
            text, status = MISSING, HTTPStatus.NOT_FOUND
        head, mark, rest = text.partition("</head>")
        self._send(f"{head}{_head(version)}{mark}{rest}".encode(), "text/html; charset=utf-8", status)

    def _file(self, file: Path | None) -> None:
        if file is None or not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        self._send(file.read_bytes(), self.guess_type(str(file)), HTTPStatus.OK)

    def _send(self, data: bytes, kind: str, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _events(self, page: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        seen = -1
        try:
            while True:
                seen, state = self.site.wait(seen, page)
                self.wfile.write(f"data: {state}\n\n".encode())
                self.wfile.flush()
        except OSError:  # the browser has gone
            self.close_connection = True

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Print nothing: the terminal is for the builds."""


def _name(path: str) -> str:
    """Return the name of a page's file in the folder of the website, from the path of its address."""
    return f"{path}index.html".lstrip("/") if path.endswith("/") else path.lstrip("/")


def _head(version: str) -> str:
    """Return what is added to the head of a page that is served with a version."""
    return (
        f'<link rel="stylesheet" href="{OWN}preview.css">'
        f'<script src="{OWN}preview.js" data-version="{escape(version)}" defer></script>'
    )


def _stats(folder: Path) -> dict[str, tuple[int, int]]:
    """Return time and size of each file that affects pages, by its name in the folder."""
    stats = {}
    for top, _, files in os.walk(folder):
        for name in files:
            if name not in UNSEEN and SHOWN.search(name):
                path = Path(top, name)
                try:
                    status = path.stat()
                except OSError:  # removed meanwhile
                    continue
                stats[path.relative_to(folder).as_posix()] = (status.st_mtime_ns, status.st_size)
    return stats


def _pages_of_pdf(file: Path) -> Mapping[str, int]:
    """Return the first page of the PDF for each page of the website, from numbers.json."""
    try:
        entries = json.loads(file.read_text("utf-8"))["numbers"]
    except (OSError, ValueError, KeyError):
        return {}
    first_pages: dict[str, int] = {}
    for entry in entries:
        page = (entry.get("pdf") or {}).get("page")
        if page:
            first_pages[entry["docname"]] = min(page, first_pages.get(entry["docname"], page))
    return first_pages
