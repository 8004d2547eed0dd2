"""Test what every output must do.

    class TestText(OutputContract):
        @pytest.fixture
        def output(self):
            return TextOutput()

The tests build a small book of their own with the output, in this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from ..numbering.agreement.expected_numbers import expected_numbers
from ..numbering.agreement.readback import differences
from ..numbering.manifest import manifest
from ..outputs.base import Output, Written

CONF = 'extensions = ["sphinxcontrib_d2lbook"]\nproject = "A Book"\nd2lbook_outputs = []\ntemplates_path = []\n'
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
PAGES = {
    "index.md": "# A Book\n\n```{toctree}\n:numbered:\n\nfirst\nsecond/page\n```\n",
    "first.md": "(sec_first)=\n# First\n\nSee {numref}`fig_square`.\n\n"
    "```{figure} square.svg\n:name: fig_square\n:alt: A square\n\nA square.\n```\n\n## Inner\n\n- one\n- two\n",
    "second/page.md": "# Second\n\nAfter {numref}`sec_first`, *with* `code`.\n\n```python\nx = 1\n```\n",
    "square.svg": PICTURE,
}


class OutputContract:
    """Contract of an output, which the fixture `output` returns. Its distribution is installed."""

    @pytest.fixture
    def output(self) -> Output:
        """Return the output that is tested."""
        raise NotImplementedError

    @pytest.fixture
    def written(self, output: Output, tmp_path: Path) -> Iterator[Written]:
        """Build a book by the output's builder, and return what it wrote."""
        source = tmp_path / "book"
        for name, text in PAGES.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_text(text, "utf-8")
        (source / "conf.py").write_text(CONF, "utf-8")
        warnings = StringIO()
        folder = tmp_path / "_build" / output.name
        with patch_docutils(str(source)), docutils_namespace():
            app = Sphinx(
                str(source),
                str(source),
                str(folder),
                str(tmp_path / "_build" / "doctrees"),
                output.name,
                status=StringIO(),
                warning=warnings,
            )
            app.build()
            assert warnings.getvalue() == ""
            assert app.statuscode == 0
            yield Written(app, folder)

    def test_its_builder_writes_it(self, output: Output, written: Written) -> None:
        """Check also that it is found by the output's name."""
        assert output.is_written_by(written.app.builder)
        assert any(path.is_file() for path in written.folder.rglob("*"))

    def test_a_builder_has_a_format_and_no_versions(self, written: Written) -> None:
        """Visitors are chosen by format, and a switch of versioning methods would make Sphinx read all pages again."""
        assert written.app.builder.format
        assert written.app.builder.versioning_method == "none"

    def test_the_same_book_gives_the_same_bytes(self, written: Written) -> None:
        """Unequal bytes would make unchanged files be published again."""
        before = _contents(written.folder)
        written.app.build(force_all=True)
        assert _contents(written.folder) == before

    def test_what_is_announced_for_download_is_there(self, output: Output, written: Written) -> None:
        """Check also that no other output uses the same addresses."""
        output.assemble(written, {})
        files = output.site_files(written)
        assert all(file.is_file() for file in files.values())
        for address in files:
            assert "/" not in address or address.startswith(f"{output.name}/")
        for download in output.downloads(written.app.config):
            env = written.app.env
            names = [name for name in written.docnames if download.is_offered_on(env, name)]
            names = names if download.is_per_page else [""]
            names = names if download.is_offered_by(written.app) else []
            assert {download.address.replace("{docname}", name) for name in names} <= files.keys()

    def test_the_numbers_in_it_are_those_of_the_table(self, output: Output, written: Written) -> None:
        """Compare those that the output says how to read."""
        table = expected_numbers(written.app.env)
        assert [str(difference) for difference in differences(table, output.readables(written, table))] == []

    def test_numbers_json_can_hold_its_places(self, output: Output, written: Written) -> None:
        """Check that there is at most one for each numbered thing."""
        rows = manifest(written.app.env, {output.field or "place": output.places(written)})
        assert len(rows) >= 4

    def test_its_checks_find_nothing_wrong(self, output: Output, written: Written) -> None:
        """Use a book with nothing wrong in it."""
        for check in output.checks().values():
            check(written)


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
