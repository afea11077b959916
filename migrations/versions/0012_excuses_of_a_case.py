"""why a date of a case could not be kept, and how late a decision was beside that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("assessment_request", sa.Column("days_unexcused", INT, nullable=True))
    op.create_table(
        "case_circumstance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("ends >= begins", name=op.f("ck_case_circumstance_in_order")),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)", name=op.f("ck_case_circumstance_taken_back")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assessment_request.id"], name=op.f("fk_case_circumstance_request_id")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_case_circumstance_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_circumstance")),
    )
    op.create_index("ix_case_circumstance_request", "case_circumstance", ["request_id"])


def downgrade() -> None:
    op.drop_table("case_circumstance")
    op.drop_column("assessment_request", "days_unexcused")
