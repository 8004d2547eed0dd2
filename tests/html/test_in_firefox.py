"""Every kind of page works in Firefox, too: no message on the console, search, previews, and what is folded."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Project

from .firefox import Firefox, running
from .test_accessibility import EVERY_DIRECTIVE, PAGES

pytestmark = [pytest.mark.firefox, pytest.mark.long]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The website of the book of every directive."""
    folder = tmp_path_factory.mktemp("firefox") / "project"
    shutil.copytree(EVERY_DIRECTIVE, folder)
    project = Project(folder)
    project.conf = (folder / "conf.py").read_text("utf-8")
    done = project.run("html")
    assert done.returncode == 0, done.stderr
    return project.build_folder / "html"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with running(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.mark.parametrize("name", [name for name in PAGES if name != "404"])  # which is made for one address
def test_a_page_opens_without_a_message(firefox: Firefox, server: str, name: str) -> None:
    firefox.open(f"{server}{name}.html")
    assert firefox.evaluate("document.querySelector('h1')?.textContent.trim() || document.title")
    assert (firefox.log, firefox.failed) == ([], [])


def test_messages_and_lost_files_are_seen(firefox: Firefox, server: str) -> None:
    firefox.open(f"{server}index.html")
    firefox.evaluate("fetch('gone.js').then(() => console.error('a message'))")
    assert (firefox.log, [one.split("/")[-1] for one in firefox.failed]) == (["error: a message"], ["gone.js: 404"])


@pytest.mark.parametrize("place", ["server", "folder"])
def test_the_search_finds(firefox: Firefox, site: Path, server: str, place: str) -> None:
    firefox.open((server if place == "server" else site.as_uri() + "/") + "search.html?q=loss")
    firefox.wait_for("document.querySelectorAll('ul.search li a').length > 0")
    assert firefox.log == []


def test_a_reference_shows_what_it_leads_to(firefox: Firefox, server: str) -> None:
    firefox.open(f"{server}basics/figures.html")
    firefox.hover("article p a.reference.internal[href*='#']")
    firefox.wait_for("document.querySelector('[role=tooltip]')?.textContent.trim()")
    assert firefox.log == []


def test_what_is_folded_opens(firefox: Firefox, server: str) -> None:
    firefox.open(f"{server}basics/boxes.html")
    fold = "document.querySelector('details.d2lbook-fold:not([open])')"
    assert firefox.evaluate(f"window.fold = {fold}, !!window.fold")
    firefox.evaluate("window.fold.querySelector('summary').click()")
    firefox.wait_for("window.fold.open && window.fold.children[1].getBoundingClientRect().height > 0")
    assert firefox.log == []
