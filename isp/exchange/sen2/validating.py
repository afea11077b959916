"""Checking what was written against our own schema of its year: some persons at a time, so nothing
piles up.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from lxml import etree

from isp.exchange.sen2.message import Header, Person
from isp.exchange.sen2.writing import as_xml
from isp.exchange.sen2.years import DATA, Year


@cache
def _schema(year: int) -> etree.XMLSchema:
    text = DATA.joinpath(f"sen2-{year}.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text, _parser()))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def unfit(header: Header, persons: Sequence[Person], year: Year) -> list[tuple[int, str]]:
    """Which of these persons do not keep to the schema: their places and what the schema says.

    The header's faults have the place -1.
    """
    if _said(header, persons, year) is None:
        return []
    found = []
    if (said := _said(header, [], year)) is not None:
        return [(-1, said)]
    for place, one in enumerate(persons):
        said = _said(header, [one], year)
        if said is not None:
            found.append((place, said))
    return found


def _said(header: Header, persons: Sequence[Person], year: Year) -> str | None:
    text = "".join(as_xml(header, persons, year)).encode()
    schema = _schema(year.year)
    if schema.validate(etree.fromstring(text, _parser())):
        return None
    return str(schema.error_log[0].message)
