"""Outputs that cannot be used are refused where they are asked for, with the distribution that brings them."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sphinxcontrib_d2lbook
from sphinxcontrib_d2lbook.common.errors import BookError
from sphinxcontrib_d2lbook.outputs.base import Output
from sphinxcontrib_d2lbook.outputs.registry import InstalledOutputs, OutputError, in_order_of_needs, output_names

OURS = ["html", "latex", "notebooks", "package", "pdf"]
GOOD = """
from sphinx.builders.dummy import DummyBuilder
from sphinxcontrib_d2lbook.outputs.base import Output

class Builder(DummyBuilder):
    name = "{builder}"

class Made(Output):
    name = "{name}"
    field = "{field}"

    def builder(self):
        return Builder

    def setup(self, app):
        {setup}
"""
Install = Callable[..., None]


def good(name: str = "made", builder: str = "made", field: str = "", setup: str = "pass") -> str:
    return GOOD.format(name=name, builder=builder, field=field, setup=setup)


def test_ours_are_installed_by_the_same_door() -> None:
    assert output_names() == OURS
    installed = InstalledOutputs()
    assert [output.name for output in installed.usable()] == OURS
    assert {installed.origin(name).stamp() for name in OURS} == {""}


@pytest.mark.parametrize(
    ("asked", "advice"),
    [("htm", "did you mean 'html'? there are 'html', 'latex'"), ("epub", "is installed; there are 'html', 'latex'")],
)
def test_an_unknown_output_is_refused_with_what_is_installed(project: Any, asked: str, advice: str) -> None:
    project.write({"index.md": "# Book\n"})
    project.conf += f"d2lbook_outputs = ['html', {asked!r}]\n"
    with pytest.raises(BookError) as caught:
        project.build("dummy", confoverrides={})
    assert f"no output {asked!r} is installed" in str(caught.value)
    assert advice in str(caught.value)


def test_a_value_that_is_no_name_is_refused(project: Any) -> None:
    project.write({"index.md": "# Book\n"})
    project.conf += "d2lbook_outputs = ['html', 5]\n"
    with pytest.raises(BookError, match=r"takes names of outputs, not 5"):
        project.build("dummy", confoverrides={})


@pytest.mark.parametrize(
    ("value", "code", "fault"),
    [
        (
            "absent_of_a_test:Made",
            "import nowhere_at_all\n",
            "cannot be loaded from .*: ModuleNotFoundError: .*nowhere",
        ),
        ("broken_of_a_test:Made", "def (:\n", "cannot be loaded from .*: SyntaxError"),
        ("empty_of_a_test:Made", "", "cannot be loaded from .*: AttributeError"),
        ("wrong_of_a_test:Made", "class Made: name = 'made'\n", "is not a class derived from .*outputs.base.Output"),
        ("object_of_a_test:Made", "Made = 5\n", "is not a class derived from"),
        ("name_of_a_test:Made", good(name="other"), "the class has the name 'other', and its entry point 'made'"),
        ("builder_of_a_test:Made", good(builder="other"), "its builder has the name 'other'"),
        ("field_of_a_test:Made", good(field="title"), "rows of numbers.json have a key 'title' already"),
    ],
)
def test_a_faulty_one_names_its_distribution(install: Install, value: str, code: str, fault: str) -> None:
    install("faulty-output", "made", value, code)
    with pytest.raises(OutputError, match=f"the output 'made' of faulty-output 1.0 .*{fault}"):
        InstalledOutputs().load("made")


@pytest.mark.parametrize("name", ["book", "a.b", "Upper"])
def test_a_name_that_no_output_can_have(install: Install, name: str) -> None:
    install("named-output", name, f"named_{name.lower().replace('.', '_')}:Made", good(name=name, builder=name))
    with pytest.raises(OutputError, match=f"{name!r} of named-output 1.0 cannot be used"):
        InstalledOutputs().load(name)


def test_two_distributions_with_one_name_are_refused(install: Install) -> None:
    install("one-output", "made", "one_of_a_test:Made", good())
    install("two-output", "made", "two_of_a_test:Made", good())
    with pytest.raises(
        OutputError, match=r"two distributions provide an output 'made', one-output 1.0 and two-output 1.0"
    ):
        InstalledOutputs().load("made")


def test_one_of_ours_cannot_be_replaced_unnoticed(install: Install, project: Any) -> None:
    install("other-output", "html", "other_of_a_test:Made", good(name="html", builder="html"))
    project.write({"index.md": "# Book\n"})
    with pytest.raises(
        BookError, match=r"two distributions provide an output 'html', other-output 1.0 and sphinxcontrib-d"
    ):
        project.build("html")


def test_a_faulty_one_stops_only_who_asks_for_it(install: Install, project: Any) -> None:
    install("faulty-output", "made", "faulty_of_a_test:Made", "import nowhere_at_all\n")
    project.write({"index.md": "# Book\n"})
    app = project.build("html")
    assert (app.statuscode, project.warnings) == (0, "")
    with pytest.raises(OutputError, match=r"'made' of faulty-output 1.0 cannot be loaded"):
        project.build("made")
    with pytest.raises(BookError, match=r"'made' of faulty-output 1.0 cannot be loaded"):
        project.build("html", confoverrides={"d2lbook_outputs": ["html", "made"]})


def test_an_engine_whose_output_is_faulty_is_refused(install: Install, project: Any) -> None:
    """Another engine would set the PDF without a word."""
    install("more-latex", "latex", "latex_of_a_test:Made", "import nowhere_at_all\n")
    project.write({"index.md": "# Book\n"})
    project.conf += "d2lbook_pdf_engine = 'latex'\n"
    with pytest.raises(BookError, match=r"d2lbook_pdf_engine = 'latex': two distributions provide an output 'latex'"):
        project.build("pdf")
    assert project.build("pdf", confoverrides={"d2lbook_pdf_engine": "typst"}).statuscode == 0


def test_a_set_up_that_fails_names_the_distribution(install: Install, project: Any) -> None:
    install("failing-output", "made", "failing_of_a_test:Made", good(setup="app.no_such_method()"))
    project.write({"index.md": "# Book\n"})
    with pytest.raises(OutputError, match=r"'made' of failing-output 1.0 cannot be set up: AttributeError: .*no_such"):
        project.build("html")


def test_an_output_by_a_builder_of_sphinx(install: Install, project: Any) -> None:
    code = "from sphinxcontrib_d2lbook.outputs.base import Output\nclass Made(Output): name = {!r}\n"
    install("xml-output", "xml", "xml_of_a_test:Made", code.format("xml"))
    project.write({"index.md": "# Book\n"})
    assert project.build("xml").statuscode == 0
    install("odd-output", "odd", "odd_of_a_test:Made", code.format("odd"))
    with pytest.raises(OutputError, match=r"returns None, and Sphinx has no builder of its name"):
        project.build("html")


def test_another_state_of_the_code_is_another_stamp(install: Install, tmp_path: Path) -> None:
    install("made-output", "made", "made_of_a_test:Made", good())
    installed = InstalledOutputs()
    installed.load("made")
    before = installed.origin("made").stamp()
    assert before == installed.origin("made").stamp() != ""
    os.utime(tmp_path / "site" / "made_of_a_test.py", (1, 1))
    assert installed.origin("made").stamp() != before


def test_outputs_come_behind_those_that_they_need() -> None:
    class First(Output):
        name = "first"
        needs = ("second", "absent")

    class Second(Output):
        name = "second"

    class Third(Output):
        name = "third"
        needs = ("fourth",)

    class Fourth(Output):
        name = "fourth"
        needs = ("third",)

    assert [one.name for one in in_order_of_needs({"first": First(), "second": Second()})] == ["second", "first"]
    with pytest.raises(OutputError, match=r"need each other's files: "):
        in_order_of_needs({"third": Third(), "fourth": Fourth()})


def comparisons(file: Path) -> Iterator[str]:
    """Yield each comparison of something with the name of an output."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            texts = {part.value for side in sides for part in ast.walk(side) if isinstance(part, ast.Constant)}
            odd = texts & set(OURS)
            # A format is what a builder can write, which several builders may share, or what raw content is for.
            if odd and "format" not in ast.unparse(node):
                yield f"{file.parent.name}/{file.name}: {ast.unparse(node)}"


def test_nothing_depends_on_the_name_of_an_output() -> None:
    package = Path(sphinxcontrib_d2lbook.__file__).parent
    files = [*package.glob("*.py"), *(package / "outputs").rglob("*.py")]
    found = [line for file in files for line in comparisons(file)]
    assert found == ["latex/extension.py: config.d2lbook_pdf_engine == 'latex'"]  # an engine, which has the same name
