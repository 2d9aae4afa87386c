"""Tells releases apart: digests that identify one, and what an entry is: new, a revision, a copy, seen."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal

from shared.domain.language.likeness import shared_part, telling_words
from shared.domain.releases.draft import Draft, Zone
from shared.domain.releases.near_copy import MOST_SWAPPED_NUMBERS, Likeness, liken, near_text

DIGEST_BYTES = 16
# Fewer words ("Weekly update", "Photos of the day") are said of many releases.
IDENTIFYING_WORDS = 12
# Two releases of one publisher share its name, its notes and its habits, up to about a third of their words.
QUITE_DIFFERENT_PART = 0.35
TELLING_BODY_WORDS = 20
# The next issue of a series comes on another day; a date that is only stamped anew moves by less, or by none.
NEXT_ISSUE_AFTER = timedelta(hours=20)
_MOST_OF_A_TITLE = 60
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_SAME_MARKS = (
    dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟«»″「」『』", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
# str.translate looks every letter up: on a text with accents, ten times the time of this.
_MARK = re.compile(f"[{''.join(_SAME_MARKS)}]")

Trace = Literal["guid", "url", "content", "near", "hand"]


@dataclass(frozen=True, slots=True)
class Identity:
    """16-byte digests, each None where it identifies nothing.

    `entry`: feed and guid (else link, else title); `url`: the canonical address; `content`: title and body,
    folded; `words`: the exact words of the release (never None: it tells revisions apart); `carried`: the
    words as the feed carried them, before a summary was filled from its page.
    """

    entry: bytes | None
    url: bytes | None
    content: bytes | None
    words: bytes
    carried: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """A release that the store found by one of the digests.

    `found_by` says which ("hand": a person put this very entry there); `words`, `title` and `body` are its
    latest revision's; `primary` whether this feed's sighting is the release's primary source; `carried` the words
    that this very sighting last carried, None where this feed never carried the release; `likeness` how like the
    draft is, where "near" found it.
    """

    release_id: str
    revision: int
    words: bytes
    found_by: frozenset[Trace]
    title: str = ""
    body: str = ""
    zones: tuple[Zone, ...] = ()
    url: str | None = None
    published_at: datetime | None = None
    text_source: Literal["feed", "summary", "page"] = "feed"
    likeness: Likeness | None = None
    primary: bool = False
    carried: bytes | None = None


@dataclass(frozen=True, slots=True)
class New:
    """A release of its own; `identity` without the digests that belong to another release already."""

    identity: Identity


@dataclass(frozen=True, slots=True)
class Revised:
    """Another version of a release; `keeps_text`: only its title is new, the body known stays."""

    release_id: str
    revision: int
    keeps_text: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """A release that is known, from another source or in its own words: only the sighting is recorded."""

    release_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Nothing new: this feed carried these words before."""

    release_id: str


Decision = New | Revised | Copy | Seen


def identify(draft: Draft, feed_id: str, entry_key: str, trust_guid: bool = True) -> Identity:
    """Give the digests of a draft; `entry_key` is the entry's guid, else its link, else its title."""
    return Identity(
        entry=_digest("entry", feed_id, entry_key) if trust_guid and entry_key else None,
        url=url_digest(draft.url),
        content=_content_digest(draft.title, draft.body),
        words=hash_words(draft.title, draft.body),
        carried=draft.carried_words or hash_words(draft.title, draft.body),
    )


def url_digest(url: str | None) -> bytes | None:
    """Digest a canonical address; None for a front page, which is the address of many releases, one by one."""
    return _digest("url", url) if url and not _is_front_page(url) else None


def hash_words(title: str, body: str) -> bytes:
    """Digest exact words: blind to white space, Unicode forms and the style of quotes and dashes only."""
    return _digest("words", _plain(title), _plain(body))


