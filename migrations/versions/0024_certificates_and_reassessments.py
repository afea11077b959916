"""certificates beside the decisions that they are about, and re-assessments as cases.

The certificates of disputes that are there already are put beside their decisions.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | None = None
depends_on: str | None = None

CERTIFICATES = (
    ("assessment_request", "certificate_on", "assess"),
    ("assessment", "certificate_on", "issue"),
    ("statutory_plan", "cease_certificate_on", "cease"),
)


def upgrade() -> None:
    for table, name, about in CERTIFICATES:
        op.add_column(table, sa.Column(name, sa.Date(), nullable=True))
        subject = sa.table(table, sa.column("id", sa.Uuid()), sa.column(name, sa.Date()))
        dispute = sa.table(
            "dispute",
            sa.column("subject_id", sa.Uuid()),
            sa.column("about", sa.String()),
            sa.column("certificate_on", sa.Date()),
        )
        newest = (
            sa.select(sa.func.max(dispute.c.certificate_on))
            .where(dispute.c.subject_id == subject.c.id, dispute.c.about == about)
            .scalar_subquery()
        )
        op.execute(subject.update().values({name: newest}))
    op.add_column("assessment_request", sa.Column("reassesses", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("assessment_request", "reassesses")
    for table, name, _ in CERTIFICATES:
        op.drop_column(table, name)
