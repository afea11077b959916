"""Taking people's names out of what a template says: "the pupil" stands where the child's name did. Pure.

By the names that are on record: the pupil's (used, legal, preferred), the family's and the staff's, whole or
any word of them, possessive or not, in any case, with or without accents, at the bounds of words. Pronouns
stay. What cannot be told (a child called An, in "An adult reads with An") is left for a person to judge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from isp.plans.content import SHAPE
from isp.records.fields import Kind
from isp.records.shape import Content, Item


class Sort(Enum):
    """What somebody is to the pupil; the value stands where the name did."""

    PUPIL = "the pupil"
    FAMILY = "the family"
    TEACHER = "the teacher"
    STAFF = "a member of staff"


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody around the pupil. ``given`` and ``family``: each form of the name that is on record."""

    sort: Sort
    given: tuple[str, ...]
    family: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replaced:
    """Words that stood in a text, and what stands there now."""

    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A content without names; by item's id what was replaced, and the items that may still name somebody."""

    content: Content
    replaced: dict[str, list[Replaced]]
    unsure: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    text: str
    folded: str
    possessive: bool


_BETWEEN = "al ap bin ibn da das de del der di dos du el la las le los of st the van von y and"
_BEFORE_MONTHS = "in by until from since of during before after to and early late mid last next"
_SHORT = "an as at be do he if in is it me my no on or so to up us we you"
_WORDS = """
    abbey amber angel april art august autumn baker ball banks barber basil bay bell berry bill bird
    bishop black blue bond book brook brooks brown bush butler carpenter carter cash chance charity
    chase christian clay clement cliff cook cooper cross crystal daisy dale dawn day dean destiny
    dove drew duke eve faith farmer fern field finch fisher flower flowers ford forest fox frank
    freeman gale gardener gene ginger glen glover gold good grace grant gray green grey guy hall
    harmony harper haven hazel heath heather hill hogg holly honey hood hope house hunt hunter iris
    ivy jack jade jasmine jay jet joy june justice keen king knight lake lane laurel law leaf lee
    lily lime little lock long lord love mark marsh mason max may mercy miles mill miller mills moon
    moss noble north olive page park parker parks paris patience pearl penny pepper pike pilot piper
    pitt pole pool poppy pope porter potter price prince prior queen rain rainbow rains ray read
    reading reed reef rich ridge ring river rivers rob robin rock rod rose rowan royal ruby rush
    sage sand sandy saint savage scott sea see sharp shepherd short silver singer sky small smart
    smith song south spring star stephens still stone street strong sue summer summers sun swan
    swift talent taylor teal terry tiger trinity turner vale violet wade walker wall ward waters way
    webb wells west wheeler white will willow winter wise wolf wood woods worth wren wright young
"""
_TITLES = frozenset(["mr", "mrs", "ms", "miss", "mx", "dr", "sir", "rev", "prof"])
_PARTICLES = frozenset(_BETWEEN.split())
_DETERMINERS = frozenset(["the", "our", "my", "your", "his", "her", "their", "this", "a"])
_MONTHS = frozenset(["april", "may", "june", "august"])
_OF_TIME = frozenset(_BEFORE_MONTHS.split())
_LITTLE = frozenset(_SHORT.split())
"""Names that are also words with which a sentence begins: there nobody can tell which is meant."""
_ORDINARY = _LITTLE | frozenset(_WORDS.split())
"""Names that are also words: in small letters they are the word."""
_GAP = re.compile(r"[\s.\-‐–]{1,3}")
_APOSTROPHES = "'’"


def unnamed(content: Content, people: Iterable[Known]) -> Unnamed:
    """The content with what its items say of somebody by name said without."""
    forms = _Forms(people)
    replaced: dict[str, list[Replaced]] = {}
    unsure: set[str] = set()
    sections = {}
    for name, section in content["sections"].items():
        sections[name] = section
        if not section.get("items"):
            continue
        items = []
        for item in section["items"]:
            made, found, doubt = _item(name, item, forms)
            items.append(made)
            if found:
                replaced[item["id"]] = list(dict.fromkeys(found))
            if doubt:
                unsure.add(item["id"])
        sections[name] = {**section, "items": items}
    return Unnamed({**content, "sections": sections}, replaced, frozenset(unsure))


