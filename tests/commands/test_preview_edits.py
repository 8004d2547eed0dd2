"""No edit is lost in the preview, and none is built twice, whenever it is made and whenever the system tells of it."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright
from watchfiles import Change

from sphinxcontrib_d2lbook.commands.preview import build_once
from sphinxcontrib_d2lbook.commands.preview.build_process import Builder, Built, Observer
from sphinxcontrib_d2lbook.commands.preview.file_watcher import FileChanges
from sphinxcontrib_d2lbook.commands.preview.server import ServedSite, serve
from sphinxcontrib_d2lbook.common.files import file_digest
from tests.html.conftest import FLAGS


class Messages:
    """What the system tells of changes, when the test wants it."""

    def __init__(self) -> None:
        self._batches: queue.Queue[Collection[tuple[Change, str]]] = queue.Queue()

    def __iter__(self) -> Iterator[Collection[tuple[Change, str]]]:
        while True:
            yield self._batches.get()
            self._batches.task_done()

    def tell(self, *paths: Path) -> None:
        """Tell of changes, and return when they have been heard of."""
        self._batches.put({(Change.modified, str(path)) for path in paths})
        self._batches.join()


class Book:
    """A folder with two pages that is watched, and a site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.page, self.other = self.folder / "page.md", self.folder / "other.md"
        self.page.write_text("old")
        self.other.write_text("old")
        self.messages = Messages()
        self.changes = FileChanges({folder}, set(), batches=self.messages, patience=60)
        self.site = ServedSite(folder / "html", None)

    def next(self) -> str:
        """What is built next: `other.md` if there is nothing before it."""
        self.other.write_text(self.other.read_text() + "again")
        self.messages.tell(self.other)
        return self.changes.wait(self.folder)

    def build(self, builder: HeldBuilder) -> None:
        build_once(self.site, self.changes, builder, self.folder, self.folder, self.folder / "_build")


