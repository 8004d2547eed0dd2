"""A discussion in a real Chromium: what is fetched from the forum and when, how it looks, who can reach it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from sphinxcontrib_d2lbook.elements.discussion import discussion_facts
from tests.conftest import Project

pytestmark = pytest.mark.browser

FILLING = "\n\n".join(f"Paragraph {number}, which takes some room." for number in range(60))
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nlong\nshort\ntwo\n```\n",
    "long.md": f"(sec_long)=\n# Long\n\n{FILLING}\n\n```{{discussion}}\n```\n",
    "short.md": "(sec_short)=\n# Short\n\n```{discussion}\n```\n",
    "two.md": (
        f"(sec_two)=\n# Two\n\n(sec_first)=\n## First\n\n{FILLING}\n\n```{{discussion}}\n:label: sec_first\n```\n\n"
        f"(sec_second)=\n## Second\n\n{FILLING}\n\n```{{discussion}}\n:label: sec_second\n```\n"
    ),
}
SCRIPT = """{
    const frame = document.createElement("iframe");
    frame.className = "giscus-frame";
    const {term, theme} = document.currentScript.dataset;
    frame.src = new URL(`/frame?term=${term}&theme=${theme}`, document.currentScript.src);
    document.currentScript.after(frame);
}"""
FRAME = """<!DOCTYPE html><p id="theme"></p><script>
document.getElementById("theme").textContent = new URLSearchParams(location.search).get("theme");
addEventListener("message", (event) => {
    const theme = event.data.giscus?.setConfig?.theme;
    if (theme) document.getElementById("theme").textContent = theme;
});
parent.postMessage({giscus: {discussion: {totalCommentCount: 3, totalReplyCount: 2}}}, "*");
</script>"""


class StandIn(BaseHTTPRequestHandler):
    """A forum's server, with a script and a frame as giscus has them."""

    def do_GET(self) -> None:
        kind, body = ("text/javascript", SCRIPT) if self.path.startswith("/client.js") else ("text/html", FRAME)
        self.send_response(404 if self.path.startswith("/missing.js") else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the log of a test is no place for it."""


@dataclass(frozen=True)
class Embed:
    kind: str
    script: str
    attributes: Mapping[str, str]
    settings: Mapping[str, Any] = field(default_factory=dict)
    mount: None = None
    variable: str = ""


@dataclass(frozen=True)
class Forum:
    address: str

    def thread(self, identifier: str) -> str:
        return f"{self.address}t/{identifier}"

    def replies(self, identifier: str) -> int | None:
        return None

    def embed(self, identifier: str, title: str) -> Embed:
        script = "missing.js" if identifier == "sec_short" else "client.js"
        attributes = {"data-term": identifier, "data-theme": "preferred_color_scheme"}
        return Embed("giscus", f"{self.address}{script}", attributes)


@pytest.fixture(scope="module")
def forum(serving: Any) -> Iterator[str]:
    with serving(StandIn) as address:
        yield address


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, forum: str) -> Path:
    folder = tmp_path_factory.mktemp("discussions")
    (folder / "book").mkdir()
    project = Project(folder)
    project.conf += f"html_baseurl = 'https://book.example.org/'\nd2lbook_forum = {{'url': '{forum}'}}\n"
    project.write(PAGES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discussion_facts, "configured_forum", lambda app: Forum(forum))
        project.build()
    assert project.warnings == ""
    return project.build_folder / "html"


@pytest.fixture(scope="module")
def viewport() -> ViewportSize:
    return {"width": 1200, "height": 700}


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Every address that the page asks for, as it asks."""
    log: list[str] = []
    page.on("request", lambda request: log.append(request.url))
    return log


def foreign(log: list[str], own: str) -> list[str]:
    return [url for url in log if not url.startswith((own, "data:"))]


def to_the_discussion(page: Page) -> None:
    page.locator(".d2lbook-discussion").last.scroll_into_view_if_needed()


def _matching(label: str) -> re.Pattern[str]:
    return re.compile(rf"term={label}&")


def theme(page: Page) -> Any:
    return page.frame_locator("iframe.giscus-frame").locator("#theme")


def test_nothing_is_fetched_from_the_forum_before_the_reader_gets_there(
    page: Page, asked: list[str], server: str, forum: str
) -> None:
    page.goto(server + "long.html")
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 300)
    page.wait_for_function("scrollY > 0")
    page.wait_for_timeout(200)
    assert foreign(asked, server) == []
    to_the_discussion(page)
    expect(theme(page)).to_have_text("light")
    fetched = foreign(asked, server)
    assert fetched[0] == f"{forum}client.js"
    assert {url.partition("?")[0] for url in fetched} == {f"{forum}client.js", f"{forum}frame"}
    assert "term=sec_long" in fetched[-1]


