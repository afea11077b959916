"""Files of every kind, brought in by the same actions that pages and commands call."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine

from isp.access import gate
from isp.access.models import GroupStaff, Tie
from isp.access.policy import Permission
from isp.audit import transaction
from isp.audit.verify import verify
from isp.kernel import clock
from isp.kernel.actor import Actor
from isp.kernel.errors import Gone, Invalid, NotAllowed, NotFound
from isp.people import directory
from isp.people.models import Membership, Person
from isp.register.actions import families
from isp.register.importing.fields import Kind
from isp.register.imports import running, staging
from isp.register.jobs import purge_staged
from isp.register.models import Pupil, StagedFile
from tests.cast import Cast
from tests.register.school import UPNS, acts, count, csv, rows

PUPILS = csv(f"{UPNS[0]},Quill,Zoë,03/02/2016,4,K,4 Elm", f"{UPNS[1]},Bramble,Asa,21/09/2015,5,N,5 Ash")
STAFF = csv(
    "Mrs Nell Park,nell@cast.example,Teacher",
    "Tom Example,tom@cast.example,Class teacher",
    "Omar Lane,omar@cast.example,Caretaker",
    headers="Name,Email,Role",
)
GROUPS = csv(
    f"4 Elm,{UPNS[0]},nell@cast.example",
    f"Reading 1,{UPNS[1]},nell@cast.example",
    headers="Group,UPN,Teacher email",
)
CONTACTS = csv(
    f"{UPNS[0]},Mina Quill,Mother,Yes,Yes,mina@cast.example,01632 960111,No",
    f"{UPNS[1]},Mina Quill,Aunt,No,No,mina@cast.example,01632 960111,No",
    f"{UPNS[1]},Amos Bramble,Father,Yes,Yes,,01632 960112,Yes",
    headers="UPN,Contact name,Relationship,Parental responsibility,Lives with,E-mail,Telephone,"
    "Address is confidential",
)


def bring(cast: Cast, kind: str, data: bytes, by: str = "sara", school: str = "oakfield"):
    with cast.acting(by) as unit:
        return running.import_file(unit, cast.places[school], kind, data, apply_it=True)


def test_a_whole_school_comes_in_and_twice_is_once(cast: Cast):
    files = {"pupils": PUPILS, "staff": STAFF, "groups": GROUPS, "contacts": CONTACTS}
    for kind, data in files.items():
        outcome = bring(cast, kind, data)
        assert outcome.applied, outcome
    counted = {model: count(cast, model) for model in (Pupil, Person, Membership, Tie, GroupStaff)}
    for kind, data in files.items():
        outcome = bring(cast, kind, data)
        assert outcome.applied
        said = " ".join(outcome.sentences)
        assert not any(word in said for word in (" new.", " changed.", "added")), (kind, said)
    assert counted == {model: count(cast, model) for model in counted}
    zoe = next(row for row in rows(cast, Pupil) if row.upn_index and row.year_group == "4")
    with cast.making() as unit:
        nell = directory.find_by_email(unit, "nell@cast.example")
    with transaction(cast.store, Actor(person_id=nell)) as unit:
        assert gate.can(unit, Permission.PLAN_READ, zoe.id)
    assert verify(cast.store).ok


def test_one_adult_of_two_children_is_one_person(cast: Cast):
    bring(cast, "pupils", PUPILS)
    before = count(cast, Person)
    bring(cast, "contacts", CONTACTS)
    assert count(cast, Person) == before + 2


def test_a_tie_that_somebody_ended_is_opened_by_no_file(cast: Cast):
    bring(cast, "pupils", PUPILS)
    bring(cast, "contacts", CONTACTS)
    tie = next(row for row in rows(cast, Tie, kind="guardian") if row.has_care and row.sealed)
    with cast.acting("leo") as unit:
        families.end_guardian(unit, tie.id, "Court order")
    before = count(cast, Tie)
    assert bring(cast, "contacts", CONTACTS).applied
    assert count(cast, Tie) == before


def test_responsibility_taken_away_by_a_file_is_a_new_tie(cast: Cast):
    bring(cast, "pupils", PUPILS)
    bring(cast, "contacts", CONTACTS)
    less = CONTACTS.replace(b"Father,Yes,Yes", b"Father,No,Yes")
    outcome = bring(cast, "contacts", less)
    assert any("takes parental responsibility away" in each for each in outcome.problems)
    fathers = [row for row in rows(cast, Tie, kind="guardian") if row.made_by == cast.people["sara"]]
    assert sum(row.ended_at is not None for row in fathers) == 1
    assert bring(cast, "contacts", less).sentences == ("3 contacts unchanged.",)


def test_a_contact_with_somebody_elses_address_gets_no_account_of_hers(cast: Cast):
    bring(cast, "pupils", PUPILS)
    stolen = csv(
        f"{UPNS[0]},Eve Mallory,Aunt,No,No,sena@cast.example,,No",
        headers=CONTACTS.decode().split("\r\n", maxsplit=1)[0],
    )
    bring(cast, "contacts", stolen)
    outcome = bring(cast, "contacts", stolen)
    assert outcome.sentences == ("1 contact unchanged.",)
    with cast.looking("sena") as unit:
        assert not gate.can(unit, Permission.PUPIL_READ, rows(cast, Pupil)[-1].id)


def test_a_teacher_whom_a_file_says_has_left_leaves_her_classes_and_that_is_told(cast: Cast):
    for kind, data in {"pupils": PUPILS, "staff": STAFF, "groups": GROUPS}.items():
        bring(cast, kind, data)
    with cast.making() as unit:
        nell = directory.find_by_email(unit, "nell@cast.example")
    before = acts(cast).count("group.changed")
    day = clock.today() - timedelta(days=1)
    left = csv(
        f"Mrs Nell Park,nell@cast.example,Teacher,{day:%d/%m/%Y}", headers="Name,Email,Role,Leaving date"
    )
    assert bring(cast, "staff", left).applied
    taught = rows(cast, GroupStaff, person_id=nell)
    assert len(taught) == 2
    assert all(row.ended_at or row.valid_to == day for row in taught)
    # One for each class, on the school's chain and on her own.
    assert acts(cast).count("group.changed") == before + 4
    assert verify(cast.store).ok


def test_leaving_dates_end_and_a_later_admission_brings_back(cast: Cast):
    bring(cast, "pupils", PUPILS)
    heads = "UPN,Legal Surname,Legal Forename,Date of Birth,Year,Leaving date,Admission date"
    gone = csv(f"{UPNS[0]},Quill,Zoë,03/02/2016,4,20/11/2026,01/09/2026", headers=heads)
    with time_machine.travel("2026-11-23 09:00Z"):
        assert any("leaving" in each for each in bring(cast, "pupils", gone).sentences)
        assert not any("leaving" in each for each in bring(cast, "pupils", gone).sentences)
    back = csv(f"{UPNS[0]},Quill,Zoë,03/02/2016,4,,23/11/2026", headers=heads)
    with time_machine.travel("2026-11-24 09:00Z"):
        assert any("coming back" in each for each in bring(cast, "pupils", back).sentences)
        assert not any("coming back" in each for each in bring(cast, "pupils", back).sentences)
    assert verify(cast.store).ok


def test_all_rows_or_none(cast: Cast):
    before = count(cast, Pupil)
    outcome = bring(cast, "pupils", PUPILS + b"\r\nB801200005009,Wrong,Upn,03/02/2016,4,K,")
    assert not outcome.applied
    assert any("Line 4" in each for each in outcome.problems)
    assert count(cast, Pupil) == before


@pytest.mark.parametrize(
    ("kind", "who", "error"),
    [
        ("pupils", "tom", NotAllowed),
        ("pupils", "stan", NotFound),
        ("pupils", "hal", NotAllowed),
        ("staff", "ada", NotAllowed),
        ("groups", "tia", NotAllowed),
        ("contacts", "pam", NotFound),
    ],
)
def test_who_may_not(cast: Cast, kind, who, error):
    with pytest.raises(error):
        bring(cast, kind, PUPILS, by=who)
    assert count(cast, StagedFile) == 0


def test_more_than_20_megabytes_are_not_read(cast: Cast):
    stream = io.BytesIO(b"a,b\n" + b"x,y\n" * 6_000_000)
    with pytest.raises(Invalid, match="larger than 20 MB"), cast.acting("sara") as unit:
        staging.stage(unit, cast.places["oakfield"], Kind.PUPILS, stream)
    assert stream.tell() <= 20_000_001


def test_a_staged_file_is_sealed_and_gone_after_a_day(cast: Cast):
    with cast.acting("sara") as unit:
        made = staging.stage(unit, cast.places["oakfield"], Kind.PUPILS, PUPILS)
    assert b"Bramble" not in rows(cast, StagedFile)[0].sealed
    assert "Zo" not in str(rows(cast, StagedFile)[0].sealed)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        with pytest.raises(Gone), cast.looking("sara") as unit:
            running.preview(unit, made)
        with transaction(cast.store, Actor.job("worker")) as unit:
            assert purge_staged(unit) == 1
    assert count(cast, StagedFile) == 0


def test_what_was_brought_in_is_let_go_of_and_not_brought_in_again(cast: Cast):
    with cast.acting("sara") as unit:
        made = staging.stage(unit, cast.places["oakfield"], Kind.PUPILS, PUPILS)
    with cast.acting("dan") as unit:
        running.apply(unit, made)
    with pytest.raises(Gone), cast.acting("dan") as unit:
        running.apply(unit, made)
    assert len(rows(cast, StagedFile)[0].sealed) < 60
    assert acts(cast, f"org:{cast.places['oakfield']}")[-1] == "import.applied"


def test_a_look_from_the_command_line_leaves_no_file_behind(cast: Cast):
    with cast.acting("sara") as unit:
        outcome = running.import_file(unit, cast.places["oakfield"], "pupils", PUPILS, apply_it=False)
    assert (outcome.applied, outcome.applicable) == (False, True)
    assert count(cast, StagedFile) == 0
    told = acts(cast, f"org:{cast.places['oakfield']}")
    assert told[-1] == "import.discarded"
    assert told.count("import.staged") == 1
