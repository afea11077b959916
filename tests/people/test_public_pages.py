"""Help, contact, privacy and accessibility: for everybody, and as an organisation words them."""

from __future__ import annotations

import pytest

from tests.people.world import Town

SLUGS = ("help", "contact", "privacy", "accessibility")


@pytest.mark.parametrize("slug", SLUGS)
def test_somebody_signed_out_reads_what_comes_with_the_service(town: Town, slug: str):
    answer = town.browser().get(f"/{slug}")
    assert answer.status_code == 200
    assert "Oakfield" not in answer.text


def write(town: Town, name: str, slug: str, body: str, place: str = "oakfield"):
    browser = town.signed_in(name)
    address = f"/settings/pages/{town.cast.places[place]}/{slug}"
    edited = browser.get(address).text.split('name="edited" value="')[1].split('"')[0]
    return browser.post(address, {"body": body, "edited": edited})


def test_what_the_office_writes_is_read_by_staff_and_parents_of_the_school_and_by_nobody_else(town: Town):
    assert write(town, "olga", "contact", "# Ring us\n\nOn 0123 or office@oak.example").status_code == 303
    for reader in ("tom", "pam", "sara"):
        text = town.signed_in(reader).get("/contact").text
        assert "Ring us" in text
        assert "mailto:office@oak.example" in text
    for reader in ("sena", "olli", "nora"):
        assert "Ring us" not in town.signed_in(reader).get("/contact").text
    assert "Ring us" not in town.browser().get("/contact").text


def test_markup_is_shown_as_typed_and_never_run(town: Town):
    write(town, "sara", "help", "<script>alert(1)</script> [x](javascript:alert) [y](https://ok.example)")
    text = town.signed_in("sara").get("/help").text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "javascript:alert" in text
    assert 'href="javascript:alert' not in text
    assert 'href="https://ok.example"' in text


def test_a_teacher_may_not_word_a_page_and_another_schools_senco_finds_none(town: Town):
    address = f"/settings/pages/{town.cast.places['oakfield']}/help"
    assert town.signed_in("tom").get(address).status_code == 403
    assert town.signed_in("sena").get(address).status_code == 404
    assert town.signed_in("tom").get("/settings/pages").status_code == 403
    assert (
        town.signed_in("sara").get(f"/settings/pages/{town.cast.places['oakfield']}/other").status_code == 404
    )


def test_two_who_write_at_once_do_not_overwrite_each_other(town: Town):
    assert write(town, "sara", "help", "First").status_code == 303
    browser = town.signed_in("hal")
    address = f"/settings/pages/{town.cast.places['oakfield']}/help"
    assert browser.post(address, {"body": "Second", "edited": "0"}).status_code == 409
    assert "First" in browser.get("/help").text


def test_an_emptied_page_is_the_services_own_again_and_the_trail_keeps_both_edits(town: Town):
    write(town, "sara", "help", "Ours")
    write(town, "sara", "help", "")
    assert "Ours" not in town.signed_in("sara").get("/help").text
    assert town.acts("sara").count("organisation.page_edited") == 2


def test_settings_say_of_staff_what_each_may_do_there(town: Town):
    def said(name: str) -> str:
        return town.signed_in(name).get("/settings").text

    assert "hand over a leaver’s work" in said("sara")
    assert "Invite colleagues, change roles." in said("olga")
    assert "Who works here, and in what role." in said("ada")


def test_settings_list_what_each_may_change(town: Town):
    assert "/settings/pages" in town.signed_in("sara").get("/settings").text
    assert "/settings/pages" not in town.signed_in("tom").get("/settings").text
    assert town.browser().get("/settings").status_code == 302
