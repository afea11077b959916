"""Of a mediation: whether it is wanted, whether it is about health, and when the health body was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    for name, kind in (("wanted", sa.Boolean()), ("health", sa.Boolean()), ("health_told_on", sa.Date())):
        op.add_column("dispute", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name in ("health_told_on", "health", "wanted"):
        op.drop_column("dispute", name)
