"""Several people save in the same moment: every acknowledged save is there, and none answers an error."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.plans.desk import Desk

FIELDS = ("interests", "matters", "hard", "sensory", "masking", "after_school", "aspirations", "best_support")
ROUNDS = 5


def test_every_acknowledged_save_is_in_the_draft_and_on_the_trail(desk: Desk, draft):
    people = [desk.at(name) for name in ("sara", "dan", "tom", "sara", "dan", "tom", "sara", "dan")]
    pages = [person.get(f"/plans/{draft}/edit/about_me") for person in people]

    def write(number: int) -> list[str]:
        person, page, name = people[number], pages[number], f"about_me.{FIELDS[number]}"
        shown, revision, kept = "", 0, []
        for turn in range(ROUNDS):
            text = f"{FIELDS[number]} {turn}"
            answer = person.autosave(page, {name: text}, shown={name: shown}, revision=revision)
            assert answer.status_code == 200, answer.text
            said = answer.get_json()
            assert said["unsettled"] == 0
            shown, revision = text, said["revision"]
            kept.append(text)
        return kept

    with ThreadPoolExecutor(len(people)) as pool:
        written = list(pool.map(write, range(len(people))))

    fields = desk.content(draft)["sections"]["about_me"]["fields"]
    assert {name: fields[name] for name in FIELDS} == {
        name: kept[-1] for name, kept in zip(FIELDS, written, strict=True)
    }
    assert desk.draft(draft).revision == len(FIELDS) * ROUNDS
    saves = [one.detail["revision"] for one in desk.told("ava") if one.event.code == "plan.draft_saved"]
    assert saves[-len(FIELDS) * ROUNDS :] == list(range(1, len(FIELDS) * ROUNDS + 1))


def test_several_finalise_in_the_same_moment_and_there_is_one_version(desk: Desk, draft):
    place = f"/plans/{draft}/finalise"
    people = [desk.at(name) for name in ("sara", "dan", "sara", "dan", "sara")]
    pages = [person.get(place) for person in people]
    before = desk.acts("ava").count("plan.published")

    def finalise(number: int) -> int:
        return people[number].fill(pages[number], place, reason="The autumn review").status_code

    with ThreadPoolExecutor(len(people)) as pool:
        answers = sorted(pool.map(finalise, range(len(people))))

    assert answers == [303, 409, 409, 409, 409]
    assert desk.acts("ava").count("plan.published") == before + 1
    assert people[0].get(f"/plans/{draft}/versions/2").status_code == 200
    assert people[0].get(f"/plans/{draft}/versions/3").status_code == 404
