"""Visit blocks: headings, paragraphs, lists, quotes, code, formulas."""

from __future__ import annotations

from typing import cast

from docutils import nodes
from sphinx.locale import admonitionlabels

from ...common.ancestors import ancestors
from ...numbering.equations import numbered
from . import markdown, tex
from .base import Writer
from .content_stack import Blocks, InlineContext, Prose, mapped, quoted
from .markdown import Marked

ITEMS = (nodes.definition_list_item, nodes.field, nodes.option_list_item)
"""Items that have a term, a name or options, and then what is said of it."""


def skip(self: Writer, node: nodes.Node) -> None:
    """Leave out a node with its content."""
    raise nodes.SkipNode


def transparent(self: Writer, node: nodes.Node) -> None:
    """Emit nothing for the node itself, only its content."""


class NotebookBlockVisitors(Writer):
    # Headings

    visit_document = depart_document = transparent
    visit_section = depart_section = transparent

    def visit_title(self, node: nodes.Element) -> None:
        if isinstance(node.parent, nodes.table):  # The title is set above the table, with its number.
            raise nodes.SkipNode
        self.open_line()

    def depart_title(self, node: nodes.Element) -> None:
        line = self.close_line()
        text = line.one()
        parent = node.parent
        if isinstance(parent, nodes.section) and not isinstance(parent.parent, nodes.Admonition):
            level = sum(isinstance(node_, nodes.section) for node_ in ancestors(node))
            self.add_block(
                markdown.heading(level, " ".join(filter(None, [self.section_number(parent), text]))),
                heading=True,
                attachments=tuple(line.attachments),
            )
        elif isinstance(parent, (nodes.Admonition, nodes.topic, nodes.sidebar)) and self._top.title == "":
            self._top.title = text
        else:
            self._bold(text)

    def visit_subtitle(self, node: nodes.Element) -> None:
        self.open_line()

    def depart_subtitle(self, node: nodes.Element) -> None:
        self._bold(self.close_line().one())

    visit_rubric = visit_centered = visit_subtitle
    depart_rubric = depart_centered = depart_subtitle

    @property
    def _top(self) -> Blocks:
        return cast("Blocks", self.contexts[-1])

    def _bold(self, text: str) -> None:
        self.add_block(markdown.joined([Marked("**", text)]))

    # Paragraphs

    def visit_paragraph(self, node: nodes.Element) -> None:
        self.open_line()

    def depart_paragraph(self, node: nodes.Element) -> None:
        self.add(*self.close_line().blocks())

    def visit_compact_paragraph(self, node: nodes.Element) -> None:
        self.open_blocks(nested=False)

    def depart_compact_paragraph(self, node: nodes.Element) -> None:
        self.add(*self.close_blocks().items)

    def visit_line_block(self, node: nodes.Element) -> None:
        if isinstance(node.parent, nodes.line_block):
            return
        self.open_line()

    def depart_line_block(self, node: nodes.Element) -> None:
        if not isinstance(node.parent, nodes.line_block):
            self.add(*self.close_line().blocks())

    def visit_line(self, node: nodes.Element) -> None:
        line = self.line()
        if not line.at_start:
            self.add_piece("\\\n")

    depart_line = transparent

    def visit_transition(self, node: nodes.Element) -> None:
        if not isinstance(
            node.next_node(descend=False, siblings=True), nodes.footnote
        ):  # Footnotes have a place of their own.
            self.add_block("---")
        raise nodes.SkipNode

    # Quotes

    def visit_block_quote(self, node: nodes.Element) -> None:
        self.open_blocks()

    def depart_block_quote(self, node: nodes.Element) -> None:
        context = self.close_blocks()
        self.add(*quoted("", context.items))

    def visit_attribution(self, node: nodes.Element) -> None:
        self.open_line()
        self.add_text("— ")

    def depart_attribution(self, node: nodes.Element) -> None:
        self.add(*self.close_line().blocks())

    def visit_Admonition(self, node: nodes.Element) -> None:  # noqa: N802
        self.open_blocks()

    def depart_Admonition(self, node: nodes.Element) -> None:  # noqa: N802
        """Add a box; the standard kinds have their name for a title, the others a `title` node."""
        context = self.close_blocks()
        title = context.title or markdown.escape(str(admonitionlabels.get(node.tagname, "")), at_start=True)
        bold = markdown.joined([Marked("**", title)])
        self.add(*quoted(bold, context.items))

    visit_sidebar = visit_topic = visit_Admonition
    depart_sidebar = depart_Admonition

    def depart_topic(self, node: nodes.Element) -> None:
        if "contents" in node["classes"]:
            self.close_blocks()
        else:
            self.depart_Admonition(node)

    # Lists

    def visit_bullet_list(self, node: nodes.Element) -> None:
        self.open_blocks(nested=False)

    def depart_bullet_list(self, node: nodes.Element) -> None:
        self._end_list(node)

    visit_enumerated_list = visit_bullet_list
    depart_enumerated_list = depart_bullet_list
    visit_definition_list = visit_field_list = visit_option_list = visit_bullet_list
    depart_definition_list = depart_field_list = depart_option_list = depart_bullet_list

    def _end_list(self, node: nodes.Element) -> None:
        """Close a list; its items follow without blank lines if each is a single block without one."""
        items = self.close_blocks().items
        simple = [block for block in items if isinstance(block, Prose)]
        if len(simple) == len(items) and not any("\n\n" in block.markdown for block in simple):
            names = tuple(name for block in simple for name in block.attachments)
            self.add_block("\n".join(block.markdown for block in simple), attachments=names)
        else:
            self.add(*items)

    def visit_list_item(self, node: nodes.Element) -> None:
        self.open_blocks()

    def depart_list_item(self, node: nodes.Element) -> None:
        self._end_item(_marker(node))

    def _end_item(self, marker: str, title: str = "") -> None:
        blocks = list(self.close_blocks().items)
        if title:
            blocks.insert(0, Prose(title, paragraph=True))
        has_marker = False

        def indent(text: str) -> str:
            nonlocal has_marker
            first, has_marker = not has_marker, True
            return markdown.indented(text, marker if first else " " * len(marker))

        if len(blocks) == 2 and all(isinstance(b, Prose) for b in blocks) and _is_list(cast("Prose", blocks[1])):
            both = "\n".join(cast("Prose", block).markdown for block in blocks)
            blocks = [Prose(both, attachments=tuple(n for b in blocks for n in cast("Prose", b).attachments))]
        self.add(*mapped(blocks or [Prose("")], indent))

    def visit_definition_list_item(self, node: nodes.Element) -> None:
        self.open_blocks()

    def depart_definition_list_item(self, node: nodes.Element) -> None:
        self._end_item("- ", self._top.title)

    visit_field = visit_option_list_item = visit_definition_list_item
    depart_field = depart_option_list_item = depart_definition_list_item

    def visit_term(self, node: nodes.Element) -> None:
        self.open_line()

    def depart_term(self, node: nodes.Element) -> None:
        bold = Marked("**", self.close_line().one())
        if isinstance(node.parent, ITEMS):
            title = markdown.joined([bold])
            self._top.title = f"{self._top.title}, {title}" if self._top.title else title
        else:
            self._set_alone(bold)

    def _set_alone(self, piece: Marked) -> None:
        """Set something that belongs to an item but stands outside any."""
        if isinstance(self.contexts[-1], InlineContext):
            self.add_piece(piece)
        else:
            self.add_block(markdown.joined([piece]))

    visit_field_name = visit_option_group = visit_term
    depart_field_name = depart_option_group = depart_term

    def visit_classifier(self, node: nodes.Element) -> None:
        self.open_line()

    def depart_classifier(self, node: nodes.Element) -> None:
        """Put the classifier after the term; numpydoc has it in the term, docutils beside it."""
        kind = Marked("*", self.close_line().one())
        if isinstance(node.parent, ITEMS):
            self._top.title += " : " + markdown.joined([kind])
        elif isinstance(node.parent, nodes.term):
            self.add_text(" : ")
            self.add_piece(kind)
        else:
            self._set_alone(kind)

    visit_definition = visit_field_body = visit_description = transparent
    depart_definition = depart_field_body = depart_description = transparent
    visit_option = depart_option = visit_option_string = depart_option_string = transparent

    def visit_option_argument(self, node: nodes.Element) -> None:
        self.add_text(node.get("delimiter", " "))

    depart_option_argument = transparent

    # Code and formulas

    def visit_literal_block(self, node: nodes.Element) -> None:
        language = node.get("language", "")
        self.add_block(markdown.fence(node.astext(), "" if language in ("default", "none", "text") else language))
        raise nodes.SkipNode

    visit_doctest_block = visit_productionlist = visit_literal_block

    def visit_math_block(self, node: nodes.Element) -> None:
        source, number = numbered(self.builder.env, self.docname, cast("nodes.math_block", node))
        self.add_block(tex.display(source, number, one_line=self.nested))
        raise nodes.SkipNode


def _is_list(prose: Prose) -> bool:
    return prose.markdown.startswith(("- ", "* ", "1. ", "1) "))


def _marker(item: nodes.Node) -> str:
    """Return the marker of a list item; lists that follow one another differ, or they would be read as one."""
    parent = cast("nodes.Element", item.parent)
    other = _follows_list_like_it(parent)
    if isinstance(parent, nodes.enumerated_list):
        items = [child for child in parent.children if isinstance(child, nodes.list_item)]
        position = next(count for count, child in enumerate(items) if child is item)
        return f"{int(parent.get('start', 1)) + position}{')' if other else '.'} "
    return "* " if other else "- "


def _follows_list_like_it(node: nodes.Element) -> bool:
    if node.parent is None:
        return False
    siblings = [child for child in node.parent.children if not isinstance(child, nodes.Invisible)]
    position, count = siblings.index(node), 0
    while position > count and type(siblings[position - count - 1]) is type(node):
        count += 1
    return count % 2 == 1
