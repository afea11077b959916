"""What performance counts by: an index for each counted day, and a plan that knows of its own exception."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | None = None
depends_on: str | None = None

INDICES = (
    ("ix_tie_source", "tie", ["source_id"]),
    ("ix_assessment_request_received", "assessment_request", ["authority_id", "received_on", "id"]),
    (
        "ix_assessment_request_open",
        "assessment_request",
        ["authority_id", "ended_on", "status", "officer_id"],
    ),
    ("ix_assessment_outcome", "assessment", ["authority_id", "outcome_on"]),
    ("ix_assessment_plan", "assessment", ["plan_id"]),
    ("ix_statutory_plan_made", "statutory_plan", ["authority_id", "first_made_on"]),
    # With what is counted by these days, so that a year's reviews are counted from the index alone.
    (
        "ix_annual_review_due",
        "annual_review",
        ["authority_id", "due_on", "state", "kind", "held", "decided_on"],
    ),
    (
        "ix_annual_review_meeting",
        "annual_review",
        ["authority_id", "meeting_on", "held", "kind", "outcome", "decided_on", "days_late"],
    ),
)


def upgrade() -> None:
    # An officer's ties without those of her whole authority.
    op.drop_index("ix_tie_person", table_name="tie")
    op.create_index("ix_tie_person", "tie", ["person_id", "organisation_id", "kind"], unique=False)
    for name, table, columns in INDICES:
        op.create_index(name, table, columns, unique=False)
    op.add_column("statutory_plan", sa.Column("excused", sa.Boolean(), nullable=True))
    plan = sa.table("statutory_plan", sa.column("id", sa.Uuid()), sa.column("excused", sa.Boolean()))
    assessment = sa.table("assessment", sa.column("plan_id", sa.Uuid()), sa.column("excused", sa.Boolean()))
    of_it = sa.select(assessment.c.plan_id).where(assessment.c.excused.is_(True))
    # Beginnings of two letters are marked as well: the worker marks all names anew.
    op.execute(sa.delete(sa.table("name_mark")))
    op.execute(sa.update(plan).where(plan.c.id.in_(of_it)).values(excused=True))


def downgrade() -> None:
    op.drop_column("statutory_plan", "excused")
    for name, table, _ in reversed(INDICES):
        op.drop_index(name, table_name=table)
    op.drop_index("ix_tie_person", table_name="tie")
    op.create_index("ix_tie_person", "tie", ["person_id"], unique=False)
