"""Names in code are links in the PDF that LaTeX sets, and nothing else of the code changes."""

from __future__ import annotations

import re

import pygments
import pypdf
import pytest
from pygments.formatters import LatexFormatter
from pygments.lexers import PythonLexer

from sphinxcontrib_d2lbook.elements.code_links import CodeLink
from sphinxcontrib_d2lbook.outputs.latex.code_highlighting import LatexLinkFormatter
from tests.conftest import Project
from tests.elements.test_api_pages import PYTHON, fill

SOURCE = '@d2l.wrap\ndef f(x="""\nd2l.wrap\n"""):\n\n    return d2l . wrap, "<&>"  # d2l.wrap\n'
LINKS = (
    CodeLink(1, 1, 9, r"\booklink{api:a}", "d2l.wrap"),
    CodeLink(3, 0, 8, r"\booklink{never}", ""),
    CodeLink(6, 11, 21, r"\booklink{api:b}", ""),
)
LONG = """# Long

```{code-cell} ipython3
from d2l import mxnet as d2l

print("a line that is too long for the page, so that it goes on below, and then", "a name", d2l.train(1), "the end")
```
"""


def test_links_are_commands_around_the_same_tokens() -> None:
    plain = pygments.highlight(SOURCE, PythonLexer(), LatexFormatter())
    linked = pygments.highlight(SOURCE, PythonLexer(), LatexLinkFormatter(links=LINKS))
    assert pygments.highlight(SOURCE, PythonLexer(), LatexLinkFormatter()) == plain
    found = re.findall(r"\\booklink\{([^}]*)\}\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}", linked)
    assert [place for place, _text in found] == ["api:a", "api:b"]
    assert [re.sub(r"\\PY\{[^}]*\}\{([^}]*)\}", r"\1", text) for _place, text in found] == ["d2l.wrap", "d2l . wrap"]


@pytest.mark.latex
def test_code_leads_to_the_reference(project: Project) -> None:
    fill(project)
    project.write({"back.md": PYTHON + LONG})
    project.build("pdf", confoverrides={"d2lbook_pdf_engine": "latex", "d2lbook_outputs": ["pdf"]})
    assert project.warnings == ""
    reader = pypdf.PdfReader(next((project.build_folder / "pdf").glob("*.pdf")))
    pages = [page.extract_text() for page in reader.pages]
    for words, count in (("in a comment", 5), ("a name", 1)):
        at = next(number for number, text in enumerate(pages) if words in text)
        names = [str(note.get_object()["/A"]["/D"]) for note in reader.pages[at]["/Annots"]]
        assert len({name for name in names if name.startswith("api:")}) <= 3
        assert sum(name.startswith("api:") for name in names) >= count
    assert "the end" in next(text for text in pages if "a name" in text)
