"""The documents that the misbehaving web publishes: two states of one press office's feed, and worse."""

from xml.sax.saxutils import escape

TITLES = ("Hafenpolizei stoppt Frachter vor Lindau", "La Commission présente son plan contre la traite")
NEWS = "Fiscalía abre diligencias por trata de personas"


def item(number: int, title: str) -> str:
    return (
        f"<item><title>{escape(title)}</title><guid isPermaLink='false'>pm-{number}</guid>"
        f"<link>https://presse.example/pm/{number}</link>"
        f"<pubDate>Mon, 0{number} Mar 2026 09:00:00 GMT</pubDate>"
        f"<description>{escape(title)}. Die Ermittlungen dauern an.</description></item>"
    )


def document(*items: str, head: str = "<?xml version='1.0' encoding='utf-8'?>") -> str:
    return f"{head}<rss version='2.0'><channel><title>Presse</title>{''.join(items)}</channel></rss>"


ITEMS = tuple(item(number, title) for number, title in enumerate(TITLES, 1))
FEED = document(*ITEMS).encode()
LATER = document(item(3, NEWS), *ITEMS).encode()


def titled_page(title: str, body: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()


PAGE = titled_page("Wartung", "<p>Wir sind gleich zurück.</p>")
