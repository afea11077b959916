"""Ties, who staffs a group, and restrictions: every standing rests on dated rows of these tables."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class Tie(Base):
    """A dated tie between a pupil and an organisation, a group or a person.

    It holds from ``valid_from`` to ``valid_to`` (both included), unless ``ended_at`` says that somebody
    ended it before: then it holds no longer from that instant. ``sealed`` keeps evidence and reasons.
    """

    __tablename__ = "tie"
    __table_args__ = (
        Index("ix_tie_pupil", "pupil_id"),
        Index("ix_tie_organisation", "organisation_id", "kind"),
        Index("ix_tie_group", "group_id"),
        # All three, so that an officer's ties are read without those of her whole authority.
        Index("ix_tie_person", "person_id", "organisation_id", "kind"),
        Index("ix_tie_source", "source_id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    kind: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("teaching_group.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    has_responsibility: Mapped[bool] = mapped_column(default=False)
    """Parental responsibility (Children Act 1989 s.3)."""
    has_care: Mapped[bool] = mapped_column(default=False)
    """Care of the child (Education Act 1996 s.576)."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    source_id: Mapped[UUID | None]
    """What opened the tie: an enrolment, a request, an advice task."""
    sealed: Mapped[bytes | None] = mapped_column(Sealed)
    """relationship, evidence, reason, as the kind of tie has them."""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]


class GroupStaff(Base):
    """A member of staff teaches (or assists in) a class or group, for a time."""

    __tablename__ = "group_staff"
    __table_args__ = (
        Index("ix_group_staff_person", "person_id"),
        Index("ix_group_staff_group", "group_id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("teaching_group.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(32))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class Restriction(Base):
    """The record is closed to one adult. Deny wins; expiry never opens: it only asks for a review."""

    __tablename__ = "restriction"
    __table_args__ = (Index("ix_restriction_person", "person_id", "pupil_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    review_on: Mapped[date]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """evidence and reason"""
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]
    lift_asked_by: Mapped[UUID | None]
    lift_asked_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
    lifted_at: Mapped[datetime | None]


class RestrictedSight(Base):
    """One person asks to read a pupil's restricted history, and may until the day that another agreed to."""

    __tablename__ = "restricted_sight"
    __table_args__ = (
        CheckConstraint(
            "(agreed_by IS NULL) = (until IS NULL) AND (agreed_by IS NULL OR agreed_by <> asked_by)",
            name="two",
        ),
        Index("ix_restricted_sight_pupil", "pupil_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """why"""
    agreed_by: Mapped[UUID | None]
    agreed_at: Mapped[datetime | None]
    until: Mapped[date | None]
    """The last day."""


class Grant(Base):
    """A tie opened by ``source_id`` covers this object, named by id and digest. Never altered.

    Standings of an authority or an adviser see what was granted to them and nothing else of a record.
    """

    __tablename__ = "access_grant"
    __table_args__ = (Index("ix_access_grant_source", "source_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    pupil_id: Mapped[UUID] = mapped_column(ForeignKey("pupil.id"))
    source_id: Mapped[UUID]
    object_type: Mapped[str] = mapped_column(String(24))
    object_id: Mapped[UUID]
    digest: Mapped[bytes]
    made_at: Mapped[datetime]
