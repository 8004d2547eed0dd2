"""The schemas of the manual describe the files that a build and the commands write, and the examples of its pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.common.file_formats import FORMATS, PUBLISHED
from sphinxcontrib_d2lbook.forum.interfaces import Topic
from sphinxcontrib_d2lbook.forum.topic_map import topics_text

from ..conftest import NOTEBOOK, Project
from .pages import DOCS, samples

SCHEMAS = DOCS / "reference" / "schemas"
CELLS = """\
(sec_one)=
# One

$$ a = b $$ (eq_one)

```{code-cell}
print("text")
1 + 1
```

```{code-cell}
:tags: [raises-exception]

1 / 0
```
"""


def schema_of(name: str) -> Any:
    return json.loads((SCHEMAS / f"{stem(name)}.schema.json").read_text("utf-8"))


def stem(name: str) -> str:
    return Path(name).stem.removeprefix(".")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """Name of a format -> content of a file that was written."""
    project = Project(tmp_path_factory.mktemp("schemas"))
    project.conf += "d2lbook_store = 'outputs'\nhtml_baseurl = 'https://book.example/'\n"
    project.conf += "d2lbook_pdf_fonts = {'text': 'Libertinus Serif'}\n"
    project.write({"index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\n```\n", "one.md": NOTEBOOK + CELLS})
    done = project.run("book")
    assert done.returncode == 0, done.stderr
    assert main(["addresses", "--publish", "-c", str(project.folder)]) == 0
    assert main(["printing", "first", "-c", str(project.folder)]) == 0
    book = project.build_folder / "book"
    files = {
        "numbers.json": book / "numbers.json",
        "report.json": book / "report.json",
        "book-addresses.json": project.folder / "book-addresses.json",
        "printing.json": project.folder / "printings" / "first.json",
        "outputs.json": project.folder / "outputs" / "one" / "outputs.json",
    }
    contents = {name: json.loads(file.read_text("utf-8")) for name, file in files.items()}
    return {**contents, "forum-topics.json": json.loads(topics_text({"sec_one": Topic(7, "One", 0)}))}


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.file)
def test_a_format_has_a_schema_of_its_version_and_an_entry(form: Any) -> None:
    assert schema_of(form.file)["properties"]["version"] == {"const": form.version}
    files = (DOCS / "reference" / "files.md").read_text("utf-8")
    assert f"<schemas/{stem(form.file)}.schema.json>" in files


@pytest.mark.slow
@pytest.mark.parametrize("form", [form for form in FORMATS if form != PUBLISHED], ids=lambda form: form.file)
def test_what_is_written_is_as_its_schema_says(form: Any, written: Mapping[str, Any]) -> None:
    jsonschema.validate(written[form.file], schema_of(form.file))
    described = schema_of(form.file)["properties"]
    assert set(written[form.file]) == set(described)


WRONG: Mapping[str, Callable[[Any], Any]] = {
    "numbers.json": lambda value: value["numbers"][0].pop("label"),
    "report.json": lambda value: value["pages"]["one"].update(execution="running"),
    "book-addresses.json": lambda value: value["published"].update(sec_one=1),
    "forum-topics.json": lambda value: value["topics"]["sec_one"].update(id="7"),
    "outputs.json": lambda value: value["cells"][0].pop("source"),
    "printing.json": lambda value: value["pages"]["one"]["cells"][0].pop(),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_a_schema_refuses_what_is_not_the_format(name: str, written: Mapping[str, Any]) -> None:
    value = deepcopy(written[name])
    WRONG[name](value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema_of(name))


def test_the_examples_of_the_manual_are_as_the_schemas_say() -> None:
    shown = [json.loads(one.content) for one in samples("reference/files.md") if one.language == "json"]
    kinds = {
        "files": "published-notebooks",
        "libraries": "printing",
        "numbers": "numbers",
        "pages": "report",
        "published": "book-addresses",
        "topics": "forum-topics",
    }
    found = []
    for value in shown:
        name = next(name for key, name in kinds.items() if key in value)
        jsonschema.validate(value, schema_of(name))
        found.append(name)
    assert sorted(found) == sorted(kinds.values())
