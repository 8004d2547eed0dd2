"""Where what was read back differs from the table."""

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
"""What can be a number: 3, 3.2, A.1, 3.1a."""
OF_WORD = r"[^\W\u2e80-\U0003ffff]"
"""A letter or digit that a number cannot stand beside: in Chinese, Japanese and Korean no space parts it from words."""
EQUATION_NUMBER = r"(?:[A-Z]{1,3}|\d+)(?:[^\w(){}\[\]\\]{1,3}\d+)*"
"""Of an equation, which may have anything as `math_numsep`: 3.1, 3-1, 3:1."""
LINE = rf"\\text\{{\(({EQUATION_NUMBER})\)\}}(?=\s*\\(?:\\|end\{{(?:aligned|gathered)))"
"""The number of a line of an equation in its TeX."""
LETTER = r"(?<!\w)\(([a-z])\)(?!\w)"
"""What stands at a sub-figure, the letter as its group."""
_NUMBER = re.compile(rf"(?<!{OF_WORD})(?<!\.){NUMBER}(?!{OF_WORD})")
_EQUATION_NUMBER = re.compile(rf"(?<!{OF_WORD})(?<!\.){EQUATION_NUMBER}(?!{OF_WORD})")
_READ = re.compile(rf"\(?(?:{NUMBER}|{EQUATION_NUMBER}|[a-z])\)?")


Rule = Literal["place", "number", "label", "entry", "numbered", "link"]
"""What a text has to hold. A "place" says that the thing stands in the output; its text is not compared. A "number" is
the number of the thing and nothing else, "" where it has none. A "label" of the thing itself is word and number. An
"entry" of a list of contents is number and title. A "numbered" reference has a number, unless it has only a title. Any
other "link" may be anything, and counts where it looks like a label."""
OWN = frozenset({"place", "number", "label"})
"""Rules of what stands at the thing itself, as against references to it from elsewhere."""


class Seen(NamedTuple):
    """A number that an output prints, or the place where it should."""

    where: str
    """What prints it: "the heading", "a link"."""
    docname: str
    anchor: str
    """Of what the number is; "" for a page."""
    text: str
    """What is printed."""
    rule: Rule
    is_sure: bool = True
    """Whether what is printed there surely is of this thing: not where the place was found by guess."""


@dataclass(frozen=True)
class Difference:
    """One disagreement between an output and the table."""

    name: str
    """The label, or page and anchor."""
    expected: str
    found: str | None
    """None for what the output does not have at all."""
    where: str
    file: Path
    source: str
    """The page that it is written in."""
    is_sure: bool = True
    """Whether a number was read that is another; else it may be that the check could not read the right one."""

    def __str__(self) -> str:
        place = f"{self.source}: {self.name!r}"
        table = f"has the number {self.expected}" if self.expected else "has no number"
        if self.found is None:
            return f"{place} {table} in the table, but is not in {self.file}"
        shown = f"the number {self.found}" if self.found else "no number"
        return f"{place} {table} in the table, but {self.where} in {self.file} shows {shown}"


def difference(entry: ExpectedEntry, found: str | None, where: str, file: Path, *, is_sure: bool = True) -> Difference:
    is_number = found is not None and _READ.fullmatch(found) is not None
    return Difference(entry.name, entry.number, found, where, file, entry.docname, is_sure and is_number)


def compare(
    table: ExpectedNumbers,
    seen: Iterable[Seen],
    file: Path,
    right: set[Seen] | None = None,
    own_words: Set[str] = frozenset(),
) -> Iterator[Difference]:
    """Every number in ``seen``, all of one file, that the table has otherwise.

    ``right`` takes what was found right, and need not be looked at in other files: sidebars are the same everywhere.
    ``own_words`` are the texts that the author of the page wrote for links: a number in them is not ours.
    """
    right = set() if right is None else right
    for one in dict.fromkeys(seen):
        if one in right:
            continue
        entry = table.places.get((one.docname, one.anchor))
        if entry is None or (one.rule in ("numbered", "link") and " ".join(one.text.split()) in own_words):
            continue
        found = number_in(one, entry, table)
        if found is not None and found != entry.number:
            yield difference(entry, found, one.where, file, is_sure=one.is_sure and _is_all(found, one, entry))
        else:
            right.add(one)


def missing(table: ExpectedNumbers, docname: str, shown: set[tuple[str, str]], file: Path) -> Iterator[Difference]:
    """What a page has a number for, and ``shown``, which is made of docnames and anchors, has not."""
    for entry in table.pages[docname]:
        if entry.number and not entry.optional and not any((docname, item) in shown for item in entry.ids):
            yield difference(entry, None, "", file)


def _is_all(found: str, one: Seen, entry: ExpectedEntry) -> bool:
    """Whether an entry of contents is this number and the title, so that it is no entry with words of its own."""
    if one.rule != "entry":
        return True
    text, title = " ".join(one.text.split()), " ".join(entry.title.split())
    return re.fullmatch(rf"\W*{re.escape(found)}\W*", text.removesuffix(title)) is not None if title else False


