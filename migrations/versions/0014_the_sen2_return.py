"""the SEN2 return: what an authority asks to be made, the sealed files of it, and what is to be mended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def references(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    """A foreign key for each column, named as the others are."""
    return [
        sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}"))
        for name, to in columns.items()
    ]


def upgrade() -> None:
    op.create_table(
        "exchange_job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("year", INT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("serial", INT, nullable=True),
        sa.Column("total", INT, nullable=True),
        sa.Column("done", INT, nullable=False),
        sa.Column("tries", INT, nullable=False),
        sa.Column("leased_until", AT, nullable=True),
        sa.Column("finished_at", AT, nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.CheckConstraint(
            "kind IN ('check', 'return', 'children', 'look', 'import')", name=op.f("ck_exchange_job_kind")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'aside')", name=op.f("ck_exchange_job_state")
        ),
        *references("exchange_job", authority_id="organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_job")),
    )
    op.create_index("ix_exchange_job_authority", "exchange_job", ["authority_id", "asked_at"], unique=False)
    op.create_index("ix_exchange_job_state", "exchange_job", ["state"], unique=False)
    op.create_table(
        "exchange_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", INT, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        *references("exchange_file", job_id="exchange_job"),
        sa.UniqueConstraint("job_id", "kind", name=op.f("uq_exchange_file_job_id_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_file")),
    )
    op.create_table(
        "sen2_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("year", INT, nullable=False),
        sa.Column("rule", sa.String(length=6), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        *references("sen2_finding", authority_id="organisation", pupil_id="pupil"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sen2_finding")),
    )
    op.create_index(
        "ix_sen2_finding_rule", "sen2_finding", ["authority_id", "year", "rule", "pupil_id"], unique=False
    )
    op.create_index("ix_sen2_finding_pupil", "sen2_finding", ["pupil_id"], unique=False)
    op.create_table(
        "sen2_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("year", INT, nullable=False),
        sa.Column("item", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=4), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        *references("sen2_item", authority_id="organisation", pupil_id="pupil"),
        sa.UniqueConstraint("subject_id", "year", "item", name=op.f("uq_sen2_item_subject_id_year_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sen2_item")),
    )
    op.create_index("ix_sen2_item_pupil", "sen2_item", ["pupil_id"], unique=False)
    op.create_table(
        "sen2_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("known_by", sa.LargeBinary(), nullable=False),
        *references("sen2_match", authority_id="organisation", pupil_id="pupil"),
        sa.UniqueConstraint("known_by", name=op.f("uq_sen2_match_known_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sen2_match")),
    )


def downgrade() -> None:
    for table in ("sen2_match", "sen2_item", "sen2_finding", "exchange_file", "exchange_job"):
        op.drop_table(table)
