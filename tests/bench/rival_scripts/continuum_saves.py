"""SQLAlchemy-Continuum saving a plan: run by ``rivals`` in an environment that has it."""

# mypy: ignore-errors
from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, configure_mappers, declarative_base
from sqlalchemy_continuum import make_versioned

ADDRESS, PLAN, DEED, COUNT = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
make_versioned(user_cls=None)
Base = declarative_base()


class Plan(Base):
    """A plan with its versions."""

    __versioned__: dict[str, object] = {}  # noqa: RUF012 read by the library
    __tablename__ = "plan"

    id = sa.Column(sa.Integer, primary_key=True)
    number = sa.Column(sa.Integer, default=0)
    content = sa.Column(sa.JSON)


configure_mappers()
engine = sa.create_engine(
    ADDRESS.replace("postgresql://", "postgresql+psycopg://"),
    connect_args={"timeout": 60} if ADDRESS.startswith("sqlite") else {},
)
if ADDRESS.startswith("sqlite"):

    @event.listens_for(engine, "connect")
    def prepare(connection: object, _record: object) -> None:
        """As the service's own file is set."""
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


CONTENT = json.loads(PLAN.read_text(encoding="utf-8"))


def save(count: int, *, read: bool) -> list[float]:
    """One plan saved again and again; how long each took. ``read``: from the database before each save."""
    took: list[float] = []
    with Session(engine, expire_on_commit=False) as session:
        plan = Plan(content=CONTENT, number=0)
        session.add(plan)
        session.commit()
        for number in range(-10, count):
            if number == 0:
                print("ready", flush=True)
                sys.stdin.readline()
            start = time.perf_counter()
            if read:
                session.expire_all()
            plan.number += 1
            plan.content = {**CONTENT, "number": number}
            session.commit()
            if number >= 0:
                took.append(time.perf_counter() - start)
    return took


if DEED == "make":
    Base.metadata.create_all(engine)
else:
    print(json.dumps(save(COUNT, read=DEED == "read")))
