"""What section J of an EHC plan comes to: kept beside each version in force, for the yearly return."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    # Of versions that there are already the worker keeps it: their words are sealed.
    op.create_table(
        "plan_budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("personal_budget", sa.Boolean(), nullable=True),
        sa.Column("organised", sa.Boolean(), nullable=False),
        sa.Column("direct_payments", sa.String(length=4), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["statutory_plan.id"], name=op.f("fk_plan_budget_plan_id_statutory_plan")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_plan_budget_pupil_id_pupil")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["record_version.id"], name=op.f("fk_plan_budget_version_id_record_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_budget")),
        sa.UniqueConstraint("version_id", "from_on", name=op.f("uq_plan_budget_version_id_from_on")),
    )
    op.create_index("ix_plan_budget_pupil", "plan_budget", ["pupil_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_plan_budget_pupil", table_name="plan_budget")
    op.drop_table("plan_budget")
