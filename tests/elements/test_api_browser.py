"""Links in code, in a real Chromium: they look like the code around them, copy as code, and lead to the entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

pytestmark = pytest.mark.browser

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
MATTER = "---\nfile_format: mystnb\nlanguage_info:\n  name: python\n---\n"
CODE = 'from d2l import mxnet as d2l\n\nprint("d2l.train", d2l.train(1))  # d2l.train'
PAGES = {
    "index.md": "# Book\n\n```{toctree}\n:numbered:\none\ntwo\napi\n```\n",
    "one.md": f"{MATTER}# One\n\n```{{code-cell}}\n#@save\ndef train(n): pass\n```\n",
    "two.md": f"{MATTER}# Two\n\n```{{code-cell}}\n{CODE}\n```\n",
    "api.md": "# API\n\n" + "Words.\n\n" * 60 + "```{package-api}\n```\n",
}
COLOURS = "link => [link, link.closest('pre')].map(part => getComputedStyle(part.querySelector('.n')).color)"
LINE = "link => getComputedStyle(link).textDecorationLine"


@pytest.fixture
def site(project: Any) -> Path:
    project.conf += "d2lbook_package = 'd2l'\nd2lbook_default_module = 'mxnet'\nnb_execution_mode = 'off'\n"
    project.write(PAGES)
    done = project.run("html")
    assert (done.returncode, done.stderr) == (0, "")
    folder: Path = project.build_folder / "html"
    return folder


def test_links_in_code(site: Path) -> None:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for scheme in ("light", "dark"):
            context = chromium.new_context(color_scheme=scheme, permissions=["clipboard-read", "clipboard-write"])
            page = context.new_page()
            page.goto((site / "two.html").as_uri())
            link = page.locator(".highlight a")
            assert link.all_inner_texts() == ["d2l.train"]
            linked, plain = link.evaluate(COLOURS)
            assert linked == plain
            assert link.evaluate(LINE) == "none"
            link.hover()
            assert link.evaluate(LINE) == "underline"
            page.locator("button.copybtn").first.click()
            assert page.evaluate("navigator.clipboard.readText()") == CODE
            link.click()
            entry = page.locator("[id='d2l.mxnet.train']")
            entry.wait_for()
            assert page.url.endswith("/api.html#d2l.mxnet.train")
            expect(entry).to_be_in_viewport()
            page.goto((site / "one.html").as_uri())
            page.get_by_text("d2l.train", exact=True).click()
            assert page.url.endswith("/api.html#d2l.mxnet.train")
            context.close()
        chromium.close()
