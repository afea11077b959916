"""Why a version was made, in the words of the person who finalised it."""

from __future__ import annotations

from isp.demonstration.chance import seeded
from isp.demonstration.document import Brief
from isp.demonstration.profiles import passages, profile
from isp.demonstration.support import results_of
from isp.records.shape import Content


def first_reason(brief: Brief) -> str:
    words = passages()["reason"]
    arrived = "earlier" in brief.pupil.story
    chosen = seeded(f"first {brief.pupil.id}").choice(words["arrived" if arrived else "first"])
    return _filled(chosen, brief)


def review_reason(brief: Brief, before: Content, after: Content) -> str:
    """The review's result and what changes for the child ("Phonics: 3 × 15 minutes became 5 × 15")."""
    words = passages()
    outcome = profile(brief.pupil.profile)["outcome"][0]
    result = words["results"][results_of(brief, outcome["key"])[-1]]
    chosen = seeded(f"review reason {brief.pupil.id} {brief.step}").choice(words["reason"]["review"])
    return _filled(chosen, brief, result=result, change=_change(before, after))


def _change(before: Content, after: Content) -> str:
    """What changed in the provision, in one or two sentences."""
    old = {item["id"]: item for item in before["sections"]["provision"]["items"]}
    said = []
    for item in after["sections"]["provision"]["items"]:
        was = old.get(item["id"])
        if was is None:
            said.append(f"New: {item['name']}.")
        elif "times" in item and (was.get("times"), was.get("minutes")) != (item["times"], item["minutes"]):
            said.append(
                f"{item['name']}: {was['times']} × {was['minutes']} minutes became "
                f"{item['times']} × {item['minutes']}."
            )
    return " ".join(said[:2]) or "Support goes on as it is, with new targets."


def _filled(text: str, brief: Brief, **values: str) -> str:
    family = brief.cast.families_of(brief.pupil.id)
    carer, _ = next((pair for pair in family if pair[1].care), family[0])
    on = brief.cycle.gathered_on
    return text.format(
        family=f"{carer.title} {carer.surname}",
        day=f"{on.day} {on:%B}",
        term=brief.cycle.term.capitalize(),
        **values,
    )
