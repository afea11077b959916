"""The front door goes by the day of birth: no digest of the beginning of a name is kept any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    # The worker marks everybody anew.
    op.execute(sa.delete(sa.table("name_mark")))


def downgrade() -> None:
    op.execute(sa.delete(sa.table("name_mark")))
