"""Plan contents: a need profile, a pupil and a place in the story make a document of the schema `isp/1`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from isp.demonstration import support
from isp.demonstration.chance import seeded
from isp.demonstration.document import Brief, Document
from isp.demonstration.profiles import Profile, Voice, passages, pick, profile
from isp.demonstration.shapes import Guardian, Guardianship


def write(brief: Brief) -> Document:
    """The whole plan of one version."""
    source = profile(brief.pupil.profile)
    voice = Voice(brief.pupil, brief.index)
    document = Document(brief.pupil)
    _about_me(document, brief, source, voice)
    _must_know(document, brief, source, voice)
    _family_views(document, brief, source, voice)
    _context(document, brief, source)
    document.put(
        "layer",
        layer="specialist" if brief.pupil.status == "E" else source["layer"],
        reason=voice.say(source, "reason"),
        since=brief.cycles[0].on.isoformat(),
    )
    support.write(document, brief, source, voice)
    _around(document, brief, source, voice)
    _moving_on(document, brief, voice)
    document.put(
        "review",
        interval="half_termly" if brief.pupil.school == "acorns" else "termly",
        next_review_on=brief.cycle.review_on.isoformat(),
        led_by=brief.role("SENCO"),
    )
    for number, (who, why) in enumerate(_invited(brief)):
        document.add("review", f"invite {number}", who=voice.say({"who": who}, "who"), why=why)
    return document


def _about_me(document: Document, brief: Brief, source: Profile, voice: Voice) -> None:
    about = source["about"]
    fresh = passages()["new"]
    rng = seeded(f"about {brief.pupil.id}")
    # At a review the child says something new; it stays in the versions after.
    strengths = [voice.say(about, "strengths"), *rng.sample(fresh["strengths"], 3)[: brief.step]]
    best = [voice.say(about, "support"), *rng.sample(fresh["support"], 3)[: brief.step]]
    document.put(
        "about_me",
        preferred_name=brief.pupil.known_as,
        communication=voice.say(about, "communicate"),
        strengths="\n".join(strengths),
        interests=voice.say(about, "interests"),
        matters=voice.say(about, "matters"),
        hard=voice.say(about, "hard"),
        sensory=voice.say(about, "sensory"),
        too_much=voice.say(about, "signs"),
        masking=voice.say(about, "masking"),
        after_school=voice.say(about, "after_school"),
        best_support="\n".join(best),
        aspirations=voice.say(about, "aspirations"),
        gathered_how=[pick(source["how"], brief.index)] if len(source["how"]) != 2 else _both(source, brief),
        gathered_on=brief.cycle.gathered_on.isoformat(),
        gathered_by=brief.role("Teaching assistant"),
    )


def _both(source: Profile, brief: Brief) -> list[str]:
    """Profiles written for one pupil with two ways of asking use both."""
    single = isinstance(source["about"]["communicate"], str)
    return list(source["how"]) if single else [pick(source["how"], brief.index)]


def _must_know(document: Document, brief: Brief, source: Profile, voice: Voice) -> None:
    lines = [line for line in source.get("must_know", []) if voice.say(line, "what")]
    for number, line in enumerate(lines):
        subject = str(pick(line["subject"], brief.index))
        document.add("must_know", f"{number}", subject=subject, what=voice.say(line, "what"))
    if lines:
        document.put("must_know", review_on=(brief.cycle.on + timedelta(days=180)).isoformat())


def _family_views(document: Document, brief: Brief, source: Profile, voice: Voice) -> None:
    views = source["family"]
    people = [pair for pair in brief.cast.families_of(brief.pupil.id) if not pair[1].restriction]
    first = next((pair for pair in people if pair[1].care), people[0])
    rng = seeded(f"family {brief.pupil.id}")
    how = rng.choice((["meeting"], ["telephone"], ["meeting", "supporter"], ["in_writing"]))
    if brief.pupil.id in ("F07", "T18", "F13"):
        how = ["interpreter", "meeting"]
    began = brief.cycles[0].gathered_on.isoformat()
    item = document.add(
        "family_views",
        "first",
        views=voice.say(views, "views"),
        hopes=voice.say(views, "hopes"),
        works_at_home=voice.say(views, "works_at_home"),
        family_will_do=voice.say(views, "will_do"),
        gathered_how=how,
        gathered_on=began,
        from_whom=_named(first),
    )
    document.parties[item] = first[0].id
    other = next((pair for pair in people if pair is not first), None)
    if voice.say(views, "second_views") and other and brief.pupil.family in ("separated", "foster"):
        item = document.add(
            "family_views",
            "second",
            views=voice.say(views, "second_views"),
            hopes=voice.say(views, "second_hopes"),
            gathered_how=["telephone"],
            gathered_on=began,
            from_whom=_named(other),
        )
        document.parties[item] = other[0].id
    if voice.say(views, "staff_only") and brief.pupil.family == "separated":
        item = document.add(
            "family_views",
            "staff",
            views=voice.say(views, "staff_only"),
            gathered_how=["telephone"],
            gathered_on=began,
            from_whom=_named(first),
            limited_to_staff=True,
        )
        document.parties[item] = first[0].id
    said = rng.sample(passages()["new"]["family"], 4)
    for number in range(1, brief.step + 1):
        item = document.add(
            "family_views",
            f"review {number}",
            views=said[(number - 1) % 4],
            gathered_how=["meeting"],
            gathered_on=brief.cycles[number].gathered_on.isoformat(),
            from_whom=_named(first),
        )
        document.parties[item] = first[0].id


def _named(pair: tuple[Guardian, Guardianship]) -> str:
    guardian, tie = pair
    return f"{guardian.title} {guardian.surname}, {tie.relationship.lower()}"


def _context(document: Document, brief: Brief, source: Profile) -> None:
    rng = seeded(f"context {brief.pupil.id}")
    since = max(brief.pupil.entered_on, brief.cycle.on - timedelta(days=120))
    attendance = int(pick(source["attendance"], brief.index)) + rng.randrange(-2, 2)
    suspensions = int(pick(source.get("suspensions", 0), brief.index) or 0)
    document.put(
        "context",
        attendance=min(100, attendance + brief.step),
        attendance_from=since.isoformat(),
        attendance_to=brief.cycle.on.isoformat(),
        attendance_note=str(source.get("attendance_note", "")),
        part_time=str(pick(source.get("part_time", ""), brief.index)),
    )
    if suspensions:
        first = brief.cycles[0].on
        document.put(
            "context",
            suspensions=suspensions,
            suspensions_from=max(brief.pupil.entered_on, first - timedelta(days=300)).isoformat(),
            suspensions_to=first.isoformat(),
            suspensions_note="Both for hitting out at lunchtime, one day each.",
        )
    bank: Mapping[str, list[Any]] = passages()["assessments"]
    if brief.pupil.need in bank:
        name, low, high, assessor = bank[brief.pupil.need]
        score = rng.randrange(low, high)
        document.add(
            "context",
            "assessment",
            name=name,
            taken_on=(brief.cycles[0].on - timedelta(days=rng.randrange(20, 160))).isoformat(),
            score=score,
            result="Well below the average range."
            if score < 70
            else "Below or at the edge of the average range.",
            assessor=assessor,
        )


def _around(document: Document, brief: Brief, source: Profile, voice: Voice) -> None:
    """Advice, health and care, exam access."""
    first = brief.cycles[0].on
    for number, advice in enumerate(source.get("advice", [])):
        if "for" in advice and brief.index not in advice["for"]:
            continue
        document.add(
            "advice",
            f"{number}",
            role=advice["role"],
            name=advice["person"],
            organisation=advice["organisation"],
            given_on=(first - timedelta(days=40 + 23 * number)).isoformat(),
            # Where two pupils share advice, its first entry is for the first of them.
            summary=_own(advice, "summary", brief, voice),
            recommendations=_own(advice, "recommendations", brief, voice),
            adopted=voice.say(advice, "adopted"),
        )
    health = source.get("health", {})
    document.put(
        "health_and_care",
        affects_learning=voice.say(health, "affects"),
        care_involved=voice.say(health, "care"),
    )
    for number, plan in enumerate(source.get("other_plan", [])):
        document.add(
            "health_and_care",
            f"{number}",
            sort=plan["sort"],
            name=plan["name"],
            held_by=plan["held_by"],
            review_on=(brief.cycle.on + timedelta(days=150)).isoformat(),
        )
    for number, access in enumerate(source.get("access", [])):
        if brief.pupil.year in access["years"]:
            document.add(
                "exam_access",
                f"{number}",
                arrangement=access["arrangement"],
                evidence=access["evidence"],
                approved_on=first.isoformat(),
                expires_on=date(brief.cycles[0].year_ends_on.year + 1, 8, 31).isoformat(),
            )


def _own(advice: Mapping[str, Any], key: str, brief: Brief, voice: Voice) -> str:
    turn = advice["for"].index(brief.index) if "for" in advice else brief.index
    return Voice(voice.pupil, turn).say(advice, key)


def _moving_on(document: Document, brief: Brief, voice: Voice) -> None:
    transition = passages()["transition"].get(brief.pupil.year)
    if transition is None:
        return
    ends = brief.cycle.year_ends_on
    document.put(
        "transition",
        to_what=transition["to_what"],
        when=ends.isoformat(),
        notes=voice.say(transition, "notes"),
    )
    for number, (step, owner) in enumerate(zip(transition["steps"], transition["owners"], strict=True)):
        document.add(
            "transition",
            f"{number}",
            what=voice.say({"step": step}, "step"),
            owner=brief.role(owner),
            due_on=(ends - timedelta(days=150 - 30 * number)).isoformat(),
        )


def _invited(brief: Brief) -> list[list[str]]:
    invited = [list(pair) for pair in passages()["invite"]["any"]]
    invited.append([brief.role("Class teacher"), "Results against each target"])
    invited.extend(
        [f"{advice['person']}, {advice['role'].lower()}", "A page of advice before the day"]
        for advice in profile(brief.pupil.profile).get("advice", [])[:1]
        if "for" not in advice or brief.index in advice["for"]
    )
    if brief.pupil.family == "foster":
        invited.append(["Dominic Hawfinch, social worker", "What changes in his care"])
    return invited