def decide(draft: Draft, identity: Identity, known: tuple[Known, ...]) -> Decision:
    """Decide what a draft is, given the releases found by its digests, the surest trace first.

    Only the primary source's own changed words make a revision. A guid or an address (not both at once)
    that is re-used for a text that shares almost nothing with the known one, or for the next issue of a
    series, makes a new release.
    """
    same = next((one for one in known if not _is_another(draft, one)), None)
    if same is None:
        return New(_without_taken(identity, known))
    if same.carried is None:
        return Copy(same.release_id, _reason(same))
    if same.carried == identity.carried or same.words == identity.words:
        return Seen(same.release_id)
    if not same.primary:
        return Copy(same.release_id, "other words than its primary source")
    return _revise(draft, same)


def _revise(draft: Draft, known: Known) -> Decision:
    # A page that does not answer today is no reason to cut the text down to the feed's summary.
    if draft.text_source == "summary" and known.text_source != "summary":
        if _plain(draft.title) == _plain(known.title):
            return Seen(known.release_id)
        return Revised(known.release_id, known.revision + 1, keeps_text=True)
    return Revised(known.release_id, known.revision + 1)


def _is_another(draft: Draft, known: Known) -> bool:
    if known.found_by & {"content", "near", "hand"} or known.found_by >= {"guid", "url"}:
        return False
    if not known.title and not known.body:
        return False
    return _text_part(draft, known) < QUITE_DIFFERENT_PART or _is_next_issue(draft, known)


def _is_next_issue(draft: Draft, known: Known) -> bool:
    """Tell whether a series says the same again with other numbers: under one guid, at another address."""
    if not draft.url or not known.url or (known.found_by == {"guid"} and draft.url == known.url):
        return False
    apart = draft.published_at and known.published_at and abs(draft.published_at - known.published_at)
    if _plain(draft.title) == _plain(known.title) and not (apart and apart >= NEXT_ISSUE_AFTER):
        return False
    likeness = liken(
        near_text(draft.title, draft.body, draft.zones), near_text(known.title, known.body, known.zones)
    )
    return likeness.numbers > MOST_SWAPPED_NUMBERS


def _text_part(draft: Draft, known: Known) -> float:
    # Titles of a series are alike ("Weekly update: April 18"), so the texts decide where there are texts.
    if min(len(telling_words(draft.body)), len(telling_words(known.body))) >= TELLING_BODY_WORDS:
        return shared_part(draft.body, known.body)
    return shared_part(f"{draft.title}\n{draft.body}", f"{known.title}\n{known.body}")


def _without_taken(identity: Identity, known: tuple[Known, ...]) -> Identity:
    taken = frozenset[Trace]().union(*(one.found_by for one in known))
    return Identity(
        entry=None if "guid" in taken else identity.entry,
        url=None if "url" in taken else identity.url,
        content=identity.content,
        words=identity.words,
        carried=identity.carried,
    )


def fold_title(title: str) -> str:
    """Give what two writings of one title share: no case, no punctuation, no style of marks."""
    return _folded(title)


def near_reason(title: str, likeness: Likeness) -> str:
    """Say which release a near copy is of, by its title, and how like it is."""
    shown = title if len(title) <= _MOST_OF_A_TITLE else f"{title[: _MOST_OF_A_TITLE - 1]}…"
    return f"near-copy of “{shown}”: {round(likeness.same * 100)} % the same words"


def _reason(known: Known) -> str:
    if known.likeness is not None:
        return near_reason(known.title, known.likeness)
    return f"same {next(trace for trace in ('guid', 'url', 'content') if trace in known.found_by)}"


def _content_digest(title: str, body: str) -> bytes | None:
    folded = _folded(f"{title}\n{body}")
    words = folded.split()
    if len(words) + len(_CHINESE.findall(folded)) // 2 < IDENTIFYING_WORDS or not body:
        return None
    return _digest("content", " ".join(words))


def _is_front_page(url: str) -> bool:
    return url.split("://", 1)[-1].partition("/")[2] == ""


def _plain(text: str) -> str:
    same = _MARK.sub(lambda mark: _SAME_MARKS[mark[0]], unicodedata.normalize("NFKC", text))
    return " ".join(same.split())


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", " ", _plain(text).casefold()).strip()


def _digest(*parts: str) -> bytes:
    digest = blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
