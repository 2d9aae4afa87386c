"""Splits the dateline, where and when a release was given out, off its text."""

import re

from shared.domain.language.dates import DATE, read_date
from shared.domain.language.places import is_city, is_place

LONGEST_DATELINE = 110
_MOST_SEPARATORS = 4
_MOST_PARTS = 4
_MOST_WORDS = 4
_LINES_WITH_A_DATELINE = 3

_AGENCY_NAMES = """
adnkronos|aap|afp|agenzia nova|agi|agência brasil|ani|ansa|ap|apa|askanews|belga|bta|business wire
|businesswire|cna|ctk|dpa|efe|eqs|europa press|globe newswire|globenewswire|interfax|ips|irna|italpress
|keystone-ats|kna|kuna|kyodo|lusa|mena|newsfile corp.|notimex|ntb|ots|pap|pr newswire|prnewswire|pti|qna
|reuters|ritzau|sda|ats|spa|tass|tt|ukrinform|wam|xinhua|yonhap|aps|unb|bernama|ria|тасс|риа новости
|интерфакс|укринформ|واس|وام|رويترز|بنا|كونا|قنا|وات|بترا|وفا|سونا|أ ف ب
"""
_AGENCIES = frozenset(_AGENCY_NAMES.replace("\n", "").split("|"))
# Words that stand where a place would and are none: "Statement, 3 March – …".
_LABELS = frozenset(
    """
statement|update|updated|news|press release|news release|media release|press statement|joint statement
|note|notes|communiqué|communiqué de presse|comunicado|comunicado de prensa|comunicato stampa
|pressemitteilung|medienmitteilung|nota de prensa|nota à imprensa|release|background|breaking|fact sheet
|факт|alert|advisory|media advisory|speech|remarks|opinion|interview|report|from|published|date
|editor's note|correction|aktualisiert|mise à jour|new
""".replace("\n", "").split("|")
)
_SEPARATOR = re.compile(r"\s?[–—―]+\s*|\.?\s-{1,2}\s+|\.-\s*|\s--\s*")
_IN_SLASHES = re.compile(r"(?P<agency>/\s?[^/\s][^/]{0,24}/)(?:\s*(?:[.–—-]+|$)\s*|\s+)")
_EDGE = " ,.;،，|"
_OUTER = " ,;،，|"
# "… de marzo de 2021." ends with a stop, "Washington, D.C." with its name.
_FULL_STOP = re.compile(r"(?<=\w\w\w)\.$")
_BRACKETED = re.compile(r"[(（\[]([^()（）\[\]]{2,40})[)）\]]")
_SMALL_WORDS = re.compile(
    r"\b(?:le|la|den|am|on|em|a|il|in|from|the|у|в|г|de)$|(?:^|\s)(?:في|يوم)(?=\s|$)", re.IGNORECASE
)
_WEEKDAY = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b,?",
    re.IGNORECASE,
)
_CASELESS = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# 新华社北京3月3日电, 【中新社北京3月3日讯】, 【ジュネーブ3月3日時事】, (서울=연합뉴스) 홍길동 기자 =
_EAST_ASIAN = re.compile(
    r"【[^】]{2,40}(?:讯|訊|电|電|报道|報導|日|時事|共同|発)】"
    r"|[\u4e00-\u9fff]{2,20}\d{1,2}月\d{1,2}日(?:[电電讯訊]|综合[电讯]|综合报道)(?:[（(][^）)]{2,30}[）)])?"
    r"|（[^）]{2,24}(?:日|時事|共同|発)）"
    r"|[(\[][가-힣]{2,8}=[^)\]]{2,20}[)\]](?:\s*[가-힣]{2,4}\s?기자\s*=)?"
)
_SPACE_OR_DASH = " \u3000–—―-"


