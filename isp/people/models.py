"""Organisations, persons, accounts, memberships, sessions, invitations, throttles, editable pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from isp.kernel.db import Base, Sealed


class Organisation(Base):
    """An authority or a school. Its name and numbers are public; nothing here is about a child."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("kind IN ('authority', 'school')", name="kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(200))
    phase: Mapped[str | None] = mapped_column(String(20))
    """nursery, primary, secondary, all_through, special, college."""
    la_code: Mapped[str | None] = mapped_column(String(3))
    """An authority's own three digits; a school's: those of the area it lies in."""
    urn: Mapped[str | None] = mapped_column(String(6), unique=True)
    ukprn: Mapped[str | None] = mapped_column(String(8), unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]


class Person(Base):
    """An adult or young person. ``sealed``: given, family, email, telephone, address, work_title."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(Sealed)
    row_version: Mapped[int]
    email_index: Mapped[bytes | None] = mapped_column(unique=True)
    made_at: Mapped[datetime]


class Account(Base):
    """What lets a person sign in. No password yet: invited, and not to be signed in to."""

    __tablename__ = "account"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime]
    password_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    is_operator: Mapped[bool] = mapped_column(default=False)


class Membership(Base):
    """A person holds a role in an organisation from one day to another (both days included)."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_person", "person_id"),
        Index("ix_membership_organisation", "organisation_id", "role"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str] = mapped_column(String(32))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class SignInSession(Base):
    """One signed-in browser. ``token_digest`` is SHA-256 of the token, which only the browser holds."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_person", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    method: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    sealed: Mapped[bytes] = mapped_column(Sealed)
    """What the browser says it is, so that its owner can tell her sessions apart."""


class Invitation(Base):
    """A single-use code bound to one person: to make an account, or to choose a new password."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_person", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code_digest: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String(12))
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class Throttle(Base):
    """How often something was tried in the present window; ``key`` is a keyed digest of what or whom."""

    __tablename__ = "throttle"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    window_from: Mapped[datetime]
    tries: Mapped[int]


class OrganisationPage(Base):
    """One edition of a page that an organisation writes for its people (help, contact, privacy …)."""

    __tablename__ = "organisation_page"
    __table_args__ = (UniqueConstraint("organisation_id", "slug", "edition"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    slug: Mapped[str] = mapped_column(String(24))
    edition: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
