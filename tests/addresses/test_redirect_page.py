"""The page at a permanent address leads on without scripts, and no text of the book gets out of its place in it."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import example, given
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.outputs.html.redirects import MARK, RedirectTarget, redirect_page

TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60)


class Elements(HTMLParser):
    """Start tags with attributes, and the text of each `a`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.links: list[list[str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "a":
            self.links.append([dict(attrs)["href"] or "", ""])

    def handle_data(self, data: str) -> None:
        if self.links and self.tags[-1][0] == "a" and not self.links[-1][1]:
            self.links[-1][1] = data


PLAIN = [tag for tag, _ in Elements(redirect_page(RedirectTarget("x", "y"), (), language="en", canonical="z")).tags]


def test_it_leads_on_at_once_shows_where_to_and_is_not_indexed() -> None:
    goal, other = (
        RedirectTarget("https://forum.example.org/t/1", "Discussion"),
        RedirectTarget("../../a.html#b", "Section 1"),
    )
    page = redirect_page(goal, (other,), language="de", canonical="https://forum.example.org/t/1")
    found = Elements(page)
    assert ("meta", {"http-equiv": "refresh", "content": "0; url='https://forum.example.org/t/1'"}) in found.tags
    assert ("link", {"rel": "canonical", "href": "https://forum.example.org/t/1"}) in found.tags
    assert ("meta", {"name": "robots", "content": "noindex"}) in found.tags
    assert ("html", {"lang": "de"}) in found.tags
    assert found.links == [[goal.address, "Discussion"], [other.address, "Section 1"]]
    assert "<script" not in page
    assert MARK in page


@given(TEXT, TEXT)
@example("'); url=javascript:alert(1)", "</title><script>alert(1)</script>")
@example('"><script>', "\u202e" * 40)
@example("x", "a" * 4000)
def test_no_text_leaves_its_place(address: str, text: str) -> None:
    found = Elements(redirect_page(RedirectTarget(address, text), (), language=text, canonical=address))
    assert [tag for tag, _ in found.tags] == PLAIN
    (refresh,) = [attrs["content"] or "" for _, attrs in found.tags if attrs.get("http-equiv") == "refresh"]
    assert refresh == f"0; url='{address.replace(chr(39), '%27')}'"
    assert [attrs["href"] for tag, attrs in found.tags if tag == "a"] == [address]
