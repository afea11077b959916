"""advice asked for an assessment, its drafts and versions; panels, their agenda and their papers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
KEPT = {
    "advice_draft": ("UPDATE", "DELETE"),
    "advice_version": ("UPDATE", "DELETE"),
    "panel_paper": ("UPDATE", "DELETE"),
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


def to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))


def uuid(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=null)


def advice() -> None:
    table = "advice_request"
    op.create_table(
        table,
        uuid("id"),
        uuid("pupil_id"),
        uuid("authority_id"),
        uuid("request_id"),
        uuid("assessment_id", null=True),
        sa.Column("kind", sa.String(length=1), nullable=False),
        uuid("adviser_id", null=True),
        sa.Column("qualified", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sight_until", sa.Date(), nullable=True),
        sa.Column("chased_on", sa.Date(), nullable=True),
        sa.Column("chases", INT, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("author_agreed_on", sa.Date(), nullable=True),
        sa.Column("authority_agreed_on", sa.Date(), nullable=True),
        sa.Column("family_agreed_on", sa.Date(), nullable=True),
        sa.Column("days_late", INT, nullable=True),
        sa.Column("days_unexcused", INT, nullable=True),
        sa.Column("rules", sa.String(length=24), nullable=True),
        sa.Column("number", INT, nullable=False),
        sa.Column("drafted", INT, nullable=False),
        uuid("asked_by"),
        sa.Column("recorded_at", AT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')", name=op.f("ck_advice_request_kind")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'in', 'sent_back', 'accepted', 'declined', 'withdrawn', 'suffices')",
            name=op.f("ck_advice_request_state"),
        ),
        sa.CheckConstraint("(state = 'suffices') = (asked_on IS NULL)", name=op.f("ck_advice_request_asked")),
        to(table, "pupil_id", "pupil"),
        to(table, "authority_id", "organisation"),
        to(table, "request_id", "assessment_request"),
        to(table, "assessment_id", "assessment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice_request")),
    )
    op.create_index("ix_advice_request_case", table, ["request_id"])
    op.create_index("ix_advice_request_pupil", table, ["pupil_id"])
    op.create_index("ix_advice_request_adviser", table, ["adviser_id", "state"])
    op.create_index("ix_advice_request_due", table, ["authority_id", "state", "due_on"])
    op.create_table(
        "advice_draft",
        uuid("advice_id"),
        sa.Column("number", INT, nullable=False),
        uuid("id"),
        uuid("pupil_id"),
        uuid("author_id"),
        sa.Column("at", AT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        to("advice_draft", "advice_id", "advice_request"),
        to("advice_draft", "pupil_id", "pupil"),
        sa.PrimaryKeyConstraint("advice_id", "number", name=op.f("pk_advice_draft")),
    )
    op.create_table(
        "advice_version",
        uuid("id"),
        uuid("advice_id"),
        uuid("pupil_id"),
        sa.Column("number", INT, nullable=False),
        sa.Column("sort", sa.String(length=8), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", AT, nullable=False),
        uuid("recorded_by"),
        uuid("document_id", null=True),
        uuid("document_version_id", null=True),
        sa.Column("document_digest", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "sort IN ('written', 'report', 'filed', 'existing')", name=op.f("ck_advice_version_sort")
        ),
        to("advice_version", "advice_id", "advice_request"),
        to("advice_version", "pupil_id", "pupil"),
        to("advice_version", "document_id", "document"),
        to("advice_version", "document_version_id", "document_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advice_version")),
        sa.UniqueConstraint("advice_id", "number", name=op.f("uq_advice_version_advice_id_number")),
    )
    op.create_index("ix_advice_version_pupil", "advice_version", ["pupil_id"])


def panels() -> None:
    op.create_table(
        "panel",
        uuid("id"),
        uuid("authority_id"),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("members", sa.String(length=200), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        uuid("made_by"),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint("kind IN ('assess', 'issue', 'other')", name=op.f("ck_panel_kind")),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f("ck_panel_state")),
        to("panel", "authority_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel")),
    )
    op.create_index("ix_panel_authority", "panel", ["authority_id", "held_on"])
    op.create_table(
        "panel_item",
        uuid("id"),
        uuid("panel_id"),
        uuid("request_id"),
        uuid("pupil_id"),
        sa.Column("position", INT, nullable=False),
        sa.Column("added_at", AT, nullable=False),
        uuid("added_by"),
        sa.Column("recommendation", sa.String(length=10), nullable=True),
        sa.Column("recommended_at", AT, nullable=True),
        uuid("recommended_by", null=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "(recommendation IS NULL) = (sealed IS NULL)", name=op.f("ck_panel_item_recommended")
        ),
        to("panel_item", "panel_id", "panel"),
        to("panel_item", "request_id", "assessment_request"),
        to("panel_item", "pupil_id", "pupil"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_item")),
        sa.UniqueConstraint("panel_id", "request_id", name=op.f("uq_panel_item_panel_id_request_id")),
    )
    op.create_index("ix_panel_item_request", "panel_item", ["request_id"])
    op.create_index("ix_panel_item_pupil", "panel_item", ["pupil_id"])
    op.create_table(
        "panel_paper",
        uuid("item_id"),
        uuid("object_id"),
        sa.Column("sort", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("sort IN ('version', 'document', 'advice')", name=op.f("ck_panel_paper_sort")),
        to("panel_paper", "item_id", "panel_item"),
        sa.PrimaryKeyConstraint("item_id", "object_id", name=op.f("pk_panel_paper")),
    )


def upgrade() -> None:
    advice()
    panels()
    for table, verbs in KEPT.items():
        keep(table, verbs)


def downgrade() -> None:
    for table in ("panel_paper", "panel_item", "panel", "advice_version", "advice_draft", "advice_request"):
        op.drop_table(table)
