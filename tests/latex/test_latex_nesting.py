"""Everything inside everything: LaTeX can set it, and none of it is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
import pytest

from tests.conftest import Project
from tests.typst.test_typst_nesting import BLOCKS, CONTAINERS, DEEP, SVG, deep_page, deep_word, word

pytestmark = [pytest.mark.long, pytest.mark.latex]


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All of the PDF's text, white space and hyphens left out."""
    project = Project(tmp_path_factory.mktemp("nested"))
    project.conf += 'd2lbook_pdf_engine = "latex"\nd2lbook_name = "nested"\n'
    parts = ["# Nested\n\n[^f]: Note.\n"]
    for outer, wrap in CONTAINERS.items():
        parts.append(f"## In {outer}\n")
        for inner, block in BLOCKS.items():
            parts.append(wrap(block.replace("WORD", word(outer, inner))) + "\n\nBetween.\n")
    pages = {f"deep{place}": deep_page(outer) for place, outer in enumerate(CONTAINERS)}
    parts.append("```{toctree}\n" + "\n".join(pages) + "\n```\n")
    project.write({"index.md": "\n".join(parts), "a.svg": SVG, **{f"{name}.md": pages[name] for name in pages}})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CI", "true")  # where a PDF that is built alone is read back, too
        project.build("pdf")
    # What is nested deeply may be wide; nothing else is warned of.
    lines = [line for line in project.warnings.splitlines() if "d2lbook" in line]
    assert [line for line in lines if "too wide" not in line] == []
    reader = pypdf.PdfReader(Path(project.build_folder) / "pdf" / "nested.pdf")
    return re.sub(r"[\s-]+", "", "".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("outer", CONTAINERS)
def test_all_that_is_inside_is_set(text: str, outer: str) -> None:
    assert [inner for inner in BLOCKS if word(outer, inner) not in text] == []


@pytest.mark.parametrize("outer", CONTAINERS)
def test_all_that_is_inside_of_what_is_inside_is_set(text: str, outer: str) -> None:
    assert [names for names in DEEP if names[0] == outer and deep_word(*names) not in text] == []
