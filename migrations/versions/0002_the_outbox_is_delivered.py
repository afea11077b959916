"""the outbox is delivered: how far each message has got, texts, and how people want to be told."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def delivery() -> Iterator[sa.Column[object]]:
    # What lay in the outbox before has no next_at, so nothing old goes out.
    yield sa.Column("attempts", INT, server_default="0", nullable=False)
    yield sa.Column("next_at", sa.DateTime(timezone=True), nullable=True)
    yield sa.Column("lease", sa.Uuid(), nullable=True)
    yield sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True)
    yield sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True)
    yield sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True)
    yield sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True)
    yield sa.Column("problem", sa.String(length=24), nullable=True)


def more() -> Iterator[sa.Column[object]]:
    yield sa.Column("about", sa.Uuid(), nullable=True)
    yield sa.Column("on_date", sa.Date(), nullable=True)
    yield sa.Column("batch", sa.Uuid(), nullable=True)


def index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )


def upgrade() -> None:
    for column in (*more(), *delivery()):
        op.add_column("notice", column)
    index("ix_notice_due", "notice", ["next_at"], "next_at IS NOT NULL")
    index("ix_notice_unread", "notice", ["person_id"], "read_at IS NULL")
    index(
        "uq_notice_once",
        "notice",
        ["person_id", "kind", "about", "on_date"],
        "on_date IS NOT NULL",
        unique=True,
    )
    op.create_table(
        "notice_text",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        *delivery(),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_text_notice_id")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notice_text")),
    )
    index("ix_notice_text_due", "notice_text", ["next_at"], "next_at IS NOT NULL")
    op.create_table(
        "notice_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_choice")),
    )


def downgrade() -> None:
    op.drop_table("notice_choice")
    op.drop_table("notice_text")
    for name in ("uq_notice_once", "ix_notice_unread", "ix_notice_due"):
        op.drop_index(name, table_name="notice")
    for column in reversed([*more(), *delivery()]):
        op.drop_column("notice", column.name)
