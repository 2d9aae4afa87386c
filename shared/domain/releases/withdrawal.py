"""Recognises a wire's word that it takes a release back, and which one it means."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.domain.releases.draft import Draft
from shared.domain.releases.identity import fold_title

# A title of fewer letters is said of many releases.
_LEAST_TITLE = 12
_FIRST_CHARACTERS = 800
# The word stands first and is set off: "Withdrawn: Acme to merge", never "Withdrawn troops come home".
_MARK = re.compile(
    r"^\W*(?:(?:mandatory|media|press)[ -])?(?:"
    r"kill(?:ed)?|withdrawn|withdrawal|retracted|retraction|disregard(?: (?:press )?release)?|please disregard"
    r"|release withdrawn"
    r"|annulation|annulé|communiqué (?:retiré|annulé)|retrait du communiqué"
    r"|zurückgezogen|zurückziehung|zurückgenommen|annulliert|meldung zurückgezogen"
    r"|anulad[oa]|anulación|nota anulada|comunicado (?:anulado|retirado)"
    r"|annullat[oa]|annullamento|comunicato (?:ritirato|annullato)"
    r"|comunicado cancelado|desconsiderar"
    r"|ingetrokken|återkallat|återkallad|tilbagekaldt|wycofano|anulowano"
    r"|аннулировано|аннулировать|отозвано|сообщение отозвано|анульовано|відкликано"
    r"|geri çekildi|iptal edildi"
    r"|سحب|إلغاء|ألغي|撤稿|撤回|撤销|取り消し|철회"
    r")\s*(?:[:：–—|/]|-(?=\s)|\.{2,}|…)\s*"
    r"(?!.*\b(?:et remplace|and replaces?|und ersetzt|y sustituye|e sostituisce)\b)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"(?:please|kindly) disregard|(?:are|is) (?:advised|asked|requested) to disregard"
    r"|has been (?:withdrawn|retracted) by"
    r"|(?:hereby|we) (?:withdraw|retract)s? (?:the|this|our) (?:press )?release"
    r"|ne pas tenir compte d(?:u|e ce|e notre) communiqué|communiqué est (?:annulé|retiré)"
    r"|(?:meldung|mitteilung|pressemitteilung) (?:wird|wurde|ist) (?:hiermit )?(?:zurückgezogen|annulliert)"
    r"|no t(?:engan|omar|omen) en cuenta (?:el|este|la|esta) (?:comunicado|nota)|comunicado queda anulado"
    r"|non tenere conto del comunicato|comunicato (?:è stato|deve considerarsi) (?:ritirato|annullato)"
    r"|favor desconsiderar"
    r"|просим (?:аннулировать|не использовать) (?:это )?сообщени|сообщение (?:аннулировано|отозвано)"
    r"|يرجى (?:إهمال|تجاهل) (?:الخبر|البيان)|请勿(?:使用|刊发)(?:此|该)稿|此稿(?:作废|撤销)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“„«\"「『]\s*([^“”„«»\"「」『』]{6,200}?)\s*[”“»\"」』]")


@dataclass(frozen=True, slots=True)
class WithdrawalNotice:
    """What a wire says when it takes a release back: the titles it may mean, folded, and its own words."""

    titles: frozenset[str]
    reason: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An entry with which a feed takes back a release: of the same entry, or of one of these titles.

    `carried` are the notice's words, None for a tombstone, which has none.
    """

    fetch_id: UUID
    feed_id: UUID
    entry_key: bytes
    reason: str
    at: datetime | None = None
    titles: frozenset[str] = frozenset()
    carried: bytes | None = None


def read_withdrawal_notice(draft: Draft) -> WithdrawalNotice | None:
    """Read a notice such as "KILL: …" or "Please disregard …"; None for any other text.

    Conservative: a release that only speaks of something withdrawn is no notice. Whether it withdraws anything
    depends on whether its feed carried a release that it can mean.
    """
    start = draft.body[:_FIRST_CHARACTERS]
    mark = _MARK.match(draft.title)
    if mark is None and not (_ASKED.search(draft.title) or _ASKED.search(start)):
        return None
    rest = draft.title[mark.end() :] if mark else draft.title
    quoted = (found[1] for found in _QUOTED.finditer(f"{draft.title}\n{start}"))
    titles = (fold_title(title) for title in (rest, *quoted))
    reason = draft.title if len(draft.title) <= 200 else f"{draft.title[:199]}…"
    return WithdrawalNotice(frozenset(t for t in titles if len(t) >= _LEAST_TITLE or not t.isascii()), reason)
