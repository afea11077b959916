"""One byte string and one digest per content."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given

from isp.records.digest import content_bytes, digest
from tests.records.contents import SMALL, contents, pairs

SALT = bytes(range(32))


@given(pairs())
def test_two_contents_have_one_digest_exactly_where_they_are_equal(pair):
    before, after = pair
    assert (digest(SALT, before) == digest(SALT, after)) == (before == after)


@given(contents())
def test_the_digest_does_not_depend_on_how_the_content_was_put_together(content):
    turned = json.loads(json.dumps(content), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert digest(SALT, turned) == digest(SALT, content)
    assert json.loads(content_bytes(content)) == content


def test_the_digest_is_hmac_sha256_of_the_canonical_bytes():
    content = SMALL.blank()
    assert digest(SALT, content) == hmac.new(SALT, content_bytes(content), hashlib.sha256).digest()
    assert content_bytes(content).startswith(b'{"schema":"small/1","sections":{"front":{"fields":{},')


def test_another_salt_makes_another_digest_and_a_short_one_is_refused():
    assert digest(SALT, SMALL.blank()) != digest(SALT[::-1], SMALL.blank())
    with pytest.raises(ValueError, match="too short"):
        digest(b"123", SMALL.blank())


@pytest.mark.parametrize("value", [0.5, float("nan"), b"x", 2**60, "e\u0301", "\ud800"])
def test_what_has_no_canonical_form_has_no_digest(value):
    content = SMALL.blank()
    content["sections"]["front"]["fields"]["story"] = value
    with pytest.raises((TypeError, ValueError)):
        digest(SALT, content)
