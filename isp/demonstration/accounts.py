"""Who can sign in: everybody who works here, the families that show something, the young person of sixteen.

A password is three words of `data/words.txt` joined by hyphens, drawn from the account's address: long
enough, different for each, the same on every machine, and good for nothing but a demonstration.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from importlib.resources import files

from isp.demonstration.chance import seeded
from isp.demonstration.rolls import plain
from isp.demonstration.shapes import Account, Guardian, Guardianship, Pupil, Staff

# What each listed member of staff is here to show. Everybody else who works here has an account that is not
# printed, because plans need authors and classes need teachers.
_STAFF_SHOW = {
    "F-SEN": "Writes, shares and reviews the plans of a primary school, 42 pupils: a review overdue and one "
    "planned, a draft to countersign, a picture that a mother sent, a hint set aside, a review's next draft. "
    "Is asked about an EHC plan of another school's pupil; an EHC plan at her own school is being amended.",
    "F-DEP": "Drafts beside the SENCO: open the same plan in two browsers. One draft waits for the SENCO.",
    "F-ADM": "Imports the office's files, invites families and keeps lists; does not share plans.",
    "F-HEA": "Reads every plan of his school, sees what is overdue, shows governors figures without names.",
    "F-DSL": "Sees the pupils of the school with restrictions and looked-after children.",
    "F-OFF": "Imports pupils, staff and contacts; reads no plan.",
    "F-DPO": "Reads who saw what, and checks that the record was not altered.",
    "F-T3": "Teaches Damson class, where her daughter Isla is: a teacher to the rest, a parent to her.",
    "F-T4": "Teaches Elm and Fir, six pupils with plans on one sheet: leads a review next week, is asked "
    "four questions, has a section to write, has closed a review.",
    "F-A2": "Supports Cherry, Damson and Elm: must-know lines and what to do.",
    "T-SEN": "Runs SEND in a secondary school: plans of several terms, one very long, questions to teachers; "
    "the annual review of an EHC plan that waits for the authority's decision.",
    "T-DEP": "Has the second half of the secondary school's plans.",
    "T-DSL": "Knows why one father may not see where his daughter is.",
    "T-SC": "Teaches science to Years 8 to 11, and is asked four questions about one of them.",
    "T-OFF": "Imports files whose columns have another system's names.",
    "L-SEN": "Keeps the plans of a nursery without a URN; a first draft is half written.",
    "M-SEN": "Keeps the plans of a college, where young people speak for themselves.",
    "M-T1": "Tutor at the college.",
    "H-SEN": "New SENCO: the unfinished work of her predecessor is waiting to be handed over.",
    "H-HEA": "Can hand the former SENCO's draft to the new one.",
    "A1-OF1": "Has six cases: a new request, advice asked, a draft that is with the family, a plan (late, "
    "with an excuse) whose review is to be decided, one whose end is considered, a refusal with mediation.",
    "A1-OF2": "A second officer, without a case of his own: audits two, and covers for one next week.",
    "A1-MAN": "Sees the authority's cases and numbers, moderates an audit, says who covers and has the day.",
    "A1-EP": "Educational psychologist: sees the pupils she is asked for advice about, one of them now.",
    "A2-OF1": "The neighbouring authority's: a case with advice asked, late, in and sent back; an EHC "
    "plan with a notice of amendments out.",
    "A2-MAN": "Sees the neighbouring authority's cases and numbers.",
    "A2-SLT": "Speech and language therapist: her advice has come back to her to be completed.",
    "A2-SW": "Social worker: advice is asked of him, and is late.",
    "OPS": "Runs everything and reads nothing: keys, migrations, verify.",
}

_PARENTS_SHOW = {
    ("F07", "Mother"): "Separated: Małgosia's plan, what changed since she last looked, a picture she sent.",
    ("F07", "Father"): "Separated, with parental responsibility: the same plan under his own account.",
    ("F10", "Foster carer"): "Foster carer: has his care, and reads what every adult must know.",
    ("F10", "Mother"): "Eli's mother: has parental responsibility, not his care.",
    ("F30", "Grandmother"): "Riley lives with her; she has no parental responsibility.",
    ("F25", "Mother"): "Two children at two schools, one with a plan.",
    ("F21", "Mother"): "Her daughter's EHC plan is to be amended: what is proposed, and by when to answer.",
    ("F06", "Mother"): "Reads the plan of a child in Reception who has an EHCP.",
    ("L07", "Mother"): "Her daughter's nursery is about to ask for an assessment.",
    ("T17", "Mother"): "Separated: parent at the secondary school.",
    ("T17", "Father"): "Separated: each parent's views are in the plan, one of them for staff only.",
    ("T20", "Mother"): "Her son left last term; his plan was ended.",
    ("T25", "Mother"): "Lives where the father must not know.",
    ("T25", "Father"): "Restricted by a court order: signs in, and is shown nothing that tells where she is.",
    ("T28", "Mother"): "Lives in York; her son goes to school in North Yorkshire.",
    ("T33", "Mother"): "Reads the longest plan, on a phone; and her son's EHC plan, just reviewed.",
    ("T34", "Mother"): "The authority refused to assess her daughter; mediation is under way.",
    ("M01", "Mother"): "Parent of a young person of sixteen, who decides for herself.",
    ("H08", "Mother"): "Has the draft of her son's EHC plan, with fifteen days to say what she thinks.",
    ("H14", "Father"): "Separated, at the junior school.",
}


def password_for(email: str) -> str:
    words = (files("isp.demonstration") / "data" / "words.txt").read_text(encoding="utf-8").split()
    return "-".join(seeded(f"password {email}").sample(words, 3))


def accounts(
    today: date,
    staff: Iterable[Staff],
    pupils: Iterable[Pupil],
    guardians: Iterable[Guardian],
    ties: Iterable[Guardianship],
) -> tuple[Account, ...]:
    """Accounts in the order to try them in. A teacher who is a parent has one account."""
    found: dict[str, Account] = {}
    for member in staff:
        shows = _STAFF_SHOW.get(member.id, "")
        gone = member.ends_on is not None and member.ends_on < today
        if gone:
            shows = "Left last term with a draft unfinished; can no longer sign in."
        found[member.email] = _account(
            member.role,
            member.name,
            member.email,
            shows or member.post,
            member.place,
            member.id,
            listed=bool(_STAFF_SHOW.get(member.id)),
            active=not gone,
        )
    people = {guardian.id: guardian for guardian in guardians}
    children = {pupil.id: pupil for pupil in pupils}
    for tie in ties:
        guardian, child = people[tie.guardian], children[tie.pupil]
        if guardian.email in found or (child.status == "N" and not child.family):
            continue
        shows = _PARENTS_SHOW.get((child.id, tie.relationship), "")
        found[guardian.email] = _account(
            "parent",
            guardian.name,
            guardian.email,
            shows or f"{tie.relationship} of {child.called}.",
            child.school,
            guardian.id,
            listed=bool(shows),
        )
    young = children["M01"]
    email = f"{plain(young.forename)}.{plain(young.surname)}@example.org"
    found[email] = _account(
        "young person",
        f"{young.forename} {young.surname}",
        email,
        "Sixteen, at the college: her own plan, and who can see it.",
        young.school,
        young.id,
        listed=True,
    )
    return tuple(found.values())


def _account(
    role: str,
    name: str,
    email: str,
    shows: str,
    place: str,
    person: str,
    *,
    listed: bool,
    active: bool = True,
) -> Account:
    return Account(role, name, email, password_for(email), shows, place, person, listed, active)
