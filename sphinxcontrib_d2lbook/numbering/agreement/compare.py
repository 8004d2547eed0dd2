"""Find where the numbers that were read back differ from the table."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Literal, NamedTuple

from .expected_numbers import EQUATION, SECTION, ExpectedEntry, ExpectedNumbers

NUMBER = r"(?:[A-Z]{1,3}|\d+)(?:[.-]\d+)*[a-z]?"
"""Regular expression of a number: 3, 3.2, A.1, 3.1a."""
OF_WORD = r"[^\W\u2e80-\U0003ffff]"
"""Letter or digit that no number can be next to.

Chinese, Japanese and Korean characters are left out, since no space separates numbers from words there.
"""
EQUATION_NUMBER = r"(?:[A-Z]{1,3}|\d+)(?:[^\w(){}\[\]\\]{1,3}\d+)*"
"""Regular expression of the number of an equation, with any `math_numsep`: 3.1, 3-1, 3:1."""
LINE = rf"\\text\{{\(({EQUATION_NUMBER})\)\}}(?=\s*\\(?:\\|end\{{(?:aligned|gathered)))"
"""Regular expression of the number of a line of an equation in its TeX."""
LETTER = r"(?<!\w)\(([a-z])\)(?!\w)"
"""Regular expression of the label of a sub-figure, with the letter as its group."""
_NUMBER = re.compile(rf"(?<!{OF_WORD})(?<!\.){NUMBER}(?!{OF_WORD})")
_EQUATION_NUMBER = re.compile(rf"(?<!{OF_WORD})(?<!\.){EQUATION_NUMBER}(?!{OF_WORD})")
_READ = re.compile(rf"\(?(?:{NUMBER}|{EQUATION_NUMBER}|[a-z])\)?")


Rule = Literal["place", "number", "label", "entry", "numbered", "link"]
"""What a text must contain.

