"""The check letters and digits of the numbers schools use, against published vectors and a second library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import upn as stdnum_upn

from isp.register.importing import identifiers
from isp.register.importing.problems import NotUnderstood


@pytest.mark.parametrize(
    "upn", ["B801200005001", "P207000016049", "C31042400123C", "F92000021007Z", "J201000000000"]
)
def test_a_upn_that_is_right_is_kept(upn):
    assert identifiers.read_upn(upn) == upn


def test_a_upn_in_small_letters_and_with_spaces_is_brought_to_its_one_form():
    assert identifiers.read_upn(" p207 0000 16049 ") == "P207000016049"


@pytest.mark.parametrize(
    ("upn", "says"),
    [
        ("A801200005001", "its first letter does not match the rest"),
        ("Q207000016049", "its first letter does not match the rest"),  # printed as an example by two vendors
        ("B80120000500", "has 12 characters, and a UPN has 13"),
        ("B8012000050011", "has 14 characters"),
        ("1801200005001", "it is one letter, then 12 digits"),
        ("B80120000A001", "it is one letter, then 12 digits"),
        ("C31042400123O", "has the letter O, which no UPN has"),
        ("I801200005001", "has the letter I"),
        ("B²01200005001", "it is one letter, then 12 digits"),
    ],
)
def test_a_upn_that_is_wrong_is_refused_with_what_is_wrong(upn, says):
    with pytest.raises(NotUnderstood, match=says):
        identifiers.read_upn(upn)


def test_a_temporary_upn_ends_with_a_letter():
    assert identifiers.is_temporary("C31042400123C")
    assert not identifiers.is_temporary("B801200005001")


@pytest.mark.parametrize("code", ["001", "660", "701", "820", "838", "840", "875", "940", "943"])
def test_codes_of_wales_service_schools_former_and_new_authorities_are_accepted(code):
    rest = f"{code}200005001"
    assert identifiers.names_known_authority(identifiers.read_upn(identifiers.check_letter(rest) + rest))


def test_a_right_upn_of_an_authority_long_gone_is_read_and_told_apart():
    assert not identifiers.names_known_authority(identifiers.read_upn("F92000021007Z"))


@given(st.from_regex(r"[2-9][0-9]{10}[0-9A-HJ-NP-RT-Z]", fullmatch=True))
def test_the_check_letter_is_the_one_python_stdnum_works_out(rest):
    assert identifiers.check_letter(rest) == stdnum_upn.calc_check_digit(rest)


@pytest.mark.parametrize("uln", ["9276308686", "1000000043", "1234567899", "9999999998"])
def test_a_uln_that_is_right_is_kept(uln):
    assert identifiers.read_uln(uln) == uln


def test_the_uln_that_means_not_known_is_nothing():
    assert identifiers.read_uln("9999999999") is None


@pytest.mark.parametrize("uln", ["9276308685", "0276308686", "927630868", "92763086861", "927630868X"])
def test_a_uln_that_is_wrong_is_refused(uln):
    with pytest.raises(NotUnderstood):
        identifiers.read_uln(uln)


def test_urn_and_ukprn_have_six_and_eight_digits():
    assert identifiers.read_urn("123456") == "123456"
    assert identifiers.read_ukprn("10012345") == "10012345"
    for read, text in (
        (identifiers.read_urn, "12345"),
        (identifiers.read_urn, "1234567"),
        (identifiers.read_ukprn, "20012345"),
        (identifiers.read_ukprn, "1001234"),
    ):
        with pytest.raises(NotUnderstood):
            read(text)