def test_a_discussion_in_sight_from_the_beginning_waits_for_a_click(page: Page, asked: list[str], server: str) -> None:
    page.goto(server + "short.html")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(200)
    assert page.locator(".d2lbook-discussion").is_visible()
    assert foreign(asked, server) == []


def test_a_reader_who_asks_not_to_be_tracked_gets_the_button(
    browser: Browser, page: Page, asked: list[str], server: str
) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page.goto(server + "long.html")
    to_the_discussion(page)
    page.wait_for_timeout(300)
    assert foreign(asked, server) == []
    page.get_by_role("button", name="Show the discussion here").click()
    expect(theme(page)).to_have_text("light")


def test_the_keyboard_reaches_the_button_and_then_the_thread(page: Page, server: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page.goto(server + "long.html")
    page.locator(".d2lbook-discussion-code").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Show the discussion here")).to_be_focused()
    page.keyboard.press("Enter")
    expect(theme(page)).to_have_text("light")
    expect(page.locator(".d2lbook-thread-place")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("")


def test_a_thread_follows_the_theme(page: Page, server: str) -> None:
    page.goto(server + "long.html")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    to_the_discussion(page)
    expect(theme(page)).to_have_text("dark")
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    expect(theme(page)).to_have_text("light")
    scheme = "getComputedStyle(document.querySelector('iframe.giscus-frame')).colorScheme"
    assert page.evaluate(scheme) == "light"
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(theme(page)).to_have_text("dark")
    assert page.evaluate(scheme) == "dark"


def test_the_number_of_replies_comes_with_the_thread(page: Page, server: str) -> None:
    page.goto(server + "long.html")
    assert not page.locator(".d2lbook-discussion-replies").is_visible()
    to_the_discussion(page)
    expect(page.locator(".d2lbook-discussion-replies")).to_have_text("Replies: 5")
    # Only the thread's own frame is heard.
    page.evaluate("postMessage({giscus: {discussion: {totalCommentCount: 90, totalReplyCount: 9}}}, '*')")
    page.wait_for_timeout(100)
    expect(page.locator(".d2lbook-discussion-replies")).to_have_text("Replies: 5")


def test_a_thread_that_cannot_be_loaded_is_said_aloud_and_can_be_tried_again(page: Page, server: str) -> None:
    page.goto(server + "short.html")
    button = page.get_by_role("button", name="Show the discussion here")
    button.click()
    status = page.get_by_role("status")
    expect(status).to_have_text("The discussion could not be loaded. Try again later.")
    assert status.get_attribute("aria-live") == "polite"
    expect(button).to_be_visible()


def test_two_discussions_of_a_page_are_open_one_at_a_time(page: Page, server: str) -> None:
    page.goto(server + "two.html")
    page.locator(".d2lbook-discussion").first.scroll_into_view_if_needed()
    expect(page.locator("iframe.giscus-frame")).to_have_attribute("src", _matching("sec_first"))
    to_the_discussion(page)
    page.get_by_role("button", name="Show the discussion here").last.click()
    expect(page.locator("iframe.giscus-frame")).to_have_attribute("src", _matching("sec_second"))
    assert page.locator("iframe.giscus-frame").count() == 1


def test_a_code_is_for_large_screens_and_prints(browser: Browser, page: Page, server: str) -> None:
    page.goto(server + "long.html")
    assert page.locator(".d2lbook-discussion-code svg").is_visible()
    box = page.locator(".d2lbook-discussion-code svg").bounding_box()
    assert box is not None
    assert box["width"] == pytest.approx(20 / 25.4 * 96, abs=1)
    page.set_viewport_size({"width": 390, "height": 800})
    assert not page.locator(".d2lbook-discussion-code svg").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("kind", ["server", "folder"])
def test_an_address_leads_on_without_scripts(browser: Browser, site: Path, server: str, kind: str) -> None:
    root = server if kind == "server" else site.as_uri() + "/"
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{root}go/sec_two/index.html")
    tab.wait_for_url("**/two.html#sec-two")
    context.close()
