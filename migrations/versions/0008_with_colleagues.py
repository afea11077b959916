"""What is with colleagues: sections to write, rounds of questions, and who has read a class sheet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

INT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
KEPT = {"question_answer": ("UPDATE", "DELETE"), "sheet_read": ("UPDATE", "DELETE")}


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


def one_at_a_time(name: str, table: str, columns: list[str], status: str) -> None:
    where = sa.text(f"status = '{status}'")
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def sections() -> None:
    table = "section_task"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=24), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", AT, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("status IN ('asked', 'done', 'taken_back')", name=op.f("ck_section_task_status")),
        sa.CheckConstraint("(status = 'asked') = (closed_at IS NULL)", name=op.f("ck_section_task_closed")),
        to(table, "record_id", "record"),
        to(table, "draft_id", "draft"),
        to(table, "pupil_id", "pupil"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_task")),
    )
    op.create_index("ix_section_task_person", table, ["person_id", "status"])
    op.create_index("ix_section_task_pupil", table, ["pupil_id", "status"])
    op.create_index("ix_section_task_draft", table, ["draft_id"])
    one_at_a_time("uq_section_task_asked", table, ["draft_id", "section"], "asked")


def sheets() -> None:
    op.create_table(
        "sheet_read",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        to("sheet_read", "group_id", "teaching_group"),
        to("sheet_read", "school_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_read")),
    )
    op.create_index("ix_sheet_read_group", "sheet_read", ["group_id", "person_id", "at"])


def questions() -> None:
    op.create_table(
        "question_round",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pupil_id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", INT, nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", AT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("closed_at", AT, nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_question_round_status")),
        sa.CheckConstraint("(status = 'open') = (closed_at IS NULL)", name=op.f("ck_question_round_closed")),
        to("question_round", "pupil_id", "pupil"),
        to("question_round", "record_id", "record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_round")),
    )
    op.create_index("ix_question_round_pupil", "question_round", ["pupil_id", "status"])
    one_at_a_time("uq_question_round_open", "question_round", ["record_id"], "open")
    op.create_table(
        "question_asked",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("finished_at", AT, nullable=True),
        sa.Column("reminded_at", AT, nullable=True),
        to("question_asked", "round_id", "question_round"),
        sa.PrimaryKeyConstraint("round_id", "person_id", name=op.f("pk_question_asked")),
    )
    op.create_index("ix_question_asked_person", "question_asked", ["person_id"])
    op.create_table(
        "question_answer",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", INT, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        to("question_answer", "round_id", "question_round"),
        sa.PrimaryKeyConstraint("round_id", "person_id", "number", name=op.f("pk_question_answer")),
    )


def upgrade() -> None:
    sections()
    sheets()
    questions()
    for table, verbs in KEPT.items():
        keep(table, verbs)


def downgrade() -> None:
    for table in ("question_answer", "question_asked", "question_round", "sheet_read", "section_task"):
        op.drop_table(table)
