"""What the trail keeps of where a request came from: a keyed digest of its network, of no address."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from isp.people.here import _network

KEY = b"k" * 32


def digest_from(address: str) -> str | None:
    with Flask("here").test_request_context(environ_base={"REMOTE_ADDR": address}):
        return _network(KEY)


def expected(network: str) -> str:
    return hmac.new(KEY, network.encode(), hashlib.sha256).hexdigest()[:16]


@given(st.ip_addresses())
def test_the_digest_is_of_the_network_and_not_of_the_address(ip):
    width = 24 if ip.version == 4 else 48
    network = ipaddress.ip_network(f"{ip}/{width}", strict=False)
    assert digest_from(str(ip)) == expected(str(network))


def test_neighbours_look_alike_and_others_do_not():
    assert digest_from("192.0.2.1") == digest_from("192.0.2.200") != digest_from("192.0.3.1")


@pytest.mark.parametrize("address", ["", "unix:", "300.1.1.1", "1.2.3", "192.0.2.1.5", "words"])
def test_what_is_no_address_has_no_digest(address):
    assert digest_from(address) is None
