"""Templates that were compiled in one build serve the next, until their source changes."""

from __future__ import annotations

from typing import Any


def test_templates_stay_compiled_until_they_change(project: Any) -> None:
    project.conf += "html_theme = 'alabaster'\ntemplates_path = ['templates']\n"
    template = project.folder / "templates" / "page.html"
    template.parent.mkdir()
    template.write_text("{% extends '!page.html' %}{% block body %}before{% endblock %}")
    project.write({"index.md": "# Book\n"})
    project.build()
    kept = project.build_folder / "doctrees" / "d2lbook" / "remembered" / "templates.pickle"
    time = kept.stat().st_mtime_ns
    project.build(freshenv=True)
    assert kept.stat().st_mtime_ns == time
    template.write_text("{% extends '!page.html' %}{% block body %}after{% endblock %}")
    project.build(freshenv=True)
    assert "after" in (project.build_folder / "html" / "index.html").read_text("utf-8")
