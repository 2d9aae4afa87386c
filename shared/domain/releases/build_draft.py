"""Builds a draft from a feed's entry, and completes a summary from its page."""

import re
from dataclasses import replace
from datetime import datetime

from shared.domain.feeds.entry import Entry, Media
from shared.domain.feeds.error_item import entry_error
from shared.domain.feeds.plain_text import MAX_HTML_CHARACTERS, PlainText, normalise_space, read_html
from shared.domain.language.dates import read_date
from shared.domain.language.language import identify_language
from shared.domain.language.likeness import shared_part
from shared.domain.releases.article import Article, separate, zones_of
from shared.domain.releases.boilerplate import worded_boilerplate
from shared.domain.releases.draft import Draft, Refusal
from shared.domain.releases.embargo import read_embargo
from shared.domain.releases.identity import hash_words
from shared.domain.releases.page import Page
from shared.domain.releases.published import Published, entry_published, judge_published, midnight
from shared.domain.web.url import canonical_url

TITLE_WORDS = 12
LONGEST_TITLE = 500
LONGEST_SUMMARY = 600
# A description of this length, or of so many paragraphs, is the release; a shorter one announces it.
WHOLE_TEXT_CHARACTERS = 1200
WHOLE_TEXT_LINES, WHOLE_LINES_CHARACTERS = 3, 500
# A page that shares fewer of the summary's words is another page: a home page, a log-in, a shop window.
SAME_TEXT_PART = 0.4
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


def build_draft(
    entry: Entry, feed_title: str, feed_language: str | None, feed_url: str, now: datetime
) -> Draft | Refusal:
    """Clean one entry of a feed; an entry with neither title nor text is refused.

    `text_source` is "feed" where the entry carries the whole text: it has a content element, or a
    description that is long or of several paragraphs; and the text does not end in "…" or "Read more".
    Otherwise it is "summary". `carried_words` identifies the words as this feed carried them.
    """
    if error := entry_error(entry):
        return Refusal(error)
    base = entry.url or feed_url
    content, summary = read_html(entry.content, base), read_html(entry.summary, base)
    text = content if len(content.text) >= len(summary.text) else summary
    title = _clean_title(entry.title)
    if not title and not text.lines:
        return Refusal("the entry has neither a title nor a text")
    claimed = entry.language or feed_language
    language = identify_language(f"{title}\n{text.text}", claimed)
    title = title or _first_words(separate(text.lines, "", language))
    article = separate(text.lines, title, language)
    published = _published(entry, article, language, now)
    return Draft(
        title=title,
        body=article.body,
        summary=_summary_of(article, separate(summary.lines, title, language)),
        zones=zones_of(article.lines, worded_boilerplate(article.lines)),
        language=language,
        dateline=article.dateline,
        publisher=normalise_space(feed_title),
        url=canonical_url(entry.url) if entry.url else None,
        published_claim=normalise_space(published.claim) if published.claim else None,
        published_at=published.at,
        published_doubt=published.doubt,
        published_precision=published.precision,
        tags=_each_tag_once(entry.tags),
        media=_all_media((*entry.media, *content.media, *summary.media)),
        text_source="feed" if _is_whole(article, from_content=text is content) else "summary",
        text_detail=_cut_detail(text),
        embargo_until=read_embargo(title, article.lines, language, now),
        carried_words=hash_words(title, article.body),
        goes_on=article.is_cut,
    )


def needs_page(draft: Draft) -> bool:
    """Tell whether the draft is a summary whose page may hold the whole text."""
    return draft.text_source == "summary" and draft.url is not None


def believed_whole(draft: Draft) -> Draft:
    """Take a short entry for the whole text, where its feed's pages have never held more than their entries."""
    if draft.text_source != "summary" or draft.goes_on or not draft.body:
        return draft
    return replace(draft, text_source="feed", text_detail="short, and whole: this feed's pages hold no more")


