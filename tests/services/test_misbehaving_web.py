"""A table of servers that misbehave: what each poll comes to, in words, and what the next one must obey."""

import asyncio
import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import starmap
from typing import NamedTuple

import pytest

from services.ingest.pace import PollBounds
from shared.domain.polling.polling import ANSWERED_WELL
from shared.http import open_client
from shared.store.polls import PollRecord
from tests.services.misbehaving import bodies, caching, documents, redirects, refusals, wires
from tests.services.misbehaving.serving import Fault, serving
from tests.services.polling import BOUNDS, LOOPBACK, feed_at, poll_times

# A server that is slow is given up soon; all others get the time that a busy machine needs.
HASTY = replace(BOUNDS, timeout_seconds=0.4)
DAY = 86_400
# Nothing here speaks TLS, and reading every authority of the machine takes longer than most polls.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
WEEK = 6 * DAY


@dataclass(frozen=True, slots=True)
class Then:
    """What else must hold, where it is not the usual.

    `polls` come before the one that is judged, itself included, a full fetch due at `full_at`; the next poll
    comes `wait` seconds later at the earliest and `most` at the latest; `off`: conditional requests are over.
    """

    polls: int = 1
    full_at: tuple[int, ...] = ()
    bounds: PollBounds = BOUNDS
    wait: float = 0
    most: float = 8 * DAY
    off: bool = False
    fails: bool | None = None
    moved: str = ""


class Case(NamedTuple):
    """What a server does, the server that does it, and the outcome with words of its detail."""

    name: str
    fault: Fault
    outcome: str
    words: str
    then: Then = Then()


SECOND, SLOW = Then(polls=2), Then(bounds=HASTY)
# A cursor moves past bytes that were read as a feed, and never else.
MOVES_THE_CURSOR = {"changed", "unchanged", "moved"}

