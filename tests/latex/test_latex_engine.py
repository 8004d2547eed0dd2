"""The engine is chosen in conf.py; what it lacks, refuses or loses is told with its place."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.common.errors import BookError, BookProblems
from sphinxcontrib_d2lbook.outputs.paper import embedded_fonts
from tests.conftest import Project

LATEX = {"d2lbook_pdf_engine": "latex", "d2lbook_outputs": ["pdf"]}
HOSTILE = r"\input{/etc/passwd} {a} $x$ & #1 ^^M _b ~ % \end{document} [c] <d> --- ``e''"
HOSTILE_MARKDOWN = re.sub(r"([\\{}$&#^_~%\[\]<>`])", r"\\\1", HOSTILE)


def fake_latex(folder: Path, monkeypatch: pytest.MonkeyPatch, log: str, pdf: bytes | None = None) -> None:
    """Programs by LaTeX's names, of which one writes a log, and a PDF if there is to be one."""
    folder.mkdir()
    (folder / "log").write_text(log, "utf-8")
    (folder / "made.pdf").write_bytes(pdf or b"")
    for name in ("latexmk", "xelatex", "xdvipdfmx", "makeindex"):
        path = folder / name
        copy = f"cp {folder}/made.pdf a-book.pdf; exit 0" if pdf else "exit 12"
        path.write_text(
            f"#!/bin/sh\n[ {name} = latexmk ] || {{ echo fake; exit 0; }}\ncp {folder}/log a-book.log\n{copy}\n",
            "utf-8",
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def sources(project: Project) -> str:
    """What the builder of the sources writes."""
    project.build("latex", confoverrides=LATEX)
    return (project.build_folder / "latex" / "a-book.tex").read_text("utf-8")


def test_without_latex_the_error_says_what_to_install(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"index.md": "# Book\n"})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        BookError, match=r"(?s)needs latexmk, xelatex.*apt-get install .*texlive-xetex.*engine = \"typst\""
    ):
        project.build("pdf", confoverrides=LATEX)


def test_what_latex_refuses_is_named_with_its_page(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"index.md": "# Book\n\nText.\n\n```{raw} latex\n\\nothing\n```\n"})
    line = sources(project).split("\n").index(r"\nothing") + 1
    log = f"./a-book.tex:{line}: Undefined control sequence.\nl.{line} \\nothing\n              \n"
    fake_latex(tmp_path / "bin", monkeypatch, log)
    with pytest.raises(BookProblems) as refused:
        project.build("pdf", confoverrides=LATEX)
    assert re.match(
        r"index\.md:5: the PDF cannot be set: Undefined control sequence after '\\\\nothing'\. What LaTeX refuses",
        str(refused.value),
    )
    assert f"latex/a-book.tex:{line}" in str(refused.value)


