"""reviews not held: a day that has passed is owed, and how often a plan is reviewed is known to lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None

AT = sa.DateTime(timezone=True)
CARD = sa.table(
    "plan_card",
    sa.column("record_id", sa.Uuid()),
    sa.column("published_at", AT),
    sa.column("next_review_on", sa.Date()),
    sa.column("agreed_on", sa.Date()),
    sa.column("reviewed_on", sa.Date()),
)
REVIEW = sa.table(
    "review",
    sa.column("record_id", sa.Uuid()),
    sa.column("closed_at", AT),
    sa.column("next_on", sa.Date()),
)


def foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.add_column("plan_card", sa.Column("interval", sa.String(length=16), nullable=True))
    op.add_column("plan_card", sa.Column("agreed_on", sa.Date(), nullable=True))
    op.add_column("plan_card", sa.Column("reviewed_on", sa.Date(), nullable=True))
    op.add_column("plan_card", sa.Column("missed_on", sa.Date(), nullable=True))
    op.create_table(
        "review_not_held",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        foreign("review_not_held", "record_id", "record"),
        foreign("review_not_held", "pupil_id", "pupil"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_not_held")),
    )
    op.create_index("ix_review_not_held_record", "review_not_held", ["record_id"])
    _fill(op.get_bind())


def _fill(connection: sa.Connection) -> None:
    """What the clear columns tell of plans that are here; the interval is sealed, so it stays empty."""
    connection.execute(sa.update(CARD).values(agreed_on=CARD.c.next_review_on))
    closed = sa.select(REVIEW).where(REVIEW.c.closed_at.is_not(None)).order_by(REVIEW.c.closed_at)
    last = {row.record_id: row for row in connection.execute(closed)}
    for row in last.values():
        mine = sa.update(CARD).where(CARD.c.record_id == row.record_id)
        connection.execute(mine.values(reviewed_on=row.closed_at.date()))
        # As lists have told it so far: what was agreed last, in a version or in a review since.
        since = sa.or_(CARD.c.published_at.is_(None), CARD.c.published_at <= row.closed_at)
        connection.execute(mine.where(since).values(agreed_on=row.next_on))


def downgrade() -> None:
    op.drop_table("review_not_held")
    for column in ("missed_on", "reviewed_on", "agreed_on", "interval"):
        op.drop_column("plan_card", column)
