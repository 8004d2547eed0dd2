"""Solutions and admonitions of the class `dropdown` are folded on the website, and open where a link leads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PAGES = {
    "index.md": """\
# Root

```{toctree}
:numbered:

other
```

:::{note}
:class: dropdown
:name: hidden-note

Below the note.

(inner)=
```{figure} dot.svg
Inner figure.
```
:::

:::{admonition} A *title* of "its own"
:class: dropdown toggle-shown

Open at first.
:::

:::{tip}
Never folded.
:::

```{exercise}
:label: ex-sum

Add.
```

```{solution} ex-sum
:label: sol-sum
:class: dropdown

The sum is five.
```
""",
    "other.md": "# Other\n\nSee [](#sol-sum) and [the figure](#inner).\n",
    "dot.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15"/></svg>',
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book as a website."""
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("folding"))
    return project.website(PAGES)


def test_what_is_folded_is_shown_by_its_title(page: Page, server: str) -> None:
    page.goto(f"{server}index.html")
    solution = page.locator(".solution")
    assert solution.locator(".admonition-title").inner_text().startswith("Solution to Exercise")
    text = page.get_by_text("The sum is five.")
    assert not text.is_visible()
    bar = solution.locator("summary")
    assert bar.get_attribute("aria-label") == solution.locator(".admonition-title").inner_text()
    solution.locator(".admonition-title").click(force=True, position={"x": 30, "y": 10})
    assert text.is_visible()
    bar.click()
    assert not text.is_visible()
    assert page.get_by_text("Open at first.").is_visible()
    assert page.get_by_text("Never folded.").is_visible()
    assert page.locator("details").count() == 3


@pytest.mark.parametrize(
    ("target", "words"),
    [("sol-sum", "The sum is five."), ("inner", "Inner figure."), ("hidden-note", "Below the note.")],
)
def test_a_link_opens_what_it_leads_to(page: Page, server: str, target: str, words: str) -> None:
    page.goto(f"{server}index.html#{target}")
    assert page.get_by_text(words).is_visible()
    assert page.locator("details[open]").count() == 2
    page.goto(f"{server}index.html")
    page.evaluate(f"window.location.hash = '{target}'")
    page.get_by_text(words).wait_for(state="visible")


def test_all_is_printed(page: Page, server: str) -> None:
    page.goto(f"{server}index.html")
    page.emulate_media(media="print")
    assert page.locator(".solution summary").is_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.get_by_text("The sum is five.").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert not page.get_by_text("The sum is five.").is_visible()


def test_pages_without_anything_folded_load_no_script(tmp_path: Path) -> None:
    from tests.conftest import Project

    project = Project(tmp_path)
    project.conf += "d2lbook_bundle = False\n"  # else all pages load one file of the same scripts
    project.write(PAGES)
    project.build()
    site = project.build_folder / "html"
    assert "folding.js" in (site / "index.html").read_text("utf-8")
    assert "folding.js" not in (site / "other.html").read_text("utf-8")


def test_other_outputs_are_plain(site: Path) -> None:
    notebook = (site / "_downloads/notebooks/index.ipynb").read_text("utf-8")
    assert "The sum is five." in notebook
    assert not re.search("<details|d2lbook-fold", notebook)
