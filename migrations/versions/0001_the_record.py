"""the record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


# What the triggers refuse. The application's own list (kernel/immutable.py) is compared with the
# database by 'isp doctor' and by a test.
APPEND_ONLY = {
    "audit_event": ("UPDATE", "DELETE"),
    "audit_head": ("DELETE",),
    "record_version": ("UPDATE", "DELETE"),
    "version_body": ("DELETE",),
    "withdrawal": ("UPDATE", "DELETE"),
    "draft_change": ("UPDATE", "DELETE"),
    "access_grant": ("UPDATE", "DELETE"),
}


def make_triggers() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(
            "CREATE FUNCTION keep_as_it_is() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% of % is refused: this table is append-only', TG_OP, TG_TABLE_NAME; END $$"
        )
    for table, verbs in APPEND_ONLY.items():
        for verb in verbs:
            name = f"keep_{table}_{verb.lower()}"
            if postgres:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                    "FOR EACH ROW EXECUTE FUNCTION keep_as_it_is()"
                )
            else:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{verb} of {table} is refused: this table is append-only'); END"
                )
        if postgres:
            op.execute(
                f"CREATE TRIGGER keep_{table}_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION keep_as_it_is()"
            )
    if postgres:
        # Sealed bytes do not compress: do not let the engine try.
        for table in ("version_body", "draft", "draft_change"):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN sealed SET STORAGE EXTERNAL")


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("object_type", sa.String(length=24), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("canon", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("chain_id", "seq", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_actor", "audit_event", ["actor", "at"], unique=False)
    op.create_index("ix_audit_event_object", "audit_event", ["object_id", "at"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("name", name=op.f("uq_audit_head_name")),
    )
    op.create_table(
        "data_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_kind", sa.String(length=12), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("compartment", sa.String(length=12), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("wrapped_by", sa.Uuid(), nullable=True),
        sa.Column("root_id", sa.String(length=16), nullable=True),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_key")),
        sa.UniqueConstraint(
            "owner_id", "compartment", "version", name=op.f("uq_data_key_owner_id_compartment_version")
        ),
    )
    op.create_index("ix_data_key_wrapped_by", "data_key", ["wrapped_by"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_person", "notice", ["person_id", "made_at"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=True),
        sa.Column("la_code", sa.String(length=3), nullable=True),
        sa.Column("urn", sa.String(length=6), nullable=True),
        sa.Column("ukprn", sa.String(length=8), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('authority', 'school')", name=op.f("ck_organisation_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("ukprn", name=op.f("uq_organisation_ukprn")),
        sa.UniqueConstraint("urn", name=op.f("uq_organisation_urn")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email_index", name=op.f("uq_person_email_index")),
    )
    op.create_table(
        "pupil",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("upn_index", sa.LargeBinary(), nullable=True),
        sa.Column("year_group", sa.String(length=2), nullable=True),
        sa.Column("sen_status", sa.String(length=1), nullable=False),
        sa.Column("need_primary", sa.String(length=4), nullable=True),
        sa.Column("need_secondary", sa.String(length=4), nullable=True),
        sa.Column("rights_move_on", sa.Date(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sen_status IN ('N', 'K', 'E')", name=op.f("ck_pupil_sen_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupil")),
        sa.UniqueConstraint("upn_index", name=op.f("uq_pupil_upn_index")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("window_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_table(
        "access_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(length=24), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_access_grant_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
    )
    op.create_index("ix_access_grant_source", "access_grant", ["source_id"], unique=False)
    op.create_table(
        "account",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_operator", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_account")),
    )
    op.create_table(
        "assessment_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("days_late", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rules", sa.String(length=24), nullable=True),
        sa.Column("sight_until", sa.Date(), nullable=True),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("appeal_closed_on", sa.Date(), nullable=True),
        sa.Column("appeal_result", sa.String(length=12), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(status IN ('agreed', 'refused')) = (decided_on IS NOT NULL)",
            name=op.f("ck_assessment_request_decided"),
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'agreed', 'refused', 'withdrawn')",
            name=op.f("ck_assessment_request_status"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_assessment_request_authority_id")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_assessment_request_pupil_id")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["organisation.id"], name=op.f("fk_assessment_request_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_assessment_request_reference")),
    )
    op.create_index(
        "ix_assessment_request_authority", "assessment_request", ["authority_id", "status"], unique=False
    )
    op.create_index("ix_assessment_request_pupil", "assessment_request", ["pupil_id"], unique=False)
    op.create_index(
        "uq_assessment_request_open",
        "assessment_request",
        ["pupil_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('pending', 'agreed')"),
        postgresql_where=sa.text("status IN ('pending', 'agreed')"),
    )
    op.create_table(
        "calendar_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('term', 'half_term', 'training', 'closure')", name=op.f("ck_calendar_entry_kind")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_calendar_entry_dates")),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_calendar_entry_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entry")),
    )
    op.create_index("ix_calendar_entry_school", "calendar_entry", ["school_id", "starts_on"], unique=False)
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_column_mapping_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("school_id", "kind", name=op.f("uq_column_mapping_school_id_kind")),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("admitted_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_reason", sa.String(length=24), nullable=True),
        sa.Column("tie_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("left_on IS NULL OR left_on >= admitted_on", name=op.f("ck_enrolment_dates")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_enrolment_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_enrolment_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    op.create_index("ix_enrolment_pupil", "enrolment", ["pupil_id"], unique=False)
    op.create_index("ix_enrolment_school", "enrolment", ["school_id"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_invitation_code_digest")),
    )
    op.create_index("ix_invitation_person", "invitation", ["person_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_membership_dates")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_organisation", "membership", ["organisation_id", "role"], unique=False)
    op.create_index("ix_membership_person", "membership", ["person_id"], unique=False)
    op.create_table(
        "organisation_page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=24), nullable=False),
        sa.Column("edition", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_page_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_page")),
        sa.UniqueConstraint(
            "organisation_id",
            "slug",
            "edition",
            name=op.f("uq_organisation_page_organisation_id_slug_edition"),
        ),
    )
    op.create_table(
        "record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("current", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_why", sa.String(length=16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("row_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("status IN ('open', 'ended')", name=op.f("ck_record_status")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_record_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record")),
    )
    op.create_index("ix_record_pupil", "record", ["pupil_id", "kind"], unique=False)
    op.create_index(
        "uq_record_open",
        "record",
        ["pupil_id", "kind"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "restriction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("lift_asked_by", sa.Uuid(), nullable=True),
        sa.Column("lift_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_restriction_person_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_restriction_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
    )
    op.create_index("ix_restriction_person", "restriction", ["person_id", "pupil_id"], unique=False)
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_sign_in_session_token_digest")),
    )
    op.create_index("ix_sign_in_session_person", "sign_in_session", ["person_id"], unique=False)
    op.create_table(
        "staged_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_staged_file_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_file")),
    )
    op.create_index("ix_staged_file_school", "staged_file", ["school_id"], unique=False)
    op.create_table(
        "teaching_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_teaching_group_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teaching_group")),
        sa.UniqueConstraint(
            "school_id", "name", "valid_from", name=op.f("uq_teaching_group_school_id_name_valid_from")
        ),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("base_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'published', 'discarded')", name=op.f("ck_draft_status")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_draft_pupil_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_draft_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(
        "uq_draft_open",
        "draft",
        ["record_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "group_staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_group_staff_dates")),
        sa.ForeignKeyConstraint(["group_id"], ["teaching_group.id"], name=op.f("fk_group_staff_group_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_group_staff_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_staff_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_staff")),
    )
    op.create_index("ix_group_staff_group", "group_staff", ["group_id"], unique=False)
    op.create_index("ix_group_staff_person", "group_staff", ["person_id"], unique=False)
    op.create_table(
        "plan_card",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("layer", sa.String(length=16), nullable=True),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_review_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_plan_card_pupil_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_plan_card_record_id")),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_plan_card_school_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_plan_card")),
    )
    op.create_index("ix_plan_card_pupil", "plan_card", ["pupil_id"], unique=False)
    op.create_table(
        "record_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stands_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("schema", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_record_version_pupil_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_record_version_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_version")),
        sa.UniqueConstraint("record_id", "number", name=op.f("uq_record_version_record_id_number")),
    )
    op.create_index("ix_record_version_at", "record_version", ["record_id", "stands_from"], unique=False)
    op.create_table(
        "tie",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("has_responsibility", sa.Boolean(), nullable=False),
        sa.Column("has_care", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_tie_dates")),
        sa.ForeignKeyConstraint(["group_id"], ["teaching_group.id"], name=op.f("fk_tie_group_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_tie_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tie_person_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_tie_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie")),
    )
    op.create_index("ix_tie_group", "tie", ["group_id"], unique=False)
    op.create_index("ix_tie_organisation", "tie", ["organisation_id", "kind"], unique=False)
    op.create_index("ix_tie_person", "tie", ["person_id"], unique=False)
    op.create_index("ix_tie_pupil", "tie", ["pupil_id"], unique=False)
    op.create_table(
        "draft_change",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column(
            "revision",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_change_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "revision", name=op.f("pk_draft_change")),
    )
    op.create_table(
        "draft_clash",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("choice", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_clash_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_clash")),
    )
    op.create_index("ix_draft_clash_draft", "draft_clash", ["draft_id"], unique=False)
    op.create_table(
        "version_body",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["record_version.id"], name=op.f("fk_version_body_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_version_body")),
    )
    op.create_table(
        "withdrawal",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_withdrawal_record_id")),
        sa.ForeignKeyConstraint(["version_id"], ["record_version.id"], name=op.f("fk_withdrawal_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_withdrawal")),
    )
    make_triggers()


def downgrade() -> None:
    op.drop_table("withdrawal")
    op.drop_table("version_body")
    op.drop_index("ix_draft_clash_draft", table_name="draft_clash")
    op.drop_table("draft_clash")
    op.drop_table("draft_change")
    op.drop_index("ix_tie_pupil", table_name="tie")
    op.drop_index("ix_tie_person", table_name="tie")
    op.drop_index("ix_tie_organisation", table_name="tie")
    op.drop_index("ix_tie_group", table_name="tie")
    op.drop_table("tie")
    op.drop_index("ix_record_version_at", table_name="record_version")
    op.drop_table("record_version")
    op.drop_index("ix_plan_card_pupil", table_name="plan_card")
    op.drop_table("plan_card")
    op.drop_index("ix_group_staff_person", table_name="group_staff")
    op.drop_index("ix_group_staff_group", table_name="group_staff")
    op.drop_table("group_staff")
    op.drop_index(
        "uq_draft_open",
        table_name="draft",
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_table("draft")
    op.drop_table("teaching_group")
    op.drop_index("ix_staged_file_school", table_name="staged_file")
    op.drop_table("staged_file")
    op.drop_index("ix_sign_in_session_person", table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_index("ix_restriction_person", table_name="restriction")
    op.drop_table("restriction")
    op.drop_index(
        "uq_record_open",
        table_name="record",
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_index("ix_record_pupil", table_name="record")
    op.drop_table("record")
    op.drop_table("organisation_page")
    op.drop_index("ix_membership_person", table_name="membership")
    op.drop_index("ix_membership_organisation", table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_invitation_person", table_name="invitation")
    op.drop_table("invitation")
    op.drop_index("ix_enrolment_school", table_name="enrolment")
    op.drop_index("ix_enrolment_pupil", table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_table("column_mapping")
    op.drop_index("ix_calendar_entry_school", table_name="calendar_entry")
    op.drop_table("calendar_entry")
    op.drop_index(
        "uq_assessment_request_open",
        table_name="assessment_request",
        sqlite_where=sa.text("status IN ('pending', 'agreed')"),
        postgresql_where=sa.text("status IN ('pending', 'agreed')"),
    )
    op.drop_index("ix_assessment_request_pupil", table_name="assessment_request")
    op.drop_index("ix_assessment_request_authority", table_name="assessment_request")
    op.drop_table("assessment_request")
    op.drop_table("account")
    op.drop_index("ix_access_grant_source", table_name="access_grant")
    op.drop_table("access_grant")
    op.drop_table("throttle")
    op.drop_table("pupil")
    op.drop_table("person")
    op.drop_table("organisation")
    op.drop_index("ix_notice_person", table_name="notice")
    op.drop_table("notice")
    op.drop_index("ix_data_key_wrapped_by", table_name="data_key")
    op.drop_table("data_key")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_event_object", table_name="audit_event")
    op.drop_index("ix_audit_event_actor", table_name="audit_event")
    op.drop_table("audit_event")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_as_it_is()")