def complete_draft(draft: Draft, page: Page, now: datetime) -> Draft:
    """Fill a summary from its page: text, dateline, media, address, language, and the date where it had none.

    A page that holds less than the summary or tells something else leaves the draft as it is, and
    `text_detail` says so. The words that the feed carried still identify the sighting.
    """
    if len(page.body) < len(draft.body):
        return replace(draft, text_detail="the page holds less text than the feed's summary")
    told = f"{draft.title}\n{draft.body}"
    if shared_part(told, f"{page.title}\n{page.body}") < SAME_TEXT_PART:
        return replace(draft, text_detail="the page tells something else than the feed's summary")
    completed = replace(
        draft,
        title=_fuller_title(draft.title, page.title),
        body=page.body,
        zones=zones_of(page.lines, worded_boilerplate(page.lines)),
        language=identify_language(page.body, page.language or draft.language),
        dateline=page.dateline or draft.dateline,
        url=page.url or draft.url,
        media=_all_media((*draft.media, *page.media)),
        translations=page.translations,
        text_source="page",
        text_detail="",
        embargo_until=read_embargo(page.title, page.lines, page.language, now) or draft.embargo_until,
    )
    return _dated_from(completed, page, now)


def keep_text(stored: Draft, newer: Draft) -> Draft:
    """Give a stored release its newer title and summary, and leave it the text that its page once had."""
    return replace(
        stored,
        title=_fuller_title(newer.title, stored.title),
        summary=newer.summary,
        tags=newer.tags,
        carried_words=newer.carried_words,
    )


def _dated_from(draft: Draft, page: Page, now: datetime) -> Draft:
    if draft.published_at is not None or page.published_claim is None:
        return draft
    published = judge_published(page.published_claim, page.published_at, now)
    if published.at is None and draft.published_claim:
        return draft
    return replace(
        draft,
        published_claim=published.claim,
        published_at=published.at,
        published_doubt=published.doubt,
        published_precision=published.precision,
    )


def _clean_title(title: str) -> str:
    return _shortened(normalise_space(title), LONGEST_TITLE)


def _first_words(article: Article) -> str:
    words = article.lines[0].split() if article.lines else []
    first = " ".join(words[:TITLE_WORDS]) or article.dateline
    return _shortened(first, LONGEST_TITLE) + ("…" if len(words) > TITLE_WORDS else "")


def _summary_of(article: Article, summary: Article) -> str:
    is_of_its_own = summary.lines and summary.lines != article.lines
    lines = summary.lines if is_of_its_own else article.lines[:1]
    return _shortened(" ".join(lines), LONGEST_SUMMARY)


def _is_whole(article: Article, *, from_content: bool) -> bool:
    if article.is_cut or not article.lines:
        return False
    # A Chinese character says about as much as three letters.
    length = len(article.body) + 2 * len(_CHINESE.findall(article.body))
    return (
        from_content
        or length >= WHOLE_TEXT_CHARACTERS
        or (len(article.lines) >= WHOLE_TEXT_LINES and length >= WHOLE_LINES_CHARACTERS)
    )


def _published(entry: Entry, article: Article, language: str | None, now: datetime) -> Published:
    published = entry_published(entry, now)
    if published.claim is not None:
        return published
    for line in (article.date_line, article.dateline):
        if line and (day := read_date(line, language)):
            return judge_published(line, midnight(day), now)
    return published


def _fuller_title(title: str, page_title: str) -> str:
    start = title.rstrip(" .…")
    is_cut = title.endswith(("…", "...")) and bool(start)
    return page_title if is_cut and page_title.startswith(start) else title


def _each_tag_once(tags: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (normalise_space(tag) for tag in tags)
    return tuple({tag.casefold(): tag for tag in cleaned if tag}.values())


def _all_media(media: tuple[Media, ...]) -> tuple[Media, ...]:
    """Give each picture once, with its caption where one of its mentions has one."""
    by_url: dict[str, Media] = {}
    for item in media:
        cleaned = replace(item, url=normalise_space(item.url), caption=normalise_space(item.caption))
        key = cleaned.url or cleaned.caption
        known = by_url.get(key)
        if known is None or (cleaned.caption and not known.caption):
            by_url[key] = cleaned
    return tuple(by_url.values())


def _cut_detail(text: PlainText) -> str:
    return f"only the first {MAX_HTML_CHARACTERS:,} characters were read" if text.cut else ""


def _shortened(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0] + "…"
