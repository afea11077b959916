"""quality audits: a sample of cases, what was found in each by two people, and how it was drawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "quality_audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("checklist", sa.String(length=24), nullable=False),
        sa.Column("wanted", INT, nullable=False),
        sa.Column("frame", INT, nullable=False),
        sa.Column("frame_digest", sa.LargeBinary(), nullable=False),
        sa.Column("auditor_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint("auditor_id <> moderator_id", name=op.f("ck_quality_audit_two")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_quality_audit_state")),
        _to("quality_audit", "auditor_id", "person"),
        _to("quality_audit", "authority_id", "organisation"),
        _to("quality_audit", "moderator_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_audit")),
    )
    op.create_index("ix_quality_audit_authority", "quality_audit", ["authority_id", "made_at"], unique=False)
    op.create_table(
        "audited_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("auditor_done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moderator_done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", INT, nullable=False),
        _to("audited_case", "audit_id", "quality_audit"),
        _to("audited_case", "pupil_id", "pupil"),
        _to("audited_case", "request_id", "assessment_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audited_case")),
        sa.UniqueConstraint("audit_id", "number", name=op.f("uq_audited_case_audit_id")),
    )
    op.create_table(
        "audit_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("audited_case_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=12), nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("object_type", sa.String(length=24), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        _to("audit_finding", "audited_case_id", "audited_case"),
        _to("audit_finding", "pupil_id", "pupil"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_finding")),
        sa.UniqueConstraint(
            "audited_case_id", "side", "question", name=op.f("uq_audit_finding_audited_case_id")
        ),
    )


def downgrade() -> None:
    for table in ("audit_finding", "audited_case", "quality_audit"):
        op.drop_table(table)
