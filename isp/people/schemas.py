"""What the pages about accounts ask."""

from __future__ import annotations

from marshmallow import fields, validate

from isp.people.passwords import LONGEST, SHORTEST
from isp.web.asking import FormSchema, asks

_CHOOSE = (
    f"Use {SHORTEST} characters or more. Three words that do not belong together are easy to remember and "
    "hard to guess. Spaces count."
)


class SignInSchema(FormSchema):
    """Who wants to come in."""

    email = fields.String(
        required=True,
        validate=validate.Length(max=254),
        metadata=asks("Email address", noun="your email address", autocomplete="email", spellcheck=False),
    )
    password = fields.String(
        required=True,
        metadata=asks("Password", noun="your password", kind="password", autocomplete="current-password"),
    )


class ChoosePasswordSchema(FormSchema):
    """A first password, or one in place of a forgotten one."""

    password = fields.String(
        required=True,
        validate=validate.Length(max=LONGEST, error=f"Your password must have {LONGEST} characters or fewer"),
        metadata=asks(
            "Your password", noun="a password", hint=_CHOOSE, kind="password", autocomplete="new-password"
        ),
    )


class ChangePasswordSchema(FormSchema):
    """Another password in place of a known one."""

    old_password = fields.String(
        required=True,
        metadata=asks(
            "Your present password",
            noun="your present password",
            kind="password",
            autocomplete="current-password",
        ),
    )
    new_password = fields.String(
        required=True,
        validate=validate.Length(max=LONGEST, error=f"Your password must have {LONGEST} characters or fewer"),
        metadata=asks(
            "Your new password",
            noun="a new password",
            hint=_CHOOSE,
            kind="password",
            autocomplete="new-password",
        ),
    )
