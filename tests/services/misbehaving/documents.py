"""Servers that answer 200 with something that is no feed, half a feed, or a feed in disguise."""

from tests.services.misbehaving.press import FEED, ITEMS, PAGE, document, item, titled_page
from tests.services.misbehaving.serving import Fault, Request, Wire, always, answer

XML = "Content-Type: application/rss+xml"


def served(text: str | bytes, content_type: str = XML) -> Fault:
    return always(200, text.encode() if isinstance(text, str) else text, content_type)


def error_of_the_day(*others: str) -> Fault:
    """Serve a bridge's error as an item, with a new id at each request."""

    async def fault(request: Request, wire: Wire) -> None:
        day = 20_000 + request.number
        bridged = item(9, f"Bridge returned error 403! ({day})").replace("pm-9", f"error-{day}")
        await wire.send(answer(200, document(bridged, *others).encode(), XML))

    return fault


page = served(PAGE, "Content-Type: text/html")
page_called_feed = served(PAGE)
login = served(titled_page("Anmelden", "<form><input type=password></form>"), "Content-Type: text/html")
refreshing_page = served(b"<html><head><meta http-equiv=refresh content='0;url=/feed'></head></html>")
database_down = served(titled_page("Database Error", "Error establishing a database connection"))
json_error = served('{"error": "quota exceeded", "code": 403}', "Content-Type: application/json")
json_list = served('["nothing", "here"]', "Content-Type: application/json")
json_cut = served(
    '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id":', "Content-Type: application/json"
)
plain_ok = served("OK", "Content-Type: text/plain")
pdf = served(b"%PDF-1.7 ...", "Content-Type: application/pdf")
opml = served("<opml version='2.0'><body/></opml>")
soap_fault = served("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>")

bridge_error = error_of_the_day()
bridge_error_beside_news = error_of_the_day(*ITEMS)
nitter_whitelist = served(document(item(9, "RSS reader not yet whitelisted!")))
lonely_error = served(document(item(9, "Error 502: Bad Gateway")))
news_about_an_error = served(document(item(1, "Error in tender 502: the Commission explains")))

no_entries = served(document())
nothing_readable = served("<?xml version='1.0'?><rss version='2.0'><channel><title>Presse</tit")
cut_in_an_entry = served(document(*ITEMS)[:-130])
one_bad_entry = served(
    document(ITEMS[0], "<item><title>&nbsp;<b>Ohne Ende</title><guid>pm-8</item>", ITEMS[1])
)
said_utf_8_is_latin_1 = served(document(*ITEMS).encode("latin-1"))
said_latin_1_is_utf_8 = served(FEED, "Content-Type: application/rss+xml; charset=iso-8859-1")
unknown_charset = served(document(*ITEMS, head="<?xml version='1.0' encoding='presse-8'?>"))
utf_16 = served(document(*ITEMS, head="<?xml version='1.0' encoding='utf-16'?>").encode("utf-16"))
byte_order_mark = served(b"\xef\xbb\xbf" + FEED)
blank_lines_first = served(b"\r\n\r\n  " + FEED)
warning_first = served(b"<br />\n<b>Warning</b>: Undefined variable $x in /var/www/feed.php\n" + FEED)
control_characters = served(FEED.replace(b"Frachter", b"Frach\x00\x0bter\x1f"))
wild_entities = served(FEED.replace(b"Frachter", b"Frachter &nbsp; &uuml;&bogus; & Co"))
called_html = served(FEED, "Content-Type: text/html")
called_octets = served(FEED, "Content-Type: application/octet-stream")
called_nothing = always(200, FEED)
one_guid_for_all = served(document(*(item(n, f"Mitteilung {n}").replace(f"pm-{n}", "pm") for n in (1, 2, 3))))
neither_guid_nor_link = served(
    document("<item><title>Ohne Nummer</title></item>", "<item><title>Auch so</title></item>")
)
ten_thousand_items = served(document(*(f"<item><title>Nr. {n}</title></item>" for n in range(10_000))))
thirty_thousand_items = served(document(*(f"<item><title>Nr. {n}</title></item>" for n in range(30_000))))
billion_laughs = served(
    "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>]>"
    + document(item(1, "Gelächter").replace("Gelächter", "&d;&d;&d;"), head="")
)
reads_our_files = served(
    "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    + document(item(1, "Datei").replace("Datei", "Datei &x;"), head="")
)
deep_nesting = served(document("<item><title>Tief</title>" + "<div>" * 5_000 + "</div>" * 5_000 + "</item>"))


async def guids_churn(request: Request, wire: Wire) -> None:
    churned = document(*ITEMS).replace("pm-", f"pm-{request.number}-")
    await wire.send(answer(200, churned.encode(), XML))
