"""The long plan: what years of reports and eleven subjects add to an ordinary one (about 60 KB as stored)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from isp.demonstration.chance import seeded
from isp.demonstration.document import Brief, Document
from isp.demonstration.profiles import Voice, fill, passages
from isp.demonstration.support import outcome_with_steps


def add_years(document: Document, brief: Brief, voice: Voice) -> None:
    """Reports of several years, adjustments for every subject, more outcomes and provision."""
    bank = passages("heavy")
    need = document.id_of("needs", "load")
    for subject in bank["subject"]:
        for number, what in enumerate(subject["adjustments"]):
            document.add(
                "adjustments",
                f"{subject['name']} {number}",
                needs=[need],
                what=fill(what, brief.pupil),
                where=subject["name"],
                by_whom="All teachers of the subject, cover teachers too",
            )
    for number, outcome in enumerate(bank["outcome"]):
        words = {**outcome, "needs": ["load"], "owner": "SENCO", "measured_by": "Deputy SENCO", "jitter": 0}
        outcome_with_steps(document, brief, words, f"year {number}", voice)
    for number, provision in enumerate(bank["provision"]):
        minutes, times, per, weeks = provision["dose"]
        document.add(
            "provision",
            f"year {number}",
            needs=[need],
            outcomes=[document.id_of("outcomes", f"year {provision['outcome']}")],
            name=provision["name"],
            what=fill(provision["what"], brief.pupil),
            delivered_by=provision["by"],
            qualification=provision["qualification"],
            provider="school",
            group_size=1,
            minutes=minutes,
            times=times,
            per=per,
            weeks=weeks,
            place="inclusion_base",
            start_on=(brief.cycle.on + timedelta(days=7)).isoformat(),
            end_on=(brief.cycle.on + timedelta(days=97)).isoformat(),
            funding="top_up",
        )
    for number, report in enumerate(bank["advice"]):
        for visit, topic in enumerate(report["topics"]):
            _report(document, brief, report, number, visit, fill(topic, brief.pupil))


def _report(
    document: Document, brief: Brief, report: dict[str, Any], number: int, visit: int, topic: str
) -> None:
    words = passages("heavy")["paragraphs"]
    rng = seeded(f"report {report['role']} {visit}")
    # Each professional goes through the paragraphs from a place of their own, so that neighbours differ.
    turn = 3 * number + visit
    seen = [words["seen"][(turn + offset) % len(words["seen"])] for offset in (0, 2)]
    advised = [words["advised"][(turn + offset) % len(words["advised"])] for offset in (0, 3)]
    summary = "\n\n".join((words["found"][turn % len(words["found"])], *seen, rng.choice(words["said"])))
    document.add(
        "advice",
        f"year {number} {visit}",
        role=report["role"],
        name=report["person"],
        organisation=report["organisation"],
        given_on=(brief.cycles[0].on - timedelta(days=30 + 140 * visit + 11 * number)).isoformat(),
        summary=f"{topic}\n\n{fill(summary, brief.pupil, topic=topic[0].lower() + topic[1:])}",
        recommendations=fill("\n".join(advised), brief.pupil),
        adopted=fill(rng.choice(words["adopted"]), brief.pupil),
    )
