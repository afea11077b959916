"""The class on one sheet as a paper: for a desk, a cover teacher, or a wall where it stands with initials."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from isp.audit import Unit
from isp.caseload.class_sheet import Row, Sheet, printed_sheet_of
from isp.plans import printing
from isp.plans.printing import Wanted
from isp.plans.showing import Entry, Part
from isp.web.filters import count_of, initials
from isp.web.print.packs import SheetData, SheetRow, class_sheet
from isp.web.print.paper import Paper, Stamp

WHOLE, COVER = "class", "cover"
"""What the trail calls the two sheets."""
NOTHING = "–"
"""In a cell that holds nothing: an empty one might have been forgotten."""
_COLUMNS = (
    ("must_know", "Must know"),
    ("adjustments", "What adults do"),
    ("exam_access", "Exam access"),
)
_IN_FULL = "must_know"
"""What is said with all that is to be done, on every sheet: an allergy is."""
_UNTOLD = frozenset({"needs", "evidence"})
"""Answers that a sheet for the classroom does without, as on the page."""


def sheet_paper(unit: Unit, group_id: UUID, wanted: Wanted, *, as_initials: bool) -> Paper:
    """The sheet of those pupils whose plans the reader may print, each recorded on the pupil's own chain."""
    cover = wanted.document == COVER
    sheet, decision = printed_sheet_of(unit, group_id, wanted)
    kind = "Class sheet for cover" if cover else "Class sheet"
    names = shown_names(sheet, cover=cover, as_initials=as_initials and not cover)
    stamp = Stamp(
        initials="",
        what=f"{kind}, {sheet.group}, {count_of(len(sheet.rows), 'pupil')}: version and code beside each",
        by=printing.printed_by(unit, decision),
        at=unit.now,
    )
    rows = tuple(
        SheetRow(
            _named(shown, row),
            tuple(_cell(row.parts.get(name), brief=cover and name != _IN_FULL) for name, _ in _COLUMNS),
        )
        for shown, row in zip(names, sheet.rows, strict=True)
    )
    head = tuple(label for _, label in _COLUMNS)
    return class_sheet(SheetData(kind, sheet.group, stamp, head, rows))


def shown_names(sheet: Sheet, *, cover: bool, as_initials: bool) -> list[str]:
    """Names as they may lie about: whole, in initials, or forenames, with a letter where two are alike."""
    if as_initials:
        return [initials(row.name.full) for row in sheet.rows]
    if not cover:
        return [row.name.full for row in sheet.rows]
    alike = Counter(row.name.given for row in sheet.rows)
    return [
        f"{row.name.given} {row.name.family[:1]}" if alike[row.name.given] > 1 else row.name.given
        for row in sheet.rows
    ]


def _named(name: str, row: Row) -> str:
    if row.version is None:
        return f"{name}\nno plan"
    return f"{name}\nversion {row.version.number}\n{row.version.code}"


def _cell(part: Part | None, *, brief: bool) -> tuple[str, ...]:
    return tuple(_entry(one, brief=brief) for one in part.entries) if part else ()


def _entry(entry: Entry, *, brief: bool) -> str:
    """What it is, whole, and what is said of it; in brief only what it is."""
    beginning = entry.title[:-1] if entry.title.endswith("…") else None
    title, said = entry.title, []
    for answer in entry.answers:
        text = "; ".join(answer.texts)
        if beginning is not None and " ".join(text.split()).startswith(beginning):
            title = text
        elif answer.field not in _UNTOLD and not brief:
            said.append(f"{answer.label}: {text}")
    return f"{title}\n{'; '.join(said)}" if said else title
