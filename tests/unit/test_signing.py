"""Signatures, checked by the reference implementation of Standard Webhooks."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from shared.domain.alerts.signing import (
    is_secret,
    is_signed_by,
    new_private_key,
    new_secret,
    public_key,
    sign,
    signature_header,
    signed_headers,
)
from shared.errors import SettingsError

SECRET = new_secret(bytes(range(32)))
OTHER = new_secret(bytes(range(1, 33)))
ID = "msg_0198f2c4"
BODY = '{"type": "release.published", "data": {"title": "Η Επιτροπή ανακοίνωσε"}}'.encode()


def now() -> int:
    return int(datetime.now(tz=UTC).timestamp())


def verify(secret: str, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
    Webhook(secret).verify(body, dict(headers), json_parse=False)


@settings(max_examples=60)
@given(body=st.text().map(str.encode), random_bytes=st.binary(min_size=24, max_size=64))
def test_a_receiver_accepts_any_body_signed_with_its_secret(body: bytes, random_bytes: bytes) -> None:
    secret = new_secret(random_bytes)
    verify(secret, signed_headers((secret,), ID, now(), body), body)


@settings(max_examples=60)
@given(data=st.data(), body=st.text(min_size=1, alphabet=st.characters(codec="ascii")).map(str.encode))
def test_a_body_altered_in_one_byte_is_refused(data: st.DataObject, body: bytes) -> None:
    headers = signed_headers((SECRET,), ID, now(), body)
    place = data.draw(st.integers(0, len(body) - 1))
    altered = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    with pytest.raises(WebhookVerificationError):
        verify(SECRET, headers, altered)


def test_another_id_or_another_time_is_refused() -> None:
    signed = dict(signed_headers((SECRET,), ID, now(), BODY))
    for altered in (signed | {"webhook-id": "msg_other"}, signed | {"webhook-timestamp": str(now() - 1000)}):
        with pytest.raises(WebhookVerificationError):
            verify(SECRET, tuple(altered.items()), BODY)


def test_while_a_secret_rotates_both_the_old_and_the_new_are_accepted() -> None:
    headers = signed_headers((OTHER, SECRET), ID, now(), BODY)
    verify(SECRET, headers, BODY)
    verify(OTHER, headers, BODY)
    assert len(dict(headers)["webhook-signature"].split(" ")) == 2


def test_the_signature_is_the_one_that_openssl_makes() -> None:
    # printf 'msg_1.1600000000.{}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:00… -binary | base64
    assert (
        sign(new_secret(bytes(32)), "msg_1", 1_600_000_000, b"{}")
        == "v1,2RDMoykRlQsQyZLTWRmIhX6G9xIgo3ZJ28TFYMhOpfU="
    )


def test_a_repeat_is_signed_anew_with_the_same_id() -> None:
    first, later = (dict(signed_headers((SECRET,), ID, at, BODY)) for at in (1_600_000_000, 1_600_000_300))
    assert first["webhook-id"] == later["webhook-id"]
    assert first["webhook-signature"] != later["webhook-signature"]


def test_a_secret_takes_24_to_64_random_bytes() -> None:
    for count in (0, 23, 65):
        with pytest.raises(ValueError, match="24 to 64"):
            new_secret(bytes(count))


def test_a_text_that_is_no_secret_is_recognised() -> None:
    assert is_secret(SECRET)
    assert not any(is_secret(text) for text in ("", "whsec_", "whsec_!!!", SECRET.removeprefix("whsec_")))


def test_without_a_secret_there_is_no_signature() -> None:
    assert not signature_header((), ID, 1, BODY)


PRIVATE = new_private_key(bytes(range(32)))


@settings(max_examples=40)
@given(body=st.text().map(str.encode), seed=st.binary(min_size=32, max_size=32))
def test_an_ed25519_signature_is_checked_with_the_public_key_alone(body: bytes, seed: bytes) -> None:
    key = public_key(new_private_key(seed))
    assert key
    headers = dict(signed_headers((new_private_key(seed),), ID, 7, body))
    raw = base64.b64decode(headers["webhook-signature"].removeprefix("v1a,"))
    signed = f"{ID}.7.".encode() + body
    Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_"))).verify(raw, signed)
    assert is_signed_by(key, headers["webhook-signature"], ID, "7", body)
    assert not is_signed_by(key, headers["webhook-signature"], ID, "7", body + b" ")


def test_the_keys_of_rfc_8032_are_written_as_standard_webhooks_has_them() -> None:
    # RFC 8032 §7.1, test 1: the secret key and the public key that belongs to it.
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert new_private_key(seed) == "whsk_" + base64.b64encode(seed + public).decode()
    assert public_key(new_private_key(seed)) == "whpk_" + base64.b64encode(public).decode()


def test_while_an_endpoint_changes_to_ed25519_libraries_that_know_hmac_alone_verify() -> None:
    verify(SECRET, signed_headers((PRIVATE, SECRET), ID, now(), BODY), BODY)


def test_a_shared_secret_has_no_public_half() -> None:
    assert public_key(SECRET) is None
    assert is_secret(PRIVATE)


def test_a_sealed_secret_signs_nothing() -> None:
    with pytest.raises(SettingsError, match="TOCSIN_SECRET_KEY"):
        sign("sealed:gAAAA", ID, 1, BODY)
