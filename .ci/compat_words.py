"""Compare what two builds of the same pages say: the pure parts of `compat.py`.

A word is a run of letters, digits and underscores in its compatibility form. Formulas are no words: MathJax, MathML and
Typst write them differently.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from lxml import html

BODIES = (
    "//article[contains(concat(' ', @class, ' '), ' bd-article ')]",
    "//*[@role='main']",
    "//main",
    "//article",
    "//body",
)
"""Where a theme has the text of a page; the first that is there."""
LEFT_OUT = (
    ".//script",
    ".//style",
    ".//*[contains(concat(' ', @class, ' '), ' headerlink ')]",
    ".//*[contains(concat(' ', @class, ' '), ' math ')]",
    ".//math",
    ".//*[@class='system-message-title']",
    ".//*[contains(concat(' ', @class, ' '), ' std-numref ')]",
    ".//*[contains(concat(' ', @class, ' '), ' caption-number ')]",
)
"""What is no text of a page, or is another one where figures have numbers."""
MESSAGE = re.compile(r"^(?:(?P<place>.*?): )?(?P<level>WARNING|ERROR|CRITICAL|SEVERE): (?P<text>.*)$")
TAG_OR_CODE = re.compile(
    r"(?s)(?<![\\`])(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)|(?<!\\)</?[a-zA-Z][^<>]*>"
)
KIND = re.compile(r" \[[\w.-]+\]$")


@dataclass(frozen=True)
class Built:
    """How a build ended."""

    code: int
    """The exit code; negative for a signal, also that by which a build that did not end was ended."""
    log: str
    """What it wrote to its standard error."""
    seconds: float

    @property
    def raised(self) -> bool:
        """Whether an exception ended the build, or a part of it, that is not meant for the author."""
        marks = ("Traceback (most recent call last)", "Exception occurred", "threw an exception", "ended with -")
        return self.code < 0 or (self.code > 0 and any(mark in self.log for mark in marks))


def words(text: str) -> list[str]:
    """Return the words of a text; addresses in memory, which are others in each run, are none."""
    return re.findall(r"\b(?!0x)\w+", unicodedata.normalize("NFKC", text).replace("\xad", ""))


def page_words(page: bytes) -> Counter[str]:
    """Return how often each word stands in the text of a page of HTML."""
    if not page.strip():
        return Counter()
    tree = html.document_fromstring(page, parser=html.HTMLParser(encoding="utf-8"))
    body = next((found[0] for path in BODIES if (found := tree.xpath(path))), tree)
    for path in LEFT_OUT:
        for element in body.xpath(path):
            element.drop_tree()
    for link in body.xpath(".//a[@href]"):
        if link.text_content() == link.get("href"):  # which a theme may show in a short form
            link.drop_tree()
    return Counter(words(" ".join(body.itertext())))


def lost_words(plain: Mapping[str, Counter[str]], ours: Mapping[str, Counter[str]]) -> dict[str, list[str]]:
    """Return page -> the words that are on it more often in ``plain``; a page that is not in ``ours`` has them all."""
    lost = {page: sorted((counts - ours.get(page, Counter())).elements()) for page, counts in plain.items()}
    return {page: found for page, found in lost.items() if found}


def squeezed(text: str) -> str:
    """Return the letters and digits of a text alone: lines that are broken within words do not hide them."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def rarer_words(texts: Iterable[str], printed: Mapping[str, int], letters: str) -> list[str]:
    """Return the words that ``texts`` have more often than a printed text has them.

    ``printed`` says how often each word is printed, and ``letters`` is all that is printed, `squeezed`: a word may be
    broken there.
    """
    counts = Counter(word for text in texts for word in words(text))
    rare = [word for word, count in counts.items() if count > printed.get(word, 0)]
    return [word for word in rare if counts[word] > letters.count(squeezed(word))]


def markdown_texts(source: str) -> Iterator[str]:
    """Yield what stands between the tags of Markdown, and its code as it is."""
    at = 0
    for match in TAG_OR_CODE.finditer(source):
        yield unescape(source[at : match.start()].replace("\\&", "&amp;"))
        yield match["code"] or ""
        at = match.end()
    yield unescape(source[at:].replace("\\&", "&amp;"))


def notebook_text(notebook: Mapping[str, Any]) -> str:
    """Return what a notebook says: its cells and their outputs, HTML as its text, and no attached images."""
    parts: list[str] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        parts += markdown_texts(source) if cell["cell_type"] == "markdown" else [source]
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            parts += ["".join(output.get("text", ())), *("".join(data[kind]) for kind in data if "text" in kind)]
            parts += output.get("traceback", ())
    return "\n".join(parts)


def messages(log: str, folders: Iterable[str]) -> dict[str, str]:
    """Return the warnings and errors of a log, each with the place that it names, without the paths of ``folders``."""
    found: dict[str, str] = {}
    for line in log.splitlines():
        match = MESSAGE.match(line)
        if match:
            place, text = match["place"] or "", KIND.sub("", match["text"])
            for folder in folders:
                place, text = (part.replace(f"{folder.rstrip('/')}/", "") for part in (place, text))
            found[f"{place}: {text}"] = place
    return found


def new_messages(plain: Mapping[str, str], ours: Mapping[str, str]) -> list[str]:
    """Return the messages of ``ours`` that ``plain`` does not have, nor another one about the same line."""
    lines = {place for place in plain.values() if re.search(r":\d+$", place)}
    return [message for message, place in ours.items() if message not in plain and place not in lines]


def judged(plain: Built, ours: Built, *, lost: bool, more: bool) -> str:
    """Return the word for how the second of two builds compares with the first."""
    if plain.code:
        return "Sphinx fails"
    if ours.raised:
        return "crashed"
    if ours.code:
        return "refused"
    if lost:
        return "lost content"
    return "warned more" if more else "equal"