def split_dateline(line: str) -> tuple[str, str]:
    """Split a line into its dateline ("" where it has none) and the rest.

    A dateline names a known city, or a place with a date or a news agency, before a dash; a heading in
    capitals, a label ("Statement – …") or "COVID-19 – …" is none.
    """
    head = line[:LONGEST_DATELINE]
    if east_asian := _EAST_ASIAN.match(head):
        return east_asian[0], line[east_asian.end() :].lstrip(_SPACE_OR_DASH)
    if slashed := _slashed_agency(head):
        return line[: slashed[0]].strip(_OUTER), line[slashed[1] :]
    found = ("", line)
    for count, separator in enumerate(_SEPARATOR.finditer(head)):
        rest = line[separator.end() :]
        if count == _MOST_SEPARATORS:
            break
        if _is_dateline(head[: separator.start()]) and _starts_a_sentence(rest):
            found = (_FULL_STOP.sub("", line[: separator.start()].strip(_OUTER)), rest)
    return found


def split_first_dateline(lines: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Take the dateline off the first lines of a text (one may follow a subtitle, or stand alone)."""
    for position, line in enumerate(lines[:_LINES_WITH_A_DATELINE]):
        dateline, rest = split_dateline(line)
        if dateline:
            middle = (rest,) if rest else ()
            return dateline, (*lines[:position], *middle, *lines[position + 1 :])
        if len(lines) > 1 and _stands_alone(line):
            return line, lines[:position] + lines[position + 1 :]
    return "", lines


def _slashed_agency(head: str) -> tuple[int, int] | None:
    """Find "МОСКВА, 3 марта. /ТАСС/." or "SAN JOSE, March 3, 2021 /PRNewswire/ --"."""
    match = _IN_SLASHES.search(head)
    if match is None or not match.start() or not _is_agency(match["agency"].strip("/ ")):
        return None
    place = head[: match.start()]
    return (match.end("agency"), match.end()) if _is_dateline(f"{place} (AP)") else None


def _stands_alone(line: str) -> bool:
    """Tell whether a line is a place and a date, whole: no dash follows, the text starts on the next line."""
    return (
        len(line) <= LONGEST_DATELINE // 2
        and read_date(line) is not None
        and any(is_city(part) for part in _places(DATE.sub(" ", line)))
        and _is_dateline(line)
    )


def _is_dateline(head: str) -> bool:
    text, dates = DATE.subn(" ", _WEEKDAY.sub(" ", head))
    bracketed = [name.strip() for name in _BRACKETED.findall(text)]
    agency = any(map(_is_agency, bracketed))
    parts = _places(_BRACKETED.sub(" ", text))
    if not parts:
        return bool(dates and read_date(head) and not text.strip(_EDGE))
    if len(parts) > _MOST_PARTS or not all(map(_looks_like_a_place, parts)):
        return False
    if dates or agency:
        return True
    # "Paris – …" is a dateline, "France – …" a subject, "Lyon, France – …" a dateline again.
    known = is_city if len(parts) == 1 and not bracketed else is_place
    return any(map(known, [*parts, *bracketed]))


def _places(text: str) -> list[str]:
    parts = (
        _SMALL_WORDS.sub("", part.strip(_EDGE + "–—-/")).strip(_EDGE) for part in re.split(r"[,،，|]", text)
    )
    return [part for part in parts if part]


def _is_agency(name: str) -> bool:
    return name.casefold().strip() in _AGENCIES


def _looks_like_a_place(part: str) -> bool:
    words = part.split()
    if len(words) > _MOST_WORDS or part.casefold() in _LABELS or re.search(r"[\d:;!?“”«»\"]", part):
        return False
    if _CASELESS.search(part):
        return len(part) <= 24
    return words[0][0].isupper() and words[-1][0].isupper()


def _starts_a_sentence(rest: str) -> bool:
    first = next((character for character in rest if character.isalnum()), "")
    if not first or first.islower():
        return False
    return not is_city(re.split(r"[\s,:–—]", rest, maxsplit=1)[0])