TABLE = tuple(starmap(Case, (
    # Validators and caches.
    ("304 when nothing changed", caching.honest, "not_modified", "304 Not Modified", SECOND),
    ("304 that nobody asked for", caching.unasked_304,
     "not_modified", "no validator was sent", Then(fails=True)),
    ("a body after its 304", caching.body_after_304, "not_modified", "304", SECOND),
    ("a body after its 304, then news", caching.body_after_304, "changed", "1 new of 3", Then(polls=3)),
    ("the same ETag for new bytes", caching.same_etag_new_body,
     "changed", 'same ETag "1" although 1 entry is new: from now on', Then(polls=2, off=True)),
    ("the same weak ETag for new entries", caching.same_weak_etag_new_entries,
     "changed", "asked in full", Then(polls=2, off=True)),
    ("another ETag for the same bytes", caching.new_etag_same_body, "unchanged", "the same bytes", SECOND),
    ("other bytes, the same entries", caching.new_bytes_same_entries, "unchanged", "0 new of 2", SECOND),
    ("Last-Modified in 2041", caching.modified_in_2041, "unchanged", "the same bytes", SECOND),
    ("304 for ever, until asked in full", caching.for_ever_304,
     "changed", 'answered 304 to ETag "1" although 1 entry is new: from now on', Then(polls=3, full_at=(3,), off=True)),
    ("304 for ever, no longer asked for", caching.for_ever_304,
     "changed", "1 new of 3", Then(polls=4, full_at=(3,))),
    ("a true 304, then news at a full fetch", caching.honest_and_changed,
     "changed", "1 new of 3", Then(polls=3, full_at=(3,))),
    ("an ETag without quotes", caching.unquoted_etag, "not_modified", "304", SECOND),
    ("an ETag that is not ASCII", caching.foreign_etag, "unchanged", "the same bytes", SECOND),
    ("two ETags", caching.two_etags, "not_modified", "304", SECOND),
    ("a Last-Modified that is no date", caching.modified_on_no_date, "not_modified", "304", SECOND),
    ("another ETag in its 304", caching.other_etag_in_304, "not_modified", "304", SECOND),
    ("412 to a validator", caching.precondition_failed,
     "client_error", "412 Precondition Failed", Then(polls=2, off=True)),
    ("412 to a validator, then asked in full", caching.precondition_failed,
     "unchanged", "the same bytes", Then(polls=3)),
    ("Retry-After with a 304", caching.waits_with_304, "not_modified", "304", Then(polls=2, wait=900)),
    ("fresh for half an hour", caching.fresh_for_half_an_hour, "changed", "2 new of 2", Then(wait=1800)),
    # Bodies: packed, cut, slow, endless.
    ("gzip", bodies.gzip_said_and_done, "changed", "2 new"),
    ("gzip said and not done", bodies.gzip_said_not_done, "changed", "2 new"),
    ("gzip done and not said", bodies.gzip_done_not_said, "changed", "2 new"),
    ("gzip twice", bodies.gzip_twice, "changed", "2 new"),
    ("gzip cut off", bodies.gzip_cut, "refused", "cannot be unpacked as gzip: the packed data ends early"),
    ("gzip with padding", bodies.gzip_with_junk_after, "changed", "2 new"),
    ("deflate", bodies.deflate_with_header, "changed", "2 new"),
    ("deflate without its header", bodies.deflate_bare, "changed", "2 new"),
    ("Brotli to everyone", bodies.br_whoever_asks, "changed", "2 new"),
    ("Brotli said and not done", bodies.br_said_not_done, "changed", "2 new"),
    ("zstd", bodies.zstd, "changed", "2 new"),
    ("a coding that nobody knows", bodies.unknown_coding, "changed", "2 new"),
    ("a gzip bomb", bodies.bomb, "too_big", "more than 10000000 bytes once unpacked"),
    ("a bomb in a bomb", bodies.bomb_in_a_bomb, "too_big", "once unpacked"),
    ("26 MB, announced", bodies.announced_26_mb, "too_big", "announces 26000000 bytes, the limit is 10000000"),
    ("26 MB in chunks", bodies.chunked_26_mb, "too_big", "more than 10000000 bytes"),
    ("a body without an end", bodies.endless, "too_big", "more than 10000000 bytes"),
    ("a byte now and then", bodies.dripping, "too_slow", "bytes and no end in 0.4 s", SLOW),
    ("headers without an end", bodies.slow_headers, "too_slow", "no answer in 0.4 s", SLOW),
    ("no word at all", bodies.silent, "too_slow", "no answer in 0.4 s", SLOW),
    ("a body cut short", bodies.cut, "refused", "cut off after 300 of 9000 bytes"),
    ("a chunk cut short", bodies.cut_chunk, "refused", "cut off after"),
    ("no last chunk", bodies.no_last_chunk, "refused", "cut off after"),
    ("a chunk size that is none", bodies.bad_chunk_size, "refused", ""),
    ("a Content-Length too short", bodies.length_too_short, "changed", "not well formed"),
    ("Content-Length beside chunks", bodies.length_and_chunks, "refused", "not HTTP"),
    ("two Content-Lengths", bodies.two_lengths, "refused", "not HTTP"),
    ("a Content-Length in words", bodies.length_in_words, "refused", "not HTTP"),
    ("a negative Content-Length", bodies.length_negative, "refused", "not HTTP"),
    ("a body that ends with the connection", bodies.until_close, "changed", "2 new"),
    ("chunks with extensions", bodies.chunks_with_extensions, "changed", "2 new"),
    ("chunks with trailers", bodies.chunks_with_trailers, "changed", "2 new"),
    ("a chunk for each byte", bodies.one_byte_chunks, "changed", "2 new"),
    ("nothing", bodies.empty, "not_a_feed", "the document is empty"),
    ("204", bodies.no_content, "not_a_feed", "the document is empty"),
    ("206 unasked", bodies.partial, "server_error", "206 Partial Content, although no part was asked for"),
    ("junk after its answer", bodies.junk_after, "unchanged", "the same bytes", SECOND),
    # The wire.
    ("SMTP", wires.mail_server, "refused", "the answer is not HTTP"),
    ("a status line of garbage", wires.garbage_status, "refused", "not HTTP"),
    ("a status of four digits", wires.status_of_four_digits, "refused", "not HTTP"),
    ("HTTP/0.9", wires.http_0_9, "refused", "not HTTP"),
    ("HTTP/1.0", wires.http_1_0, "changed", "2 new"),
    ("HTTP/2 only", wires.http_2_only, "refused", "not HTTP"),
    ("HTTP/9.9", wires.http_9_9, "refused", "not HTTP"),
    ("no reason phrase", wires.no_reason, "changed", "2 new"),
    ("a reason in German", wires.foreign_reason, "server_error", "503 Service Unavailable"),
    ("line feeds alone", wires.bare_line_feeds, "changed", "2 new"),
    ("a folded header", wires.folded_header, "changed", "2 new"),
    ("a space before the colon", wires.space_before_colon, "refused", "not HTTP"),
    ("a NUL in a header", wires.nul_in_header, "refused", "not HTTP"),
    ("a header in Latin-1", wires.latin_1_header, "changed", "2 new"),
    ("two Content-Types", wires.two_content_types, "changed", "2 new"),
    ("a header of a megabyte", wires.header_of_a_megabyte, "refused", "not HTTP"),
    ("103 before 200", wires.early_hints, "changed", "2 new"),
    ("100 before 200", wires.continues_unasked, "changed", "2 new"),
    ("101", wires.switches_protocols, "server_error", "101 Switching Protocols, although"),
    ("hangs up", wires.hangs_up, "refused", "closed without an answer"),
    ("hangs up in its headers", wires.hangs_up_in_headers, "refused", "closed"),
    ("a reset in its headers", wires.resets_in_headers, "refused", "reset"),
    ("a reset in its body", wires.resets_in_body, "refused", "cut off after 5 of 9000 bytes"),
    # Redirects.
    ("301 once", redirects.moved, "changed", "permanently, said 1 of 3 times"),
    ("301 three times", redirects.moved,
     "unchanged", "now at http://127.0.0.1", Then(polls=3, moved=redirects.NEW)),
    ("301 three times and news", redirects.moved_and_news_each_time,
     "moved", "1 new of 3 entries; now at", Then(polls=3, moved=redirects.NEW)),
    ("308 three times and 304", redirects.moved_and_unchanged,
     "not_modified", "", Then(polls=3, moved=redirects.NEW)),
    ("302", redirects.found, "changed", "→302 http://127.0.0.1"),
    ("302 three times", redirects.found, "unchanged", "→302", Then(polls=3)),
    ("303", redirects.see_other, "changed", "→303"),
    ("307", redirects.temporary, "changed", "→307"),
    ("308", redirects.permanent, "changed", "→308"),
    ("a relative Location", redirects.relative, "changed", "/archiv/feed.xml?jahr=***"),
    ("a Location with spaces", redirects.spelled_badly, "changed", "/neu/pressemitteilungen"),
    ("a Location without its scheme", redirects.scheme_left_out,
     "refused", "connection refused; redirected http"),
    ("302 to a page that is missing", redirects.to_a_missing_page, "client_error", "404 Not Found; redirected"),
    ("301 to a maintenance page", redirects.to_maintenance, "not_a_feed", "web page", Then(polls=4)),
    ("302 to a file", redirects.to_a_file, "guarded", "only http and https are; redirected"),
    ("302 to FTP", redirects.to_ftp, "guarded", "only http and https are"),
    ("302 to a private address", redirects.to_a_private_address, "guarded", "10.0.0.7 is private"),
    ("301 to cloud metadata", redirects.to_the_metadata, "guarded", "169.254.169.254 is link-local"),
    ("302 without Location", redirects.without_location, "client_error", "without an address to go to"),
    ("301 with an empty Location", redirects.with_empty_location,
     "client_error", "without an address to go to"),
    ("302 to no address", redirects.to_no_address, "client_error", "which is no address"),
    ("302 to itself", redirects.around_itself, "client_error", "more than 10 redirects: http"),
    ("302 to itself until a cookie comes back", redirects.cookie_loop, "changed", "2 new"),
    ("eleven redirects", redirects.longer_than_allowed, "client_error", "/10 → …"),
    ("nine redirects of every kind", redirects.nine_of_every_kind, "changed", "/8 →307 http"),
    ("ten permanent redirects", redirects.ten_permanent, "changed", "said 1 of 3"),
    ("300", redirects.many_choices, "client_error", "300 Multiple Choices"),
    ("305", redirects.use_proxy, "client_error", "305 Use Proxy"),
    ("a redirect with an endless body", redirects.endless_redirect_body, "changed", "2 new"),
    # Refusals, waits and walls.
    *((str(status), refusals.with_status(status), "client_error", str(status))
      for status in (400, 401, 402, 403, 404, 405, 406, 407, 408, 418, 421, 425, 431, 451)),
    *((str(status), refusals.with_status(status), "server_error", str(status))
      for status in (500, 501, 502, 503, 504, 508, 520, 526, 599, 999)),
    ("410", refusals.with_status(410), "gone", "410 Gone", Then(wait=WEEK)),
    ("429", refusals.with_status(429), "rate_limited", "429 Too Many Requests"),
    ("429 for 120 s", refusals.with_status(429, "Retry-After: 120"),
     "rate_limited", "asks to wait 120 s", Then(wait=120)),
    ("429 for a fraction", refusals.with_status(429, "Retry-After: 0.7"),
     "rate_limited", "asks to wait", Then(most=3600)),
    ("429 until a date", refusals.rate_limited_until, "rate_limited", "asks to wait", Then(wait=580)),
    ("429 for 317,100 s", refusals.with_status(429, "Retry-After: 317100"),
     "rate_limited", "asks to wait 86400 s", Then(wait=DAY - 5, most=DAY + 5)),
    ("429 for a word", refusals.with_status(429, "Retry-After: später"),
     "rate_limited", "429", Then(most=3600)),
    ("429 for less than nothing", refusals.with_status(429, "Retry-After: -5"),
     "rate_limited", "429", Then(most=3600)),
    ("403 for 300 s", refusals.with_status(403, "Retry-After: 300"),
     "rate_limited", "asks to wait 300 s", Then(wait=300)),
    ("403 with a used-up rate limit", refusals.rate_limited_by_reddit,
     "rate_limited", "asks to wait 240 s", Then(wait=240)),
    ("503 for 3 h", refusals.with_status(503, "Retry-After: 10800"),
     "rate_limited", "asks to wait 10800 s", Then(wait=10_800)),
    ("503 until a date", refusals.unavailable_until, "rate_limited", "asks to wait", Then(wait=580)),
    ("503 until a date that has passed", refusals.waits_for_the_past, "rate_limited", "503", Then(most=3600)),
    ("Cloudflare's challenge", refusals.cloudflare_challenge, "bot_wall", "Cloudflare bot wall, 403"),
    ("Cloudflare's challenge with 200", refusals.cloudflare_with_200, "bot_wall", "Cloudflare bot wall, 200"),
    ("Cloudflare's block", refusals.cloudflare_block, "bot_wall", "Cloudflare"),
    ("Akamai", refusals.akamai, "bot_wall", "Akamai"),
    ("DataDome", refusals.datadome, "bot_wall", "DataDome"),
    ("Imperva with 200", refusals.imperva, "bot_wall", "Imperva"),
    ("Imperva's frame", refusals.imperva_frame, "bot_wall", "Imperva"),
    ("PerimeterX", refusals.perimeterx, "bot_wall", "PerimeterX"),
    ("AWS WAF with 202", refusals.aws_waf, "bot_wall", "AWS WAF bot wall, 202"),
    ("AWS WAF's captcha", refusals.aws_waf_captcha, "bot_wall", "AWS WAF"),
    ("Sucuri", refusals.sucuri, "bot_wall", "Sucuri"),
    ("Vercel", refusals.vercel, "bot_wall", "Vercel"),
    ("Anubis with 200", refusals.anubis, "bot_wall", "Anubis"),
    ("DDoS-Guard", refusals.ddos_guard, "bot_wall", "DDoS-Guard"),
    # 200, and what comes is no feed, half a feed, or a feed in disguise.
    ("a web page", documents.page, "not_a_feed", "web page (“Wartung”)"),
    ("a web page that calls itself a feed", documents.page_called_feed, "not_a_feed", "web page"),
    ("a login", documents.login, "not_a_feed", "“Anmelden”"),
    ("a page that refreshes", documents.refreshing_page, "not_a_feed", "web page"),
    ("its database is down", documents.database_down, "not_a_feed", "“Database Error”"),
    ("an error in JSON", documents.json_error, "not_a_feed", "“quota exceeded”"),
    ("a list in JSON", documents.json_list, "not_a_feed", "JSON without"),
    ("JSON cut short", documents.json_cut, "not_a_feed", "looks like JSON and cannot be read"),
    ("OK", documents.plain_ok, "not_a_feed", "plain text"),
    ("a PDF", documents.pdf, "not_a_feed", "PDF"),
    ("OPML", documents.opml, "not_a_feed", "OPML"),
    ("another XML", documents.soap_fault, "not_a_feed", "<error>"),
    ("a bridge's error", documents.bridge_error,
     "error_item", "RSS-Bridge served as an entry: “Bridge returned error 403! (20001)”"),
    ("a bridge's error, new each time", documents.bridge_error, "error_item", "(20003)", Then(polls=3)),
    ("a bridge's error beside news", documents.bridge_error_beside_news, "changed", "3 new of 3"),
    ("Nitter's whitelist", documents.nitter_whitelist, "error_item", "Nitter"),
    ("an error alone", documents.lonely_error, "error_item", "“Error 502: Bad Gateway”"),
    ("news about an error", documents.news_about_an_error, "changed", "1 new of 1"),
    ("no entries", documents.no_entries, "unchanged", "0 new of 0 entries"),
    ("nothing that could be read", documents.nothing_readable, "broken", "not well formed"),
    ("cut in an entry", documents.cut_in_an_entry, "changed", "not well formed"),
    ("one bad entry", documents.one_bad_entry, "changed", "not well formed"),
    ("Latin-1 called UTF-8", documents.said_utf_8_is_latin_1, "changed", "charset"),
    ("UTF-8 called Latin-1", documents.said_latin_1_is_utf_8, "changed", "2 new"),
    ("a charset that nobody knows", documents.unknown_charset, "changed", "2 new"),
    ("UTF-16", documents.utf_16, "changed", "2 new"),
    ("a byte order mark", documents.byte_order_mark, "changed", "2 new"),
    ("blank lines first", documents.blank_lines_first, "changed", "2 new"),
    ("PHP's warning first", documents.warning_first, "changed", "2 new"),
    ("control characters", documents.control_characters, "changed", "2 new"),
    ("entities that XML lacks", documents.wild_entities, "changed", "2 new"),
    ("a feed called text/html", documents.called_html, "changed", "2 new"),
    ("a feed called octets", documents.called_octets, "changed", "2 new"),
    ("a feed called nothing", documents.called_nothing, "changed", "2 new"),
    ("one guid for all", documents.one_guid_for_all, "changed", "3 new of 3"),
    ("neither guid nor link", documents.neither_guid_nor_link, "changed", "2 new of 2"),
    ("other guids each time", documents.guids_churn, "changed", "2 new of 2", SECOND),
    ("10,000 items", documents.ten_thousand_items, "changed", "10000 new of 10000"),
    ("30,000 items", documents.thirty_thousand_items, "not_a_feed", "more than 20,000 items"),
    ("a billion laughs", documents.billion_laughs, "changed", "1 new"),
    ("an entity that reads files", documents.reads_our_files, "changed", "1 new"),
    ("elements 5,000 deep", documents.deep_nesting, "changed", "1 new"),
)))  # fmt: skip


@pytest.mark.parametrize("case", TABLE, ids=[case.name for case in TABLE])
def test_whatever_a_server_does_has_one_outcome_in_words(case: Case) -> None:
    _, fault, outcome, words, then = case
    record, url = asyncio.run(_polled(fault, then))
    assert (record.outcome, record.detail) == (outcome, record.detail)
    assert words in record.detail
    assert (record.cursor is not None) == (outcome in MOVES_THE_CURSOR)
    fails = outcome not in ANSWERED_WELL if then.fails is None else then.fails
    assert (record.failures > 0) == fails
    assert bool(record.conditions_off) == then.off
    assert record.new_url == ((then.moved and url.replace("/feed.xml", then.moved)) or None)
    wait = (record.next_poll_at - datetime.now(UTC)) / timedelta(seconds=1)
    assert then.wait - 1 <= wait <= then.most


async def _polled(fault: Fault, then: Then) -> tuple[PollRecord, str]:
    async with serving(fault) as url, open_client(LOOPBACK, tls=NO_TLS) as client:
        feed = feed_at(url)
        return await poll_times(client, feed, then.polls, full_at=then.full_at, bounds=then.bounds), url
