"""How both PDF engines read the assembled book."""

from __future__ import annotations

from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes

from sphinxcontrib_d2lbook.numbering.subfigures import subfigure
from sphinxcontrib_d2lbook.outputs.paper.boxes import sidebar_title_and_body
from sphinxcontrib_d2lbook.outputs.paper.figures import parts_of, subfigures_of
from sphinxcontrib_d2lbook.outputs.paper.structure import anchors_by_page, elements


def book() -> nodes.document:
    """A root page with a chapter in its middle, which has a page in its middle."""
    inner = addnodes.start_of_file("", nodes.section("", ids=["deep"]), docname="one/deep")
    chapter = addnodes.start_of_file(
        "", nodes.section("", nodes.paragraph("", "", ids=["before"]), inner, ids=["one"]), docname="one/index"
    )
    after = nodes.paragraph("", "", ids=["after"])
    tree = new_document("index")
    tree += nodes.section("", chapter, after, ids=["top"])
    tree["docname"] = "index"
    return tree


def test_each_element_is_of_the_page_that_it_was_written_on() -> None:
    found = [(docname, node["ids"]) for docname, node in elements(book()) if node["ids"]]
    assert found == [
        ("index", ["top"]),
        ("one/index", ["one"]),
        ("one/index", ["before"]),
        ("one/deep", ["deep"]),
        ("index", ["after"]),
    ]


def test_every_page_can_be_linked_to_and_so_can_all_that_has_an_id() -> None:
    assert anchors_by_page(book()) == {
        "index": {"", "top", "after"},
        "one/index": {"", "one", "before"},
        "one/deep": {"", "deep"},
    }


def test_a_caption_is_first_only_where_it_stands_above_all_else() -> None:
    image, caption, legend = nodes.image(), nodes.caption("", "Words"), nodes.legend()
    below = parts_of(nodes.figure("", image, caption, legend))
    assert (below.body, below.caption, below.legend, below.caption_first) == ([image], caption, legend, False)
    assert parts_of(nodes.figure("", nodes.caption("", "Words"), nodes.image())).caption_first
    assert not parts_of(nodes.figure("", nodes.image())).caption_first


def test_the_parts_of_a_figure_come_in_the_order_of_their_letters() -> None:
    second, first, rest = subfigure("", letter="b"), subfigure("", letter="a"), nodes.caption("", "Both")
    parts, others = subfigures_of(nodes.figure("", second, rest, first))
    assert list(parts.items()) == [("A", first), ("B", second)]
    assert others == [rest]


def test_a_sidebar_has_a_title_or_none() -> None:
    title, text = nodes.title("", "A Word"), nodes.paragraph("", "More")
    found, (subtitle, *rest) = sidebar_title_and_body(nodes.sidebar("", title, nodes.subtitle("", "Under it"), text))
    assert (found, subtitle.pformat(), rest) == (title, "<paragraph>\n    <strong>\n        Under it\n", [text])
    alone = nodes.paragraph("", "More")
    assert sidebar_title_and_body(nodes.sidebar("", alone)) == (None, [alone])
