"""What a reader's browser loads for a page of a website, and how soon and how steadily it shows. Not run by the tests.

Chromium, told by the DevTools protocol to behave as on a 4G connection, asks a server that compresses texts as public
ones do. Measured are, for each page, the files and the bytes on the wire without and with figures, the largest
contentful paint, and the cumulative layout shift at a width of a desk and of a phone. Rows go to
`_build/bench/website.json`.

    bench_website.py [SITE] [PAGE...]      default: `_build/book/html` and the pages that stand below
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import rows
from playwright.sync_api import Browser, sync_playwright
from rows import Row

PAGES = ("index.html", "linear-networks/linear-regression.html", "linear-networks/image-data.html")
COMPRESSED = {".html", ".css", ".js", ".svg", ".txt", ".json", ".xml"}
FOUR_G = {"offline": False, "latency": 165, "downloadThroughput": 9e6 / 8 * 0.9, "uploadThroughput": 1.5e6 / 8 * 0.9}
"""What Chromium's own tools call "Fast 4G": bytes a second, and milliseconds from a request to its answer."""
TURNS = 3
OBSERVE = """
window.shown = {paint: 0, shift: 0};
new PerformanceObserver(list => { for (const e of list.getEntries()) shown.paint = e.startTime; })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) shown.shift += e.value; })
  .observe({type: 'layout-shift', buffered: true});
"""


class Compressing(SimpleHTTPRequestHandler):
    """Serves a folder, texts compressed."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing."""

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_error(404)
            return
        data = file.read_bytes()
        packed = file.suffix in COMPRESSED
        if packed:
            data = gzip.compress(data, 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Length", str(len(data)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder in a thread, and yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Compressing, directory=str(folder))) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_address[1]}/"
        httpd.shutdown()


def load(browser: Browser, address: str, page: str, width: int) -> dict[str, float]:
    """Open a page with an empty cache; return what was loaded and measured."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab = context.new_page()
    tools = context.new_cdp_session(tab)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", FOUR_G)
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def note(event: dict[str, Any]) -> None:
        if not event["response"]["url"].startswith("data:"):  # what stands in another file is no request
            kinds[event["requestId"]] = event["type"]

    tools.on("Network.responseReceived", note)
    tools.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    tab.add_init_script(OBSERVE)
    tab.goto(address + page)
    tab.wait_for_load_state("networkidle")
    tab.wait_for_timeout(500)
    shown = tab.evaluate("window.shown")
    context.close()
    sizes = {request: size for request, size in sizes.items() if request in kinds}
    without = [size for request, size in sizes.items() if kinds[request] != "Image"]
    return {
        "files": len(without),
        "kB": sum(without) / 1000,
        "kB with figures": sum(sizes.values()) / 1000,
        "LCP ms": shown["paint"],
        "CLS": shown["shift"],
    }


def main() -> None:
    """Measure the pages that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", nargs="?", type=Path, default=Path("_build/book/html"))
    parser.add_argument("pages", nargs="*", default=PAGES)
    options = parser.parse_args()
    found: list[Row] = []
    with serve(options.site) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for page in options.pages:
            for width in (1440, 390):
                turns = [load(browser, address, page, width) for _ in range(TURNS)]
                middle = {name: statistics.median(turn[name] for turn in turns) for name in turns[0]}
                for name, goal in (("files", 12.0), ("kB", 300.0), ("LCP ms", 1000.0), ("CLS", 0.01)):
                    unit = {"files": "", "kB": "kB", "LCP ms": "ms", "CLS": ""}[name]
                    figure = f"{name.removesuffix(' ms')} of {page} at {width} pixels"
                    found.append(Row(figure, middle[name], unit, "the goal", goal, goal=f"{goal:g}"))
                print(f"{page} {width}: " + ", ".join(f"{value:.3g} {name}" for name, value in middle.items()))
        browser.close()
    rows.write(found, "website")


if __name__ == "__main__":
    main()