class HeldBuilder(Builder):
    """Stands for builds: it begins, reads all pages when the test lets it, and ends when the test lets it."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.stages = {name: (threading.Event(), threading.Event()) for name in ("begun", "read")}

    def build(self, observer: Observer) -> Built:
        self._hold("begun")
        read = {path: file_digest(path) for path in self.book.folder.glob("*.md")}
        self._hold("read")
        return Built(0, 1.0, "", "", read)

    def _hold(self, stage: str) -> None:
        reached, may_go_on = self.stages[stage]
        reached.set()
        assert may_go_on.wait(60)

    @contextmanager
    def held_at(self, stage: str) -> Iterator[None]:
        """Hold a build open at a stage, in another thread, while the test does something, and let it end."""
        build = threading.Thread(target=self.book.build, args=(self,))
        build.start()
        for name, (reached, may_go_on) in self.stages.items():
            assert reached.wait(60)
            if name == stage:
                yield
            may_go_on.set()
        build.join()


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


@pytest.mark.parametrize("told", ["meanwhile", "afterwards"])
def test_an_edit_during_a_build_that_has_not_read_the_page_is_in_it(book: Book, told: str) -> None:
    with HeldBuilder(book).held_at("begun"):
        book.page.write_text("edited")
        if told == "meanwhile":
            book.messages.tell(book.page)
    if told == "afterwards":
        book.messages.tell(book.page)
    assert book.next() == "changed: other.md"


@pytest.mark.parametrize("told", ["meanwhile", "afterwards"])
def test_an_edit_during_a_build_that_has_read_the_page_is_built_next(book: Book, told: str) -> None:
    with HeldBuilder(book).held_at("read"):
        book.page.write_text("edited")
        if told == "meanwhile":
            book.messages.tell(book.page)
    if told == "afterwards":
        book.messages.tell(book.page)
    assert book.changes.wait(book.folder) == "changed: page.md"
    with HeldBuilder(book).held_at("read"):
        pass
    assert book.next() == "changed: other.md"


def test_an_edit_that_is_taken_back_during_the_build_is_built(book: Book) -> None:
    """The build has read the edited page, and the page is now what it was before."""
    book.page.write_text("edited")
    book.messages.tell(book.page)
    with HeldBuilder(book).held_at("read"):
        book.page.write_text("old")
        book.messages.tell(book.page)
    assert book.changes.wait(book.folder) == "changed: page.md"


def test_a_file_that_an_editor_has_emptied_is_not_built_before_it_is_written(book: Book) -> None:
    with HeldBuilder(book).held_at("read"):
        pass
    seen: list[tuple[str, str]] = []
    editor = threading.Thread(target=lambda: seen.append((book.changes.wait(book.folder), book.page.read_text())))
    book.page.write_text("")
    editor.start()
    book.messages.tell(book.page)
    while editor.is_alive() and book.changes._changed:  # until the waiting thread has taken the message
        pass
    book.page.write_text("edited")
    book.messages.tell(book.page)
    editor.join()
    assert seen == [("changed: page.md", "edited")]


# In the browser


@pytest.fixture
def tab() -> Iterator[Page]:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = chromium.new_page(viewport={"width": 1200, "height": 800})
        page.set_default_timeout(60_000)
        yield page
        chromium.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[ServedSite, str]]:
    (tmp_path / "html").mkdir()
    found = ServedSite(tmp_path / "html", None)
    write(found, "old")
    found.begin()
    found.end(0, 1.0, [])
    with serve(found, 0) as server:
        yield found, f"{server.address}page.html"


def write(site: ServedSite, text: str) -> None:
    """Write the page as a build does."""
    page = f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body><p>{text}</p></body></html>"
    (site.html / "page.html").write_text(page)


@pytest.mark.browser
def test_a_page_that_is_opened_during_a_build_shows_its_result(site: tuple[ServedSite, str], tab: Page) -> None:
    found, address = site
    found.begin()
    tab.goto(address)
    expect(tab.locator(".d2lbook-preview-bar")).to_contain_text("Building")
    write(found, "new, and longer")
    found.end(0, 1.0, [])
    expect(tab.locator("p")).to_have_text("new, and longer", timeout=60_000)


@pytest.mark.browser
def test_a_page_sees_builds_that_end_before_it_listens(site: tuple[ServedSite, str], tab: Page) -> None:
    """The first build changes the page, the second does not, and the page hears only of the second."""
    found, address = site
    late: list[str] = []

    def build_before(route: Route) -> None:
        if not late:
            late.append("built")
            found.begin()
            write(found, "new, and longer")
            found.end(0, 1.0, [])
            found.begin()
            found.end(0, 1.0, [])
        route.continue_()

    tab.route("**/_preview/events*", build_before)
    tab.goto(address)
    expect(tab.locator("p")).to_have_text("new, and longer", timeout=60_000)


@pytest.mark.browser
def test_a_page_is_shown_before_the_rest_of_the_build_is_done(site: tuple[ServedSite, str], tab: Page) -> None:
    found, address = site
    tab.goto(address)
    found.begin()
    write(found, "new, and longer")
    found.show_pages()
    expect(tab.locator("p")).to_have_text("new, and longer", timeout=60_000)
    expect(tab.locator(".d2lbook-preview-bar")).to_contain_text("Building")


@pytest.mark.browser
def test_a_page_that_is_not_there_says_so_and_comes_when_it_is_written(site: tuple[ServedSite, str], tab: Page) -> None:
    found, address = site
    tab.goto(address.replace("page.html", "new.html"))
    expect(tab.locator(".d2lbook-preview-bar")).to_contain_text("no page “new.html”")
    found.begin()
    (found.html / "new.html").write_text("<html><head></head><body><p>It is here</p></body></html>")
    found.end(0, 1.0, [])
    expect(tab.locator("p")).to_have_text("It is here", timeout=60_000)


@pytest.mark.browser
def test_the_pdf_beside_is_that_of_the_last_build(tmp_path: Path, tab: Page) -> None:
    """The page is written before the PDF."""
    for name in ("html", "pdf"):
        (tmp_path / name).mkdir()
    found = ServedSite(tmp_path / "html", tmp_path / "pdf")
    write(found, "old")
    (tmp_path / "pdf/book.pdf").write_bytes(b"%PDF-1.4")
    found.end(0, 1.0, [])
    with serve(found, 0) as server:
        tab.goto(f"{server.address}page.html")
        tab.get_by_role("button", name="Show the PDF").click()
        frame = tab.locator("iframe.d2lbook-preview-pdf")
        expect(frame).to_have_attribute("src", "/_preview/book.pdf?1#page=1")
        found.begin()
        write(found, "new, and longer")
        found.show_pages()
        expect(tab.locator("p")).to_have_text("new, and longer", timeout=60_000)
        expect(frame).to_have_attribute("src", "/_preview/book.pdf?1#page=1")
        found.end(0, 1.0, [])
        expect(frame).to_have_attribute("src", "/_preview/book.pdf?2#page=1", timeout=60_000)


@pytest.mark.browser
def test_a_cell_shows_its_progress_and_the_page_stays(site: tuple[ServedSite, str], tab: Page) -> None:
    found, address = site
    cells = "".join(
        f"<div class='cell'><div class='cell_input'><pre>{code}</pre></div><div class='cell_output'>{code}</div></div>"
        for code in ("a = 1", "train( )")
    )
    write(found, f"text</p>{cells}<p>")
    found.begin()
    found.end(0, 1.0, [])
    tab.goto(address)
    found.begin()
    names = {"docname": "page@mxnet", "page": "page"}
    cell = {**names, "cell": 2, "cells": 2, "line": 7, "seconds": 61.0, "text": "<b>45%</b>|##"}
    found.show_running([{**cell, "source": "train( )\n"}, {**cell, "docname": "other", "page": "other", "source": "x"}])
    progress = tab.locator(".d2lbook-preview-cell")
    expect(progress).to_contain_text("<b>45%</b>|##")
    expect(progress).to_contain_text("train( )")
    expect(progress.locator(".d2lbook-preview-time")).to_have_text(re.compile(r"1:\d\d"))
    expect(tab.locator(".d2lbook-preview-bar")).to_contain_text("other, cell 2 of 2")
    expect(tab.get_by_role("link", name="page@mxnet")).to_have_attribute("href", "/page.html")
    found.show_running([{**cell, "cell": 1, "source": "another = 1  # the page in the browser is older"}])
    expect(progress.locator("pre")).to_have_text("a = 1")
    found.end(0, 1.0, [])
    expect(progress).to_have_count(0)
    expect(tab.locator(".cell_output")).to_have_count(2)
