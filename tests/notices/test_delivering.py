"""What is in the outbox arrives once, says little, and reaches nobody who may not be told any more."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import update

from isp.access.models import Restriction
from isp.access.policy import GRID, Permission, Standing
from isp.access.recipients import NEEDS
from isp.audit import Store
from isp.kernel import clock
from isp.kernel.db import Database, table_of
from isp.kernel.ids import new_id
from isp.notices import outbox
from isp.notices.actions import mark_read
from isp.notices.kinds import KINDS
from isp.people.models import Account, Membership
from isp.people.roles import Role
from tests.cast import Cast, small_plan
from tests.notices.post import Manners, Post, make_due, post_office, row, rows, set_back, told, whole_text


def addresses(post: Post) -> list[str]:
    return [to for _, tos in post.handler.envelopes for to in tos]


def test_a_parent_is_told_of_a_new_version_and_where_to_read_it(cast, post):
    cast.plan("ava", "sara", small_plan())
    make_due(cast)
    done = post.deliver(cast)
    assert done.sentence == "Messages: 2 sent."
    assert sorted(addresses(post)) == ["pam@cast.example", "paul@cast.example"]
    mail = post.mails[0]
    assert mail["Subject"] == "You have a new message"
    assert mail["From"] == "Individual support plans <no-reply@plans.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@plans.example>")
    said = mail.get_content()
    assert "The plan has changed, and you can read it." in said
    assert "https://plans.example/messages" in said
    assert all(one.sent_at and not one.next_at and not one.lease for one in rows(cast))


def test_a_colleague_is_told_in_a_school_s_words(cast, post):
    told(cast, "dan")
    make_due(cast)
    post.deliver(cast)
    assert "A new version of a support plan has been shared with you." in post.mails[0].get_content()


def test_nothing_is_sent_before_it_is_due_and_nothing_twice(cast, post):
    told(cast, "pam")
    assert post.deliver(cast).sentence is None
    make_due(cast)
    post.deliver(cast)
    make_due(cast)
    assert post.deliver(cast).sentence is None
    assert len(post.mails) == 1


def test_several_messages_to_one_person_are_one_mail(cast, post):
    first = told(cast, "pam")
    told(cast, "pam")
    told(cast, "pam", "plan_ended")
    told(cast, "bea", pupil="ben")
    # Due is the first alone: the others are taken along.
    with cast.store.database.writing() as connection:
        connection.execute(
            update(outbox.NOTICES).where(outbox.NOTICES.c.id == first).values(next_at=clock.now())
        )
    post.deliver(cast)
    (mail,) = post.mails
    assert mail["Subject"] == "You have 3 new messages"
    assert "The plan has changed, and you can read it. (2 times)" in mail.get_content()
    assert "The plan has come to an end." in mail.get_content()
    make_due(cast)
    post.deliver(cast)
    assert addresses(post) == ["pam@cast.example", "bea@cast.example"]


def test_what_a_right_hangs_on_goes_at_once(cast, post):
    told(cast, "pam", "assessment_decided")
    assert post.deliver(cast).sent == 1


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_mail_says_whom_it_is_about(cast, post, kind):
    """Names that stand in nothing else: not a child's, a school's, nor the reader's own."""
    planted = ("Qxvzjw", "Wqjkzvx", "Zkqvvxj")
    cast.school("zkqvvxj")
    cast.pupil("qxvzjw", "zkqvvxj", legal_family="Wqjkzvx", preferred_family="Wqjkzvx")
    # Somebody who may be told of this kind.
    readers = GRID[NEEDS.get(kind, Permission.PUPIL_READ)]
    if Standing.PARENT in readers:
        cast.guardian("gwxqzv", "qxvzjw")
    elif Standing.SENCO in readers:
        cast.member("gwxqzv", "zkqvvxj", Role.SENCO)
    elif Standing.OFFICER in readers:
        cast.member("gwxqzv", "northshire", Role.AUTHORITY_OFFICER)
        cast.case("qxvzjw", "northshire", "gwxqzv", {})
    elif Standing.CONSULTED in readers:
        cast.member("gwxqzv", "zkqvvxj", Role.SENCO)
        cast.tie("qxvzjw", "consulted", organisation_id=cast.places["zkqvvxj"], source_id=new_id())
    else:
        cast.member("gwxqzv", "zkqvvxj", Role.CLASS_TEACHER)
        cast.teaching_group("5Q", "zkqvvxj", {"gwxqzv": Role.CLASS_TEACHER}, ["qxvzjw"])
    if kind == "invitation":
        with cast.store.database.writing() as connection:
            accounts = table_of(Account)
            mine = accounts.c.person_id == cast.people["gwxqzv"]
            connection.execute(update(accounts).where(mine).values(password_hash=None))
    if kind.startswith("assessment") or kind == "case_given":
        cast.case("qxvzjw", "northshire", "olli", {})
    told(cast, "gwxqzv", kind, "qxvzjw")
    make_due(cast)
    post.deliver(cast)
    (mail,) = post.mails
    said = whole_text(mail).lower()
    for name in planted:
        assert name.lower() not in said
    assert str(cast.pupils["qxvzjw"]) not in said
    assert said.count("gwxqzv") == 1, "her own address, and nothing else of her"
    assert not list(mail.iter_attachments())


