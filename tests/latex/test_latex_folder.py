"""The folder of LaTeX sources is complete: whoever gets a copy runs latexmk in it, and has the book."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from tests.conftest import Project

pytestmark = [pytest.mark.latex, pytest.mark.long]

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#c30"/></svg>'
ONE = """# One

Words with {index}`entry`, $x^2$, an arrow ↯ and `code`.

## Below

```{figure} a.svg
:name: fig

A wave.
```

See {numref}`fig` and {ref}`sec_two`.

```python
print(1)
```
"""
PAGES = {
    "index.md": "# Waves\n\n```{toctree}\n:matter: front\n\npreface\n```\n\n"
    "```{toctree}\n:numbered:\n:caption: Foundations\n\none\ntwo\n```\n\n"
    "```{toctree}\n:matter: appendix\n\nmore\n```\n",
    "preface.md": "# Preface\n\nWords.\n\n## Thanks\n\nTo all.\n",
    "one.md": ONE,
    "two.md": "(sec_two)=\n# Two\n\n$$ a = b $$ (eq)\n\n"
    + "\n\n".join(f"## S{n}\n\n### T{n}\n\nText." for n in range(12)),
    "more.md": "# More\n\n## Of It\n\nEnd.\n",
    "a.svg": SVG,
}
CLASSES = {"report": "", "scrbook": "latex_docclass = {'manual': 'scrbook'}\nd2lbook_pdf_headings = 'class'\n"}


@pytest.fixture(scope="module", params=CLASSES)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("folder"))
    project.write(PAGES)
    project.conf += "d2lbook_pdf_engine = 'latex'\nd2lbook_outputs = ['pdf']\nauthor = 'A. Author'\n"
    project.conf += CLASSES[request.param]
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    return project


def test_a_copy_is_set_by_latexmk_alone(project: Project, tmp_path: Path) -> None:
    made = project.build_folder / "book" / "pdf"
    shutil.copytree(made / "latex", tmp_path / "copy")
    shutil.move(project.folder, project.folder.with_name("gone"))
    try:
        home = tmp_path / "home"
        home.mkdir()
        surroundings = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(home)}
        done = subprocess.run(["latexmk"], cwd=tmp_path / "copy", env=surroundings, capture_output=True, check=False)
    finally:
        shutil.move(project.folder.with_name("gone"), project.folder)
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / "copy" / "a-book.pdf").read_bytes() == (made / "a-book.pdf").read_bytes()


def test_it_names_no_path_of_the_machine(project: Project) -> None:
    folder = project.build_folder / "book" / "pdf" / "latex"
    texts = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert [name for name, data in texts.items() if str(project.folder).encode() in data] == []
    assert "latexmkrc" in texts
    assert {path.suffix for path in (folder / "fonts").iterdir()} == {".otf", ".ttf"}


def test_every_heading_and_number_is_there(project: Project) -> None:
    reader = pypdf.PdfReader(project.build_folder / "book" / "pdf" / "a-book.pdf")
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in ("Foundations", "1 One", "1.1 Below", "2.12 S11", "2.12.1 T11", "A More", "A.1 Of It", "Figure 1.1"):
        assert re.search(re.escape(words).replace(r"\ ", r"\s*"), text), words
    titles = [item.title for item in _flat(reader.outline)]
    assert [
        title for title in titles if title in ("Contents", "Preface", "Foundations", "1 One", "A More", "Index")
    ] == [
        "Contents",
        "Preface",
        "Foundations",
        "1 One",
        "A More",
        "Index",
    ]


def _flat(items: list) -> list:  # type: ignore[type-arg]
    return [one for item in items for one in (_flat(item) if isinstance(item, list) else [item])]
