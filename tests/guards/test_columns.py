"""Every column that can hold something about a person is sealed, or stands on a list with its reason."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.util import find_spec

import pytest
from sqlalchemy import JSON, Column, LargeBinary, String, Text

import isp
from isp.kernel.db import Base, Sealed

CODES = "a code of our own, from a closed list"
PUBLIC = "public, about a body and not a person"
RANDOM = "random, or a digest of something random"
KEYED = "a keyed digest: without the keyring it says nothing"

PLAIN = {
    "audit_event.actor": "a random id, or the name of a job",
    "audit_event.act": CODES,
    "audit_event.object_type": CODES,
    "audit_event.canon": "ids, codes, numbers and keyed digests; a test reads every kind of event",
    "audit_event.hash": "the hash of canon",
    "audit_head.name": "the kind of chain and a random id",
    "audit_head.hash": "the hash of an event",
    "audit_head.mac": KEYED,
    "data_key.owner_kind": CODES,
    "data_key.compartment": CODES,
    "data_key.root_id": RANDOM,
    "data_key.commitment": "derived from a random key by HKDF",
    "organisation.kind": CODES,
    "organisation.name": PUBLIC,
    "organisation.phase": PUBLIC,
    "organisation.la_code": PUBLIC,
    "organisation.urn": PUBLIC,
    "organisation.ukprn": PUBLIC,
    "organisation.settings": "a school's own choices, none about a person",
    "organisation_page.slug": CODES,
    "organisation_page.body": "written to be read by everybody, and says so where it is written",
    "person.email_index": KEYED,
    "account.password_hash": "Argon2id",
    "membership.role": CODES,
    "sign_in_session.token_digest": RANDOM,
    "sign_in_session.method": CODES,
    "invitation.code_digest": RANDOM,
    "invitation.purpose": CODES,
    "throttle.key": KEYED,
    "tie.kind": CODES,
    "group_staff.role": CODES,
    "restriction.kind": CODES,
    "access_grant.object_type": CODES,
    "access_grant.digest": "salted, of a version",
    "pupil.upn_index": KEYED,
    "pupil.year_group": "registers need it in one query; it names nobody",
    "pupil.sen_status": "N, K or E: registers and numbers need it in one query; keyed by a random id",
    "pupil.need_primary": "a census code: numbers need it in one query; keyed by a random id",
    "pupil.need_secondary": "a census code: numbers need it in one query; keyed by a random id",
    "enrolment.left_reason": CODES,
    "teaching_group.name": "a class, such as 4T; the form asks for no pupil's name",
    "teaching_group.kind": CODES,
    "teaching_group.subject": "a school subject",
    "calendar_entry.kind": CODES,
    "calendar_entry.name": "a term or a closure",
    "column_mapping.kind": CODES,
    "column_mapping.mapping": "headings of a file's columns, never what stands under them",
    "staged_file.kind": CODES,
    "record.kind": CODES,
    "record.status": CODES,
    "record.ended_why": CODES,
    "record_version.sort": CODES,
    "record_version.schema": CODES,
    "record_version.digest": "salted; the salt is sealed",
    "withdrawal.why": CODES,
    "draft.status": CODES,
    "draft_clash.choice": CODES,
    "plan_card.layer": "a code of the configuration; lists need it in one query",
    "plan_card.status": CODES,
    "plan_card.interval": "a code of the configuration; lists of what is due need it in one query",
    "bank_entry.bank": CODES,
    "countersign_rule.role": CODES,
    "countersign_request.role": CODES,
    "countersign_request.status": CODES,
    "review.status": CODES,
    "review.decision": "a code of the configuration: numbers need it in one query; keyed by a random id",
    "review_invitation.role": CODES,
    "review_invitation.answer": CODES,
    "notice.kind": CODES,
    "notice.problem": CODES,
    "notice_text.problem": CODES,
    "working_note.withdrawn_why": CODES,
    "working_note_version.digest": "salted; the salt is sealed",
    "section_task.section": CODES,
    "section_task.status": CODES,
    "question_round.status": CODES,
    "question_answer.digest": "salted; the salt is sealed",
    "sheet_read.digest": "of random ids and numbers",
    "document.kind": CODES,
    "document.label": CODES,
    "document.source": CODES,
    "document.section": CODES,
    "document_version.type": CODES,
    "document_version.digest": "salted; the salt is sealed",
    "document_withdrawal.why": CODES,
    "waiting_paper.type": CODES,
    "assessment_request.reference": RANDOM,
    "assessment_request.source": CODES,
    "assessment_request.status": CODES,
    "assessment_request.rules": CODES,
    "assessment_request.appeal_result": CODES,
    "case_circumstance.code": CODES,
}

for room in pkgutil.iter_modules(isp.__path__, prefix="isp."):
    if room.ispkg and find_spec(f"{room.name}.models"):
        importlib.import_module(f"{room.name}.models")

COLUMNS = [column for table in Base.metadata.sorted_tables for column in table.columns]


def can_hold_words(column: Column[object]) -> bool:
    return isinstance(column.type, String | Text | JSON | LargeBinary) and not isinstance(column.type, Sealed)


def name_of(column: Column[object]) -> str:
    return f"{column.table.name}.{column.name}"


@pytest.mark.parametrize("column", [c for c in COLUMNS if can_hold_words(c)], ids=name_of)
def test_a_column_that_can_hold_words_is_sealed_or_on_the_list(column):
    assert name_of(column) in PLAIN, "seal it, or put it on the list with its reason"


def test_the_list_names_no_column_that_is_gone():
    assert PLAIN.keys() <= {name_of(column) for column in COLUMNS if can_hold_words(column)}


def test_what_names_a_child_or_holds_free_text_is_sealed():
    sealed = {name_of(column) for column in COLUMNS if isinstance(column.type, Sealed)}
    assert {
        "pupil.sealed",
        "person.sealed",
        "version_body.sealed",
        "draft.sealed",
        "draft_change.sealed",
        "draft_clash.sealed",
        "staged_file.sealed",
        "assessment_request.sealed",
        "case_circumstance.sealed",
        "restriction.sealed",
        "withdrawal.sealed",
        "audit_event.payload",
        "data_key.wrapped",
    } <= sealed
    assert Base.metadata.tables["pupil"].c.sealed.nullable is False
