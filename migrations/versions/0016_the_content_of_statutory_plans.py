"""beside the content of statutory plans: agreements of health and care, and checks of provision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "section_sign_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("revision", INT, nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("part IN ('health', 'care')", name=op.f("ck_section_sign_off_part")),
        sa.CheckConstraint("way IN ('own', 'letter')", name=op.f("ck_section_sign_off_way")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_section_sign_off_draft_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["statutory_plan.id"], name=op.f("fk_section_sign_off_plan_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_section_sign_off_pupil_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_section_sign_off_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_sign_off")),
    )
    op.create_index("ix_section_sign_off_record", "section_sign_off", ["record_id"], unique=False)
    op.create_table(
        "provision_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("occasion", sa.String(length=8), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "occasion IN ('issue', 'setting', 'yearly', 'worry')", name=op.f("ck_provision_check_occasion")
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_provision_check_state")),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_provision_check_closed")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["statutory_plan.id"], name=op.f("fk_provision_check_plan_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_provision_check_pupil_id")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["organisation.id"], name=op.f("fk_provision_check_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_check")),
    )
    op.create_index("ix_provision_check_plan", "provision_check", ["plan_id"], unique=False)
    op.create_index(
        "ix_provision_check_school", "provision_check", ["school_id", "state", "due_on"], unique=False
    )
    op.create_table(
        "provision_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(length=8), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "finding IN ('in_place', 'partly', 'not')", name=op.f("ck_provision_finding_finding")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["provision_check.id"], name=op.f("fk_provision_finding_check_id")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_provision_finding_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provision_finding")),
    )
    op.create_index("ix_provision_finding_check", "provision_finding", ["check_id"], unique=False)


def downgrade() -> None:
    op.drop_table("provision_finding")
    op.drop_table("provision_check")
    op.drop_table("section_sign_off")
