"""staff's working notes, and every version of what they said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = {"working_note": ("DELETE",), "working_note_version": ("UPDATE", "DELETE")}


def keep(table: str, verbs: tuple[str, ...]) -> None:
    """The triggers that refuse to alter what must not be altered (0001 made their function)."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for verb in verbs:
        name = f"keep_{table}_{verb.lower()}"
        if postgres:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION keep_as_it_is()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{verb} of {table} is refused: this table is append-only'); END"
            )
    if postgres:
        op.execute(
            f"CREATE TRIGGER keep_{table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_as_it_is()"
        )


def upgrade() -> None:
    op.create_table(
        "working_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("number", INT, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_why", sa.String(length=16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (sealed IS NULL)",
            name=op.f("ck_working_note_withdrawn"),
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_working_note_pupil_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_working_note_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_note")),
    )
    op.create_index("ix_working_note_pupil", "working_note", ["pupil_id", "made_at", "id"])
    op.create_table(
        "working_note_version",
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["working_note.id"], name=op.f("fk_working_note_version_note_id")
        ),
        sa.PrimaryKeyConstraint("note_id", "number", name=op.f("pk_working_note_version")),
    )
    for table, verbs in KEPT.items():
        keep(table, verbs)


def downgrade() -> None:
    op.drop_table("working_note_version")
    op.drop_table("working_note")
