"""A long book does not hold its doctrees in memory, and shows the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.lifecycle import doctree_memory

PAGES = 12


def site(project: Any, kept: int, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, str], int]:
    """The pages of the site, and the most doctrees that were in memory when a page was read or written."""
    monkeypatch.setattr(doctree_memory, "KEPT", kept)
    names = [f"page{n}" for n in range(PAGES)]
    project.write({"index.md": "# B\n\n```{toctree}\n:numbered:\n" + "\n".join(names) + "\n```\n"})
    project.write({f"{name}.md": f"({name})=\n# {name}\n\n{{ref}}`page0`, {{ref}}`{name}`\n" for name in names})
    most = 0
    with project.app(freshenv=True) as app:

        def count(*_: object) -> None:
            nonlocal most
            env = app.env
            most = max(most, len(env._write_doc_doctree_cache), len(env._pickled_doctree_cache))

        app.connect("doctree-read", count)
        app.connect("doctree-resolved", count, priority=900)
        app.build(force_all=True)
        folder = Path(app.outdir)
    return {name: (folder / f"{name}.html").read_text("utf-8") for name in ["index", *names]}, most


def test_only_a_few_are_in_memory(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    few, most = site(project, 3, monkeypatch)
    assert 0 < most <= 4
    every, most = site(project, 100, monkeypatch)
    assert most > PAGES // 2, "Sphinx keeps them no longer, so that there is nothing to forget"
    assert few == every
