"""Making a return, a list of children, or only the check of what is to be mended: one walk over the record.

Files grow compressed in memory (some 5 MB for 25,000 persons) and are sealed before they are stored. All of a
walk sees the record as of one moment, whatever is written meanwhile.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from isp.audit import Store, Unit
from isp.exchange import children, record_out
from isp.exchange.files import CSV, LEVEL, XML, File, Packed
from isp.exchange.record_out import Entry
from isp.exchange.sen2 import modules, validating
from isp.exchange.sen2.message import Header
from isp.exchange.sen2.rules import Facts, Finding, Numbers, findings
from isp.exchange.sen2.writing import as_xml
from isp.exchange.sen2.years import Year
from isp.kernel.actor import Actor

CHECK, RETURN, CHILDREN = "check", "return", "children"
MISSING = re.compile(r"Expected is \( ([A-Za-z0-9]+) \)")
"""What is not there, where the schema complains of what stands in its place."""
WRONG = re.compile(r"Element '([A-Za-z0-9]+)'")


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as it is stored: the rule, whose record, and which rows it is about."""

    rule: str
    pupil_id: UUID
    request_id: UUID | None
    plan_id: UUID | None


@dataclass(slots=True)
class Made:
    """What came of a walk."""

    counts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    unfit: Counter[str] = field(default_factory=Counter)
    """By element, how many persons do not keep to the schema."""
    found: list[Found] = field(default_factory=list)
    pupil_ids: list[UUID] = field(default_factory=list)
    files: list[File] = field(default_factory=list)

    def as_result(self) -> dict[str, Any]:
        """As the job keeps it: counts by code, nothing of a person."""
        return {"counts": dict(self.counts), "rules": dict(self.rules), "unfit": dict(self.unfit)}


def walk(
    store: Store,
    actor: Actor,
    authority_id: UUID,
    year: Year,
    header: Header,
    *,
    kind: str,
    today: Any,
    tell: Callable[[int, int], None],
) -> Made:
    """Go over everybody once. ``header`` is that of the return; of a check, what it would be.

    ``tell`` is told how far it is (done, in all) after each part.
    """
    made = Made()
    numbers = Numbers()
    writer = _Writer(header, year) if kind == RETURN else None
    listed: children.Listing | None = None
    with store.database.still() as connection:

        def fresh() -> Unit:
            return Unit(store, actor, connection, holds_lock=False)

        if kind == CHILDREN:
            listed = children.Listing(today, children.phases_of(fresh()))
        pupil_ids = record_out.pupils_of(fresh(), authority_id, year)
        for place, part in enumerate(record_out.entries(fresh, authority_id, year, pupil_ids), 1):
            for entry in part:
                _count(made, entry)
                _look(made, entry, year, header.lea, numbers)
            if writer is not None:
                _fit(made, part, writer.header, year)
                writer.add(part)
            if listed is not None:
                listed.add(part)
            tell(min(place * record_out.AT_ONCE, len(pupil_ids)), len(pupil_ids))
    if writer is not None:
        made.files += writer.done()
    if listed is not None:
        made.files.append(listed.done())
        made.pupil_ids = listed.pupil_ids
    return made


def _count(made: Made, entry: Entry) -> None:
    made.pupil_ids.append(entry.pupil_id)
    made.counts["persons"] += 1
    for one in entry.person.requests:
        made.counts["requests"] += one.outcome != "H"
        made.counts["plans"] += one.plan is not None
        made.counts["active"] += one.active is not None


def _look(made: Made, entry: Entry, year: Year, lea: str, numbers: Numbers) -> None:
    noted = any(subject.cease_noted for subject in entry.subjects)
    found: Iterator[Finding] = findings(entry.person, Facts(year, lea, noted))
    again = numbers.again(entry.person)
    for one in (*found, *((again,) if again is not None else ())):
        subject = entry.subjects[one.place] if one.place is not None else None
        made.rules[one.rule.id] += 1
        made.found.append(
            Found(
                one.rule.id,
                entry.pupil_id,
                subject.request_id if subject is not None else None,
                subject.plan_id if subject is not None else None,
            )
        )


def _fit(made: Made, part: list[Entry], header: Header, year: Year) -> None:
    for _, said in validating.unfit(header, [one.person for one in part], year):
        element = MISSING.search(said) or WRONG.search(said)
        made.unfit[element[1] if element else "Message"] += 1


class _Writer:
    """The XML, and the nine tables beside it."""

    def __init__(self, header: Header, year: Year) -> None:
        self.header, self.year = header, year
        self._xml = Packed()
        self._modules = {module: Packed() for module in modules.MODULES}
        self._tables = modules.Tables(self._modules, year)
        self._tables.begin(header)
        pieces = list(as_xml(header, (), year))
        self._xml.write(pieces[0])
        self._end = pieces[-1]

    def add(self, part: list[Entry]) -> None:
        persons = [one.person for one in part]
        for piece in list(as_xml(self.header, persons, self.year))[1:-1]:
            self._xml.write(piece)
        self._tables.add(persons)

    def done(self) -> list[File]:
        self._xml.write(self._end)
        return [self._xml.done(XML), self._zipped()]

    def _zipped(self) -> File:
        """One archive of the tables, as COLLECT names them. What goes in is let go as it goes."""
        held = io.BytesIO()
        on = self.header.made_at or datetime(2000, 1, 1)  # noqa: DTZ001 the message has no zone
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
            for module in modules.MODULES:
                packed = self._modules.pop(module).done(CSV)
                name = zipfile.ZipInfo(modules.file_name(module, on.date()), _stamp(on))
                name.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(name, "w") as into, gzip.open(io.BytesIO(packed.packed)) as out:
                    while piece := out.read(1 << 16):
                        into.write(piece)
        raw = held.getvalue()
        return File(CSV, raw, len(raw), hashlib.sha256(raw).hexdigest())


def _stamp(on: datetime) -> tuple[int, int, int, int, int, int]:
    return on.year, on.month, on.day, on.hour, on.minute, on.second
