"""the work of an authority: what is due in each case, cover, duty days, and names that can be found again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "case_duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(length=20), nullable=True),
        sa.Column("stage", sa.String(length=24), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("turn", sa.String(length=12), nullable=False),
        sa.Column("waits_until", sa.Date(), nullable=True),
        sa.Column("turns_on", sa.Date(), nullable=True),
        sa.Column("lapses_on", sa.Date(), nullable=True),
        _to("case_duty", "authority_id", "organisation"),
        _to("case_duty", "pupil_id", "pupil"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_duty")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_case_duty_subject_id")),
    )
    op.create_index("ix_case_duty_due", "case_duty", ["authority_id", "due_on", "id"], unique=False)
    op.create_index(
        "ix_case_duty_officer", "case_duty", ["authority_id", "officer_id", "due_on", "id"], unique=False
    )
    op.create_index("ix_case_duty_turns", "case_duty", ["turns_on"], unique=False)
    op.create_index("ix_case_duty_pupil", "case_duty", ["pupil_id", "authority_id"], unique=False)
    op.create_table(
        "officer_absence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("covered_by", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("person_id <> covered_by", name=op.f("ck_officer_absence_another")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_officer_absence_dates")),
        _to("officer_absence", "authority_id", "organisation"),
        _to("officer_absence", "covered_by", "person"),
        _to("officer_absence", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_absence")),
    )
    op.create_index(
        "ix_officer_absence_authority", "officer_absence", ["authority_id", "to_on"], unique=False
    )
    op.create_table(
        "cover_tie",
        sa.Column("tie_id", sa.Uuid(), nullable=False),
        sa.Column("absence_id", sa.Uuid(), nullable=False),
        _to("cover_tie", "absence_id", "officer_absence"),
        _to("cover_tie", "tie_id", "tie"),
        sa.PrimaryKeyConstraint("tie_id", name=op.f("pk_cover_tie")),
    )
    op.create_index("ix_cover_tie_absence", "cover_tie", ["absence_id"], unique=False)
    op.create_table(
        "duty_day",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        _to("duty_day", "authority_id", "organisation"),
        _to("duty_day", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_day")),
        sa.UniqueConstraint("authority_id", "on_day", name=op.f("uq_duty_day_authority_id")),
    )
    op.create_table(
        "name_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        _to("name_mark", "authority_id", "organisation"),
        _to("name_mark", "pupil_id", "pupil"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_mark")),
    )
    op.create_index("ix_name_mark_mark", "name_mark", ["authority_id", "mark"], unique=False)
    op.create_index("ix_name_mark_pupil", "name_mark", ["pupil_id"], unique=False)


def downgrade() -> None:
    for table in ("name_mark", "duty_day", "cover_tie", "officer_absence", "case_duty"):
        op.drop_table(table)
