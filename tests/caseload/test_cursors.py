"""A place in History is sealed: its number cannot be read off an address, nor used elsewhere."""

from __future__ import annotations

import base64
from uuid import uuid4

import pytest

from isp.audit import Chain
from isp.caseload import cursors
from isp.kernel.crypto import Keyring

RING = Keyring.generate(development=True)
CHAIN = Chain.pupil(uuid4())


def test_it_comes_back():
    assert cursors.read(RING, CHAIN, cursors.write(RING, CHAIN, 12_345)) == 12_345


def test_the_number_is_not_in_it():
    text = cursors.write(RING, CHAIN, 7)
    assert (7).to_bytes(8, "big") not in base64.urlsafe_b64decode(text + "==")
    assert text != cursors.write(RING, CHAIN, 7)


@pytest.mark.parametrize("text", [None, "", "x", "not a cursor", "é", "A" * 48])
def test_what_is_not_ours_is_the_newest_page(text):
    assert cursors.read(RING, CHAIN, text) is None


def test_one_of_another_chain_is_the_newest_page():
    assert cursors.read(RING, Chain.pupil(uuid4()), cursors.write(RING, CHAIN, 7)) is None
