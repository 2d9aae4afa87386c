"""Small documents of every kind that a feed reader meets: other charsets, and what is not well formed."""

from tests.evaluate.feed_kinds import ITEM, FeedKind, atom, family, rss

_RUSSIAN = rss("<title>Отчёт</title>")
_LATIN = "<title>Préfecture : crues à l’étude</title>"
# A declared charset, and a title that it can write.
_CHARSETS = {
    "utf-8": "Préfecture",
    "utf-16": "Préfecture",
    "utf-16-le": "Préfecture",
    "utf-16-be": "Préfecture",
    "utf-32": "Préfecture",
    "iso-8859-1": "Préfecture",
    "iso-8859-2": "Ministerstwo rozpoczęło",
    "iso-8859-5": "Отчёт полиции",
    "iso-8859-6": "بيان صحفي",
    "iso-8859-7": "Δελτίο τύπου",
    "iso-8859-8": "הודעה",
    "iso-8859-9": "Basın açıklaması",
    "iso-8859-15": "100 € d'amende",
    "windows-1250": "Zpráva pro tisk č. 4",
    "windows-1251": "Отчёт полиции",
    "windows-1252": "“Préfecture”",
    "windows-1253": "Δελτίο",
    "windows-1254": "açıklaması",
    "windows-1255": "הודעה לעיתונות",
    "windows-1256": "بيان صحفي",
    "windows-1257": "Pranešimas",
    "koi8-r": "Отчёт полиции",
    "koi8-u": "Звіт поліції",
    "gb2312": "警察解救受害者",
    "gbk": "警察解救受害者",
    "gb18030": "警察解救受害者",
    "big5": "警察解救受害者",
    "euc-jp": "警察が被害者を救出",
    "shift_jis": "警察が被害者を救出",
    "iso-2022-jp": "警察が被害者を救出",
    "euc-kr": "보도자료",
    "tis-620": "ข่าว",
}


def broken_kinds() -> list[FeedKind]:
    """List the documents that a strict reader refuses, and those in other charsets."""
    return [
        *_declared(),
        FeedKind("charset of the header", "windows-1251", _RUSSIAN.encode("cp1251"), "text/xml; charset=windows-1251"),
        FeedKind("charset of the header", "wrong: it is UTF-8", rss(_LATIN).encode(), "text/xml; charset=iso-8859-1"),
        *family("charset", _odd_charsets()),
        *family("not well formed", _not_well_formed()),
        *family("cut off", _cut_off()),
    ]  # fmt: skip


def _declared() -> list[FeedKind]:
    documents: dict[str, str | bytes] = {}
    for charset, title in _CHARSETS.items():
        text = f"<?xml version='1.0' encoding='{charset}'?>{rss(f'<title>{title}</title><link>/1</link>')}"
        documents[charset] = text.encode(charset)
    return list(family("charset declared", documents))


def _odd_charsets() -> dict[str, str | bytes]:
    return {
        "a byte order mark": rss(_LATIN).encode("utf-8-sig"),
        "undeclared, windows-1252": rss(_LATIN).encode("cp1252"),
        "declared UTF-8, windows-1252": b"<?xml version='1.0' encoding='utf-8'?>"
        + rss(_LATIN).encode("cp1252"),
        "declared ASCII, UTF-8": b"<?xml version='1.0' encoding='us-ascii'?>" + rss(_LATIN).encode(),
        "a charset that nobody knows": b"<?xml version='1.0' encoding='x-press'?>" + rss(_LATIN).encode(),
        "one bad byte": rss(_LATIN, ITEM).encode().replace(b"\xc3\xa0", b"\xe0"),
    }


def _not_well_formed() -> dict[str, str | bytes]:
    both = f"<item>{ITEM}</item>"
    return {
        "a bare ampersand": rss("<title>Police & justice</title>", ITEM),
        "a bare bracket": rss("<title>5 < 6</title>", ITEM),
        "a named entity": rss("<title>Caf&eacute;&nbsp;&hellip;</title>", ITEM),
        "an entity that nobody knows": rss("<title>One &unknown; two</title>", ITEM),
        "a reference beyond Unicode": rss("<title>&#9999999; police</title>", ITEM),
        "a control character": rss("<title>Police\x0b\x00 rescue</title>", ITEM),
        "an undeclared prefix": rss(f"{ITEM}<x:price>4</x:price>", ITEM),
        "attributes without quotes": rss(ITEM).replace('version="2.0"', "version=2.0"),
        "an unclosed paragraph": rss(f"{ITEM}<description><p>One<p>Two</description>", ITEM),
        "a tag that crosses another": rss(f"{ITEM}<description><b>One<i>Two</b></i></description>", ITEM),
        "text before the declaration": "\n\n  <?xml version='1.0'?>" + rss(ITEM),
        "junk before the root": "Warning: mysql_connect() failed\n" + rss(ITEM),
        "junk after the root": rss(ITEM) + "<!-- cached --><script>track()</script>",
        "two roots": rss(ITEM) + rss(ITEM),
        "another item's end": rss(ITEM).replace("</item>", "</entry>"),
        "a doctype of HTML": '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x.dtd">' + rss(ITEM),
        "an upper and a lower case": f"<rss version='2.0'><channel>{both}</Channel></rss>",
        "a link without an address": atom("<title>Police</title><link rel='enclosure'/><link/>"),
        "a stray end in an image": rss(ITEM, channel="<image><url>/l.png</url></width></image>"),
        "ampersands in an address": rss(
            "<title>Police</title><link>https://press.example/?a=1&b=2&amp;c=3</link>"
        ),
        "nested items": rss(f"{ITEM}<item><title>Inner</title></item>", ITEM),
        "a comment with two dashes": rss(ITEM).replace("<item>", "<!-- a -- b --><item>"),
        "deep": rss(f"{ITEM}<description>{'<b>' * 60}deep{'</b>' * 60}</description>"),
    }


def _cut_off() -> dict[str, str | bytes]:
    whole = rss(ITEM, ITEM.replace("146", "147"), ITEM.replace("146", "148"))
    return {
        "after an item": whole[: whole.rindex("<item>")],
        "inside an item": whole[: whole.rindex("<link>") + 12],
        "inside a tag": whole[: whole.rindex("</title>") + 4],
        "inside CDATA": rss(ITEM, f"{ITEM}<description><![CDATA[<p>Twelve"),
        "before the root's end": whole.removesuffix("</rss>"),
    }
