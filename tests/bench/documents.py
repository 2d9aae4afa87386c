"""The feeds of the benchmark: RSS of press releases in full text, the same bytes on every machine."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from random import Random
from urllib.parse import quote

from tests.bench.phrases import LANGUAGES, PLACES, Language

SENTENCES = 14
SENTENCES_A_PARAGRAPH = 3
_NETWORKS = ("mastodon", "linkedin", "bluesky")
_SHARE = (
    '<a class="sharing__link sharing__link--{name}" rel="nofollow noopener" target="_blank" '
    'href="https://share.example/{name}?url={link}&amp;source=feed"><span>{name}</span></a> '
)
_FIRST_DAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def document(site: str, feed: int, entries: int, published: int) -> bytes:
    """Give feed number `feed` after `published` more releases; the newest first, always `entries` of them."""
    language = LANGUAGES[feed % len(LANGUAGES)]
    newest = entries + published
    items = "".join(
        item(site, feed, number, language) for number in range(newest - 1, newest - entries - 1, -1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>\n'
        f"<title>Press office {feed}</title><link>{site}/press/{feed}</link>\n"
        f'<atom:link href="{site}/feeds/{feed}" rel="self" type="application/rss+xml"/>\n'
        f"<description>All press releases of office {feed}</description><language>{language.code}</language>\n"
        f"{items}</channel></rss>\n"
    ).encode()


def item(site: str, feed: int, number: int, language: Language) -> str:
    """Give one release: about 450 words in paragraphs, with a picture, links, a list and a contact."""
    random = Random(f"{feed}/{number}")
    link = f"{site}/press/{feed}/2026/release-{number:06}.html"
    title = f"{random.choice(language.headlines)} {_fill(random, random.choice(language.objects))}"
    sentences = [sentence(random, language) for _ in range(SENTENCES)]
    return (
        f"<item><title>{escape(title)}</title><link>{link}</link>\n"
        f'<guid isPermaLink="false">urn:press:{feed}:{number}</guid><dc:creator>Press office {feed}</dc:creator>\n'
        f"<pubDate>{format_datetime(_FIRST_DAY + timedelta(minutes=number * 7 + feed))}</pubDate>\n"
        f"<category>{escape(random.choice(PLACES))}</category><category>press</category>\n"
        f"<description>{escape(sentences[0])}</description>\n"
        f"<content:encoded><![CDATA[{_body(random, link, sentences)}]]></content:encoded></item>\n"
    )


def _body(random: Random, link: str, sentences: list[str]) -> str:
    place, slug = random.choice(PLACES), f"office{random.randint(2, 980)}"
    starts = range(0, len(sentences), SENTENCES_A_PARAGRAPH)
    paragraphs = [" ".join(sentences[start : start + SENTENCES_A_PARAGRAPH]) for start in starts]
    first, *middle, last = [f"<p>{paragraph}</p>\n" for paragraph in paragraphs]
    picture = (
        f'<figure class="media media--image"><img src="{link}/large.jpg" width="1200" height="800" alt="{place}" '
        f'srcset="{link}/small.jpg 480w, {link}/medium.jpg 800w, {link}/large.jpg 1200w" loading="lazy"/>'
        f"<figcaption>{place}, {random.randint(2, 28)}.3.2026</figcaption></figure>\n"
    )
    points = "".join(f"<li>{sentence}</li>" for sentence in sentences[1:4:2])
    contact = (
        f'<p class="contact"><strong>Contact:</strong> <a href="mailto:press@{slug}.example">'
        f"press@{slug}.example</a>, +49 30 {random.randint(100000, 999999)}</p>\n"
    )
    shares = "".join(_SHARE.format(name=name, link=quote(link, safe="")) for name in _NETWORKS)
    text = f"<p><strong>{place}</strong> – {first[3:]}{''.join(middle)}<ul>{points}</ul>\n{last}"
    return f'{picture}{text}{contact}<div class="sharing">{shares}</div>\n'


def sentence(random: Random, language: Language) -> str:
    """Fill the five slots of a sentence."""
    opener, subject, verb, thing, ending = (
        random.choice(choices)
        for choices in (
            language.openers, language.subjects, language.verbs, language.objects, language.endings,
        )
    )  # fmt: skip
    comma = "" if language.code == "de" else ","
    return _fill(random, f"{opener}{comma} {subject} {verb} {thing}, {ending}.")


def _fill(random: Random, phrase: str) -> str:
    return phrase.format(place=random.choice(PLACES), n=random.randint(2, 980))
