"""What makes a password good enough, and how one is kept."""

from __future__ import annotations

import pytest

from isp.kernel.errors import Invalid
from isp.people.passwords import Passwords, check_password

OWN = ["Una", "Example", "una.example@elm.example", "Elm Primary School"]


@pytest.mark.parametrize(
    "password",
    [
        "kettle-trumpet-river",
        "small river kettle",
        "xK4 vq8 Lz0 mp3",
        "ниже травы тише воды",
        "山の上に古い小さな駅があった",
        "seven quiet otters",
        "the office of my dreams",
        "x7Qp" * 4 + "zebra umbrella",
        ("quartz vine jumbo " * 20)[:256],
    ],
)
def test_long_enough_and_hard_to_guess_is_good_enough(password: str):
    check_password(password, OWN)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("elevenchars", "12 characters or more"),
        ("q" * 257, "256 characters or fewer"),
        ("password1234", "too easy to guess"),
        ("P@ssw0rd2026!", "too easy to guess"),
        ("Welcome2026!!", "too easy to guess"),
        ("aaaaaaaaaaaaaa", "too easy to guess"),
        ("123456789012", "too easy to guess"),
        ("abcabcabcabc", "too easy to guess"),
        ("qwertyuiop12", "too easy to guess"),
        ("correct horse battery staple", "too easy to guess"),
        ("Una-Example-1984", "must not be made of your name"),
        ("una.example@elm", "must not be made of your name"),
        ("ElmPrimarySchool1", "too easy to guess"),
    ],
)
def test_what_a_guesser_tries_first_is_refused(password: str, said: str):
    with pytest.raises(Invalid, match=said) as refused:
        check_password(password, OWN, "new_password")
    assert "new_password" in refused.value.errors


def test_a_hash_is_argon2id_salted_and_verifies():
    passwords = Passwords(1, 8)
    first, second = passwords.hash("seven quiet otters"), passwords.hash("seven quiet otters")
    assert first != second
    assert first.startswith("$argon2id$")
    assert passwords.verify(first, "seven quiet otters")
    assert not passwords.verify(first, "seven quiet otter")


def test_the_same_words_from_another_keyboard_are_the_same():
    passwords = Passwords(1, 8)
    assert passwords.verify(passwords.hash("café au lait ﬁn"), "café au lait fin")


def test_no_account_costs_a_verification_and_is_never_right():
    passwords = Passwords(1, 8)
    assert not passwords.verify(None, "seven quiet otters")
    assert passwords.verifications == 1


def test_a_damaged_hash_lets_nobody_in():
    assert not Passwords(1, 8).verify("$argon2id$damaged", "seven quiet otters")


def test_a_change_of_cost_is_noticed():
    assert Passwords(2, 8).is_outdated(Passwords(1, 8).hash("seven quiet otters"))
    assert not Passwords(1, 8).is_outdated(Passwords(1, 8).hash("seven quiet otters"))
