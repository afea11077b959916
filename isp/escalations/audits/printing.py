"""The report of an audit as PDF: read through the gate, the printing recorded, and only then typeset.

Counts and references; no child's name, and none of the words of a finding, which are for the two who audit.
"""

from __future__ import annotations

from uuid import UUID

from isp.audit import Chain, Event, Unit
from isp.escalations.audits import queries
from isp.escalations.audits.content import ANSWERS, KINDS, SIDES
from isp.escalations.audits.queries import Again, Counted, Report
from isp.people import directory
from isp.people.directory import NOBODY
from isp.web.filters import date_words
from isp.web.print.paper import Block, Heading, Note, Paper, Stamp, Table, Text
from isp.web.print.plan import facts

TITLE = "Report of a quality audit"
HOW_TO_DRAW = (
    "To draw it again: write the seed, a bar and the 32 hexadecimal digits of a case’s id; take the SHA-256 "
    "of that for each case of the list; put the cases in the order of the results, and take the first ones."
)


def again_in_words(again: Again) -> str:
    """What came of drawing the sample again today, for a page and for paper."""
    if again.same_list:
        came = "the same cases" if again.same_cases else "other cases, which should not be"
        return f"Drawn again just now from the same list: {came}."
    return (
        f"The list has changed since: the record holds {again.frame} such cases now, so that drawing from it "
        "today would not give this sample."
    )


def report_paper(unit: Unit, audit_id: UUID, *, large: bool) -> Paper:
    """The report of an audit, for whoever takes part in it or holds it; that it was printed is recorded."""
    found = queries.report(unit, audit_id)
    row = found.audit
    _, decision = queries.audit_for(unit, audit_id)
    unit.record(
        decision,
        Event.AUDIT_PRINTED,
        Chain.organisation(row.authority_id),
        obj=("quality_audit", audit_id),
        count=len(found.cases),
        size="large" if large else "standard",
    )
    wanted = {one for one in (row.auditor_id, row.moderator_id, unit.actor.person_id) if one is not None}
    named = {one: person.with_role for one, person in directory.names(unit, wanted).items()}
    by = named.get(unit.actor.person_id, NOBODY) if unit.actor.person_id else NOBODY
    stamp = Stamp(initials="", what=f"Quality audit, list {row.frame_digest.hex()[:12]}", by=by, at=unit.now)
    blocks: list[Block] = [
        facts(
            (
                ("What was audited", KINDS[row.kind]),
                ("Days", f"{date_words(row.from_on)} to {date_words(row.to_on)}"),
                (SIDES["auditor"], named.get(row.auditor_id, NOBODY)),
                (SIDES["moderator"], named.get(row.moderator_id, NOBODY)),
                ("State", "Closed" if row.state == "closed" else "Open: not everything may be answered yet"),
                ("Checklist", str(row.checklist)),
            )
        ),
        *_counts(found),
        *_sample(found),
    ]
    return Paper(TITLE, stamp, tuple(blocks))


def _counts(found: Report) -> list[Block]:
    settled = sum(queries.is_settled(one) for one in found.cases)
    said = f"Of {len(found.cases)} cases, both sides have finished {settled}. Only these are counted."
    head = ("Question", *ANSWERS.values(), "Alike")
    return [
        Heading("What was found"),
        Text(said),
        Note("Each pair of numbers: the answers of the auditor / of the moderator."),
        Table(head, tuple(_row(one) for one in found.counts), (5, *(1 for _ in ANSWERS), 1)),
        Heading("What stands"),
        Note("What both answered alike, and where they differed what the moderator settled."),
        Table(
            ("Question", *ANSWERS.values(), "Still to settle"),
            tuple(_standing(one) for one in found.counts),
            (5, *(1 for _ in ANSWERS), 1),
        ),
    ]


def _row(one: Counted) -> tuple[tuple[str, ...], ...]:
    source = f"{one.asked.source[:1].upper()}{one.asked.source[1:]}"
    numbers = ((f"{one.auditor.get(code, 0)} / {one.moderator.get(code, 0)}",) for code in ANSWERS)
    return ((one.asked.text, source), *numbers, (f"{one.alike} of {one.both}",))


def _standing(one: Counted) -> tuple[tuple[str, ...], ...]:
    return ((one.asked.text,), *((str(one.stands.get(code, 0)),) for code in ANSWERS), (str(one.unsettled),))


def _sample(found: Report) -> list[Block]:
    row = found.audit

    def done(at: object) -> tuple[str]:
        return ("Finished" if at else "Not yet",)

    cases = tuple(
        ((str(one.number),), (one.reference,), done(one.auditor_done_at), done(one.moderator_done_at))
        for one in found.cases
    )
    return [
        Heading("The sample"),
        Table(("Number", "Case", SIDES["auditor"], SIDES["moderator"]), cases, (1, 3, 2, 2)),
        Heading("How the sample was drawn"),
        Text(
            f"{len(found.cases)} of {row.frame} cases, by the method {row.method}, with the seed {row.seed}. "
            "Whoever draws again from the same list, by the same method and seed, draws the same cases."
        ),
        Text(HOW_TO_DRAW),
        Text(again_in_words(found.again)),
        Note(f"The list has the SHA-256 {row.frame_digest.hex()}."),
    ]
