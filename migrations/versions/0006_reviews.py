"""reviews: when a plan is reviewed, who leads and who is asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
UNDER_WAY = sa.text("status IN ('planned', 'open')")
STANDS = sa.text("removed_at IS NULL")


def foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", INT, nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("minutes", INT, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("led_by", sa.Uuid(), nullable=True),
        sa.Column("plan_version", INT, nullable=True),
        sa.Column("review_record_id", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.String(length=24), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("closed_at", AT, nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "status IN ('planned', 'open', 'closed', 'cancelled')", name=op.f("ck_review_status")
        ),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_review_closed")),
        foreign("review", "record_id", "record"),
        foreign("review", "pupil_id", "pupil"),
        foreign("review", "school_id", "organisation"),
        foreign("review", "review_record_id", "record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index("ix_review_record", "review", ["record_id"])
    op.create_index("ix_review_pupil", "review", ["pupil_id"])
    op.create_index("ix_review_led_by", "review", ["led_by"])
    op.create_index(
        "uq_review_under_way",
        "review",
        ["record_id"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_table(
        "review_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("answer", sa.String(length=12), nullable=True),
        sa.Column("answered_at", AT, nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("removed_at", AT, nullable=True),
        foreign("review_invitation", "review_id", "review"),
        foreign("review_invitation", "pupil_id", "pupil"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_invitation")),
    )
    op.create_index("ix_review_invitation_review", "review_invitation", ["review_id"])
    op.create_index("ix_review_invitation_person", "review_invitation", ["person_id"])
    op.create_index(
        "uq_review_invitation_once",
        "review_invitation",
        ["review_id", "person_id"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    op.drop_table("review_invitation")
    op.drop_table("review")
