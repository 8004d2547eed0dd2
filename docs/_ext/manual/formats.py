"""`{formats-reference}`: the versions of the files that others read."""

from __future__ import annotations

from collections.abc import Iterator

from sphinxcontrib_d2lbook.common import file_formats

from .generated import Generated


class FormatsReference(Generated):
    required_arguments = 0
    modules = (file_formats,)

    def text(self) -> Iterator[str]:
        yield from ("| file | `version` | earlier forms that are still read |", "| --- | --- | --- |")
        for one in file_formats.FORMATS:
            yield f"| `{one.file}` | {one.version} | {one.earlier} |"
        yield ""
