"""reviews of statutory plans: lists to schools, ceasing, re-assessment, moves, orders, out of school."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    """A foreign key for each column, named as the others are."""
    return [
        sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}"))
        for name, to in columns.items()
    ]


def one_open(table: str, name: str, column: str, where: str) -> None:
    """At most one open row of a kind."""
    op.create_index(
        name, table, [column], unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def upgrade() -> None:
    for column in (
        sa.Column("list_id", sa.Uuid(), nullable=True),
        sa.Column("report_version_id", sa.Uuid(), nullable=True),
        sa.Column("report_digest", sa.LargeBinary(), nullable=True),
        sa.Column("final_days_late", INT, nullable=True),
    ):
        op.add_column("annual_review", column)
    op.create_index("ix_annual_review_list", "annual_review", ["list_id"])
    op.create_table(
        "review_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("term_from", sa.Date(), nullable=False),
        sa.Column("term_to", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("reviews", INT, nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_list")),
        *references("review_list", authority_id="organisation", school_id="organisation"),
    )
    op.create_index(
        "uq_review_list_term", "review_list", ["authority_id", "school_id", "term_from"], unique=True
    )
    op.create_index("ix_review_list_school", "review_list", ["school_id", "term_from"])
    op.create_table(
        "plan_ceasing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ground", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=1), nullable=False),
        sa.Column("considering_on", sa.Date(), nullable=True),
        sa.Column("family_answered_on", sa.Date(), nullable=True),
        sa.Column("school_answered_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("support_record_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "state IN ('considering', 'decided', 'dropped', 'ended')", name=op.f("ck_plan_ceasing_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_ceasing")),
        *references("plan_ceasing", plan_id="statutory_plan", pupil_id="pupil", authority_id="organisation"),
    )
    op.create_index("ix_plan_ceasing_plan", "plan_ceasing", ["plan_id"])
    one_open("plan_ceasing", "uq_plan_ceasing_open", "plan_id", "state IN ('considering', 'decided')")
    op.create_table(
        "reassessment_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("refusal", sa.String(length=12), nullable=True),
        sa.Column("days_late", INT, nullable=True),
        sa.Column("rules", sa.String(length=24), nullable=True),
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'agreed', 'refused')", name=op.f("ck_reassessment_request_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reassessment_request")),
        *references(
            "reassessment_request", plan_id="statutory_plan", pupil_id="pupil", authority_id="organisation"
        ),
    )
    op.create_index("ix_reassessment_request_plan", "reassessment_request", ["plan_id"])
    op.create_index("ix_reassessment_request_authority", "reassessment_request", ["authority_id", "state"])
    one_open("reassessment_request", "uq_reassessment_request_open", "plan_id", "state = 'pending'")
    op.create_table(
        "plan_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("from_authority_id", sa.Uuid(), nullable=False),
        sa.Column("to_authority_id", sa.Uuid(), nullable=True),
        sa.Column("to_la", sa.String(length=3), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("moves_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("transferred_on", sa.Date(), nullable=True),
        sa.Column("days_late", INT, nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_days_late", INT, nullable=True),
        sa.Column("will_assess", sa.Boolean(), nullable=True),
        sa.Column("review_by", sa.Date(), nullable=True),
        sa.Column("called_off_at", AT, nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_move")),
        *references(
            "plan_move",
            plan_id="statutory_plan",
            pupil_id="pupil",
            from_authority_id="organisation",
            to_authority_id="organisation",
        ),
    )
    op.create_index("ix_plan_move_plan", "plan_move", ["plan_id"])
    one_open("plan_move", "uq_plan_move_open", "plan_id", "transferred_on IS NULL AND called_off_at IS NULL")
    op.create_table(
        "plan_duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("days_late", INT, nullable=True),
        sa.Column("rules", sa.String(length=24), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_duty")),
        *references("plan_duty", plan_id="statutory_plan", pupil_id="pupil", authority_id="organisation"),
    )
    op.create_index("ix_plan_duty_plan", "plan_duty", ["plan_id"])
    op.create_index("ix_plan_duty_authority", "plan_duty", ["authority_id", "done_on", "due_on"])
    op.create_table(
        "out_of_school",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("hours", INT, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_why", sa.String(length=12), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint("state IN ('open', 'decided', 'closed')", name=op.f("ck_out_of_school_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_out_of_school")),
        *references("out_of_school", pupil_id="pupil", authority_id="organisation", school_id="organisation"),
    )
    op.create_index("ix_out_of_school_pupil", "out_of_school", ["pupil_id"])
    op.create_index("ix_out_of_school_authority", "out_of_school", ["authority_id", "state", "since_on"])
    one_open("out_of_school", "uq_out_of_school_open", "pupil_id", "state IN ('open', 'decided')")


def downgrade() -> None:
    for table in (
        "out_of_school",
        "plan_duty",
        "plan_move",
        "reassessment_request",
        "plan_ceasing",
        "review_list",
    ):
        op.drop_table(table)
    op.drop_index("ix_annual_review_list", table_name="annual_review")
    for column in ("final_days_late", "report_digest", "report_version_id", "list_id"):
        op.drop_column("annual_review", column)
