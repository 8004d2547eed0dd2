"""The list of theorems and other statements has their numbers and titles, in the order of the numbers."""

from __future__ import annotations

import re

from tests.conftest import Project


def statement(kind: str, title: str = "", options: str = "") -> str:
    return f":::{{prf:{kind}}} {title}\n{options}\nWords.\n:::\n\n"


PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nz\na\n```\n",
    "a.md": f"# A\n\n{''.join(statement('theorem', f'Number {one}') for one in range(1, 11))}",
    "z.md": f"# Z\n\n{statement('lemma', 'Of Zorn & sons', ':label: lem_z')}{statement('remark', '', ':nonumber:')}",
}


def test_statements_stand_in_the_order_of_their_numbers(project: Project) -> None:
    project.write(PAGES)
    project.build()
    text = (project.build_folder / "html" / "prf-prf.html").read_text("utf-8")
    entry = r'<a href="([^"#]*)#[^"]*"><code class="xref">(.*?)</code></a>\s*</td><td>\s*<em>(.*?)</em>'
    rows = re.findall(entry, text)
    assert rows == [
        ("z.html", "Lemma 1.1", "Of Zorn &amp; sons"),
        *(("a.html", f"Theorem 2.{one}", f"Number {one}") for one in range(1, 11)),
        ("z.html", "Remark", ""),
    ]
    assert re.findall(r'href="#cap-([^"]*)"', text) == ["1", "2", "Remark"]


def test_its_title_is_plain_words_of_the_language(project: Project) -> None:
    project.conf += "language = 'de'\n"
    project.write(PAGES)
    project.build()
    text = (project.build_folder / "html" / "prf-prf.html").read_text("utf-8")
    assert "<h1>Sätze und andere Aussagen</h1>" in text
    assert "Proof Index" not in text
