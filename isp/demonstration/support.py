"""The middle of a plan: needs, adjustments, outcomes with their steps, provision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from isp.demonstration.chance import seeded
from isp.demonstration.document import Brief, Document
from isp.demonstration.profiles import Profile, Voice, fill, passages, pick

RESULTS = ("expected", "expected", "more", "less", "expected", "much_more", "more", "much_less")
GOOD = ("more", "much_more")

# Pounds an hour with on-costs, for the cost that only some staff see.
_HOURLY = {"teaching assistant": 19, "learning support assistant": 19, "early years practitioner": 18}


def write(document: Document, brief: Brief, source: Profile, voice: Voice) -> None:
    _needs(document, brief, source, voice)
    _adjustments(document, brief, source, voice)
    for outcome in source["outcome"]:
        outcome_with_steps(document, brief, outcome, outcome["key"], voice)
    for number, provision in enumerate(source["provision"]):
        _provision(document, brief, provision, number, voice)
    if brief.pupil.second_need and not _written_for(source, brief):
        _second_need(document, brief, voice)


def _needs_of(source: Profile, brief: Brief) -> list[Profile]:
    """The profile's needs; one written for a second census code only where the pupil has that code."""
    return [
        need
        for need in source["need"]
        if need.get("second", brief.pupil.second_need) == brief.pupil.second_need
    ]


def _written_for(source: Profile, brief: Brief) -> bool:
    return any(need.get("second") == brief.pupil.second_need for need in source["need"])


def _needs(document: Document, brief: Brief, source: Profile, voice: Voice) -> None:
    first = brief.cycles[0].on
    for number, need in enumerate(_needs_of(source, brief)):
        code, rank = "", ""
        if number == 0:
            code, rank = brief.pupil.need, "1"
        elif need.get("second"):
            code, rank = brief.pupil.second_need, "2"
        waiting = voice.say(need, "waiting")
        document.add(
            "needs",
            need["key"],
            barrier=voice.say(need, "barrier"),
            in_setting=voice.say(need, "looks"),
            evidence=" ".join(part for part in (voice.say(need, "evidence"), waiting) if part),
            identified_on=_noticed(brief, 90),
            diagnosis=voice.say(need, "diagnosis"),
            waiting_since=(first - timedelta(days=60)).isoformat() if waiting else "",
            code=code,
            rank=rank if code else "",
        )


def _links(document: Document, keys: list[str]) -> list[str]:
    """The ids of those needs that the plan has."""
    there = {item["id"] for item in document.content["sections"]["needs"]["items"]}
    return [found for found in (document.id_of("needs", key) for key in keys) if found in there]


def _adjustments(document: Document, brief: Brief, source: Profile, voice: Voice) -> None:
    for number, adjustment in enumerate(source["adjustment"]):
        document.add(
            "adjustments",
            f"{number}",
            needs=_links(document, adjustment["needs"]),
            what=voice.say(adjustment, "what"),
            where=voice.say(adjustment, "where"),
            by_whom=voice.say(adjustment, "by"),
        )
    if brief.step >= 1:
        extra = seeded(f"adjustment {brief.pupil.id}").choice(passages()["new"]["adjustment"])
        document.add(
            "adjustments",
            "new",
            needs=[document.id_of("needs", source["need"][0]["key"])],
            what=fill(extra, brief.pupil),
            where="School",
            by_whom="Every adult",
        )


def ladder_of(outcome: Mapping[str, Any], brief: Brief) -> list[int]:
    """The numbers a pupil climbs: the profile's, moved down a little where it allows that."""
    ladder = pick(outcome["ladders"], brief.index) if "ladders" in outcome else outcome["ladder"]
    most = int(outcome.get("jitter", 1))
    shift = seeded(f"ladder {brief.pupil.id} {outcome.get('key', '')}").randint(0, most)
    # A ladder that falls (fewer times is better) is moved up, never down through nought.
    falling = ladder[0] > ladder[-1]
    return [n + shift if falling else max(0, n - shift) for n in ladder]


def outcome_with_steps(
    document: Document, brief: Brief, outcome: Mapping[str, Any], key: str, voice: Voice
) -> None:
    """The long-term outcome and a step for each version so far: the last is open."""
    ladder = ladder_of(outcome, brief)
    needs = _links(document, outcome["needs"])
    measure = voice.say(outcome, "measure")
    owner = brief.role(voice.say(outcome, "owner"))
    measured_by = brief.role(voice.say(outcome, "measured_by"))
    referenced = brief.pupil.status == "E" and (outcome.get("ehcp") or key == "stay")
    parent = document.add(
        "outcomes",
        key,
        level="long_term",
        needs=needs,
        ehcp_outcome=str(uuid5(NAMESPACE_URL, f"ehcp {brief.pupil.id} {key}")) if referenced else "",
        statement=voice.say(outcome, "statement"),
        own_words=voice.say(outcome, "own"),
        baseline=voice.say(outcome, "baseline", n=ladder[0]),
        target=voice.say(outcome, "target", n=ladder[-1]),
        measure=measure,
        measured_by=measured_by,
        due_on=date(brief.cycles[0].year_ends_on.year + 1, 7, 15).isoformat(),
        owner=owner,
    )
    results = results_of(brief, key)
    for step in range(min(brief.step + 1, len(ladder) - 1)):
        cycle = brief.cycles[step]
        target = voice.say(outcome, "target", n=ladder[step + 1])
        document.add(
            "outcomes",
            f"{key} {step}",
            level="step",
            under=parent,
            needs=needs,
            statement=f"By {_said(cycle.review_on)}: {target[0].lower()}{target[1:]}",
            baseline=voice.say(outcome, "baseline", n=ladder[step]),
            target=voice.say(outcome, "baseline", n=ladder[step + 1]),
            measure=measure,
            measured_by=measured_by,
            due_on=cycle.review_on.isoformat(),
            owner=owner,
            result=results[step] if step < brief.step else "",
        )


