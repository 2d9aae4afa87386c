"""The demo's receiver: what it makes of a payload and how it tells it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from standardwebhooks import Webhook

from services.demo.alert_lines import describe_alert, describe_refusal
from services.demo.received import Reason, clean_words, milliseconds_since, read_message
from services.demo.receiver import UnverifiedError, read_secrets, verify_post

PUBLISHED = datetime(2026, 11, 24, 9, 0, 0, 120_000, tzinfo=UTC)
RECEIVED = PUBLISHED + timedelta(milliseconds=1412)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_dG9jc2luLW90aGVyLXNlY3JldC0wMDAx"

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


def evidence(clause: str, text: str, zone: str = "title") -> dict[str, Any]:
    return {"clause": clause, "text": text, "field": "title", "zone": zone, "start": 0, "end": len(text)}


def payload(kind: str = "release.published", *, match: object = None, **release: object) -> dict[str, Any]:
    told = {
        "id": "0199-r",
        "url": "https://justice.example/communique/12",
        "title": "Attentat déjoué à Montrieu",
        "language": "fr",
        "publisher": "Parquet national",
        "published_at": PUBLISHED.isoformat(),
        "revision": 1,
    }
    data = {
        "topic": {"id": "0199-t", "name": "Terrorism", "query": "terrorisme", "version": 1},
        "release": told | release,
        "match": match or {"evidence": [evidence("terrorisme", "Terrorisme")], "snippet": ""},
        "sequence": 12,
    }
    return {"type": kind, "timestamp": RECEIVED.isoformat(), "data": data}


def lines(body: object, *, width: int = 100, repeat_of: str | None = None) -> list[str]:
    told = describe_alert(read_message(body), RECEIVED, width=width, repeat_of=repeat_of)
    return told.plain.split("\n")


def signed_headers(body: str, secret: str = SECRET, webhook_id: str = "msg_1") -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(secret).sign(webhook_id, now, body)
    stamp = str(int(now.timestamp()))
    return {"webhook-id": webhook_id, "webhook-timestamp": stamp, "webhook-signature": signature}


def test_an_alert_is_told_in_four_lines_topic_title_origin_and_reason() -> None:
    assert lines(payload()) == [
        "✓ Terrorism · 1,412 ms after publication",
        "  Attentat déjoué à Montrieu",
        "  fr · Parquet national · #12 · https://justice.example/communique/12",
        '  because terrorisme → "Terrorisme" in title',
    ]


def test_a_repeat_is_marked_with_its_webhook_id() -> None:
    assert lines(payload(), repeat_of="msg_1")[0].startswith("↻ Terrorism")
    assert lines(payload(), repeat_of="msg_1")[0].endswith("repeat of msg_1")


def test_a_correction_names_its_revision() -> None:
    assert "corrected (revision 2)" in lines(payload("release.revised", revision=2))[0]


def test_a_correction_that_no_longer_matches_says_so_and_gives_no_reason() -> None:
    body = payload("release.revised", revision=2)
    body["data"]["match"] = None
    told = lines(body)
    assert "corrected (revision 2), no longer matches" in told[0]
    assert len(told) == 3


def test_evidence_beyond_the_third_is_counted() -> None:
    found = [
        evidence("sanctions", word)
        for word in ("sanction", "sanctions", "Sanctions", "SANCTIONS", "sanctioned")
    ]
    assert lines(payload(match={"evidence": found}), width=200)[3].endswith("; and 2 more")


def test_evidence_that_says_the_same_twice_is_told_once() -> None:
    body = payload(match={"evidence": [evidence("=sanctions", "sanctions", "body")] * 3})
    assert read_message(body).reasons == (Reason("=sanctions", "sanctions", "body"),)


def test_right_to_left_words_are_isolated_from_the_line_around_them() -> None:
    told = lines(payload(title="تسرب نفطي قبالة مرسى الياقوت", publisher="وكالة البيئة", language="ar"))
    assert told[1] == "  \u2068تسرب نفطي قبالة مرسى الياقوت\u2069"
    assert "ar · \u2068وكالة البيئة\u2069 · #12" in told[2]


def test_a_message_without_a_release_is_told_by_its_type() -> None:
    assert lines({"type": "tocsin.heartbeat", "data": {"sequence": 40}}) == ["✓ tocsin.heartbeat", "  #40"]


def test_a_title_cannot_command_the_terminal_or_turn_the_line() -> None:
    assert clean_words("Oil\x1b[2J spill\r\n off \u202eDunmarrow\ud800") == "Oil [2J spill off Dunmarrow"


@pytest.mark.parametrize("value", ["yesterday", "", None, 17, "2026-13-40T00:00:00Z"])
def test_a_publication_date_that_cannot_be_read_is_left_out(value: object) -> None:
    message = read_message(payload(published_at=value))
    assert message.published_at is None
    assert "after publication" not in describe_alert(message, RECEIVED).plain


def test_milliseconds_are_negative_where_the_publisher_is_ahead_of_us() -> None:
    assert milliseconds_since(RECEIVED, PUBLISHED) == -1412


@given(JSON)
@settings(max_examples=60)
def test_any_json_value_is_read_and_told_without_an_error(value: object) -> None:
    assert describe_alert(read_message(value), RECEIVED).plain


@given(title=st.text(max_size=200), topic=st.text(max_size=80), width=st.integers(20, 120))
@settings(max_examples=60)
def test_no_alert_is_longer_than_four_lines_or_wider_than_the_screen(
    title: str, topic: str, width: int
) -> None:
    body = payload(title=title, match={"evidence": [evidence(topic, title, "body")]})
    told = lines(body, width=width)
    assert len(told) <= 4
    assert all(cell_len(line) <= width for line in told)


def test_a_refusal_is_one_line_with_sender_id_and_reason() -> None:
    told = describe_refusal("127.0.0.1", "", "No matching signature found").plain
    assert told == "✗ refused a POST from 127.0.0.1 (no webhook-id): No matching signature found"


def test_a_body_is_accepted_when_any_of_the_secrets_signed_it() -> None:
    body = json.dumps(payload())
    assert verify_post(body.encode(), signed_headers(body), [OTHER_SECRET, SECRET]) == payload()


def test_two_signatures_of_a_secret_being_rotated_are_one_acceptance() -> None:
    body = json.dumps(payload())
    headers = signed_headers(body)
    headers["webhook-signature"] += " " + signed_headers(body, OTHER_SECRET)["webhook-signature"]
    assert verify_post(body.encode(), headers, [SECRET]) == payload()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"webhook-id": "msg_2"}, "No matching signature found"),
        ({"webhook-timestamp": "1700000000"}, "Message timestamp too old"),
        ({"webhook-signature": ""}, "Missing required headers"),
        ({"webhook-signature": "v1"}, "unreadable"),
        ({"webhook-signature": "v1,*"}, "unreadable|No matching"),
    ],
)
def test_altered_headers_are_refused_with_the_reason(changed: dict[str, str], reason: str) -> None:
    body = json.dumps(payload())
    with pytest.raises(UnverifiedError, match=reason):
        verify_post(body.encode(), signed_headers(body) | changed, [SECRET])


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{}"])
def test_other_bytes_under_a_good_signature_are_refused(body: bytes) -> None:
    with pytest.raises(UnverifiedError):
        verify_post(body, signed_headers(json.dumps(payload())), [SECRET])


def test_without_a_secret_nothing_is_believed() -> None:
    body = json.dumps(payload())
    with pytest.raises(UnverifiedError, match="no secret yet"):
        verify_post(body.encode(), signed_headers(body), [])


def test_secrets_are_read_one_a_line_and_a_missing_file_holds_none(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    assert read_secrets(file) == []
    file.write_text(f"# demo\n\n{SECRET}\n  {OTHER_SECRET}  \n", encoding="utf-8")
    assert read_secrets(file) == [SECRET, OTHER_SECRET]