def names_somebody(text: str, people: Iterable[Known]) -> bool:
    """Whether one of these people is named, for what is certain."""
    return bool(_in_text(text, _Forms(people))[1])


def _item(section: str, item: Item, forms: _Forms) -> tuple[Item, list[Replaced], bool]:
    made, found, doubt = dict(item), [], False
    for field, value in item.items():
        if field in ("id", "order") or not isinstance(value, str):
            continue
        if SHAPE.field(section, field).kind in (Kind.TEXT, Kind.LINE):
            made[field], here, unclear = _in_text(value, forms)
            found += here
            doubt = doubt or unclear
    return made, found, doubt


class _Forms:
    """Every way in which these people may be named, as folded words in a row."""

    def __init__(self, people: Iterable[Known]) -> None:
        self.held: dict[tuple[str, ...], list[Known]] = {}
        self.surnames: dict[tuple[str, ...], list[Known]] = {}
        for person in people:
            for given in person.given:
                self._add(given, person)
                for family in person.family:
                    self._add(f"{given} {family}", person, parts=False)
                    self._add(f"{family} {given}", person, parts=False)
            for family in person.family:
                self._add(family, person)
                self.surnames.setdefault(_row(family), []).append(person)
        self.longest = max(map(len, self.held), default=0)

    def _add(self, name: str, person: Known, *, parts: bool = True) -> None:
        row = _row(name)
        for one in [row, *((word,) for word in row if parts and word not in _PARTICLES)]:
            if one and (len(one) > 1 or len(one[0]) > 1 or not one[0].isascii()):
                self.held.setdefault(one, []).append(person)

    def at(self, words: Sequence[_Word], place: int, text: str) -> tuple[int, list[Known]] | None:
        """How many words from here on name whom; the most words speak."""
        row: list[str] = []
        found = None
        for count, word in enumerate(words[place : place + self.longest], start=1):
            if count > 1 and not _GAP.fullmatch(text[words[place + count - 2].end : word.start]):
                break
            row.append(word.folded)
            people = self.held.get(tuple(row))
            if people:
                found = (count, people)
            if word.possessive:
                break
        return found

    def several(self, word: str) -> bool:
        """Whether a word is a family's name in the plural: the Planteds."""
        return (
            word.endswith("s") and (word[:-1],) in self.surnames and word.removesuffix("s") not in _ORDINARY
        )


def _in_text(text: str, forms: _Forms) -> tuple[str, list[Replaced], bool]:
    words = list(_words(text))
    found: list[Replaced] = []
    made, at, doubt, place = [], 0, False, 0
    while place < len(words):
        match = forms.at(words, place, text)
        plural = match is None and forms.several(words[place].folded)
        if match is None and not plural:
            place += 1
            continue
        count, people = match or (1, [])
        first, last = words[place], words[place + count - 1]
        before = words[place - 1] if place else None
        title = before if before is not None and _leads(before, text[before.end : first.start]) else None
        if count == 1 and title is None and not plural:
            judged = _judged(text, words, place, people)
            doubt = doubt or judged is None
            if not judged:
                place += 1
                continue
        start = title.start if title is not None and title.start >= at else first.start
        sort = Sort.FAMILY if plural else _who(people, titled=title is not None)
        following = words[place + count] if place + count < len(words) else None
        end = last.end
        if following is not None and following.folded == "family" and not last.possessive:
            sort, end, count = Sort.FAMILY, following.end, count + 1
            last = following
        now = _said(text, words[: place - (title is not None)], start, sort, possessive=last.possessive)
        found.append(Replaced(text[start:end], now))
        made += [text[at:start], now]
        at, place = end, place + count
    return "".join([*made, text[at:]]), found, doubt