def results_of(brief: Brief, key: str) -> list[str]:
    """The results of the closed steps of an outcome, oldest first."""
    drawn = seeded(f"results {brief.pupil.id} {key}")
    results = GOOD if brief.pupil.story == "ended-met" else RESULTS
    return [drawn.choice(results) for _ in range(brief.step)]


def dose_of(provision: Mapping[str, Any], brief: Brief) -> tuple[int, int, int, str]:
    """Times, minutes, weeks and period of a provision in this version.

    A profile's doses are tried from the pupil's own on: a result below what was expected brings the next
    larger one, a result above it the next smaller one, and the smallest is not kept for long.
    """
    if "dose_each" in provision:
        times, minutes, weeks, per = _dose(str(pick(provision["dose_each"], brief.index)))
        return max(1, times - brief.step // 2), minutes, weeks, per
    doses = [_dose(words) for words in provision["dose"]]
    ladder = sorted(doses, key=lambda dose: dose[0] * dose[1])
    at = ladder.index(doses[brief.index % len(doses)])
    for result in results_of(brief, provision["outcomes"][0]) if provision.get("outcomes") else []:
        if result in ("less", "much_less") or (result == "expected" and at == 0):
            at += 1
        elif result in ("more", "much_more"):
            at -= 1
        at = min(max(at, 0), len(ladder) - 1)
    return ladder[at]


def _dose(words: str) -> tuple[int, int, int, str]:
    amount, _, per = words.partition(" ")
    times, minutes, weeks = (int(number) for number in amount.split("x"))
    return times, minutes, weeks, per or "week"


def _provision(
    document: Document, brief: Brief, provision: Mapping[str, Any], number: int, voice: Voice
) -> None:
    if int(provision.get("from_version", 1)) > brief.step + 1:
        return
    if brief.pupil.id in passages()["vague"]["pupils"] and number == 0:
        _vague(document, brief, provision, voice)
        return
    times, minutes, weeks, per = dose_of(provision, brief)
    by = voice.say(provision, "by")
    group = int(pick(provision["group"], brief.index))
    provider = str(pick(provision.get("provider_each", provision.get("provider", "school")), brief.index))
    start = brief.cycle.on + timedelta(days=(7 - brief.cycle.on.weekday()) % 7 or 7)
    length = {"week": weeks, "fortnight": 2 * weeks, "half_term": 6, "term": 12}[per]
    default = "top_up" if brief.pupil.status == "E" else "notional_sen"
    document.add(
        "provision",
        f"{number}",
        needs=_links(document, provision["needs"]),
        outcomes=[document.id_of("outcomes", key) for key in provision.get("outcomes", [])],
        name=voice.say(provision, "name"),
        what=voice.say(provision, "what"),
        delivered_by=by,
        qualification=voice.say(provision, "qualification"),
        provider=provider,
        group_size=group,
        minutes=minutes,
        times=times,
        per=per,
        weeks=weeks,
        place=str(pick(provision.get("place_each", provision.get("place", "class")), brief.index)),
        start_on=start.isoformat(),
        end_on=(start + timedelta(days=7 * length - 3)).isoformat(),
        funding=provision.get("funding", default if provider == "school" else provider)
        if provider != "experts_at_hand"
        else "other",
        evidence_base=voice.say(provision, "evidence_base"),
        cost=_cost(by, times, minutes, weeks, per, group) if provider == "school" else None,
    )


def _cost(by: str, times: int, minutes: int, weeks: int, per: str, group: int) -> int:
    """Pence for the weeks, this pupil's share of the adult's time."""
    sessions = {"week": times * weeks, "fortnight": times * weeks, "half_term": times, "term": times}[per]
    pounds = next((rate for role, rate in _HOURLY.items() if role in by.lower()), 44)
    return round(pounds * 100 * minutes * sessions / 60 / group)


def _vague(document: Document, brief: Brief, provision: Mapping[str, Any], voice: Voice) -> None:
    """A provision worded as it is often met, with nothing that could be counted."""
    wording = passages()["vague"]
    turn = wording["pupils"].index(brief.pupil.id)
    document.add(
        "provision",
        "vague",
        needs=_links(document, provision["needs"]),
        outcomes=[document.id_of("outcomes", key) for key in provision["outcomes"]],
        name=wording["name"][turn],
        what=fill(wording["what"][turn], voice.pupil),
        delivered_by=wording["by"][turn],
        provider="school",
    )


def _second_need(document: Document, brief: Brief, voice: Voice) -> None:
    bank = passages()["second"][brief.pupil.second_need]
    need = document.add(
        "needs",
        "second",
        barrier=voice.say(bank, "barrier"),
        in_setting=voice.say(bank, "in_setting"),
        evidence=voice.say(bank, "evidence"),
        identified_on=_noticed(brief, 60),
        code=brief.pupil.second_need,
        rank="2",
    )
    document.add(
        "adjustments",
        "second",
        needs=[need],
        what=voice.say(bank, "what"),
        where="All lessons",
        by_whom="Every adult",
    )
    outcome = {**bank, "needs": ["second"], "owner": "SENCO", "measured_by": "Class teacher"}
    outcome_with_steps(document, brief, outcome, "second", voice)


def _noticed(brief: Brief, days: int) -> str:
    """When a need was noticed: some weeks before the first plan, and not in the cradle."""
    first = brief.cycles[0].on
    return max(brief.pupil.born_on + timedelta(days=400), first - timedelta(days=days)).isoformat()


def _said(day: date) -> str:
    return f"{day.day} {day:%B}"
