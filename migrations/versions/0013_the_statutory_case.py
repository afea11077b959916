"""the statutory case: assessments, EHC plans with their settings and reviews, disputes, and dated steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = "status IN ('pending', 'agreed')"
OPEN_YET = "status IN ('pending', 'agreed') AND ended_on IS NULL"


def one_open(where: str) -> None:
    """One open request a pupil."""
    op.create_index(
        "uq_assessment_request_open",
        "assessment_request",
        ["pupil_id"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def upgrade() -> None:
    op.create_table(
        "case_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_case_step_authority_id")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["case_step.id"], name=op.f("fk_case_step_corrects_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_case_step_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    op.create_index(
        "ix_case_step_pupil", "case_step", ["pupil_id", "authority_id", "happened_on"], unique=False
    )
    op.create_index("ix_case_step_subject", "case_step", ["subject_id"], unique=False)
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decision_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("certificate_on", sa.Date(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("response_due_on", sa.Date(), nullable=True),
        sa.Column("hearing_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint("kind IN ('mediation', 'appeal')", name=op.f("ck_dispute_kind")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_dispute_state")),
        sa.ForeignKeyConstraint(["authority_id"], ["organisation.id"], name=op.f("fk_dispute_authority_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_dispute_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    op.create_index("ix_dispute_authority", "dispute", ["authority_id", "state"], unique=False)
    op.create_index("ix_dispute_pupil", "dispute", ["pupil_id"], unique=False)
    op.create_index("ix_dispute_subject", "dispute", ["subject_id"], unique=False)
    op.create_table(
        "statutory_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("from_authority", sa.String(length=3), nullable=True),
        sa.Column("transferred_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("draft_sent_on", sa.Date(), nullable=True),
        sa.Column("first_made_on", sa.Date(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("last_review_on", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("phase_transfer", sa.String(length=12), nullable=True),
        sa.Column("phase_transfer_year", INT, nullable=True),
        sa.Column("residential", sa.String(length=1), nullable=True),
        sa.Column("work_based", sa.String(length=1), nullable=True),
        sa.Column("personal_budget", sa.Boolean(), nullable=False),
        sa.Column("organised_arrangements", sa.Boolean(), nullable=False),
        sa.Column("direct_payments", sa.String(length=4), nullable=True),
        sa.Column("cease_decided_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_reason", sa.String(length=1), nullable=True),
        sa.Column("days_late", INT, nullable=True),
        sa.Column("days_unexcused", INT, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_statutory_plan_ended")
        ),
        sa.CheckConstraint(
            "state IN ('drafting', 'draft_sent', 'in_force', 'ceasing', 'ended', 'not_made')",
            name=op.f("ck_statutory_plan_state"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_statutory_plan_authority_id")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_statutory_plan_pupil_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_statutory_plan_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statutory_plan")),
        sa.UniqueConstraint("reference", name=op.f("uq_statutory_plan_reference")),
    )
    op.create_index("ix_statutory_plan_authority", "statutory_plan", ["authority_id", "state"], unique=False)
    op.create_index("ix_statutory_plan_pupil", "statutory_plan", ["pupil_id"], unique=False)
    op.create_index(
        "ix_statutory_plan_review", "statutory_plan", ["authority_id", "review_due_on"], unique=False
    )
    op.create_index(
        "uq_statutory_plan_open",
        "statutory_plan",
        ["pupil_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('drafting', 'draft_sent', 'in_force', 'ceasing')"),
        postgresql_where=sa.text("state IN ('drafting', 'draft_sent', 'in_force', 'ceasing')"),
    )
    op.create_table(
        "annual_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.Column("papers_sent_on", sa.Date(), nullable=True),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("final_on", sa.Date(), nullable=True),
        sa.Column("amended", sa.Boolean(), nullable=True),
        sa.Column("days_late", INT, nullable=True),
        sa.Column("rules", sa.String(length=24), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('maintain', 'amend', 'cease')",
            name=op.f("ck_annual_review_outcome"),
        ),
        sa.CheckConstraint(
            "state IN ('due', 'invited', 'held', 'reported', 'amending', 'closed', 'cancelled')",
            name=op.f("ck_annual_review_state"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_annual_review_authority_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["statutory_plan.id"], name=op.f("fk_annual_review_plan_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_annual_review_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_annual_review_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_review")),
    )
    op.create_index("ix_annual_review_authority", "annual_review", ["authority_id", "state"], unique=False)
    op.create_index("ix_annual_review_plan", "annual_review", ["plan_id"], unique=False)
    op.create_index("ix_annual_review_school", "annual_review", ["school_id", "state"], unique=False)
    op.create_index(
        "uq_annual_review_open",
        "annual_review",
        ["plan_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('due', 'invited', 'held', 'reported', 'amending')"),
        postgresql_where=sa.text("state IN ('due', 'invited', 'held', 'reported', 'amending')"),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("clock_from", sa.Date(), nullable=False),
        sa.Column("order_on", sa.Date(), nullable=True),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("to_issue_on", sa.Date(), nullable=True),
        sa.Column("draft_sent_on", sa.Date(), nullable=True),
        sa.Column("answers_until", sa.Date(), nullable=True),
        sa.Column("outcome_on", sa.Date(), nullable=True),
        sa.Column("days_late", INT, nullable=True),
        sa.Column("days_unexcused", INT, nullable=True),
        sa.Column("excused", sa.Boolean(), nullable=True),
        sa.Column("moved_to", sa.String(length=3), nullable=True),
        sa.Column("rules", sa.String(length=24), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "state IN ('advising', 'drafting', 'draft_sent', 'final', 'no_plan', 'withdrawn', 'moved', "
            "'ended')",
            name=op.f("ck_assessment_state"),
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_assessment_authority_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["statutory_plan.id"], name=op.f("fk_assessment_plan_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_assessment_pupil_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assessment_request.id"], name=op.f("fk_assessment_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
    )
    op.create_index("ix_assessment_authority", "assessment", ["authority_id", "state"], unique=False)
    op.create_index("ix_assessment_pupil", "assessment", ["pupil_id"], unique=False)
    op.create_index(
        "uq_assessment_open",
        "assessment",
        ["pupil_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('advising', 'drafting', 'draft_sent')"),
        postgresql_where=sa.text("state IN ('advising', 'drafting', 'draft_sent')"),
    )
    op.create_index("uq_assessment_request", "assessment", ["request_id"], unique=True)
    op.create_table(
        "plan_setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("rank", INT, nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("urn", sa.String(length=6), nullable=True),
        sa.Column("ukprn", sa.String(length=8), nullable=True),
        sa.Column("code", sa.String(length=4), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("sen_unit", sa.Boolean(), nullable=False),
        sa.Column("resourced", sa.Boolean(), nullable=False),
        sa.Column("residential", sa.String(length=1), nullable=True),
        sa.Column("work_based", sa.String(length=1), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rank IN (1, 2)", name=op.f("ck_plan_setting_rank")),
        sa.ForeignKeyConstraint(["plan_id"], ["statutory_plan.id"], name=op.f("fk_plan_setting_plan_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_plan_setting_pupil_id")),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_plan_setting_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_setting")),
    )
    op.create_index("ix_plan_setting_plan", "plan_setting", ["plan_id"], unique=False)
    op.create_index("ix_plan_setting_school", "plan_setting", ["school_id"], unique=False)
    op.add_column("assessment_request", sa.Column("ended_on", sa.Date(), nullable=True))
    op.add_column("assessment_request", sa.Column("youth_accommodation", sa.Boolean(), nullable=True))
    op.drop_index("uq_assessment_request_open", table_name="assessment_request")
    one_open(OPEN_YET)


def downgrade() -> None:
    op.drop_index("uq_assessment_request_open", table_name="assessment_request")
    one_open(OPEN)
    op.drop_column("assessment_request", "youth_accommodation")
    op.drop_column("assessment_request", "ended_on")
    op.drop_table("plan_setting")
    op.drop_table("assessment")
    op.drop_table("annual_review")
    op.drop_table("statutory_plan")
    op.drop_table("dispute")
    op.drop_table("case_step")