* "place": nothing; the item is in the output, and its text is not compared.
* "number": the number of the item and nothing else, "" if it has none.
* "label": word and number, at the item itself.
* "entry": number and title, in a list of contents.
* "numbered": a reference that has a number, unless the target has only a title.
* "link": any other link; it counts only if it looks like a label.
"""
OWN = frozenset({"place", "number", "label"})
"""Rules for text at the item itself, as opposed to references to it."""


class PrintedNumber(NamedTuple):
    """Number that an output prints, or the place where it should be."""

    where: str
    """Name of the place for messages: "the heading", "a link"."""
    docname: str
    anchor: str
    """Anchor of the item whose number this is; "" for a page."""
    text: str
    """Text that is printed."""
    rule: Rule
    is_sure: bool = True
    """Whether the text surely belongs to this item; False if its place was guessed."""


@dataclass(frozen=True)
class Difference:
    """Disagreement between an output and the table."""

    name: str
    """Label of the item, or page and anchor."""
    expected: str
    found: str | None
    """Number in the output, "" if it shows none; None if the output lacks the item."""
    where: str
    file: Path
    source: str
    """Docname of the page that the item is written in."""
    is_sure: bool = True
    """Whether another number was read; if False, the check may have failed to read the right one."""

    def __str__(self) -> str:
        place = f"{self.source}: {self.name!r}"
        table = f"has the number {self.expected}" if self.expected else "has no number"
        if self.found is None:
            return f"{place} {table} in the table, but is not in {self.file}"
        shown = f"the number {self.found}" if self.found else "no number"
        return f"{place} {table} in the table, but {self.where} in {self.file} shows {shown}"


def difference_of(
    entry: ExpectedEntry, found: str | None, where: str, file: Path, *, is_sure: bool = True
) -> Difference:
    """Return the difference for an entry. It counts as sure only if ``found`` was read as a number."""
    is_number = found is not None and _READ.fullmatch(found) is not None
    return Difference(entry.name, entry.number, found, where, file, entry.docname, is_sure and is_number)


def compare(
    table: ExpectedNumbers,
    seen: Iterable[PrintedNumber],
    file: Path,
    right: set[PrintedNumber] | None = None,
    own_words: Set[str] = frozenset(),
) -> Iterator[Difference]:
    """Yield a difference for every number in ``seen``, all of one file, that is another in the table.

    ``right`` is a set that collects what was found to be right, so that other files need not compare it again: sidebars
    are the same everywhere. ``own_words`` are the texts that the author of the page wrote for links; numbers in them
    are not checked.
    """
    right = set() if right is None else right
    for item in dict.fromkeys(seen):
        if item in right:
            continue
        entry = table.places.get((item.docname, item.anchor))
        if entry is None or (item.rule in ("numbered", "link") and " ".join(item.text.split()) in own_words):
            continue
        number = number_in(item, entry, table)
        if number is not None and number != entry.number:
            yield difference_of(
                entry, number, item.where, file, is_sure=item.is_sure and _is_number_and_title(number, item, entry)
            )
        else:
            right.add(item)


def missing_entries(
    table: ExpectedNumbers, docname: str, shown: set[tuple[str, str]], file: Path
) -> Iterator[Difference]:
    """Yield the items of a page that have a number and are not in ``shown``, pairs of docname and anchor."""
    for entry in table.pages[docname]:
        if entry.number and not entry.optional and not any((docname, item) in shown for item in entry.ids):
            yield difference_of(entry, None, "", file)


def _is_number_and_title(number: str, item: PrintedNumber, entry: ExpectedEntry) -> bool:
    """Return whether an entry of contents consists of the number and the title, without other words."""
    if item.rule != "entry":
        return True
    text, title = " ".join(item.text.split()), " ".join(entry.title.split())
    return re.fullmatch(rf"\W*{re.escape(number)}\W*", text.removesuffix(title)) is not None if title else False


def number_in(item: PrintedNumber, entry: ExpectedEntry, table: ExpectedNumbers) -> str | None:
    """Return the number that is printed, "" for none; None if the rule asks for none."""
    if item.rule in ("place", "number"):
        return item.text if item.rule == "number" else None
    text, title = " ".join(item.text.split()), " ".join(entry.title.split())
    rest = text if item.rule == "label" or not title else _without(text, title, item.rule)
    if entry.number and has_number(rest, entry.number):
        return entry.number
    label = _label(entry.kind, tuple(table.words.get(entry.kind, ()))).fullmatch(rest)
    if label and label[1]:  # after a word that ends with a full stop, as in "Fig.1.1"
        return label[1]
    numbers = (_EQUATION_NUMBER if entry.kind == EQUATION else _NUMBER).findall(rest)
    last: str | None = numbers[-1] if numbers else None
    if item.rule == "label":
        if entry.letter and text == f"({entry.letter})":
            return entry.number
        return last or (rest if entry.number else "")
    if item.rule == "entry":
        # If the title is shown otherwise than it is kept, formulas in it do not count as numbers.
        return last or "" if entry.number or title in text else None
    if (item.rule == "numbered" and entry.number) or is_label(rest, entry.kind, table):
        return last
    return None


def _without(text: str, title: str, rule: Rule) -> str:
    """Return a text without a title. A title that is nothing but a number is removed only at the end."""
    if rule == "entry" and text.endswith(title):
        return text.removesuffix(title).strip()
    if title[0].isdecimal() and _NUMBER.fullmatch(title):
        return "" if text == title else text
    return text.replace(title, " ").strip()


def has_number(text: str, number: str) -> bool:
    """Return whether a text contains this number, and not only as the beginning or end of another one."""
    # A regular expression for each number would be compiled about as often as it is used.
    at = text.find(number) if number else -1
    while at >= 0:
        before, after = text[:at][-1:], text[at + len(number) :][:2]
        if not (
            _of_word(before) or before == "." or _of_word(after[:1]) or (after[:1] == "." and after[1:].isdecimal())
        ):
            return True
        at = text.find(number, at + 1)
    return False


def _of_word(char: str) -> bool:
    return (char.isalnum() or char == "_") and not "\u2e80" <= char <= "\U0003ffff"


def is_label(text: str, kind: str, table: ExpectedNumbers) -> bool:
    """Return whether a text is only a number in the form of a reference to this kind: `Figure 3.1`, `(3.1)`."""
    return _label(kind, tuple(table.words.get(kind, ()))).fullmatch(text) is not None


@cache
def _label(kind: str, words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_label_pattern(kind, words)}|{_BARE.get(kind, NEVER)}")


def label_pattern(kind: str, table: ExpectedNumbers) -> str:
    """Return a regular expression of word and number, with the number as its group."""
    return _label_pattern(kind, tuple(table.words.get(kind, ())))


def _label_pattern(kind: str, words: tuple[str, ...]) -> str:
    """Return the pattern of `label_pattern`.

    Each of ``words`` comes before the number, or has `{number}` where the number goes.
    """
    number = EQUATION_NUMBER if kind == EQUATION else NUMBER
    before, after = [], []
    for word in words:
        first, _, last = word.partition("{number}")
        after += [re.escape(last)] if last else []
        # A label that ends in a word must have that word, since a bare number is not a reference.
        before.append(re.escape(first.strip()) or rf"(?=\(?{number}\)?\s*{re.escape(last)})")
    ending = rf"(?:\s*(?i:{'|'.join(after)}))?" if after else ""
    return rf"(?i:{'|'.join(before)})\s*\(?({number})\)?(?!{OF_WORD}|[.-]\d){ending}" if words else NEVER


NEVER = r"(?!)()"
# A number alone is a reference only where it cannot be a year, an abbreviation or a count.
_BARE = {SECTION: r"(?:[A-Z]|\d+)(?:\.\d+)+", EQUATION: rf"(?:[^\W\d]+\.? )?\({EQUATION_NUMBER}\)"}


def letters(text: str) -> str:
    """Return only the letters and digits of a text, which all outputs of a title have in common."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()


