"""Who put a dispute on record, and how the family says that it ended."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | None = None
depends_on: str | None = None


ADDED: dict[str, Any] = {
    "opened_by": sa.Uuid(),
    "told_result": sa.String(length=16),
    "told_on": sa.Date(),
    "told_by": sa.Uuid(),
}


def upgrade() -> None:
    for name, kind in ADDED.items():
        op.add_column("dispute", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in reversed(ADDED):
        op.drop_column("dispute", name)