def number_in(one: Seen, entry: ExpectedEntry, table: ExpectedNumbers) -> str | None:
    """The number that is printed, "" for none; None where none is called for."""
    if one.rule in ("place", "number"):
        return one.text if one.rule == "number" else None
    text, title = " ".join(one.text.split()), " ".join(entry.title.split())
    rest = text if one.rule == "label" or not title else _without(text, title, one.rule)
    if entry.number and has_number(rest, entry.number):
        return entry.number
    named = _label(entry.kind, tuple(table.words.get(entry.kind, ()))).fullmatch(rest)
    if named and named[1]:  # behind a word that ends with a full stop, as "Fig.1.1"
        return named[1]
    numbers = (_EQUATION_NUMBER if entry.kind == EQUATION else _NUMBER).findall(rest)
    last: str | None = numbers[-1] if numbers else None
    if one.rule == "label":
        if entry.letter and text == f"({entry.letter})":
            return entry.number
        return last or (rest if entry.number else "")
    if one.rule == "entry":
        # Where the title is shown otherwise than it is kept, formulas in it do not count as numbers.
        return last or "" if entry.number or title in text else None
    if (one.rule == "numbered" and entry.number) or is_label(rest, entry.kind, table):
        return last
    return None


def _without(text: str, title: str, rule: Rule) -> str:
    """What a text has besides a title. A title may be nothing but a number: then it counts at the end alone."""
    if rule == "entry" and text.endswith(title):
        return text.removesuffix(title).strip()
    if title[0].isdecimal() and _NUMBER.fullmatch(title):
        return "" if text == title else text
    return text.replace(title, " ").strip()


def has_number(text: str, number: str) -> bool:
    """Whether a text has just this number, not one that only begins or ends with it."""
    # A regular expression for each number would be compiled more often than it is used.
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
    """Whether a text is nothing but a number as things of this kind are referred to: `Figure 3.1`, `(3.1)`."""
    return _label(kind, tuple(table.words.get(kind, ()))).fullmatch(text) is not None


@cache
def _label(kind: str, words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"{_label_pattern(kind, words)}|{_BARE.get(kind, NEVER)}")


def label_pattern(kind: str, table: ExpectedNumbers) -> str:
    """Regular expression of word and number, the number as its group."""
    return _label_pattern(kind, tuple(table.words.get(kind, ())))


def _label_pattern(kind: str, words: tuple[str, ...]) -> str:
    """Each of ``words`` stands before the number, or around the place of `{number}`."""
    number = EQUATION_NUMBER if kind == EQUATION else NUMBER
    before, after = [], []
    for word in words:
        first, _, last = word.partition("{number}")
        after += [re.escape(last)] if last else []
        # What only ends in a word is no bare number.
        before.append(re.escape(first.strip()) or rf"(?=\(?{number}\)?\s*{re.escape(last)})")
    ending = rf"(?:\s*(?i:{'|'.join(after)}))?" if after else ""
    return rf"(?i:{'|'.join(before)})\s*\(?({number})\)?(?!{OF_WORD}|[.-]\d){ending}" if words else NEVER


NEVER = r"(?!)()"
# A number alone is a reference only where it cannot be a year, an abbreviation or a count.
_BARE = {SECTION: r"(?:[A-Z]|\d+)(?:\.\d+)+", EQUATION: rf"(?:[^\W\d]+\.? )?\({EQUATION_NUMBER}\)"}


def letters(text: str) -> str:
    """Letters and digits alone: what a title has in common in all outputs."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text))).casefold()


def number_before(text: str, title: str, expected: str = "") -> str | None:
    """The number between the beginning of a text and a title; "" for none, None where the title does not follow.

    What can be read in two ways, as "1 1" with the title "1", is read as ``expected``.
    """
    number = _LEADING.match(text)
    if number and number[1] == expected and begins_with(text[number.end() :], title):
        return expected
    # The text of a PDF may have no space between two digits, however far they are apart.
    if expected and title[:1].isdecimal() and begins_with(text, expected + title):
        return expected
    if begins_with(text, title):
        return ""
    return number[1] if number and begins_with(text[number.end() :], title) else None


def number_of_heading(text: str, title: str, expected: str = "") -> str | None:
    """The same for the text of a heading, which may have any signs around the number: "1. One", "§ 2 — Two"."""
    number = re.match(rf"\W*({NUMBER})(?!{OF_WORD})\W*", text)
    if number and letters(text[number.end() :]).startswith(letters(title)) and not _is_start(number[1], title, text):
        return number[1]
    return number_before(text.lstrip(), title, expected)


def _is_start(number: str, title: str, text: str) -> bool:
    """Whether what looks like a number is how the title itself begins, and nothing stands before that."""
    return begins_with(title, number) and begins_with(text, title)


_LEADING = re.compile(rf"\s*({NUMBER})\s")


def begins_with(text: str, title: str) -> bool:
    """Whether the first words of a text are a title, whatever stands between its letters: "T" does not begin "Two"."""
    wanted, found = letters(title), ""
    for word in text.split():
        found += letters(word)
        if len(found) >= len(wanted):
            break
    return found == wanted


def in_order(expected: Sequence[str], found: Sequence[str]) -> Iterator[str | None]:
    """What stands for each of ``expected`` among ``found``, both in order; None for what is not there.

    What is found besides, between them, is left alone.
    """
    steps = difflib.SequenceMatcher(None, expected, found, autojunk=False).get_opcodes()
    for step, start, end, other, other_end in steps:
        if step != "insert":
            yield from islice(chain(found[other:other_end], repeat(None)), end - start)
