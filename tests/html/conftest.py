"""A site as a server gives it, and a real Chromium; each module says by its fixture `site` what is served."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the log of a test is no place for it."""


@contextmanager
def serve(handler: Any) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}/"
        httpd.shutdown()


@pytest.fixture(scope="session")
def serving() -> Callable[[Any], AbstractContextManager[str]]:
    """A handler of requests -> the address on this machine where it serves."""
    return serve


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[str]:
    """The address of the module's site."""
    with serve(partial(Quiet, directory=str(site))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module, not for all: as long as it is open, nothing else in this process can run an event loop."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def viewport() -> ViewportSize:
    """Size of the page in the browser, in pixels. A module may have one of its own."""
    return {"width": 1200, "height": 800}


@pytest.fixture
def page(browser: Browser, viewport: ViewportSize) -> Iterator[Page]:
    """A tab with an empty page, and nothing that other tests have stored."""
    context = browser.new_context(viewport=viewport)
    yield context.new_page()
    context.close()
