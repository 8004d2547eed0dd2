"""Pages say what they are, and a published site has what belongs beside its pages."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sphinxcontrib_d2lbook.outputs.html.page_metadata import icon

BASE = "html_baseurl = 'https://example.org/book'\nauthor = 'Ada <L> & others'\n"
PAGES = {
    "index.md": '# Root & book\n\nWhat "it" is <b>.\n\n```{toctree}\n:numbered:\n\nin/page\nown\n```\n',
    "in/page.md": f"# A *title*\n\nWords $x^2$ and a note[^a]. {'more words ' * 40}\n\n[^a]: Note.\n",
    "own.md": "---\nmyst:\n  html_meta:\n    description: Mine.\n---\n# Own\n\n## Below\n\nNot this.\n",
}


def metas(text: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', text))


def test_pages_say_what_they_are(project: Any) -> None:
    project.conf += BASE
    project.write(PAGES)
    project.build()
    site = project.build_folder / "html"
    root = metas((site / "index.html").read_text("utf-8"))
    assert root["og:title"] == "A Book"
    assert root["og:type"] == "book"
    assert root["og:url"] == "https://example.org/book/index.html"
    assert root["description"].startswith("What ")
    assert "<" not in root["description"]
    page = metas((site / "in/page.html").read_text("utf-8"))
    assert page["citation_title"] == page["og:title"] == "A title"
    assert page["citation_author"] == "Ada &lt;L&gt; &amp; others"
    assert page["citation_inbook_title"] == "A Book"
    assert page["citation_public_url"] == "https://example.org/book/in/page.html"
    assert page["description"].startswith("Words x^2 and a note")
    assert len(page["description"]) <= 202
    assert page["description"].endswith(" …")
    text = (site / "own.html").read_text("utf-8")
    assert text.count('name="description"') == 1
    assert 'content="Mine."' in text
    assert text.count('<link rel="icon"') == 1


def test_a_description_by_a_directive_is_the_only_one(project: Any) -> None:
    project.write({"index.rst": ".. meta::\n   :description: Mine.\n\nRoot\n====\n\nWords.\n"})
    project.build()
    text = (project.build_folder / "html" / "index.html").read_text("utf-8")
    assert re.findall(r'<meta [^>]*"description"[^>]*>', text) == ['<meta content="Mine." name="description" />']


def test_a_published_site_has_its_files(project: Any) -> None:
    project.conf += BASE
    project.write(PAGES)
    project.build()
    site = project.build_folder / "html"
    places = ET.fromstring((site / "sitemap.xml").read_text("utf-8"))
    assert [place[0].text for place in places] == [
        "https://example.org/book/in/page.html",
        "https://example.org/book/index.html",
        "https://example.org/book/own.html",
    ]
    assert "Sitemap: https://example.org/book/sitemap.xml" in (site / "robots.txt").read_text("utf-8")
    missing = (site / "404.html").read_text("utf-8")
    assert missing.index('<base href="https://example.org/book/" />') < missing.index("_static/")
    assert "Page not found" in missing
    assert metas(missing)["robots"] == "noindex"


@pytest.mark.parametrize("conf", ["", f"{BASE}d2lbook_metadata = False\n"], ids=["no address", "switched off"])
def test_files_go_again(project: Any, conf: str) -> None:
    project.write(PAGES)
    before = project.conf
    project.conf += BASE
    project.build()
    project.conf = before + conf
    project.build()
    site = project.build_folder / "html"
    assert not (site / "sitemap.xml").exists()
    assert not (site / "robots.txt").exists()
    assert not (site / "404.html").exists()


def test_an_authors_own_files_stay(project: Any) -> None:
    extra = project.folder / "extra"
    extra.mkdir()
    (extra / "robots.txt").write_text("User-agent: *\nDisallow: /\n", "utf-8")
    (extra / "mark.png").write_bytes(b"\x89PNG")
    project.conf += f"{BASE}html_extra_path = [{str(extra)!r}]\nhtml_favicon = {str(extra / 'mark.png')!r}\n"
    project.write(PAGES)
    project.build()
    site = project.build_folder / "html"
    assert "Disallow" in (site / "robots.txt").read_text("utf-8")
    assert "data:image/svg+xml" not in (site / "own.html").read_text("utf-8")


def test_an_icon_has_the_first_letter() -> None:
    assert "%3EÜ%3C" in icon("«übungen»") or "%3E%C3%9C%3C" in icon("«übungen»")
    assert '"' not in icon('"').removeprefix('<link rel="icon" type="image/svg+xml" href="').removesuffix('" />')
