"""Chapters in the map of the book that are still to be written."""

from __future__ import annotations

import json
import re

from sphinxcontrib_d2lbook.elements.map_layout import Chapter, ChapterGroup
from sphinxcontrib_d2lbook.elements.map_planned import PlannedChapter, with_planned
from tests.conftest import Project

MAP = """# Root

```{toctree}
:numbered:
:caption: Foundations

one
two
```

```{toctree}
:matter: appendix

tools
```

```{book-map} What builds on what.
one -> two -> 4
+ 3 Later in the same part
+ [Modern techniques]
+ 4 Convolutional `networks`
+ 5 Attention <and> more
4 -> 5
```
"""
PAGES = {"index.md": MAP, **{f"{name}.md": f"# {name.title()}\n\nText.\n" for name in ("one", "two", "tools")}}


def test_planned_chapters_stand_at_their_places() -> None:
    first = ChapterGroup("First", 0, (Chapter("a", "1", "A"), Chapter("b", "4", "B")))
    last = ChapterGroup("Appendices", None, (Chapter("z", "A", "Z"),))
    planned = [
        PlannedChapter("2", "P", "", 1),
        PlannedChapter("7", "Q", "New", 2),
        PlannedChapter("10", "R", "New", 3),
        PlannedChapter("B", "S", "", 4),
    ]
    found = with_planned([first, last], planned)
    assert [(group.title, group.part, [one.number for one in group.chapters]) for group in found] == [
        ("First", 0, ["1", "2", "4"]),
        ("New", 1, ["7", "10"]),
        ("Appendices", None, ["A", "B"]),
    ]
    assert with_planned([], planned[:1])[0].chapters[0].is_planned


def test_they_are_drawn_lighter_and_lead_nowhere(project: Project) -> None:
    project.write(PAGES)
    project.conf += "d2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    done = project.run("book")
    assert (done.returncode, done.stderr) == (0, "")
    html = (project.build_folder / "book" / "html" / "index.html").read_text("utf-8")
    (svg,) = re.findall(r"<svg [^>]*d2lbook-map.*?</svg>", html, re.DOTALL)
    assert len(re.findall(r'class="d2lbook-part-\w+ planned"><rect', svg)) == 3
    assert len(re.findall(r'class="arc d2lbook-part-\w+ planned"', svg)) == 2
    assert len(re.findall(r"<a href=", svg)) == 3
    assert "4 Convolutional `networks` (planned)" in svg
    assert "Attention &lt;and&gt; more" in svg
    cells = json.loads((project.build_folder / "book" / "notebooks" / "index.ipynb").read_text("utf-8"))["cells"]
    assert "Modern techniques" in json.dumps(cells)


def test_a_planned_chapter_that_is_written_and_a_line_without_sense_are_named(project: Project) -> None:
    project.write(PAGES)
    project.write({"index.md": MAP.replace("+ 3 Later in the same part", "+ 2 Two\n+ nonsense")})
    project.build("dummy")
    assert "chapter 2, planned here, is in the book now" in project.warnings
    assert "index.md:19" in project.warnings
    assert "'+ nonsense' is not a planned chapter; write `+ 5 Its title`" in project.warnings
