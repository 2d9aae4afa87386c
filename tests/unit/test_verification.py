"""`tocsin verify`: a saved request is genuine, or the part that is wrong is named."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.alerts.saved_request import SavedRequest, as_row, read_saved_request, write_http_text
from shared.domain.alerts.signing import new_private_key, new_secret, public_key, signed_headers
from shared.domain.alerts.verification import Finding, Sent, examine
from shared.errors import DocumentError

SECRET, OTHER = new_secret(bytes(range(32))), new_secret(bytes(range(1, 33)))
PRIVATE = new_private_key(bytes(range(32)))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BODY = '{"type":"release.published","data":{"title":"Η Επιτροπή ανακοίνωσε"}}'.encode()


def signed(*secrets: str, body: bytes = BODY, at: datetime = NOW, **changed: str) -> SavedRequest:
    headers = dict(signed_headers(secrets or (SECRET,), "msg_1", int(at.timestamp()), body))
    return SavedRequest(headers | {name.replace("_", "-"): value for name, value in changed.items()}, body)


def found(request: SavedRequest, *keys: str, sent: Sent | None = None) -> Finding:
    return examine(request, keys or (SECRET,), NOW, sent)


def test_a_genuine_request_has_no_wrong_part() -> None:
    assert found(signed()).part is None


def test_either_secret_of_a_rotation_will_do() -> None:
    assert found(signed(OTHER, SECRET), SECRET).part is None
    assert found(signed(OTHER, SECRET), OTHER).part is None


def test_an_ed25519_signature_is_checked_with_the_public_key() -> None:
    key = public_key(PRIVATE)
    assert key is not None
    assert found(signed(PRIVATE), key).part is None
    assert found(signed(PRIVATE), SECRET) == Finding("secret", "it is signed by v1a: give the whpk_… key")


def test_a_stale_request_is_named_by_its_time() -> None:
    assert found(signed(at=NOW - timedelta(hours=3))).reason.startswith("it was signed 3 h ago")
    assert found(signed(at=NOW + timedelta(minutes=9))).part == "time"
    assert found(signed(at=NOW - timedelta(minutes=5))).part is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"webhook_id": ""}, "webhook-id missing"),
        ({"webhook_timestamp": "yesterday"}, "no number"),
        ({"webhook_timestamp": "1772442000000"}, "milliseconds"),
        ({"webhook_signature": "sha256=abc"}, "v1,"),
    ],
)
def test_a_wrong_header_is_named(changed: dict[str, str], words: str) -> None:
    finding = found(signed(**changed))
    assert finding.part == "header"
    assert words in finding.reason


@pytest.mark.parametrize(
    ("key", "words"),
    [(f'"{SECRET}"', "quotes"), (f"{SECRET} ", "spaces"), ("hunter2", "no secret"), ("whsec_", "no secret")],
)
def test_what_is_no_secret_is_named(key: str, words: str) -> None:
    finding = found(signed(), key)
    assert finding.part == "secret"
    assert words in finding.reason


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (BODY + b"\n", "added at its end"),
        (b"\xef\xbb\xbf" + BODY, "byte order mark"),
        (json.dumps(json.loads(BODY)).encode(), "parsed and written again"),
    ],
)
def test_a_usual_change_of_the_body_is_recognised(body: bytes, words: str) -> None:
    finding = found(SavedRequest(signed().headers, body))
    assert finding.part == "body"
    assert words in finding.reason


def test_without_the_senders_books_a_wrong_secret_and_a_changed_body_look_alike() -> None:
    assert found(signed(), OTHER).part == "secret or body"


def test_the_senders_books_tell_a_wrong_secret() -> None:
    assert found(signed(), OTHER, sent=Sent(BODY, (SECRET,))).part == "secret"


@settings(max_examples=40)
@given(data=st.data())
def test_the_senders_books_tell_the_very_byte_that_was_changed(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(BODY) - 1))
    altered = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
    finding = found(SavedRequest(signed().headers, altered), sent=Sent(BODY, (SECRET,)))
    assert finding.part == "body"
    assert f"at byte {place + 1}:" in finding.reason


def test_the_senders_books_tell_a_changed_header() -> None:
    assert found(signed(webhook_id="msg_2"), sent=Sent(BODY, (SECRET,))).part == "header"


names = st.sampled_from(["webhook-id", "content-type", "x-1", "user-agent"])
values = st.text("abcXYZ019 :;,=/+\"'{}", max_size=20).map(str.strip)


@settings(max_examples=30)
@given(headers=st.dictionaries(names, values, min_size=1), body=st.binary(max_size=100))
def test_what_is_saved_is_read_back_byte_for_byte(headers: dict[str, str], body: bytes) -> None:
    request = SavedRequest(headers, body)
    assert read_saved_request(write_http_text(request)) == request
    assert read_saved_request(json.dumps(as_row(request)).encode()) == request


def test_a_request_saved_by_hand_is_read() -> None:
    assert read_saved_request(b"Webhook-Id: msg_1\n\n{}\n") == SavedRequest({"webhook-id": "msg_1"}, b"{}\n")


@pytest.mark.parametrize(
    "document", [b"{}", b'{"headers": []}', b"just a text", b'{"headers": {}, "body": 1}']
)
def test_what_is_no_saved_request_is_refused(document: bytes) -> None:
    with pytest.raises(DocumentError, match="no saved request"):
        read_saved_request(document)