def _judged(text: str, words: Sequence[_Word], place: int, people: Sequence[Known]) -> bool | None:
    """Whether one word that may be a name is one; None where nobody can tell."""
    word = words[place]
    if word.folded not in _ORDINARY:
        return True
    if word.text == word.text.lower():
        return False
    before = words[place - 1].folded if place else ""
    if word.folded in _MONTHS and (
        before in _OF_TIME or (before.isdecimal() and len(before) < 3) or re.match(r"\s+\d", text[word.end :])
    ):
        return False
    if not _begins(text, word.start):
        return True
    if all(one.sort in (Sort.TEACHER, Sort.STAFF) for one in people):
        return False  # colleagues are written with their titles
    return None if word.folded in _LITTLE else True


def _who(people: Sequence[Known], *, titled: bool) -> Sort:
    """Of those with this name the pupil; but with a title before it, a grown-up."""
    grown = [one.sort for one in people if one.sort is not Sort.PUPIL]
    sorts = grown if titled and grown else [one.sort for one in people]
    first = next((sort for sort in (Sort.PUPIL, Sort.FAMILY) if sort in sorts), None)
    return first or (Sort.TEACHER if set(sorts) == {Sort.TEACHER} else Sort.STAFF)


def _leads(before: _Word, gap: str) -> bool:
    """Whether a word before a name belongs to it: a title, an initial."""
    if not _GAP.fullmatch(gap) or before.possessive:
        return False
    if before.folded in _TITLES:
        return True
    return len(before.text) == 1 and before.text.isupper() and gap.startswith(".")


def _said(text: str, before: Sequence[_Word], start: int, sort: Sort, *, possessive: bool) -> str:
    said = sort.value
    if before and before[-1].folded in _DETERMINERS and text[before[-1].end : start].isspace():
        said = said.split(" ", 1)[1]
    elif _begins(text, start):
        said = said[:1].upper() + said[1:]
    return f"{said}’s" if possessive else said


def _begins(text: str, start: int) -> bool:
    """Whether a sentence begins here."""
    before = text[:start].rstrip(" \t\u00a0“‘\"'(•*-–")
    return not before or before[-1] in ".!?\n"


def _row(name: str) -> tuple[str, ...]:
    return tuple(word.folded for word in _words(name))


def _words(text: str) -> Iterator[_Word]:
    """The words of a text of any script; an apostrophe between two letters is part of one."""
    start = None
    for at in range(len(text) + 1):
        inside = at < len(text) and (
            _is_letter(text[at])
            or (
                text[at] in _APOSTROPHES
                and start is not None
                and at + 1 < len(text)
                and _is_letter(text[at + 1])
            )
        )
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            yield _word(text, start, at)
            start = None


def _word(text: str, start: int, end: int) -> _Word:
    word, folded = text[start:end], _folded(text[start:end])
    if folded.endswith("'s"):
        return _Word(start, end, word[:-2], folded[:-2], possessive=True)
    closes = text[end : end + 1] in ("'", "’") and folded.endswith("s")
    quoted = start > 0 and text[start - 1] in "'‘"
    if closes and not quoted:
        return _Word(start, end + 1, word, folded, possessive=True)
    return _Word(start, end, word, folded, possessive=False)


def _is_letter(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign)[0] == "M" or sign in "\u200c\u200d"


def _folded(word: str) -> str:
    """For comparing: small letters, without accents, one kind of apostrophe."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", word) if not "\u0300" <= sign <= "\u036f")
    return unicodedata.normalize("NFC", bare.casefold().replace("’", "'"))


def known(sort: Sort, given: Collection[str | None], family: Collection[str | None]) -> Known:
    """Somebody by the forms of the name that are there."""
    return Known(
        sort,
        tuple(dict.fromkeys(one for one in given if one)),
        tuple(dict.fromkeys(one for one in family if one)),
    )
