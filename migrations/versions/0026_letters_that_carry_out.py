"""What a letter carries out (advice, a consultation, an appeal), and the letter of a term's reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("case_letter", sa.Column("about_id", sa.Uuid(), nullable=True))
    op.add_column("dispute", sa.Column("answered_on", sa.Date(), nullable=True))
    op.create_table(
        "review_list_letter",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=True),
        sa.Column("how", sa.String(length=8), nullable=True),
        sa.Column("served_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rules", sa.String(length=24), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("row_version", INT, nullable=False),
        sa.CheckConstraint(
            "(served_on IS NULL) = (digest IS NULL)", name=op.f("ck_review_list_letter_served")
        ),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["organisation.id"], name=op.f("fk_review_list_letter_authority_id")
        ),
        sa.ForeignKeyConstraint(["list_id"], ["review_list.id"], name=op.f("fk_review_list_letter_list_id")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["organisation.id"], name=op.f("fk_review_list_letter_school_id")
        ),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_review_list_letter")),
    )
    _keep_served()


def _keep_served() -> None:
    """A draft is edited; what was served is not, and nothing of it goes."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER keep_review_list_letter_served BEFORE UPDATE ON review_list_letter "
            "FOR EACH ROW WHEN (OLD.served_on IS NOT NULL) EXECUTE FUNCTION keep_as_it_is()"
        )
        for verb, each in (("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER keep_review_list_letter_{verb.lower()} BEFORE {verb} ON review_list_letter "
                f"FOR EACH {each} EXECUTE FUNCTION keep_as_it_is()"
            )
    else:
        op.execute(
            "CREATE TRIGGER keep_review_list_letter_served BEFORE UPDATE ON review_list_letter "
            "WHEN OLD.served_on IS NOT NULL BEGIN "
            "SELECT RAISE(ABORT, 'UPDATE of review_list_letter is refused: it was served'); END"
        )
        op.execute(
            "CREATE TRIGGER keep_review_list_letter_delete BEFORE DELETE ON review_list_letter BEGIN "
            "SELECT RAISE(ABORT, 'DELETE of review_list_letter is refused: this table is append-only'); END"
        )


def downgrade() -> None:
    op.drop_table("review_list_letter")
    op.drop_column("dispute", "answered_on")
    op.drop_column("case_letter", "about_id")
