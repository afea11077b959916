"""Review reports and teachers' answers lie before a panel too: kept by digest as its other papers are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | None = None
depends_on: str | None = None

TABLE, NAME = "panel_paper", "ck_panel_paper_sort"
BEFORE = "sort IN ('version', 'document', 'advice')"
NOW = "sort IN ('version', 'review', 'document', 'answers', 'advice')"


def upgrade() -> None:
    ask(NOW)


def downgrade() -> None:
    ask(BEFORE)


def ask(condition: str) -> None:
    """The table with this condition. SQLite makes it anew, with its rows and its triggers."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(NAME), TABLE, type_="check")
        op.create_check_constraint(op.f(NAME), TABLE, condition)
        return
    op.execute(f"ALTER TABLE {TABLE} RENAME TO {TABLE}_before")
    op.create_table(
        TABLE,
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("sort", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(condition, name=op.f(NAME)),
        sa.ForeignKeyConstraint(["item_id"], ["panel_item.id"], name=op.f("fk_panel_paper_item_id")),
        sa.PrimaryKeyConstraint("item_id", "object_id", name=op.f("pk_panel_paper")),
    )
    columns = "item_id, object_id, sort, digest"
    op.execute(f"INSERT INTO {TABLE} ({columns}) SELECT {columns} FROM {TABLE}_before")  # noqa: S608 - names of here
    op.execute(f"DROP TABLE {TABLE}_before")
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER keep_{TABLE}_{verb.lower()} BEFORE {verb} ON {TABLE} BEGIN "
            f"SELECT RAISE(ABORT, '{verb} of {TABLE} is refused: this table is append-only'); END"
        )
