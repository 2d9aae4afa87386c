"""Unpacking bodies within a bound."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.web.body import BodyFault, decode_body

FEED = "<rss><channel><item><title>Министр представил план</title></item></channel></rss>".encode()
LIMIT = 100_000


def bare_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: bytes(brotli.compress(data, quality=4)),
    "zstd": zstandard.compress,
}


def fault(body: bytes | BodyFault) -> str:
    assert isinstance(body, BodyFault), body[:80]
    return body.kind


@pytest.mark.parametrize("coding", PACKERS)
@settings(max_examples=30)
@given(data=st.binary(max_size=2000).filter(lambda data: not data.startswith(b"\x1f\x8b")))
def test_what_was_packed_comes_out_again(coding: str, data: bytes) -> None:
    assert decode_body(PACKERS[coding](data), (coding,), LIMIT) == data


def test_deflate_without_its_zlib_header_is_unpacked() -> None:
    assert decode_body(bare_deflate(FEED), ("deflate",), LIMIT) == FEED


def test_several_gzip_members_are_one_body() -> None:
    packed = gzip.compress(FEED[:20]) + gzip.compress(b"") + gzip.compress(FEED[20:]) + b"\0" * 10
    assert decode_body(packed, ("gzip",), LIMIT) == FEED


def test_several_codings_are_undone_in_reverse() -> None:
    assert decode_body(gzip.compress(brotli.compress(FEED)), ("br", "gzip"), LIMIT) == FEED


def test_gzip_that_nobody_declared_is_unpacked() -> None:
    assert decode_body(gzip.compress(FEED), (), LIMIT) == FEED
    assert decode_body(gzip.compress(gzip.compress(FEED)), ("gzip",), LIMIT) == FEED


@pytest.mark.parametrize("coding", PACKERS)
def test_plain_text_that_claims_a_coding_passes_as_it_is(coding: str) -> None:
    for plain in (FEED, b"\xef\xbb\xbf " + FEED, b'{"version": "https://jsonfeed.org/version/1.1"}'):
        assert decode_body(plain, (coding,), LIMIT) == plain


def test_an_unknown_coding_and_an_empty_body_pass_as_they_are() -> None:
    assert decode_body(FEED, ("identity",), LIMIT) == FEED
    assert decode_body(FEED, ("x-press",), LIMIT) == FEED
    assert decode_body(b"", ("gzip",), LIMIT) == b""


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_too_big_and_costs_bounded_memory(coding: str) -> None:
    bomb = PACKERS[coding](b"\0" * 50_000_000)
    tracemalloc.start()
    try:
        assert fault(decode_body(bomb, (coding,), LIMIT)) == "too_big"
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 4_000_000


def test_a_bomb_in_a_bomb_is_too_big() -> None:
    bomb = gzip.compress(gzip.compress(b"\0" * 50_000_000))
    assert fault(decode_body(bomb, ("gzip", "gzip"), LIMIT)) == "too_big"


def test_the_limit_itself_is_still_taken() -> None:
    for packed, codings in ((b"a" * LIMIT, ()), (gzip.compress(b"a" * LIMIT), ("gzip",))):
        assert decode_body(packed, codings, LIMIT) == b"a" * LIMIT
    assert fault(decode_body(b"a" * (LIMIT + 1), (), LIMIT)) == "too_big"
    assert fault(decode_body(gzip.compress(b"a" * (LIMIT + 1)), ("gzip",), LIMIT)) == "too_big"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_packed_data_that_ends_early_is_damaged(coding: str) -> None:
    packed = PACKERS[coding](bytes(range(256)) * 20)
    assert fault(decode_body(packed[:-9], (coding,), LIMIT)) == "damaged"


def test_gzip_with_a_wrong_checksum_is_damaged() -> None:
    packed = bytearray(gzip.compress(FEED))
    packed[-6] ^= 1
    assert fault(decode_body(bytes(packed), ("gzip",), LIMIT)) == "damaged"


def test_thousands_of_members_and_codings_are_damage() -> None:
    assert fault(decode_body(gzip.compress(b"") * 5000, ("gzip",), LIMIT)) == "damaged"
    assert fault(decode_body(FEED, ("gzip",) * 50, LIMIT)) == "damaged"


@settings(max_examples=150)
@given(raw=st.binary(max_size=400), codings=st.lists(st.sampled_from(sorted(PACKERS)), max_size=2))
def test_no_bytes_break_the_unpacking(raw: bytes, codings: list[str]) -> None:
    body = decode_body(raw, tuple(codings), LIMIT)
    assert isinstance(body, BodyFault) or len(body) <= LIMIT
