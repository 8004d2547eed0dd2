"""Forums of another distribution bring their own element, variable and script, and pages show them."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.forum import Embed, Mount, embed_fault
from sphinxcontrib_d2lbook.forum.providers import read
from sphinxcontrib_d2lbook.testing.providers import ProviderContract
from tests.conftest import Project

pytestmark = pytest.mark.long

SOURCE = Path(__file__).parents[1] / "forum" / "textbook-forums"
FORUMS: Mapping[str, Mapping[str, Any]] = {
    "isso": {"provider": "isso", "url": "https://isso.example"},
    "disqus": {"provider": "disqus", "shortname": "a-book"},
    "remark42": {"provider": "remark42", "url": "https://r.example", "site": "book", "book": "https://book.example"},
}
TITLE = "A “<b>” & ‘more’"
TOLD: Mapping[str, Mapping[str, Any]] = {
    "isso": {
        "kind": "isso",
        "script": "https://isso.example/js/embed.min.js",
        "attributes": {"data-isso": "https://isso.example/", "data-isso-css": "true"},
        "settings": {},
        "mount": {
            "tag": "section",
            "attributes": {"id": "isso-thread", "data-isso-id": "sec_a", "data-title": TITLE},
        },
    },
    "disqus": {
        "kind": "disqus",
        "script": "https://a-book.disqus.com/embed.js",
        "attributes": {},
        "settings": {"page": {"identifier": "sec_a", "title": TITLE}},
        "mount": {"tag": "div", "attributes": {"id": "disqus_thread"}},
        "variable": "disqus_config",
        "handed": "this",
    },
    "remark42": {
        "kind": "remark42",
        "script": "https://r.example/web/embed.js",
        "attributes": {},
        "settings": {
            "host": "https://r.example",
            "site_id": "book",
            "url": "https://book.example/go/sec_a/",
            "components": ["embed"],
        },
        "mount": {"tag": "div", "attributes": {"id": "remark42", "class": "remark42"}},
        "variable": "remark_config",
        "handed": "value",
    },
}
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\na\n```\n",
    "a.md": "(sec_a)=\n# A \"\\<b>\" & 'more'\n\nText.\n\n```{discussion}\n```\n",
}


@pytest.fixture(scope="session")
def forums_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the distribution."""
    folder = tmp_path_factory.mktemp("forums")
    (folder / "source").mkdir()
    for name in ("pyproject.toml", "textbook_forums.py"):
        (folder / "source" / name).write_bytes((SOURCE / name).read_bytes())
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index"]
    command += ["--no-deps", "--no-build-isolation", "--target", str(folder / "site"), str(folder / "source")]
    subprocess.run(command, check=True)
    return folder / "site"


@pytest.fixture(autouse=True)
def installed(forums_site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(forums_site))


@pytest.fixture(params=FORUMS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def built(name: str, project: Project) -> Project:
    project.conf += f"html_baseurl = 'https://book.example/'\nd2lbook_forum = {FORUMS[name]!r}\n"
    project.write(PAGES)
    project.build()
    assert project.warnings == ""
    return project


def test_a_page_tells_its_script_of_element_and_variable(built: Project, name: str) -> None:
    page = (built.build_folder / "html/a.html").read_text("utf-8")
    (told,) = re.findall(r'data-embed="([^"]*)"', page)
    assert json.loads(html.unescape(told)) == TOLD[name]
    assert "<b>" not in told


def test_nothing_of_the_forum_is_in_the_page_itself(built: Project) -> None:
    page = (built.build_folder / "html/a.html").read_text("utf-8")
    rest = re.sub(r'data-embed="[^"]*"', "", page)
    assert not re.search(r"isso|disqus|remark42|r\.example", rest)
    assert not re.search(r"<script[^>]*src=\"http", rest)


@pytest.mark.parametrize(
    ("embed", "fault"),
    [
        (Embed("x", "https://x", {"onload": "alert(1)"}), "'onload' is no attribute"),
        (Embed("x", "https://x", {"src": "https://y"}), "'src' is no attribute"),
        (Embed("x", "https://x", {"a b": "c"}), "'a b' is no attribute"),
        (Embed("x", "https://x", mount=Mount(attributes={"style": "x"})), "'style' is no attribute"),
        (Embed("x", "https://x", mount=Mount(attributes={"id": 5})), "'id' is no text"),  # type: ignore[dict-item]
        (Embed("x", "https://x", mount=Mount("script")), "the mount is one of .* not 'script'"),
        (Embed("x", "https://x", variable="a.b"), "'a.b' is no name of a variable"),
        (Embed("x", "https://x", settings={"a": 1}), "settings, and no variable"),
        (Embed("x", "https://x", mount=Mount("isso-comments"), variable="$a"), None),
    ],
)
def test_what_no_page_can_have_is_refused(embed: Embed, fault: str | None) -> None:
    found = embed_fault(embed)
    assert (found is None) if fault is None else re.search(fault, found or "")


SCRIPT = """{
    const element = document.getElementById("%s");
    const config = window.disqus_config;
    const told = { page: { url: "kept" } };
    config?.call(told);
    const own = document.currentScript.dataset.isso ?? "";
    element.textContent = JSON.stringify([element.dataset.issoId ?? "", own, told.page, window.remark_config ?? null]);
}"""
ELEMENTS = {"isso": "isso-thread", "disqus": "disqus_thread", "remark42": "remark42"}


@pytest.mark.browser
def test_the_script_finds_what_it_was_promised(built: Project, name: str, browser: Any, serving: Any) -> None:
    class StandIn(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript")
            self.end_headers()
            self.wfile.write((SCRIPT % ELEMENTS[name]).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Nothing."""

    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with serving(StandIn) as address:
        file = built.build_folder / "html/a.html"
        script = html.escape(json.dumps(TOLD[name]["script"]))
        text = file.read_text("utf-8")
        assert script in text
        file.write_text(text.replace(script, html.escape(json.dumps(f"{address}embed.js"))), "utf-8")
        page.goto(file.as_uri())
        assert not [url for url in asked if url.startswith("http")]
        page.locator(".d2lbook-thread-load").click()
        shown = page.locator(f"#{ELEMENTS[name]}")
        shown.get_by_text("[").wait_for()
        found = json.loads(shown.text_content())
        assert [url for url in asked if url.startswith("http")] == [f"{address}embed.js"]
    context.close()
    settings = TOLD[name]["settings"]
    assert found == [
        "sec_a" if name == "isso" else "",
        "https://isso.example/" if name == "isso" else "",
        {"url": "kept", **(settings["page"] if name == "disqus" else {})},
        settings if name == "remark42" else None,
    ]


class TestTheContract(ProviderContract):
    """Of each of the three, and of ours."""

    @pytest.fixture(
        params=[
            *FORUMS.values(),
            {"provider": "discourse", "url": "https://forum.example"},
            {"provider": "utterances", "repo": "o/r"},
            {"provider": "hypothesis"},
            {"url": "https://forum.example/{label}"},
        ],
        ids=lambda value: value.get("provider", "link"),
    )
    def provider(self, request: pytest.FixtureRequest) -> Any:
        setting = read(request.param)
        assert setting
        return setting.provider
