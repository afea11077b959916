"""banks of provision, adjustments and templates; who is in an intervention; countersigning."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
KEPT = {"bank_entry_version": ("UPDATE", "DELETE"), "countersign_rule": ("UPDATE", "DELETE")}


def keep(table: str, verbs: tuple[str, ...]) -> None:
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


def banks() -> None:
    op.create_table(
        "bank_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("bank", sa.String(length=12), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("retired_at", AT, nullable=True),
        sa.Column("retired_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "bank IN ('provision', 'adjustment', 'template')", name=op.f("ck_bank_entry_bank")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_bank_entry_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_entry")),
    )
    op.create_index("ix_bank_entry_organisation", "bank_entry", ["organisation_id", "bank"])
    op.create_table(
        "bank_entry_version",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["bank_entry.id"], name=op.f("fk_bank_entry_version_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "number", name=op.f("pk_bank_entry_version")),
    )
    op.create_table(
        "provision_use",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["bank_entry.id"], name=op.f("fk_provision_use_entry_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_provision_use_record_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_provision_use_pupil_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_provision_use")),
    )
    op.create_index("ix_provision_use_entry", "provision_use", ["entry_id"])


def countersigning() -> None:
    op.create_table(
        "countersign_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("role IN ('nobody', 'senco', 'head')", name=op.f("ck_countersign_rule_role")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["organisation.id"], name=op.f("fk_countersign_rule_school_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countersign_rule")),
    )
    op.create_index("ix_countersign_rule_school", "countersign_rule", ["school_id", "valid_from"])
    op.create_table(
        "countersign_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("revision", INT, nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_of", sa.Uuid(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("answered_at", AT, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "status IN ('asked', 'given', 'refused', 'replaced')", name=op.f("ck_countersign_request_status")
        ),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_countersign_request_record_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_countersign_request_pupil_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_countersign_request_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countersign_request")),
    )
    op.create_index("ix_countersign_request_record", "countersign_request", ["record_id"])
    op.create_index("ix_countersign_request_asked_of", "countersign_request", ["asked_of", "status"])


def upgrade() -> None:
    banks()
    countersigning()
    for table, verbs in KEPT.items():
        keep(table, verbs)


def downgrade() -> None:
    for table in (
        "countersign_request",
        "countersign_rule",
        "provision_use",
        "bank_entry_version",
        "bank_entry",
    ):
        op.drop_table(table)
