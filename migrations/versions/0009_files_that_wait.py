"""files that were brought in together and wait to be told whose they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "waiting_paper",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("size", INT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["organisation.id"], name=op.f("fk_waiting_paper_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_paper")),
    )
    op.create_index("ix_waiting_paper_school", "waiting_paper", ["school_id"])
    op.create_table(
        "waiting_body",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["waiting_paper.id"], name=op.f("fk_waiting_body_paper_id")),
        sa.PrimaryKeyConstraint("paper_id", "number", name=op.f("pk_waiting_body")),
    )


def downgrade() -> None:
    op.drop_table("waiting_body")
    op.drop_table("waiting_paper")
