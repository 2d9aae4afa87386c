"""Twelve press offices without a feed: how each lays out the same kind of list, and how three are rebuilt."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Said:
    """One release as a page lists it; `path` is its address on the site."""

    path: str
    title: str
    date: str
    teaser: str = ""


Layout = Callable[[Sequence[Said]], str]


@dataclass(frozen=True, slots=True)
class PressPage:
    """A page of releases, newest first: `layout` draws it, `rebuilt` after its change where it has one."""

    name: str
    url: str
    language: str
    said: tuple[Said, ...]
    layout: Layout
    rebuilt: Layout | None = None
    teased: bool = True


def framed(body: str, language: str, *, direction: str = "ltr") -> str:
    """Put a list between what every site has around it."""
    return f"""<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">
<title>Press releases</title><meta property="og:site_name" content="Ministry of Examples"></head><body>
<header class="site"><a href="/">Ministry of Examples</a>
<ul class="lang-switcher"><li><a href="/fr/presse" hreflang="fr">Français</a></li><li><a href="/ar/press">عربي</a></li>
<li><a href="/zh/press">中文</a></li></ul></header>
<nav><ul><li><a href="/about/the-minister">The minister and her cabinet</a></li>
<li><a href="/about/organisation-of-the-ministry">Organisation of the ministry</a></li>
<li><a href="/services/for-citizens-and-companies">Services for citizens and companies</a></li></ul></nav>
<ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/newsroom/">Newsroom</a></li></ol>
<main>{body}
<div class="pagination"><a href="?page=2">2</a> <a href="?page=3">3</a> <a href="?page=2">Next »</a></div></main>
<div class="tags"><a href="/tag/justice">Justice and home affairs</a>
<a href="/tag/police">Police and security</a></div>
<footer><a href="/legal/privacy-and-data-protection">Privacy and data protection</a>
<a href="/legal/accessibility-of-this-website">Accessibility of this website</a>
<a href="/legal/terms-of-use-of-this-site">Terms of use of this site</a></footer></body></html>"""


def table_of_dates(said: Sequence[Said]) -> str:
    rows = "".join(
        f"<tr><td>{s.date}</td><td><a href='{s.path}'>{escape(s.title)}</a></td>"
        f"<td><a href='/files{s.path}.pdf'>PDF</a></td></tr>"
        for s in said
    )
    return f"<h1>Press releases</h1><table><tr><th>Date</th><th>Title</th><th>File</th></tr>{rows}</table>"


def cards(said: Sequence[Said]) -> str:
    boxes = "".join(
        f"<a class='card' href='{s.path}'><img src='/img/{n}.jpg' alt=''><div class='card-body'>"
        f"<span class='date'>{s.date}</span><h3>{escape(s.title)}</h3><p>{escape(s.teaser)}</p></div></a>"
        for n, s in enumerate(said)
    )
    return f"<h1>Newsroom</h1><section class='grid'>{boxes}</section>"


def definition_list(said: Sequence[Said]) -> str:
    pairs = "".join(
        f"<dt>{s.date}</dt><dd><a href='{s.path}'>{escape(s.title)}</a><br>{escape(s.teaser)}</dd>"
        for s in said
    )
    return f"<h1>Comunicati stampa</h1><dl>{pairs}</dl>"


def wordpress_archive(said: Sequence[Said]) -> str:
    posts = "".join(
        f"<article class='post-{n} post type-post category-news tag-police'><header class='entry-header'>"
        f"<h2 class='entry-title'><a href='{s.path}' rel='bookmark'>{escape(s.title)}</a></h2>"
        f"<div class='entry-meta'>Posted on <time class='entry-date' datetime='{s.date}'>{s.date[:10]}</time> by "
        f"<a href='/author/press' rel='author'>Press office</a> in <a href='/category/news' rel='category tag'>News</a>"
        f"</div></header><div class='entry-content'><p>{escape(s.teaser)} "
        f"<a class='more-link' href='{s.path}#more'>Continue reading →</a></p></div>"
        f"<footer class='entry-footer'><a href='/tag/police' rel='tag'>police</a></footer></article>"
        for n, s in enumerate(said)
    )
    months = "".join(f"<li><a href='/2026/{m:02}/'>Month {m} 2026</a></li>" for m in range(1, 7))
    return f"<h1>News</h1>{posts}<div class='widget widget_archive'><h2>Archives</h2><ul>{months}</ul></div>"


def block_theme(said: Sequence[Said]) -> str:
    items = "".join(
        f"<li class='wp-block-post'><div class='wp-block-group'><h3><a href='{s.path}'>{escape(s.title)}</a></h3>"
        f"<div class='wp-block-post-date'><time datetime='{s.date}'>{s.date[:10]}</time></div></div></li>"
        for s in said
    )
    return f"<h1>Latest</h1><ul class='wp-block-post-template'>{items}</ul>"


def div_soup(said: Sequence[Said]) -> str:
    rows = "".join(
        f"<div><div>{s.date}</div><div><a href='{s.path}'>{escape(s.title)}</a></div>"
        f"<div>{escape(s.teaser)}</div><div><a href='/rubrik/inneres'>Inneres</a></div></div>"
        for s in said
    )
    return f"<div><div><div>Pressemitteilungen</div>{rows}</div></div>"


def plain_list(said: Sequence[Said]) -> str:
    items = "".join(f"<li>{s.date} – <a href='{s.path}'>{escape(s.title)}</a></li>" for s in said)
    return f"<h2>Pressemitteilungen</h2><ul>{items}</ul>"


def right_to_left(said: Sequence[Said]) -> str:
    items = "".join(
        f"<div class='views-row'><span class='views-field-created'>{s.date}</span>"
        f"<h4><a href='{s.path}'>{s.title}</a></h4><p>{s.teaser}</p><a href='{s.path}'>اقرأ المزيد</a></div>"
        for s in said
    )
    old = "<a href='/ar/node/7'>بيان قديم عن افتتاح مكتب الوزارة الجديد</a>"
    return f"<h1>البيانات الصحفية</h1>{items}<div><h3>الأكثر قراءة</h3><ul><li>{old}</li></ul></div>"


def chinese_list(said: Sequence[Said]) -> str:
    items = "".join(
        f"<li><span>[{s.date}]</span><a href='{s.path}' title='{s.title}'>{s.title}</a></li>" for s in said
    )
    old = "<a href='./t20240101_1.html'>去年的热门新闻发布会全文实录</a>"
    return f"<div class='list'><ul>{items}</ul></div><div><h3>热门排行</h3><ul><li>{old}</li></ul></div>"


def only_titles(said: Sequence[Said]) -> str:
    return "<h1>Communiqués</h1>" + "".join(f"<p><a href='{s.path}'>{escape(s.title)}</a></p>" for s in said)


def behind_read_more(said: Sequence[Said]) -> str:
    blocks = "".join(
        f"<div class='item'><h3>{escape(s.title)}</h3><p class='date'>{s.date}</p><p>{escape(s.teaser)}</p>"
        f"<p><a href='{s.path}'>Read more</a></p></div>"
        for s in said
    )
    return f"<h1>Media centre</h1>{blocks}"


def headings_and_paragraphs(said: Sequence[Said]) -> str:
    return "<h1>Media centre</h1>" + "".join(
        f"<h2>{escape(s.title)}</h2><p>{s.date}: {escape(s.teaser)} <a href='{s.path}'>Details</a></p>"
        for s in said
    )


def year_archive(said: Sequence[Said]) -> str:
    years: dict[str, list[Said]] = {}
    for s in said:
        years.setdefault(s.date[-4:], []).append(s)
    menu = "".join(f"<a href='/presse/{year}/'>{year}</a> " for year in range(2019, 2027))
    lists = "".join(
        f"<h2>{year}</h2><ul>"
        + "".join(f"<li><a href='{s.path}'>{escape(s.title)}</a> ({s.date})</li>" for s in of_year)
        + "</ul>"
        for year, of_year in years.items()
    )
    return f"<h1>Archives</h1><p>{menu}</p>{lists}"


def pictures(said: Sequence[Said]) -> str:
    tiles = "".join(
        f"<div class='tile'><a href='{s.path}'><img src='/img{n}.jpg' alt='{escape(s.title, quote=True)}'></a>"
        f"<span>{s.date}</span></div>"
        for n, s in enumerate(said)
    )
    return f"<h1>Galería de prensa</h1><div class='tiles'>{tiles}</div>"


def news_with_most_read(said: Sequence[Said]) -> str:
    first, *others = said
    hero = (
        f"<section class='hero'><figure><a href='{first.path}'><img src='/hero.jpg' alt=''></a></figure>"
        f"<h2><a href='{first.path}'>{escape(first.title)}</a></h2><p>{escape(first.teaser)}</p>"
        f"<time datetime='{first.date}'></time></section>"
    )
    items = "".join(
        f"<li><div><time datetime='{s.date}'>{s.date}</time></div>"
        f"<div><a href='{s.path}'>{escape(s.title)}</a></div></li>"
        for s in others
    )
    most_read = "".join(
        f"<li><a href='/news/2020/0{n}/an-old-release-still-read-{n}'>An old release still read by all {n}</a></li>"
        for n in range(1, 6)
    )
    return (
        f"<h1>News</h1>{hero}<ul>{items}</ul><div class='col-3'><h3>Most read</h3><ol>{most_read}</ol></div>"
    )


_TITLES = (
    "Police rescue 146 victims of trafficking in three countries",
    "Ministers agree on a common register of beneficial owners",
    "New fund helps farmers after the floods of the spring",
    "Court confirms sentences in the port corruption case",
    "Border agency publishes its report for the second quarter",
    "Customs seize two tonnes of counterfeit medicines at sea",
    "Government opens consultation on platform work rules",
    "Health inspectors close nine unlicensed care homes",
    "Joint statement on the protection of unaccompanied children",
    "Award for the inventors of a cleaner cement process",
    "Emergency number 112 now reachable by text message",
    "Annual conference on labour exploitation opens in Lyon",
)
_TEASER = (
    "The authorities of three countries worked together for a year, and present what they found on Monday."
)


def _said(
    path: str, dates: Callable[[int], str], titles: Sequence[str] = _TITLES, teaser: str = _TEASER
) -> tuple[Said, ...]:
    """Write releases, newest first; in `path` {n} is a number and {slug} the title in an address."""
    return tuple(
        Said(path.format(n=400 - n, slug=_slug(title)), title, dates(n), f"{teaser} ({n})")
        for n, title in enumerate(titles)
    )


def _slug(title: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in title.lower()).split())


_ARABIC = (
    "الشرطة تنقذ مئة وستة وأربعين ضحية من ضحايا الاتجار بالبشر", "الوزراء يتفقون على سجل مشترك للمستفيدين",
    "صندوق جديد يساعد المزارعين بعد فيضانات الربيع", "المحكمة تؤكد الأحكام في قضية فساد الميناء",
    "وكالة الحدود تنشر تقريرها عن الربع الثاني", "الجمارك تضبط طنين من الأدوية المقلدة في البحر",
    "الحكومة تفتح مشاورات حول قواعد العمل عبر المنصات", "مفتشو الصحة يغلقون تسع دور رعاية غير مرخصة",
    "بيان مشترك بشأن حماية الأطفال غير المصحوبين", "جائزة لمخترعي عملية إسمنت أنظف",
    "رقم الطوارئ متاح الآن بالرسائل النصية", "افتتاح المؤتمر السنوي حول استغلال العمال في ليون",
)  # fmt: skip
_CHINESE = (
    "三国警方联合行动解救一百四十六名受害者", "部长们就受益所有人共同登记册达成一致",
    "新基金帮助春季洪灾后的农民恢复生产",
    "法院维持港口腐败案原判", "边境管理局发布第二季度报告", "海关在海上查获两吨假药", "政府就平台用工规则公开征求意见",
    "卫生监督员关闭九家无证养老院", "关于保护无人陪伴儿童的联合声明", "清洁水泥工艺发明者获奖",
    "紧急电话现可通过短信联系", "反劳动剥削年度会议在里昂开幕",
)  # fmt: skip

SITE = "https://www.ministry.example"
PAGES = (
    PressPage(
        "table of dates",
        f"{SITE}/press/",
        "en",
        _said("/press/release/{n}", lambda n: f"{28 - n} May 2026"),
        table_of_dates,
        teased=False,
    ),
    PressPage(
        "cards", f"{SITE}/newsroom", "en", _said("/newsroom/{slug}", lambda n: f"May {28 - n}, 2026"), cards
    ),
    PressPage(
        "definition list",
        f"{SITE}/stampa",
        "it",
        _said("/stampa/comunicato.php?id={n}", lambda n: f"{28 - n} maggio 2026"),
        definition_list,
    ),
    PressPage(
        "WordPress archive",
        f"{SITE}/news/",
        "en",
        _said("/2026/05/{slug}/", lambda n: f"2026-05-{28 - n}T09:00:00+02:00"),
        wordpress_archive,
        block_theme,
    ),
    PressPage(
        "div soup",
        f"{SITE}/presse",
        "de",
        _said("/presse/mitteilung_{n}.html", lambda n: f"{28 - n}.05.2026"),
        div_soup,
        plain_list,
    ),
    PressPage(
        "right to left",
        f"{SITE}/ar/press",
        "ar",
        _said("/ar/node/{n}", lambda n: f"{28 - n} مايو 2026", _ARABIC, "عملت السلطات معا لمدة عام"),
        right_to_left,
    ),
    PressPage(
        "Chinese",
        f"{SITE}/zh/xwfb/",
        "zh",
        _said("./202605/t202605_{n}.html", lambda n: f"2026-05-{28 - n}", _CHINESE, ""),
        chinese_list,
        teased=False,
    ),
    PressPage(
        "links with only titles",
        f"{SITE}/communiques",
        "fr",
        _said("/communiques/{slug}", lambda _: ""),
        only_titles,
        teased=False,
    ),
    PressPage(
        "behind read more",
        f"{SITE}/media",
        "en",
        _said("/media/{n}-release", lambda n: f"{28 - n} May 2026"),
        behind_read_more,
        headings_and_paragraphs,
    ),
    PressPage(
        "year archive",
        f"{SITE}/presse/archives",
        "fr",
        _said("/presse/communique-{n}", lambda n: f"{28 - n} mai {2026 - n // 3}"),
        year_archive,
        teased=False,
    ),
    PressPage(
        "pictures",
        f"{SITE}/prensa",
        "es",
        _said("/prensa/galeria/{slug}", lambda n: f"{28 - n} de mayo de 2026"),
        pictures,
        teased=False,
    ),
    PressPage(
        "news with most read",
        f"{SITE}/news",
        "en",
        _said("/news/2026/05/{slug}", lambda n: f"2026-05-{28 - n}"),
        news_with_most_read,
        teased=False,
    ),
)


def drawn(page: PressPage, said: Sequence[Said], *, rebuilt: bool = False) -> bytes:
    """Draw a page as its server would answer it."""
    layout = page.rebuilt if rebuilt and page.rebuilt else page.layout
    return framed(layout(said), page.language, direction="rtl" if page.language == "ar" else "ltr").encode()
