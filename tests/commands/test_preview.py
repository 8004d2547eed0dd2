"""The preview: one build an edit, shown in the browser where the reader is, with its messages at their place."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from playwright.sync_api import Page, expect, sync_playwright

from sphinxcontrib_d2lbook.commands.preview.build_process import Built
from sphinxcontrib_d2lbook.commands.preview.file_watcher import FileChanges
from sphinxcontrib_d2lbook.commands.preview.messages import anchor_before, read_messages, split
from sphinxcontrib_d2lbook.commands.preview.server import ServedSite, serve
from tests.conftest import NOTEBOOK, Project, take_interrupts
from tests.html.conftest import FLAGS

COMMAND = [sys.executable, "-c", "from sphinxcontrib_d2lbook.commands.main import main; raise SystemExit(main())"]
FILLER = "\n\n".join(f"Paragraph {number} of a long page." for number in range(80))
FIRST = (
    f"{NOTEBOOK}# First\n\n## Begin\n\n{FILLER}\n\n## Middle\n\n```{{code-cell}}\n"
    "from pathlib import Path\nPath('out.txt').write_text('written by the page')\nprint(20 + 2)\n```\n\n"
    f"{FILLER}\n\n## End\n\nThe last words.\n"
)


# The pure parts


def test_messages_of_a_file_of_warnings() -> None:
    text = (
        "/a/book/x.md:12: WARNING: undefined label: 'y' [ref.ref]\n"
        "/a/book/x.md: WARNING: of the whole page [a.b] [a.b]\n"
        "WARNING: of no page\n"
        "/a/book/x.md:3: ERROR: several\n  lines: of text\n\n"
        "C:\\a\\x.md:4: WARNING: on Windows\n"
    )
    assert list(split("noise before the first\n" + text)) == [
        ("warning", "undefined label: 'y'", "/a/book/x.md", 12),
        ("warning", "of the whole page", "/a/book/x.md", None),
        ("warning", "of no page", "", None),
        ("error", "several\n  lines: of text", "/a/book/x.md", 3),
        ("warning", "on Windows", "C:\\a\\x.md", 4),
    ]
    assert list(split("")) == []


def test_a_refused_build_says_what_it_printed(tmp_path: Path) -> None:
    (message,) = read_messages(Built(2, 1.0, "", "Refused: a.md:3: twice\n"), tmp_path, tmp_path)
    assert (message.level, message.text, message.docname) == ("error", "Refused: a.md:3: twice", None)


def test_the_anchor_before_a_line() -> None:
    document = nodes.document(None, None)
    first, second = nodes.section(ids=["first"]), nodes.section(ids=["second"])
    paragraphs = [nodes.paragraph(ids=ids) for ids in ([], ["own"], [])]
    for node, line in zip((first, *paragraphs[:2], second, paragraphs[2]), (1, 3, 5, 9, 11), strict=True):
        node.line = line
    first += paragraphs[:2]
    second += paragraphs[2]
    first += second
    document += first
    found = [anchor_before(document, line) for line in (0, 1, 4, 6, 9, 30)]
    assert found == [None, "first", "first", "own", "second", "second"]


def wait_until_watched(changes: FileChanges, folder: Path) -> None:
    """Change a file again and again until that is heard of."""
    heard = threading.Event()

    def change() -> None:
        number = 0
        while not heard.wait(0.1):
            (folder / "probe.md").write_text(str(number := number + 1))

    writer = threading.Thread(target=change)
    writer.start()
    assert changes.wait(folder) == "changed: probe.md"
    heard.set()
    writer.join()
    (folder / "probe-last.md").write_text("the last one")
    while "probe-last.md" not in changes.wait(folder):
        changes.begin()
    changes.begin()


def test_what_asks_for_another_build(tmp_path: Path) -> None:
    for name in ("_build", "data", ".git"):
        (tmp_path / name).mkdir()
    written = tmp_path / "data/out.txt"
    changes = FileChanges({tmp_path, tmp_path / "data"}, without={tmp_path / "_build"})
    wait_until_watched(changes, tmp_path)
    changes.end({}, {written})
    for path in (written, tmp_path / "_build/x.html", tmp_path / ".git/index", tmp_path / "data/.x.swp"):
        path.write_text("x")
    (tmp_path / "data/page.md").write_text("new")
    assert changes.wait(tmp_path) == f"changed: {Path('data/page.md')}"
    changes.begin()
    os.utime(tmp_path / "data/page.md")  # the same text as in the last build
    (tmp_path / "other.md").write_text("new")
    assert changes.wait(tmp_path) == "changed: other.md"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[ServedSite, str]]:
    (tmp_path / "html/part").mkdir(parents=True)
    (tmp_path / "html/index.html").write_text("<html><head></head><body>Index</body></html>")
    (tmp_path / "html/part/index.html").write_text("<html><head></head><body>Part</body></html>")
    (tmp_path / "html/a.css").write_text("a {}")
    (tmp_path / "secret.txt").write_text("secret")
    found = ServedSite(tmp_path / "html", None)
    with serve(found, 0) as server:
        yield found, server.address


def get(address: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            return answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as err:
        return err.code, err.read().decode()


def test_pages_get_the_script_and_other_files_nothing(site: tuple[ServedSite, str]) -> None:
    _, address = site
    for name, text in {"": "Index", "index.html": "Index", "part/": "Part", "part": "Part"}.items():
        status, page = get(address + name)
        assert (status, text in page, page.count("preview.js")) == (200, True, 1), name
    assert get(f"{address}a.css") == (200, "a {}")
    assert get(f"{address}_preview/preview.js")[0] == 200
    status, page = get(f"{address}missing.html")
    assert (status, "preview.js" in page) == (404, True)
    for name in ("../secret.txt", "%2e%2e/secret.txt", "_preview/../../secret.txt", "_preview/book.pdf"):
        assert get(address + name)[0] == 404, name


def test_other_sites_cannot_read_the_book(site: tuple[ServedSite, str]) -> None:
    assert get(site[1], Host="evil.example:80")[0] == 403
    assert get(site[1], Host="localhost:1")[0] == 200


def state_of(site: ServedSite, page: str) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(site.wait(-1, page)[1])
    return state


def test_a_site_that_no_build_has_made_is_a_page_that_waits_for_it(tmp_path: Path) -> None:
    with serve(ServedSite(tmp_path / "html", None), 0) as server:
        status, page = get(server.address)
    assert (status, "preview.js" in page) == (404, True)


def test_the_clock_of_a_cell_goes_on_while_nothing_is_told(
    site: tuple[ServedSite, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = site
    now = [100.0]
    monkeypatch.setattr("sphinxcontrib_d2lbook.commands.preview.server.time.monotonic", lambda: now[0])
    found.show_running([{"docname": "index", "seconds": 2.0}])
    now[0] += 30
    found.say("a line")
    assert [cell["seconds"] for cell in state_of(found, "index.html")["running"]] == [32.0]


def test_the_version_of_a_page_changes_with_what_it_shows(site: tuple[ServedSite, str]) -> None:
    found, address = site
    pages = ["index.html", "part/index.html", "missing.html"]
    (found.html / "genindex.html").write_text("x")
    found.begin()
    found.end(0, 1.0, [])
    before = [state_of(found, page)["version"] for page in pages]
    assert all(
        f'data-version="{version}"' in get(address + page)[1] for page, version in zip(pages, before, strict=True)
    )

    def changed() -> list[bool]:
        return [state_of(found, page)["version"] != version for page, version in zip(pages, before, strict=True)]

    for name in ("searchindex.js", "_sources/index.md.txt", "objects.inv"):
        (found.html / name).parent.mkdir(exist_ok=True)
        (found.html / name).write_text("x")
    found.begin()
    found.show_pages()
    assert changed() == [False, False, False]
    (found.html / "index.html").write_text("other, and longer than before")
    assert changed() == [False, False, False], "while it is written"
    found.show_pages()
    assert (changed(), state_of(found, "index.html")["building"]) == ([True, False, False], True)
    (found.html / "missing.html").write_text("x")
    found.end(0, 1.0, [])
    assert changed() == [True, False, True]
    found.begin()
    (found.html / "a.css").unlink()
    found.end(0, 1.0, [])
    assert changed() == [True, True, True]
    assert state_of(ServedSite(found.html, None), "index.html")["version"] != before[0], "of another preview"


# All of it, in a browser


class Preview:
    """A running preview of a small book; `lines` are what it has printed."""

    def __init__(self, project: Project, *options: str) -> None:
        self.project = project
        project.conf += "nb_execution_timeout = 100\n"
        project.write({"first.md": FIRST, "second.md": "# Second\n\nWords.\n"})
        project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\nfirst\nsecond\n```\n"})
        project._write_conf()
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [*COMMAND, "preview", "--port", "0", *options],
            cwd=project.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=take_interrupts,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.append(line.rstrip())

    def wait(self, holds: Callable[[], bool], seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, "\n".join(self.lines)
            assert self.process.poll() is None, "\n".join(self.lines)
            time.sleep(0.05)

    @property
    def builds(self) -> int:
        return sum(bool(re.match(r"(not )?built", line)) for line in self.lines)

    @property
    def address(self) -> str:
        return next(line.split()[1] for line in self.lines if line.startswith("preview: "))

    def edit(self, old: str, new: str, page: str = "first.md") -> None:
        file = self.project.source / page
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")

    def end(self) -> str:
        """Interrupt it; what it says last."""
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(30) == 0
        return self.lines[-1]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    preview = Preview(Project(tmp_path_factory.mktemp("preview")))
    try:
        preview.wait(lambda: preview.builds == 1)
        yield preview
    finally:
        with contextlib.suppress(ProcessLookupError):
            preview.process.kill()


@pytest.fixture
def tab() -> Iterator[Page]:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = chromium.new_page(viewport={"width": 1200, "height": 800})
        page.set_default_timeout(60_000)
        yield page
        chromium.close()


@pytest.mark.browser
def test_an_edit_is_one_build_and_the_reader_stays_where_he_is(running: Preview, tab: Page) -> None:
    before = running.builds
    tab.goto(f"{running.address}first.html")
    tab.evaluate("document.getElementById('middle').scrollIntoView({behavior: 'instant'})")
    place = tab.evaluate("document.getElementById('middle').getBoundingClientRect().top")
    running.edit("## Begin\n", "## Begin\n\nA new paragraph.\n\nAnd another one.\n")
    tab.wait_for_selector("text=And another one.", state="attached", timeout=60_000)
    tab.wait_for_function(f"Math.abs(document.getElementById('middle').getBoundingClientRect().top - {place}) < 3")
    time.sleep(2)
    assert running.builds == before + 1


@pytest.mark.browser
def test_messages_stand_at_their_place_and_vanish_with_their_cause(running: Preview, tab: Page) -> None:
    tab.goto(f"{running.address}first.html")
    running.edit("The last words.", "The last words, with {numref}`nowhere`.")
    message = tab.locator("#end .d2lbook-preview-message")
    expect(message).to_contain_text("undefined label: 'nowhere'", timeout=60_000)
    expect(message).to_contain_text("first.md:")
    assert any(re.match(r"  first\.md:\d+: undefined label: 'nowhere'", line) for line in running.lines)
    tab.goto(f"{running.address}second.html")
    link = tab.locator(".d2lbook-preview-bar a")
    expect(link).to_contain_text("first.md:")
    link.click()
    tab.wait_for_url("**/first.html#end")
    running.edit(", with {numref}`nowhere`", "")
    expect(tab.locator(".d2lbook-preview-message")).to_have_count(0, timeout=60_000)


@pytest.mark.browser
def test_a_cell_that_changes_runs_and_what_it_writes_builds_nothing(running: Preview, tab: Page) -> None:
    before = running.builds
    tab.goto(f"{running.address}first.html")
    running.edit("print(20 + 2)", "print(20 + 3)")
    tab.wait_for_selector("pre:text('23')", timeout=120_000)
    time.sleep(2)
    assert running.builds == before + 1
    assert (running.project.source / "out.txt").read_text() == "written by the page"


@pytest.mark.browser
def test_a_refused_book_says_why_and_the_preview_goes_on(running: Preview, tab: Page) -> None:
    tab.goto(f"{running.address}second.html")
    running.edit("Words.", "Words.\n", "second.md")
    conf = running.project.folder / "conf.py"
    text = conf.read_text("utf-8")
    conf.write_text(text + "d2lbook_outputs = ['papyrus']\n", "utf-8")
    expect(tab.locator(".d2lbook-preview-message.error")).to_contain_text("papyrus", timeout=60_000)
    assert any("papyrus" in line for line in running.lines)
    conf.write_text(text, "utf-8")
    expect(tab.locator(".d2lbook-preview-message")).to_have_count(0, timeout=60_000)


def test_it_ends_with_all_its_processes(running: Preview) -> None:
    """The last of the module: it ends the preview."""
    import psutil

    children = psutil.Process(running.process.pid).children(recursive=True)
    assert children
    assert running.end() == "preview ended"
    assert psutil.wait_procs(children, timeout=20)[1] == []


@pytest.mark.long
@pytest.mark.browser
def test_the_printed_page_is_shown_beside(tmp_path: Path, tab: Page) -> None:
    preview = Preview(Project(tmp_path), "--pdf")
    try:
        preview.wait(lambda: preview.builds == 1)
        tab.goto(f"{preview.address}second.html")
        tab.get_by_role("button", name="Show the PDF").click()
        source = tab.locator("iframe.d2lbook-preview-pdf").get_attribute("src")
        assert source is not None
        assert int(source.partition("#page=")[2]) > 1
        assert get(f"{preview.address}_preview/book.pdf", Host="localhost:1")[0] == 200
    finally:
        preview.end()


def test_a_port_that_is_taken_is_told(project: Any) -> None:
    project.write({"index.md": "# Book\n"})
    project._write_conf()
    with serve(ServedSite(project.folder, None), 0) as server:
        port = server.address.rstrip("/").rpartition(":")[2]
        command = [*COMMAND, "preview", "--port", port]
        done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert f"port {port} cannot be used" in done.stderr
    assert "name another by --port" in done.stderr
