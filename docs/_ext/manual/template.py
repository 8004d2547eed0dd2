"""`{template-reference}`: the contract of the template of the PDF, its parts or its values."""

from __future__ import annotations

from collections.abc import Iterator

from sphinxcontrib_d2lbook.outputs.typst import template_contract
from sphinxcontrib_d2lbook.outputs.typst.template_contract import PARTS, VALUES

from .generated import Generated
from .options import as_code


class TemplateReference(Generated):
    """Argument: `parts` or `values`."""

    modules = (template_contract,)

    def text(self) -> Iterator[str]:
        if self.arguments[0] == "values":
            yield from ("| value | is | of what |", "| --- | --- | --- |")
            for name, (kind, meaning) in VALUES.items():
                yield f"| `{name}` | {kind.words} | {as_code(meaning)} |"
            yield ""
            return
        for name, part in PARTS.items():
            yield f"`{name}(it)`"
            yield f": sets {part.purpose}{'; it may return none' if part.may_be_empty else ''}."
            for entry, meaning in part.fields.items():
                yield f"  * `it.{entry}`: {as_code(meaning)}"
            yield ""
