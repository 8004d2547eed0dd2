"""Formulas on the website, in a small book built in place."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.warm_builds import sphinx_build

LOCAL = """
def setup(app):
    from sphinxcontrib_d2lbook import config
    from sphinxcontrib_d2lbook.outputs.html import extension, mathematics
    config.setup(app)
    mathematics.setup(app)
    app.connect("config-inited", extension.add_static)
"""
CONF = """
import sys
sys.path.insert(0, {folder!r})
extensions = ["myst_nb", "local_mathematics", *{extensions!r}]
myst_enable_extensions = ["dollarmath", "amsmath"]
nb_execution_mode = "off"
numfig = math_numfig = True
d2lbook_math_macros = {{"RR": r"\\mathbb{{R}}"}}
"""
PAGE = r"""# Title

Inline $x \in \RR$ and $a < \text{"b"}$, see {eq}`loss`; bad $\nosuch{x}$.

$$L = \frac{1}{n} \sum_i \ell_i$$ (loss)

\begin{align} a &= b \label{x} \\ c &= d \end{align}
"""


def build(folder: Path, extensions: tuple[str, ...] = (), settings: str = "") -> tuple[str, str]:
    """The page's HTML and what Sphinx wrote to standard error."""
    (folder / "local_mathematics.py").write_text(LOCAL, encoding="utf-8")
    conf = CONF.format(folder=str(folder), extensions=list(extensions)) + settings
    (folder / "conf.py").write_text(conf, encoding="utf-8")
    (folder / "index.md").write_text(PAGE, encoding="utf-8")
    result = sphinx_build(["-q", "-b", "html", folder, folder / "_build"], folder)
    assert result.returncode == 0, result.stderr
    return (folder / "_build" / "index.html").read_text(encoding="utf-8"), result.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    folder = tmp_path_factory.mktemp("mathematics")
    return folder, *build(folder)


def test_formulas_are_native_and_nothing_comes_from_elsewhere(site: tuple[Path, str, str]) -> None:
    folder, page, _ = site
    formulas = ["<math" + piece.partition("</math>")[0] + "</math>" for piece in page.split("<math")[1:]]
    assert len(formulas) == 5
    for formula in formulas:
        assert ET.fromstring(formula).tag.endswith("math")
    assert "MathJax" not in page
    assert "https://" not in page.partition("<body")[0]
    static = folder / "_build" / "_static"
    assert all((static / name).is_file() for name in ("math.css", "math-copy.js", "stix-two-math.woff2"))
    assert (static / "stix-two-math.LICENSE.txt").is_file()


def test_displayed_formula_has_its_number_and_anchor(site: tuple[Path, str, str]) -> None:
    _, page, _ = site
    assert '<div class="math notranslate nohighlight" id="equation-loss">' in page
    assert '<span class="math-number eqno">(1)<a class="headerlink" href="#equation-loss"' in page


def test_macros_come_from_the_configuration(site: tuple[Path, str, str]) -> None:
    assert "<mi>ℝ</mi>" in site[1]


def test_unreadable_formula_is_warned_about_at_its_line_and_shown(site: tuple[Path, str, str]) -> None:
    _, page, warnings = site
    assert "index.md:3: WARNING: formula shown as TeX: unknown command" in warnings
    assert "<mtext>\\nosuch{x}</mtext>" in page


def test_mathml_is_the_default_beside_mathjax(tmp_path: Path) -> None:
    page, _ = build(tmp_path, ("sphinx.ext.mathjax",))
    assert "<math" in page
    assert "mathjax@" not in page


def test_authors_choice_of_renderer_is_kept(tmp_path: Path) -> None:
    page, _ = build(tmp_path, settings='html_math_renderer = "mathjax"')
    assert "<math" not in page
    assert "math-copy.js" not in page