@pytest.mark.parametrize(
    "fault",
    [
        "! LaTeX Error: File `titlesec.sty' not found.",
        './a-book.tex:9: Package fontspec Error: The font "X" cannot be found',
    ],
)
def test_what_an_installation_lacks_is_told_with_what_to_install(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    project.write({"index.md": "# Book\n"})
    fake_latex(tmp_path / "bin", monkeypatch, f"{fault}\n")
    with pytest.raises(BookProblems, match=r"(?:not found|cannot be found)\. On Debian .*texlive-latex-extra"):
        project.build("pdf", confoverrides=LATEX)


def test_a_run_without_a_pdf_and_without_a_word_is_told(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write({"index.md": "# Book\n"})
    fake_latex(tmp_path / "bin", monkeypatch, "")
    with pytest.raises(BookProblems, match="latexmk ended without one"):
        project.build("pdf", confoverrides=LATEX)


def test_lost_characters_and_wide_lines_are_warned_of_at_their_places(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_page: bytes
) -> None:
    project.write({"index.md": "# Book\n\nText.\n\nOdd: 日.\n"})
    line = next(number for number, text in enumerate(sources(project).split("\n"), 1) if "日" in text)
    log = "Missing character: There is no 日 (U+65E5) in font x;!\n"
    log += f"Overfull \\hbox (30.0pt too wide) detected at line {line}\n"
    fake_latex(tmp_path / "bin", monkeypatch, log, one_page)
    project.build("pdf", confoverrides=LATEX)
    assert re.search(r"index\.md:5: WARNING: no font of the PDF has U\+65E5 \(CJK", project.warnings)
    assert re.search(r"index\.md:5: WARNING: something is 30 points too wide for the page", project.warnings)


@pytest.fixture
def one_page(tmp_path: Path) -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "one.pdf")
    return (tmp_path / "one.pdf").read_bytes()


def test_the_pdf_is_that_of_the_engine_that_was_asked_for_last(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_page: bytes
) -> None:
    project.write({"index.md": "# Book\n"})
    fake_latex(tmp_path / "bin", monkeypatch, "", one_page)
    pdf = project.build_folder / "pdf" / "a-book.pdf"
    for _ in range(2):
        project.build("pdf", confoverrides=LATEX)
        assert pdf.read_bytes() == one_page
        project.build("pdf", confoverrides={"d2lbook_outputs": ["pdf"]})
        assert pdf.read_bytes() != one_page


def test_another_tex_engine_is_refused(project: Project) -> None:
    project.write({"index.md": "# Book\n"})
    project.conf += "latex_engine = 'pdflatex'\n"
    with pytest.raises(BookError, match=r"conf\.py: latex_engine = 'pdflatex': the book is written for 'xelatex'"):
        project.build("latex", confoverrides=LATEX)


def test_hostile_text_is_text_in_the_sources(project: Project, page: Callable[[str], str]) -> None:
    project.write(
        {
            "index.md": f"# {HOSTILE_MARKDOWN}\n\n## {HOSTILE_MARKDOWN}\n\n{HOSTILE_MARKDOWN}\n\n"
            f"```{{figure}} a.svg\n:name: fig\n{HOSTILE_MARKDOWN}\n```\n\n{{ref}}`fig`\n\n"
            f"$\\input{{x}}$ and $$ \\write18{{ls}} $$\n",
            "a.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        }
    )
    text = sources(project)
    body = text.partition(r"\begin{document}")[2]
    assert not re.search(r"\\(input|write|immediate)\b", body)
    assert body.count(r"\end{document}") == 1
    assert body.count(r"\textbackslash{}input\{/etc/passwd\}") >= 4


def test_the_sources_alone_need_no_latex(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\n\none\n```\n", "one.md": "# One\n\n## Two\n"})
    monkeypatch.setenv("PATH", str(tmp_path))
    text = sources(project)
    assert r"\bookchapter{1}{one:one}{One}{\bookline{one}One}" in text
    assert r"\booksection{1.1}{one:two}{Two}{Two}" in text


def test_a_compiler_without_fonts_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_fonts, "_files", dict)
    project.write({"index.md": "# Book\n"})
    assert r"\setmainfont{FreeSerif}" in sources(project)
    assert re.search(r"conf\.py:1: WARNING: the fonts of Typst cannot be found in version \d", project.warnings)


def test_the_sources_have_the_fonts_that_they_name(project: Project) -> None:
    project.write({"index.md": "# Book\n\nA ✓ and α.\n"})
    text = sources(project)
    names = set(re.findall(r"[\w-]+\.(?:otf|ttf)", text))
    files = {path.name for path in (project.build_folder / "latex" / "fonts").iterdir()}
    assert {"LibertinusSerif-Regular.otf", "NewCMMath-Book.otf"} <= {name.partition("-")[2] for name in names}
    assert names <= files
    assert project.warnings == ""


def test_icons_are_left_out_or_drawn_by_the_package_that_conf_names(project: Project) -> None:
    project.write({"index.md": "# Book\n\nA {fas}`star` b\n"})
    assert "A  b" in sources(project)
    assert project.warnings == ""
    project.build("latex", confoverrides={**LATEX, "sd_fontawesome_latex": "fontawesome5"})
    text = (project.build_folder / "latex" / "a-book.tex").read_text("utf-8")
    assert r"A \faIcon{star} b" in text


LINKS = """
Book
====

See :manpage:`gear(1)`.

.. parsed-literal::

   see https://x.example/a_b?c=d&e=%20#f *there*
"""


def test_links_in_code_are_left_to_sphinx_which_knows_what_breaks_lines_there(project: Project) -> None:
    project.write({"index.rst": LINKS})
    project.conf += "manpages_url = 'https://man.example/a_b/{path}'\n"
    text = sources(project)
    assert r"\sphinxhref{https://man.example/a\_b/gear(1)}{gear(1)}" in text
    assert r"\sphinxhref{https://x.example/a\_b?c=d\&e=\%20\#f}" in text


@pytest.mark.long
@pytest.mark.latex
def test_links_in_code_can_be_set(project: Project) -> None:
    project.write({"index.rst": LINKS})
    project.conf += "manpages_url = 'https://man.example/a_b/{path}'\n"
    project.build("pdf", confoverrides=LATEX)
    assert project.warnings == ""
    assert (project.build_folder / "pdf" / "a-book.pdf").is_file()
