"""Bring the catalogues of translated words up to date: `python .ci/catalogues.py`.

Takes the words out of the source, adds those that are new to each catalogue, and compiles them. A translation that no
speaker of the language has reviewed is marked as fuzzy; it is compiled all the same, for a reviewed word is better
than a word in doubt, and a word in doubt better than English in the middle of a sentence. Who reviews one takes the
mark off.
"""

from __future__ import annotations

import ast
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parents[1] / "sphinxcontrib_d2lbook"
LOCALES = PACKAGE / "locale"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
"""The date in every file: the same words give the same bytes."""
HEADER = """\
{comment}
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def messages() -> list[str]:
    """Return all words in the source that are translated, sorted."""
    found: set[str] = set()
    for file in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        if file.name == "translations.py" or any(_takes_ours(node) for node in ast.walk(tree)):
            found.update(
                str(node.args[0].value)
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "_"
                and isinstance(node.args[0], ast.Constant)
            )
    return sorted(found)


def _takes_ours(node: ast.AST) -> bool:
    """Return whether a statement imports the words of our catalogues: other modules use those of Sphinx alone."""
    return (
        isinstance(node, ast.ImportFrom)
        and str(node.module).endswith("translations")
        and any(item.name == "_" for item in node.names)
    )


def updated(old: Catalog, wanted: list[str]) -> Catalog:
    """Return a catalogue of what is wanted, with the translations and marks of ``old``; nothing in it has a date."""
    new = Catalog(locale=old.locale, project="sphinxcontrib-d2lbook", fuzzy=False)
    new.header_comment = (
        "# Words that sphinxcontrib-d2lbook prints. Those marked as fuzzy are used,\n"
        "# and have not yet been reviewed by a speaker."
    )
    for message in wanted:
        known = old.get(message)
        new.add(message, known.string if known else "", flags=known.flags if known else {"fuzzy"})
    return new


def text(catalog: Catalog) -> bytes:
    """Return a catalogue as a `.po` file."""
    stream = BytesIO()
    write_po(stream, catalog, width=0, omit_header=True)
    header = HEADER.format(comment=catalog.header_comment, language=catalog.locale)
    return header.encode("utf-8") + stream.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """Return a catalogue as a `.mo` file, words in doubt included, without the date that Babel would put in."""
    stream = BytesIO()
    plain = Catalog(locale=catalog.locale, fuzzy=False, creation_date=MOMENT, revision_date=MOMENT)
    for message in catalog:
        if message.id and message.string:
            plain.add(message.id, message.string)
    write_mo(stream, plain, use_fuzzy=True)
    return stream.getvalue()


def main() -> int:
    wanted = messages()
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/d2lbook.po")):
        with path.open("rb") as stream:
            catalog = updated(read_po(stream, locale=path.parts[-3]), wanted)
        path.write_bytes(text(catalog))
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        lacking = [message.id for message in catalog if message.id and not message.string]
        print(f"{path.parts[-3]}: {len(wanted)} words, {len(lacking)} without a translation", *lacking, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
