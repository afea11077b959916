"""When the letter with a decision was sent, beside the decision: what runs from it counts from then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | None = None
depends_on: str | None = None

COLUMNS = (
    ("assessment_request", "notice_on"),
    ("assessment", "notice_on"),
    ("assessment", "draft_served_on"),
    ("reassessment_request", "notice_on"),
    ("plan_ceasing", "notice_on"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.Date(), nullable=True))


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        op.drop_column(table, column)
