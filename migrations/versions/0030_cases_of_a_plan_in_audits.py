"""cases of a plan in audits: a case of a sample may be about a plan, to which no request here has led."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "audited_case"
KEPT = (
    "id",
    "audit_id",
    "number",
    "pupil_id",
    "request_id",
    "subject_id",
    "auditor_done_at",
    "moderator_done_at",
    "row_version",
)


def _to(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{column}"))


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(TABLE, "request_id", existing_type=sa.Uuid(), nullable=True)
        op.add_column(TABLE, sa.Column("plan_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{TABLE}_plan_id"), TABLE, "statutory_plan", ["plan_id"], ["id"])
        return
    _rebuild(request_may_lack=True)


def downgrade() -> None:
    finding = sa.table("audit_finding", sa.column("audited_case_id", sa.Uuid()))
    held = sa.table(TABLE, sa.column("id", sa.Uuid()), sa.column("request_id", sa.Uuid()))
    without = sa.select(held.c.id).where(held.c.request_id.is_(None))
    op.execute(sa.delete(finding).where(finding.c.audited_case_id.in_(without)))
    op.execute(sa.delete(held).where(held.c.request_id.is_(None)))
    if op.get_bind().dialect.name == "postgresql":
        op.drop_column(TABLE, "plan_id")
        op.alter_column(TABLE, "request_id", existing_type=sa.Uuid(), nullable=False)
        return
    _rebuild(request_may_lack=False)


def _rebuild(*, request_may_lack: bool) -> None:
    """SQLite takes no NOT NULL off a column. The table has no triggers or indexes to lose."""
    beside = f"{TABLE}_new"
    columns: list[Any] = [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=request_may_lack),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("auditor_done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moderator_done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", INT, nullable=False),
    ]
    if request_may_lack:
        columns += [sa.Column("plan_id", sa.Uuid(), nullable=True), _to("plan_id", "statutory_plan")]
    op.create_table(
        beside,
        *columns,
        _to("audit_id", "quality_audit"),
        _to("pupil_id", "pupil"),
        _to("request_id", "assessment_request"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("audit_id", "number", name=op.f(f"uq_{TABLE}_audit_id")),
    )
    before = sa.table(TABLE, *(sa.column(name) for name in KEPT))
    after = sa.table(beside, *(sa.column(name) for name in KEPT))
    op.execute(sa.insert(after).from_select(list(KEPT), sa.select(before)))
    op.drop_table(TABLE)
    op.rename_table(beside, TABLE)
