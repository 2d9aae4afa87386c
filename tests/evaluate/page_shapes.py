"""Eight shapes of pages that releases stand on, with the words that belong to the release.

Each is drawn as its kind of site draws it: menus, a consent banner, buttons to share, other news, a footer. What
belongs to the release is what a person would copy: without title, date, dateline and captions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class PageShape:
    """A page and the lines of its release; no lines where it holds none."""

    name: str
    html: str
    lines: tuple[str, ...]
    language: str = "en"


_MENU = "".join(
    f'<li><a href="/{word.lower()}">{word}</a></li>'
    for word in ("Home", "About", "Newsroom", "Reports", "Careers")
)
_CONSENT = (
    '<div id="cookie-notice" class="cookie-banner" role="dialog"><p>We use cookies to improve your '
    "visit and to measure "
    "how our pages are read. You can change your choice at any time.</p><button>Accept all</button>"
    "<button>Only what is needed</button></div>"
)
_SHARE = (
    '<div class="share-buttons"><span>Share this</span><ul><li><a href="#">Facebook</a></li><li><a '
    'href="#">LinkedIn</a>'
    '</li><li><a href="#">E-mail</a></li><li><a href="#">Print this page</a></li></ul></div>'
)
_RELATED = (
    '<aside class="related-news"><h2>Related news</h2><ul><li><a href="/a">Council names a new '
    "treasurer</a> 2 May</li>"
    '<li><a href="/b">Ferry line to the islands starts again in June</a> 28 April</li>'
    '<li><a href="/c">Report on the state of the sea walls</a> 11 April</li></ul></aside>'
)
_FOOTER = (
    '<footer><ul><li><a href="/legal">Legal notice</a></li><li><a href="/privacy">Privacy</a></li><li>'
    '<a href="/rss">RSS</a></li></ul><p>© 2024 All rights reserved. Subscribe to our newsletter.</p></footer>'
)


def _drawn(title: str, article: str, *, head: str = "", language: str = "en", direction: str = "ltr") -> str:
    return (
        f'<!DOCTYPE html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title>{head}</head><body><header><nav><ul>{_MENU}</ul></nav></header>{_CONSENT}<main><article>"
        f"<h1>{escape(title)}</h1>{article}{_SHARE}</article>{_RELATED}</main>{_FOOTER}</body></html>"
    )


def _paragraphs(lines: Sequence[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


_HARBOUR = (
    "The harbour board has approved the plan for a new breakwater after eleven months of hearings.",
    "Work begins in September with the removal of the old quay, which has been closed since the storm of 2019.",
    "“This is the largest investment in the port for two generations,” said the chair of the board, Ada Hollis.",
    "The fishing fleet will move to the northern basin for the time of the works; the ferry keeps its berth.",
    "Residents of the lower town can apply for double glazing from the first of June.",
)
_CAPTIONS = (
    "The old quay at low tide, seen from the customs house on the morning of the decision.",
    "Ada Hollis, chair of the harbour board, shows the model of the breakwater to pupils of the harbour school.",
)


def _gallery() -> PageShape:
    slides = "".join(
        f'<figure class="slide"><img src="/img/{at}.jpg" '
        f'alt="{escape(text)}"><figcaption>{escape(text)}</figcaption></figure>'
        for at, text in enumerate(_CAPTIONS, 1)
    )
    gallery = (
        f'<div class="gallery"><div class="carousel">{slides}</div><div class="lightbox">{slides}</div>'
        '<div class="pager"><span>1</span>/<span>2</span></div></div>'
    )
    article = (
        '<p class="date">3 May 2024</p>'
        + _paragraphs([f"WESTPORT, 3 May 2024 – {_HARBOUR[0]}"])
        + gallery
        + _paragraphs(_HARBOUR[1:])
        + _paragraphs(_HARBOUR[4:])
    )
    return PageShape("gallery", _drawn("New breakwater approved", article), _HARBOUR)


def _live_blog() -> PageShape:
    entries = (
        ("16:40", "Bridge open again", "The bridge over the Loue is open again in both directions, the police say."),
        ("15:05", "School used as shelter", "Ninety people have found shelter in the school of Laval for the night."),
        ("13:20", "River falls", "The river has fallen by forty centimetres since noon, to below the second mark."),
        ("11:00", "First warning", "The flood service warns of a second wave that may reach the town after dark."),
    )  # fmt: skip
    drawn = "".join(
        f'<section class="live-entry"><time datetime="2024-05-03T{time}:00Z">{time}</time><h3>{escape(head)}</h3>'
        f"<p>{escape(text)}</p></section>"
        for time, head, text in entries
    )
    lead = "The prefecture reports on the flood of the Loue on this page, the newest entry first."
    lines = (lead, *(line for _, head, text in entries for line in (head, text)))
    html = _drawn(
        "Flood of the Loue: the day as it happened", f"{_paragraphs([lead])}<div class=live>{drawn}</div>"
    )
    return PageShape("live blog", html, lines)


def _paywall_stub() -> PageShape:
    wall = (
        '<div class="paywall"><h2>Continue reading with a subscription</h2><p>Already a subscriber? Log '
        "in to read on. "
        "Try all our reports for one month at the price of a coffee.</p><button>Subscribe</button></div>"
    )
    article = f'<div class="article-body">{_paragraphs(_HARBOUR[:3])}</div>{wall}'
    return PageShape("paywall stub", _drawn("New breakwater approved", article), _HARBOUR[:3])


def _press_pdf() -> PageShape:
    line = (
        "The accounts of the harbour board for last year are out: the surplus fell to four million, and "
        "the port handled "
        "a tenth more timber."
    )
    link = '<p><a href="/files/accounts-2023.pdf" class="download">Download the release (PDF, 240 kB)</a></p>'
    return PageShape(
        "press PDF link page", _drawn("Accounts for 2023", f"{_paragraphs([line])}{link}"), (line,)
    )


def _table_heavy() -> PageShape:
    rows = (
        ("Cargo", "2022", "2023", "Change"),
        ("Timber", "412", "455", "10.4 %"),
        ("Grain", "390", "377", "-3.3 %"),
        ("Containers", "1,204", "1,310", "8.8 %"),
        ("Oil", "88", "61", "-30.7 %"),
        ("Stone and gravel", "640", "702", "9.7 %"),
    )
    table = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    article = (
        _paragraphs(_HARBOUR[:2])
        + f"<h2>Cargo in thousand tonnes</h2><table><tbody>{table}</tbody></table>"
        + _paragraphs(_HARBOUR[2:])
    )
    lines = (*_HARBOUR[:2], "Cargo in thousand tonnes", *(" ".join(row) for row in rows), *_HARBOUR[2:])
    return PageShape("table-heavy", _drawn("Cargo figures for 2023", article), lines)


def _right_to_left() -> PageShape:
    lines = (
        "أعلنت هيئة الموانئ اليوم عن افتتاح الرصيف الثالث بعد أعمال استمرت عامين كاملين.",
        "وقال مدير الميناء سالم الهاشمي إن الرصيف الجديد سيستقبل السفن الكبيرة ابتداء من الشهر المقبل.",
        "وأضاف أن المشروع وفر أكثر من أربعمئة فرصة عمل لأبناء المدينة والقرى المجاورة.",
        "وتخطط الهيئة لتوسيع المستودعات وربطها بخط السكة الحديدية قبل نهاية العام.",
    )
    article = (
        f'<p class="date">3 مايو 2024</p>{_paragraphs([f"الرياض، 3 مايو 2024 – {lines[0]}", *lines[1:]])}'
    )
    html = _drawn("افتتاح الرصيف الثالث في الميناء", article, language="ar", direction="rtl")
    return PageShape("right-to-left", html, lines, "ar")


def _challenge() -> PageShape:
    html = (
        '<!DOCTYPE html><html lang="en"><head><title>Just a moment...</title><meta name="robots" content="noindex">'
        "<script>window._cf_chl_opt={cType:'managed'};</script></head><body><div "
        "class=main-wrapper><h1>press.example</h1>"
        "<p>Verifying you are human. This may take a few seconds. press.example needs to review the security of your "
        "connection before proceeding.</p><noscript>Enable JavaScript and cookies to "
        "continue</noscript></div></body></html>"
    )
    return PageShape("challenge page", html, ())


def _cookie_wall() -> PageShape:
    partners = "".join(
        f"<li><label>{name} wants to store and read data on your device to show you advertisements.</label></li>"
        for name in ("Adsmile", "Clickriver", "Databerg", "Funnelworks", "Pixelhut", "Trackwell")
    )
    wall = (
        '<div id="consent-wall" class="cmp-overlay" role="dialog" aria-modal="true"><h2>Your privacy '
        "matters to us</h2>"
        "<p>We and our 214 partners store and access information on a device, such as cookies, and "
        "process personal data "
        "to show advertisements and content that are chosen for you, and to measure how both are received.</p>"
        f"<p>Some partners do not ask for your consent and rely on their legitimate interest.</p><ul>{partners}</ul>"
        "<button>Agree and close</button></div>"
    )
    html = _drawn("New breakwater approved", _paragraphs(_HARBOUR))
    return PageShape("cookie wall", html.replace("<main>", f"{wall}<main>"), _HARBOUR)


SHAPES = (
    _gallery(),
    _live_blog(),
    _paywall_stub(),
    _press_pdf(),
    _table_heavy(),
    _right_to_left(),
    _challenge(),
    _cookie_wall(),
)
