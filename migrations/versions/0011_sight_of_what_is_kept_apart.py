"""who may read the restricted history of a pupil for a while: asked by one, agreed by another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "restricted_sight",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(agreed_by IS NULL) = (until IS NULL) AND (agreed_by IS NULL OR agreed_by <> asked_by)",
            name=op.f("ck_restricted_sight_two"),
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_restricted_sight_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restricted_sight")),
    )
    op.create_index("ix_restricted_sight_pupil", "restricted_sight", ["pupil_id"])


def downgrade() -> None:
    op.drop_table("restricted_sight")
