"""Each chapter has a card for social networks, which is drawn when what it shows has changed."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sphinx.application import Sphinx

from sphinxcontrib_d2lbook.common import forks
from sphinxcontrib_d2lbook.outputs.paper import compiler
from tests.conftest import Project

DOT = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='90'><rect width='90' height='90' fill='#f00'/></svg>"
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\na/index\nb\n```\n",
    "a/index.md": "# Chapter *A* & more\n\n```{toctree}\none\n```\n",
    "a/one.md": "# One\n\n```{figure} ../dot.svg\nA dot\n```\n",
    "b.md": '# `"#eval(x)` $ and #read(/conf.py)\n\nText.\n',
    "dot.svg": DOT,
}


@pytest.fixture
def drawn(project: Project, monkeypatch: pytest.MonkeyPatch) -> tuple[Project, list[str]]:
    """A project, and the titles of the cards that its builds draw."""
    titles: list[str] = []
    whole = compiler.draw_picture

    def draw(source: bytes, inputs: dict[str, str], root: Path, *, system: bool = False) -> bytes:
        titles.append(inputs["title"])
        return whole(source, inputs, root, system=system)

    monkeypatch.setattr(compiler, "draw_picture", draw)
    monkeypatch.setattr(forks, "CAN_FORK", False)  # or nobody would know here what was drawn there
    project.conf += "html_baseurl = 'https://book.example/'\n"
    project.write(PAGES)
    return project, titles


def built(project: Project) -> Sphinx:
    app = project.build()
    assert project.warnings == ""
    return app


def card(project: Project, name: str) -> Path:
    return project.build_folder / "html" / "_static" / "cards" / f"{name}.png"


def image_of(project: Project, page: str) -> str:
    text = (project.build_folder / "html" / page).read_text("utf-8")
    return "".join(re.findall(r'<meta property="og:image" content="([^"]*)" />', text))


def test_pages_name_the_card_of_their_chapter(drawn: tuple[Project, list[str]]) -> None:
    project, titles = drawn
    built(project)
    assert titles == ["A Book", "Chapter A & more", '"#eval(x) $ and #read(/conf.py)']
    for page, name in (("index", "index"), ("a/index", "a/index"), ("a/one", "a/index"), ("b", "b")):
        assert image_of(project, f"{page}.html") == f"https://book.example/_static/cards/{name}.png"
        with Image.open(card(project, name)) as picture:
            assert picture.size == (1200, 630)
    assert image_of(project, "genindex.html") == ""


def red(data: bytes) -> int:
    with Image.open(BytesIO(data)) as picture:
        return sum(count for count, colour in picture.convert("RGB").getcolors(1 << 24) or () if colour == (255, 0, 0))


def test_a_card_shows_the_first_figure_of_its_chapter(drawn: tuple[Project, list[str]]) -> None:
    project, _titles = drawn
    built(project)
    assert red(card(project, "a/index").read_bytes()) > 100_000
    assert red(card(project, "b").read_bytes()) == 0


def test_only_what_has_changed_is_drawn(drawn: tuple[Project, list[str]]) -> None:
    project, titles = drawn
    built(project)
    titles.clear()
    built(project)
    assert titles == []
    project.write({"dot.svg": DOT.replace("#f00", "#00f"), "b.md": PAGES["b.md"] + "\nMore.\n"})
    built(project)
    assert titles == ["Chapter A & more"]
    titles.clear()
    card(project, "b").unlink()
    built(project)
    assert titles == ['"#eval(x) $ and #read(/conf.py)']
    project.write({"index.md": PAGES["index.md"].replace("\nb\n", "\n"), "b.md": "---\norphan: true\n---\n# B\n"})
    built(project)
    assert not card(project, "b").exists()
    assert image_of(project, "b.html") == "https://book.example/_static/cards/index.png"


def test_a_figure_that_cannot_be_set_is_left_out(drawn: tuple[Project, list[str]]) -> None:
    project, titles = drawn
    project.write({"dot.svg": "no picture"})
    built(project)
    assert titles.count("Chapter A & more") == 2
    assert card(project, "a/index").is_file()


@pytest.mark.parametrize(
    "conf", ["d2lbook_social_cards = False\n", "html_baseurl = ''\n", "d2lbook_metadata = False\n"]
)
def test_a_site_without_them_draws_none(drawn: tuple[Project, list[str]], conf: str) -> None:
    project, titles = drawn
    project.conf += conf
    built(project)
    assert titles == []
    assert image_of(project, "b.html") == ""
