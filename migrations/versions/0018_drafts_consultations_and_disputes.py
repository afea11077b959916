"""drafts, consultations and disputes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ADDED: dict[str, dict[str, Any]] = {
    "assessment": {
        "ordered": sa.String(length=16),
        "told_on": sa.Date(),
        "answered_on": sa.Date(),
        "appealed_on": sa.Date(),
        "appeal_closed_on": sa.Date(),
    },
    "assessment_request": {"ended_why": sa.String(length=12), "moved_to": sa.String(length=3)},
    "dispute": {"order_due_on": sa.Date(), "order_done_on": sa.Date()},
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_table(
        "setting_consultation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answer_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'yes', 'no', 'closed')", name=op.f("ck_setting_consultation_state")
        ),
        sa.CheckConstraint(
            "(state IN ('yes', 'no')) = (answered_on IS NOT NULL)",
            name=op.f("ck_setting_consultation_answered"),
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_setting_consultation_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assessment_request.id"], name=op.f("fk_setting_consultation_request_id")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_setting_consultation_pupil_id")),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_setting_consultation_authority_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["organisation.id"], name=op.f("fk_setting_consultation_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting_consultation")),
    )
    op.create_index("ix_setting_consultation_assessment", "setting_consultation", ["assessment_id"])
    op.create_index("ix_setting_consultation_school", "setting_consultation", ["school_id", "state"])
    op.create_index("ix_setting_consultation_authority", "setting_consultation", ["authority_id", "state"])
    _begin_what_was_agreed()


def downgrade() -> None:
    op.drop_table("setting_consultation")
    for table, columns in ADDED.items():
        for name in columns:
            op.drop_column(table, name)


def _table(name: str, uuids: str, dates: str, words: str) -> Any:
    kinds = ((uuids, sa.Uuid()), (dates, sa.Date()), (words, sa.String()))
    columns = [sa.column(one, kind) for named, kind in kinds for one in named.split()]
    return sa.table(
        name, *columns, sa.column("recorded_at", sa.DateTime(timezone=True)), sa.column("row_version", INT)
    )


REQUESTS = _table(
    "assessment_request",
    "id pupil_id authority_id made_by decided_by",
    "received_on decided_on sight_until appealed_on appeal_closed_on ended_on",
    "status appeal_result",
)
ASSESSMENTS = _table(
    "assessment",
    "id pupil_id authority_id request_id",
    "clock_from order_on begun_on told_on",
    "kind ordered state",
)
STEPS = _table("case_step", "id pupil_id authority_id subject_id recorded_by", "happened_on", "subject code")


def _begin_what_was_agreed() -> None:
    """Requests agreed before there were assessments: each has one from now on, and its steps."""
    connection = op.get_bind()
    _note_steps(connection)
    c = REQUESTS.c
    there = sa.select(ASSESSMENTS.c.request_id).where(ASSESSMENTS.c.request_id.is_not(None))
    query = sa.select(REQUESTS).where(c.status == "agreed", c.ended_on.is_(None), c.id.not_in(there))
    rows = []
    for row in connection.execute(query).all():
        ordered = row.appeal_closed_on is not None
        conceded = row.appeal_result == "conceded"
        rows.append(
            {
                "id": uuid4(),
                "pupil_id": row.pupil_id,
                "authority_id": row.authority_id,
                "request_id": row.id,
                "kind": "first",
                "clock_from": row.received_on,
                "order_on": row.appeal_closed_on,
                "ordered": ("assess_conceded" if conceded else "assess") if ordered else None,
                "begun_on": row.appeal_closed_on or row.decided_on,
                "told_on": None if ordered else row.decided_on,
                "state": "advising",
                "recorded_at": row.recorded_at,
                "row_version": 1,
            }
        )
    if rows:
        connection.execute(sa.insert(ASSESSMENTS), rows)


def _note_steps(connection: Any) -> None:
    rows = []
    for row in connection.execute(sa.select(REQUESTS)).all():
        happened = [("requested", row.received_on, row.made_by)]
        if row.decided_on is not None:
            refused = row.status == "refused" or row.appealed_on is not None
            happened.append(("refused" if refused else "agreed", row.decided_on, row.decided_by))
        elif row.status == "withdrawn" and row.sight_until is not None:
            happened.append(("request_withdrawn", row.sight_until, row.made_by))
        rows += [
            {
                "id": uuid4(),
                "pupil_id": row.pupil_id,
                "authority_id": row.authority_id,
                "subject": "request",
                "subject_id": row.id,
                "code": code,
                "happened_on": on,
                "recorded_at": row.recorded_at,
                "recorded_by": by or row.made_by,
            }
            for code, on, by in happened
        ]
    if rows:
        connection.execute(sa.insert(STEPS), rows)