def test_the_same_mail_has_the_same_message_id_however_often_it_is_tried(cast):
    manners = Manners(refuses={"DATA": "451 Later"})
    with post_office(manners) as post:
        notice = told(cast, "pam")
        make_due(cast)
        assert post.deliver(cast).put_off == 1
        # What came meanwhile goes by itself: under the same id it might never be shown.
        told(cast, "pam")
        make_due(cast)
        manners.refuses.clear()
        post.deliver(cast)
    assert len(post.mails) == 2
    assert [mail["Subject"] for mail in post.mails] == ["You have a new message"] * 2
    assert len({mail["Message-ID"] for mail in post.mails}) == 2
    assert row(cast, notice).batch == notice
    assert row(cast, notice).attempts == 2


# -- who may be told, at the moment of sending ---------------------------------------------------------------


def close_account(cast: Cast) -> None:
    accounts = table_of(Account)
    with cast.store.database.writing() as connection:
        pam = accounts.c.person_id == cast.people["pam"]
        connection.execute(update(accounts).where(pam).values(closed_at=clock.now()))


def restrict(cast: Cast) -> None:
    with cast.making() as unit:
        unit.insert(
            Restriction,
            id=new_id(),
            pupil_id=cast.pupils["ava"],
            person_id=cast.people["pam"],
            kind="no_access",
            review_on=clock.today() - timedelta(days=1),
            sealed=b"-",
            made_at=unit.now,
            made_by=cast.people["leo"],
        )


def read_it(cast: Cast) -> None:
    with cast.acting("pam") as unit:
        assert mark_read(unit) == 1


def end_tie(cast: Cast) -> None:
    from isp.access.models import Tie

    ties = table_of(Tie)
    with cast.store.database.writing() as connection:
        pam = ties.c.person_id == cast.people["pam"]
        connection.execute(update(ties).where(pam).values(ended_at=clock.now()))


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (close_account, "account_closed"),
        (restrict, "not_entitled"),
        (end_tie, "not_entitled"),
        (read_it, "read"),
    ],
)
def test_whoever_may_not_be_told_any_more_is_not(cast, post, meanwhile, why):
    notice = told(cast, "pam")
    meanwhile(cast)
    make_due(cast)
    done = post.deliver(cast)
    assert (done.sent, done.closed) == (0, 1)
    assert post.mails == []
    found = row(cast, notice)
    assert (found.problem, found.next_at, found.sent_at) == (why, None, None)
    assert found.closed_at is not None


def test_a_message_about_one_child_is_left_out_of_a_mail_that_tells_of_another(cast, post):
    cast.guardian("pam", "ben")
    restrict(cast)
    left_out, told_of = told(cast, "pam", pupil="ava"), told(cast, "pam", pupil="ben")
    make_due(cast)
    post.deliver(cast)
    assert post.mails[0]["Subject"] == "You have a new message"
    assert row(cast, left_out).problem == "not_entitled"
    assert row(cast, told_of).sent_at is not None


def test_a_teacher_who_left_is_not_told(cast, post):
    notice = told(cast, "tom", by="sara")
    memberships = table_of(Membership)
    with cast.store.database.writing() as connection:
        tom = memberships.c.person_id == cast.people["tom"]
        connection.execute(update(memberships).where(tom).values(ended_at=clock.now()))
    make_due(cast)
    post.deliver(cast)
    assert row(cast, notice).problem == "not_entitled"


def test_somebody_without_an_account_is_not_asked_to_sign_in(cast, post):
    cast.person("gran", account=False)
    cast.guardian("gran", "ava")
    notice = told(cast, "gran")
    make_due(cast)
    post.deliver(cast)
    assert (post.mails, row(cast, notice).problem) == ([], "no_account")


# -- several workers, and time -------------------------------------------------------------------------------


def test_two_workers_at_once_send_each_message_once(cast):
    people = ["pam", "paul", "sara", "dan", "hal", "leo"]
    for name in people * 3:
        told(cast, name, by="tom")
    make_due(cast)
    with post_office(Manners(takes=0.005)) as post:
        stores = [Store(Database(cast.url), cast.keyring) for _ in range(3)]
        threads = [threading.Thread(target=post.delivery(store).run) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        for store in stores:
            store.database.dispose()
    assert Counter(addresses(post)) == Counter({f"{name}@cast.example": 1 for name in people})
    assert all(one.sent_at and one.attempts == 1 for one in rows(cast))
    assert {mail["Subject"] for mail in post.mails} == {"You have 3 new messages"}


def test_a_lease_that_runs_makes_others_wait_and_one_that_ran_out_does_not(cast, post):
    told(cast, "pam")
    make_due(cast)
    claimed = outbox.claim(cast.store, outbox.MAIL, clock.now())
    assert claimed is not None
    assert post.deliver(cast).sentence is None
    set_back(cast, lease_until=clock.now() - timedelta(seconds=1))
    assert post.deliver(cast).sent == 1
    # The first holder comes back late, and what she says no longer counts.
    assert not outbox.sent(cast.store, claimed, [claimed.notices[0].id], clock.now())


def test_what_was_never_tried_for_a_week_is_closed_and_not_sent(cast, post):
    notice = told(cast, "pam")
    set_back(cast, made_at=clock.now() - timedelta(days=8))
    make_due(cast)
    assert post.deliver(cast).closed == 1
    assert row(cast, notice).problem == "stale"
    assert post.mails == []


def test_without_a_mail_server_messages_wait(cast, post):
    from isp.access.recipients import recipient
    from isp.notices.delivering import Delivery

    notice = told(cast, "pam")
    make_due(cast)
    assert Delivery(cast.store, recipient).run().sentence is None
    assert row(cast, notice).next_at is not None
    assert row(cast, notice).attempts == 0