def number_before(text: str, title: str, expected: str = "") -> str | None:
    """Return the number between the beginning of a text and a title; "" for none, None if the title does not follow.

    Text that can be read in two ways, such as "1 1" with the title "1", is read as ``expected``.
    """
    number = _LEADING.match(text)
    if number and number[1] == expected and begins_with(text[number.end() :], title):
        return expected
    # The text of a PDF may lack the space between two digits, however far apart they are printed.
    if expected and title[:1].isdecimal() and begins_with(text, expected + title):
        return expected
    if begins_with(text, title):
        return ""
    return number[1] if number and begins_with(text[number.end() :], title) else None


def number_of_heading(text: str, title: str, expected: str = "") -> str | None:
    """Return the number at the beginning of a heading, like `number_before`.

    Any signs may be around the number, as in "1. One" or "§ 2 — Two".
    """
    number = re.match(rf"\W*({NUMBER})(?!{OF_WORD})\W*", text)
    if number and letters(text[number.end() :]).startswith(letters(title)) and not _is_start(number[1], title, text):
        return number[1]
    return number_before(text.lstrip(), title, expected)


def _is_start(number: str, title: str, text: str) -> bool:
    """Return whether what looks like a number is the beginning of the title itself, with nothing before it."""
    return begins_with(title, number) and begins_with(text, title)


_LEADING = re.compile(rf"\s*({NUMBER})\s")


def begins_with(text: str, title: str) -> bool:
    """Return whether a text begins with the words of a title, whatever signs are between its letters.

    Words count as a whole: "Two" does not begin with the title "T".
    """
    wanted, beginning = letters(title), ""
    for word in text.split():
        beginning += letters(word)
        if len(beginning) >= len(wanted):
            break
    return beginning == wanted


def in_order(expected: Sequence[str], found: Sequence[str]) -> Iterator[str | None]:
    """Yield for each of ``expected`` what is at its place among ``found``, both in order; None for what is missing.

    Additional elements of ``found`` between them are passed over.
    """
    steps = difflib.SequenceMatcher(None, expected, found, autojunk=False).get_opcodes()
    for step, start, end, other, other_end in steps:
        if step != "insert":
            yield from islice(chain(found[other:other_end], repeat(None)), end - start)
