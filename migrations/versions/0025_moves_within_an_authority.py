"""Moves within an authority, what excuses dates about a plan, and who agrees to sections of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
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


def of_plan(table: str) -> list[sa.schema.SchemaItem]:
    """What each of these rows has of its plan."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *references(table, plan_id="statutory_plan", pupil_id="pupil", authority_id="organisation"),
    ]


def one_open(table: str, where: str) -> None:
    """At most one of a plan that is still to be done."""
    op.create_index(
        f"uq_{table}_open",
        table,
        ["plan_id"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
    op.create_index(f"ix_{table}_plan", table, ["plan_id"])


def upgrade() -> None:
    op.create_table(
        "college_move",
        *of_plan("college_move"),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("moves_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("named_on", sa.Date(), nullable=True),
        sa.Column("days_late", INT, nullable=True),
        sa.Column("called_off_at", AT, nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
    )
    one_open("college_move", "named_on IS NULL AND called_off_at IS NULL")
    op.create_table(
        "health_body_change",
        *of_plan("health_body_change"),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("changes_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("days_late", INT, nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=True),
        sa.Column("called_off_at", AT, nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "answer IS NULL OR answer IN ('arranges', 'review', 'reassess')",
            name=op.f("ck_health_body_change_answer"),
        ),
    )
    one_open("health_body_change", "told_on IS NULL AND called_off_at IS NULL")
    op.create_table(
        "plan_circumstance",
        *of_plan("plan_circumstance"),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("taken_back_at", AT, nullable=True),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("ends >= begins", name=op.f("ck_plan_circumstance_in_order")),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)", name=op.f("ck_plan_circumstance_taken_back")
        ),
    )
    op.create_index("ix_plan_circumstance_plan", "plan_circumstance", ["plan_id"])
    op.create_table(
        "section_agreer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", AT, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("part IN ('health', 'care')", name=op.f("ck_section_agreer_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_agreer")),
        *references("section_agreer", plan_id="statutory_plan", pupil_id="pupil"),
    )
    op.create_index("ix_section_agreer_plan", "section_agreer", ["plan_id"])
    op.create_index(
        "uq_section_agreer_open",
        "section_agreer",
        ["plan_id", "part"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.add_column("plan_duty", sa.Column("days_unexcused", INT, nullable=True))


def downgrade() -> None:
    op.drop_column("plan_duty", "days_unexcused")
    for table in ("section_agreer", "plan_circumstance", "health_body_change", "college_move"):
        op.drop_table(table)
