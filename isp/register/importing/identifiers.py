"""Numbers that schools and authorities use: UPN, ULN, URN, UKPRN. Each is checked and brought to one form.

The UPN is checked here and not by python-stdnum: that one knows neither the codes of the newest authorities
nor those of Wales, service schools and former authorities that pupils' older UPNs carry. The tests hold the
check letters of the two against each other.
"""

from __future__ import annotations

import re

from isp.register.importing.problems import NotUnderstood

_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # I, O and S are left out: they look like 1, 0 and 5
_UPN = re.compile(r"[A-Z]\d{11}[0-9A-Z]")
_CLUTTER = re.compile(r"[\s\-]")


def _span(*spans: tuple[int, int]) -> frozenset[str]:
    return frozenset(f"{code:03d}" for first, last in spans for code in range(first, last + 1))


# School census rule 1530, and the authorities made since (838 to 840 and 940 to 943).
LA_CODES_IN_UPN = _span(
    (1, 5), (201, 213), (301, 320), (330, 336), (340, 344), (350, 359), (370, 373), (380, 384), (390, 394),
    (420, 420), (660, 681), (701, 708), (800, 803), (805, 808), (810, 813), (815, 816), (820, 823),
    (825, 826), (830, 831), (835, 841), (845, 846), (850, 852), (855, 857), (860, 861), (865, 896),
    (908, 909), (916, 916), (919, 919), (921, 921), (925, 926), (928, 929), (931, 931), (933, 933),
    (935, 938), (940, 943),
)  # fmt: skip


def check_letter(rest: str) -> str:
    """The letter that goes before the other twelve characters of a UPN: weights 2 to 13, modulo 23."""
    values = (int(c) if c.isdigit() else _LETTERS.index(c) for c in rest)
    return _LETTERS[sum(value * weight for weight, value in enumerate(values, 2)) % 23]


def read_upn(text: str) -> str:
    """A unique pupil number, permanent or temporary, in capitals without spaces. Raises NotUnderstood."""
    upn = _CLUTTER.sub("", text).upper()
    if len(upn) != 13:
        raise NotUnderstood(
            f"“{text}” has {len(upn)} characters, and a UPN has 13. Copy it again from your school's system."
        )
    if not _UPN.fullmatch(upn):
        raise NotUnderstood(
            f"“{text}” is not a UPN: it is one letter, then 12 digits (the last may be a letter)."
        )
    wrong = next((c for c in upn if c in "IOS"), None)
    if wrong:
        raise NotUnderstood(f"“{text}” has the letter {wrong}, which no UPN has. It may be a digit mistyped.")
    if check_letter(upn[1:]) != upn[0]:
        raise NotUnderstood(
            f"“{text}” is mistyped somewhere: its first letter does not match the rest. "
            "Copy it again from your school's system."
        )
    return upn


def names_known_authority(upn: str) -> bool:
    """Whether a UPN's 2nd to 4th characters are a code the census accepts.

    One that is not deserves a second look, not a refusal: its check letter is right, and authorities come
    and go.
    """
    return upn[1:4] in LA_CODES_IN_UPN


def is_temporary(upn: str) -> bool:
    """Whether a UPN in its one form is a temporary one: those end with a letter."""
    return upn[-1].isalpha()


def read_uln(text: str) -> str | None:
    """A unique learner number, ten digits; None for 9999999999, which means "not known".

    Raises NotUnderstood.
    """
    uln = _CLUTTER.sub("", text)
    if not re.fullmatch(r"[1-9]\d{9}", uln, re.ASCII):
        raise NotUnderstood(f"“{text}” is not a ULN: that has 10 digits and does not begin with 0.")
    if uln == "9999999999":
        return None
    if sum(int(digit) * weight for digit, weight in zip(uln, range(10, 0, -1), strict=True)) % 11 != 10:
        raise NotUnderstood(f"“{text}” is mistyped somewhere: its last digit does not match the rest.")
    return uln


def read_urn(text: str) -> str:
    """A school's unique reference number, six digits. Raises NotUnderstood."""
    urn = _CLUTTER.sub("", text)
    if not re.fullmatch(r"[1-9]\d{5}", urn, re.ASCII):
        raise NotUnderstood(f"“{text}” is not a URN: that has 6 digits, like 123456.")
    return urn


def read_ukprn(text: str) -> str:
    """A provider's reference number, eight digits that begin with 1. Raises NotUnderstood."""
    ukprn = _CLUTTER.sub("", text)
    if not re.fullmatch(r"1\d{7}", ukprn, re.ASCII):
        raise NotUnderstood(f"“{text}” is not a UKPRN: that has 8 digits and begins with 1.")
    return ukprn
