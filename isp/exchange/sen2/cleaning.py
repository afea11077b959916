"""What a file says, held against the lists and the forms of its year before anything of it is stored.

Codes and numbers go into columns that are short and not sealed: what is neither of the year's codes nor of
the form of its number is left out there, and counted. Words stay as they are; they are sealed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any

from isp.exchange.sen2.message import Person, fields_of
from isp.exchange.sen2.years import Year

NO_CODE = "no_code"


def cleaned(person: Person, year: Year) -> tuple[Person, Counter[str]]:
    """A person without what is no code of this year, and how many values that were (``NO_CODE``)."""
    left: Counter[str] = Counter()
    made: Person = _cleaned("Person", person, year, left)
    return made, left


def _cleaned(element: str, held: Any, year: Year, left: Counter[str]) -> Any:
    changes: dict[str, Any] = {}
    for one in fields_of(element):
        value = getattr(held, one.name)
        if value is None:
            continue
        if one.kind == "one":
            changes[one.name] = _cleaned(one.tag, value, year, left)
        elif one.kind == "many":
            changes[one.name] = [_cleaned(one.tag, part, year, left) for part in value]
        elif one.kind == "text" and not _is_of(year, element, one.tag, value):
            changes[one.name] = None
            left[NO_CODE] += 1
    return replace(held, **changes) if changes else held


def _is_of(year: Year, element: str, tag: str, value: str) -> bool:
    codes = year.codes_of(element, tag)
    if codes is not None:
        return value in codes
    form = year.patterns.get(tag)
    return form is None or _form(form).fullmatch(value) is not None


@cache
def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
