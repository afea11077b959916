"""hints about wording are set aside: what, by whom, why; never altered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

TABLE = "wording_aside"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_wording_aside_draft_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_wording_aside_pupil_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_wording_aside_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_aside")),
    )
    op.create_index("ix_wording_aside_record", TABLE, ["record_id"], unique=False)
    postgres = op.get_bind().dialect.name == "postgresql"
    for verb in ("UPDATE", "DELETE"):
        name = f"keep_{TABLE}_{verb.lower()}"
        if postgres:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} "
                "FOR EACH ROW EXECUTE FUNCTION keep_as_it_is()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {TABLE} BEGIN "
                f"SELECT RAISE(ABORT, '{verb} of {TABLE} is refused: this table is append-only'); END"
            )
    if postgres:
        op.execute(
            f"CREATE TRIGGER keep_{TABLE}_truncate BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_as_it_is()"
        )


def downgrade() -> None:
    op.drop_table(TABLE)
