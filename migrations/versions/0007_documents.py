"""documents attached to a pupil's record: versions, their sealed pieces, withdrawals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = {
    "document": ("UPDATE", "DELETE"),
    "document_version": ("UPDATE", "DELETE"),
    "document_body": ("DELETE",),
    "document_withdrawal": ("UPDATE", "DELETE"),
}


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
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=2), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("section", sa.String(length=24), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("label IN ('S0', 'S1', 'S2', 'S3')", name=op.f("ck_document_label")),
        sa.CheckConstraint("source IN ('school', 'family', 'adviser')", name=op.f("ck_document_source")),
        sa.CheckConstraint("(item_id IS NULL) = (section IS NULL)", name=op.f("ck_document_item")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_document_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index("ix_document_pupil", "document", ["pupil_id"])
    op.create_table(
        "document_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("size", INT, nullable=False),
        sa.Column("pieces", INT, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("size > 0 AND pieces > 0", name=op.f("ck_document_version_size")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_version_document_id")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_document_version_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_version")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_document_version_document_id_number")),
    )
    op.create_table(
        "document_body",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_version.id"], name=op.f("fk_document_body_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "number", name=op.f("pk_document_body")),
    )
    op.create_table(
        "document_withdrawal",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["document_version.id"], name=op.f("fk_document_withdrawal_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_withdrawal_document_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_document_withdrawal")),
    )
    for table, verbs in KEPT.items():
        keep(table, verbs)
    if op.get_bind().dialect.name == "postgresql":
        # Sealed bytes do not compress: do not let the engine try.
        op.execute("ALTER TABLE document_body ALTER COLUMN sealed SET STORAGE EXTERNAL")


def downgrade() -> None:
    for table in ("document_withdrawal", "document_body", "document_version", "document"):
        op.drop_table(table)
