"""letters of a case and their copies, its diary, disclosures, and wording proposed for a Tribunal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = {
    "case_letter": ("DELETE",),
    "letter_copy": ("UPDATE", "DELETE"),
    "case_entry": ("UPDATE", "DELETE"),
    "disclosure": ("UPDATE", "DELETE"),
    "disclosed_object": ("UPDATE", "DELETE"),
    "wording_proposal": ("DELETE",),
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


def keep_served_letters() -> None:
    """A draft is edited; what was served is not."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER keep_case_letter_served BEFORE UPDATE ON case_letter "
            "FOR EACH ROW WHEN (OLD.state = 'served') EXECUTE FUNCTION keep_as_it_is()"
        )
    else:
        op.execute(
            "CREATE TRIGGER keep_case_letter_served BEFORE UPDATE ON case_letter WHEN OLD.state = 'served' "
            "BEGIN SELECT RAISE(ABORT, 'UPDATE of case_letter is refused: it was served'); END"
        )


def case_columns() -> list[sa.Column[object]]:
    """Whose case a row belongs to."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
    ]


def case_keys(table: str) -> list[sa.Constraint]:
    """What these columns point at."""
    return [
        sa.ForeignKeyConstraint(["authority_id"], ["organisation.id"], name=op.f(f"fk_{table}_authority_id")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f(f"fk_{table}_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        "case_letter",
        *case_columns(),
        sa.Column("subject", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("served_by", sa.Uuid(), nullable=True),
        sa.Column("rules", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint("state IN ('draft', 'served', 'put_aside')", name=op.f("ck_case_letter_state")),
        sa.CheckConstraint(
            "(state = 'served') = (served_on IS NOT NULL)", name=op.f("ck_case_letter_served")
        ),
        *case_keys("case_letter"),
    )
    op.create_index("ix_case_letter_pupil", "case_letter", ["pupil_id", "authority_id"], unique=False)
    op.create_index("ix_case_letter_subject", "case_letter", ["subject_id"], unique=False)
    op.create_table(
        "letter_copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("how", sa.String(length=8), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["case_letter.id"], name=op.f("fk_letter_copy_letter_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_letter_copy_organisation_id")
        ),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_letter_copy_pupil_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_copy")),
    )
    op.create_index("ix_letter_copy_letter", "letter_copy", ["letter_id"], unique=False)
    op.create_index("ix_letter_copy_person", "letter_copy", ["person_id"], unique=False)
    op.create_index("ix_letter_copy_organisation", "letter_copy", ["organisation_id"], unique=False)
    op.create_table(
        "case_entry",
        *case_columns(),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("document_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["corrects_id"], ["case_entry.id"], name=op.f("fk_case_entry_corrects_id")),
        *case_keys("case_entry"),
    )
    op.create_index(
        "ix_case_entry_pupil", "case_entry", ["pupil_id", "authority_id", "happened_on"], unique=False
    )
    op.create_index(
        "uq_case_entry_corrects",
        "case_entry",
        ["corrects_id"],
        unique=True,
        sqlite_where=sa.text("corrects_id IS NOT NULL"),
        postgresql_where=sa.text("corrects_id IS NOT NULL"),
    )
    op.create_table(
        "disclosure",
        *case_columns(),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("authorised_by", sa.Uuid(), nullable=False),
        sa.Column("rules", sa.String(length=24), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        *case_keys("disclosure"),
    )
    op.create_index("ix_disclosure_pupil", "disclosure", ["pupil_id", "authority_id"], unique=False)
    op.create_table(
        "disclosed_object",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(length=12), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["disclosure_id"], ["disclosure.id"], name=op.f("fk_disclosed_object_disclosure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosed_object")),
    )
    op.create_index("ix_disclosed_object_disclosure", "disclosed_object", ["disclosure_id"], unique=False)
    op.create_table(
        "wording_proposal",
        *case_columns(),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=24), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("act", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint("side IN ('parents', 'authority')", name=op.f("ck_wording_proposal_side")),
        sa.CheckConstraint("act IN ('add', 'delete', 'replace')", name=op.f("ck_wording_proposal_act")),
        sa.CheckConstraint(
            "state IN ('proposed', 'agreed', 'withdrawn')", name=op.f("ck_wording_proposal_state")
        ),
        *case_keys("wording_proposal"),
    )
    op.create_index("ix_wording_proposal_version", "wording_proposal", ["version_id"], unique=False)
    for table, verbs in KEPT.items():
        keep(table, verbs)
    keep_served_letters()


def downgrade() -> None:
    for table in (
        "wording_proposal",
        "disclosed_object",
        "disclosure",
        "case_entry",
        "letter_copy",
        "case_letter",
    ):
        op.drop_table(table)
