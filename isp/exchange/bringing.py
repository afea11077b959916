"""Looking at an authority's file and bringing it in: read as a stream, some hundred persons at a time."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO
from uuid import UUID

from isp.audit import Store, Unit, transaction
from isp.exchange import record_in
from isp.exchange.entering import NOTHING_KNOWN, Entering, check_person, total
from isp.exchange.sen2 import tables
from isp.exchange.sen2.cleaning import cleaned
from isp.exchange.sen2.message import Person
from isp.exchange.sen2.modules import MODULES
from isp.exchange.sen2.reading import MAX_BYTES, Message, NotSen2, persons
from isp.exchange.sen2.rules import QUERIED_ON_IMPORT, Facts, Numbers, findings
from isp.exchange.sen2.years import Year, years
from isp.kernel.actor import Actor
from isp.kernel.errors import Conflict, Invalid
from isp.kernel.ids import new_id

UPLOAD_BYTES = 120_000_000
"""Of the file as it is sent; packed or not."""
ZIP = b"PK\x03\x04"
"""How an archive begins: of what is kept, the tables; a message in XML is kept as gzip."""
_MOST_PIECES = 1 << 16


@dataclass(slots=True)
class Look:
    """What a file has in it, before anything is brought in."""

    year: int = 0
    lea: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    variances: list[tuple[str, int]] = field(default_factory=list)

    def as_result(self) -> dict[str, Any]:
        """As the job keeps it."""
        return {
            "lea": self.lea,
            "counts": dict(self.counts),
            "rules": dict(self.rules),
            "variances": self.variances,
        }


def take_in(*sources: BinaryIO) -> bytes:
    """An uploaded file as one packed text: XML as it is, gzip, or the one XML inside a zip.

    Or the tables of the return, some of nine CSV files or a zip of them, as one archive. Raises Invalid where
    it is empty, too large or none of these.
    """
    if len(sources) > 1:
        return _tables({_name(one): one for one in sources})
    source = sources[0]
    head = source.read(4)
    source.seek(0)
    if not head:
        raise Invalid(
            "The file is empty.", {"file": "This file is empty. Choose the one with the return in it."}
        )
    try:
        if head[:2] == b"\x1f\x8b":
            with gzip.open(source) as packed:
                return _packed(packed)
        if head == ZIP:
            with zipfile.ZipFile(source) as archive:
                return _from_archive(archive)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        raise Invalid(
            "The file is damaged.", {"file": "This archive is damaged or locked. Make it again."}
        ) from None
    if _name(source).lower().endswith(".csv"):
        return _tables({_name(source): source})
    return _packed(source)


def _name(source: Any) -> str:
    """What a file was called where it comes from."""
    return str(getattr(source, "filename", None) or getattr(source, "name", None) or "")


def _from_archive(archive: zipfile.ZipFile) -> bytes:
    names = [one for one in archive.namelist() if not one.endswith("/")]
    inside = [one for one in names if one.lower().endswith(".xml")]
    listed = [one for one in names if one.lower().endswith(".csv")]
    if listed and not inside:
        return _tables({one: archive.open(one) for one in listed})
    if len(inside) != 1 or listed:
        said = "There must be exactly one XML file in the archive, or the tables of the return (CSV)."
        raise Invalid("One file.", {"file": said})
    with archive.open(inside[0]) as packed_in:
        return _packed(packed_in)


def _tables(given: Mapping[str, Any]) -> bytes:
    """The tables among these files by module, as one archive."""
    found: dict[str, bytes] = {}
    left = tables.MAX_BYTES
    for name, source in given.items():
        module = tables.module_of(name)
        if module is None:
            short = name.rpartition("/")[2][:80]
            said = (
                f"“{short}” is no table of the return. Their names end in "
                f"{', '.join(f'{one}.csv' for one in MODULES)}."
            )
            raise Invalid("No table.", {"file": said})
        if module in found:
            said = f"The table “{module}” is there twice. Choose each once."
            raise Invalid("Twice.", {"file": said})
        found[module] = source.read(left + 1)
        left -= len(found[module])
        if left < 0:
            said = f"These tables are larger than {tables.MAX_BYTES // 1_000_000} MB, which no return is."
            raise Invalid("Too large.", {"file": said})
    if "person" not in found:
        said = "The table of persons is missing: choose the file whose name ends in “person.csv” as well."
        raise Invalid("No persons.", {"file": said})
    return tables.packed_tables(found)


def _packed(source: Any) -> bytes:
    into = io.BytesIO()
    read = 0
    with gzip.GzipFile(fileobj=into, mode="wb", compresslevel=4, mtime=0) as packing:
        while piece := source.read(_MOST_PIECES):
            read += len(piece)
            if read > MAX_BYTES:
                said = f"This file is larger than {MAX_BYTES // 1_000_000} MB, which no return is."
                raise Invalid("Too large.", {"file": said})
            packing.write(piece)
    return into.getvalue()


def year_of(message: Message, authority: str) -> Year:
    """The year that a file says it is of. Raises Invalid where it is another authority's, or no year
    is known.
    """
    header = message.as_header()
    if header.lea and header.lea != authority:
        raise Invalid(
            f"This is the return of authority {header.lea}, and yours is {authority}. Nothing was read."
        )
    known = years()
    if header.year in known:
        return known[header.year]
    # Earlier years have the same elements; what they have besides is listed as a variance.
    earliest = min(known)
    if 2023 <= header.year < earliest:
        first = known[earliest]
        message.vary(
            f"the return of {header.year} is read as that of {earliest} with the days of its own year"
        )
        return _moved(first, header.year)
    raise Invalid(
        f"This is a return of {header.year or 'no year'}. Those from 2023 to {max(known)} can be brought in."
    )


def _moved(form: Year, year: int) -> Year:
    back = form.year - year
    return replace(
        form,
        year=year,
        census_on=form.census_on.replace(year=form.census_on.year - back),
        period_from=form.period_from.replace(year=form.period_from.year - back),
        period_to=form.period_to.replace(year=form.period_to.year - back),
    )


def look(packed: bytes, authority: str, today: Any, tell: Callable[[int], None]) -> Look:
    """Read a whole file and count what it has, what departs from the form, and which rules it breaks.

    Raises Invalid with a sentence where it cannot be brought in at all.
    """
    found, numbers, message = Look(), Numbers(), Message()
    year: Year | None = None
    nobody = new_id()
    for place, person in _read(packed, message):
        if year is None:
            year = year_of(message, authority)
        problem = check_person(person)
        if problem is not None:
            found.counts[problem] += 1
        else:
            found.counts["persons"] += 1
            kept, left = cleaned(person, year)
            found.counts.update(left)
            rows = Entering(nobody, nobody, year, today, nobody, NOTHING_KNOWN).person(kept)
            found.counts.update(total([rows]))
        again = numbers.again(person)
        for one in (*findings(person, Facts(year, authority)), *((again,) if again is not None else ())):
            found.rules[one.rule.id] += 1
        if place % 1000 == 0:
            tell(place)
    if year is None:
        raise Invalid("There is nobody in this file. Check that it is the right one.")
    found.year, found.lea = year.year, message.as_header().lea
    found.variances = [(one.what, one.count) for one in message.variances]
    return found


def _read(packed: bytes, message: Message) -> Iterator[tuple[int, Person]]:
    try:
        if packed[:4] == ZIP:
            yield from enumerate(tables.persons(packed, message), 1)
            return
        with gzip.open(io.BytesIO(packed)) as source:
            yield from enumerate(persons(source, message), 1)  # type: ignore[arg-type]
    except NotSen2 as fault:
        raise Invalid(str(fault)) from None


def bring_in(
    store: Store,
    actor: Actor,
    authority_id: UUID,
    authority: str,
    packed: bytes,
    *,
    allowed: Callable[[Unit], Any],
    tell: Callable[[Unit, int], None],
) -> tuple[Year, Counter[str]]:
    """Bring a whole file in, a part a transaction. ``allowed`` asks the gate within each of them.

    ``tell`` says in the same transaction how far it is. A second try goes over what is there already.
    """
    message = Message()
    counts: Counter[str] = Counter()
    year: Year | None = None
    part: list[Person] = []
    done = 0

    def enter(of: Year, found: Sequence[Person]) -> None:
        # Two who name one child at the same moment: the later looks again, and finds it.
        with suppress(Conflict):
            counts.update(_enter(of, found))
            return
        counts.update(_enter(of, found))

    def _enter(of: Year, found: Sequence[Person]) -> Counter[str]:
        with transaction(store, actor) as unit:
            decision = allowed(unit)
            by, grounds = decision.person_id, decision.grounds
            brought = record_in.bring_in(unit, authority_id, of, found, by, grounds)
            tell(unit, done)
        return brought.counts

    for _, person in _read(packed, message):
        if year is None:
            year = year_of(message, authority)
        part.append(person)
        if len(part) >= record_in.AT_ONCE:
            done += len(part)
            enter(year, part)
            part = []
    if year is None:
        raise Invalid("There is nobody in this file. Check that it is the right one.")
    if part:
        done += len(part)
        enter(year, part)
    return year, counts


def severity(rule: str, given: str) -> str:
    """How a rule's finding counts in a file that is brought in."""
    return "Q" if rule in QUERIED_ON_IMPORT else given
