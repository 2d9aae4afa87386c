"""Dates as releases write them, in the languages they write in."""

import re
from datetime import date

_NAMES = {
    "en": "january february march april may june july august september october november december",
    "en.": "jan feb mar apr may jun jul aug sep oct nov dec",
    "en..": "jan feb mar apr may june july aug sept oct nov dec",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr.": "janv févr mars avr mai juin juil aout sept oct nov déc",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "de.": "jänner feber mrz apr mai jun jul aug sept okt nov dez",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "es.": "ene feb mar abr may jun jul ago setiembre oct nov dic",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "it.": "gen feb mar apr mag giu lug ago set ott nov dic",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pt.": "jan fev mar abr mai jun jul ago set out nov dez",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "ru.": "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada"
    " grudnia",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "ar.": "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر",
    "ar..": "كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول",
}
_MONTHS = {
    name.replace("_", " "): number
    for names in _NAMES.values()
    for number, name in enumerate(names.split(), 1)
}
_LONGEST_FIRST = sorted(map(re.escape, _MONTHS), key=len, reverse=True)
_MONTH = rf"(?:{'|'.join(_LONGEST_FIRST)})(?![^\W\d_])"
_YEAR = r"(?:19|20|١٩|٢٠)\d\d"
_DAY = r"(?<!\d)\d{1,2}"
# What stands between a day and its month, a month and its year: "3 de marzo de", "1er", "d’avril".
_OF = r"(?:de\s+|del\s+|of\s+|d['’]\s?|من\s+)?"
_DAY_SUFFIX = r"(?:\s?(?:er|st|nd|rd|th|[.ºª°]))?"
_DAY_MONTH = rf"(?P<day1>{_DAY}){_DAY_SUFFIX}[\s-]*{_OF}(?P<month1>{_MONTH})(?:/{_MONTH})?\.?"
_MONTH_DAY = rf"(?<![^\W\d_])(?P<month2>{_MONTH})\.?\s+(?P<day2>{_DAY})(?:st|nd|rd|th)?(?!\d)"
_CJK = rf"(?:(?P<year3>{_YEAR})\s?[年년]\s?)?(?P<month3>\d{{1,2}})\s?[月월]\s?(?P<day3>\d{{1,2}})\s?[日일号]"
# The year first, as ISO 8601 and East Asia write it: "2026-05-06", "2026/5/6", "2026.05.06".
_ISO = rf"(?<!\d)(?P<year4>{_YEAR})(?P<between>[-/.])(?P<month4>\d\d?)(?P=between)(?P<day4>\d\d?)(?!\d)"
_NUMERIC = rf"{_DAY}(?P<sep>[./-])\d{{1,2}}(?P=sep){_YEAR}(?!\d)"
_WITH_YEAR = rf"(?:,?[\s-]*{_OF}(?P<{{}}>{_YEAR})(?:\s?(?:г\.|года|року|r\.))?)?"
DATE = re.compile(
    "|".join(
        (
            _DAY_MONTH + _WITH_YEAR.format("year1"),
            _MONTH_DAY + _WITH_YEAR.format("year2"),
            _CJK,
            _ISO,
            f"(?P<numeric>{_NUMERIC})",
        )
    ),
    re.IGNORECASE,
)
# Every date has a digit beside a month, or beside the sign or the separator of one: looking from the digits on
# takes a tenth of the time that looking for months takes, of which every text has the beginnings.
_BEGINNINGS = "|".join(sorted({re.escape(name[:3]) for name in _MONTHS}))
_ENDINGS = "|".join(sorted({re.escape(name[-5:]) for name in _MONTHS}))
_DAY_FIRST = re.compile(
    rf"\d(?:{_DAY_SUFFIX}[\s-]*{_OF}(?:{_BEGINNINGS})|\s?[月월]|[./-]\d\d?[./-]\d)", re.IGNORECASE
)
_BEFORE_DAY = re.compile(r"\s+\d")
_MONTH_ENDS = re.compile(rf"(?:{_ENDINGS})\.?\Z", re.IGNORECASE)
_LONGEST_ENDING = 6
# A word or two may stand beside a date that is alone on its line: "Published on", "Lundi", "17:05".
_LONGEST_DATE_LINE = 60
_MOST_OTHER_LETTERS = 24


def may_hold_date(text: str) -> bool:
    """Tell, in a fiftieth of the time that finding it takes, that a text may hold a date; never False where it does."""
    return bool(_DAY_FIRST.search(text)) or any(
        _MONTH_ENDS.search(text, max(0, at - _LONGEST_ENDING), at)
        for at in (found.start() for found in _BEFORE_DAY.finditer(text))
    )


def read_date(text: str, language: str | None = None) -> date | None:
    """Read the first full date (day, month, year) in a text, or None.

    "03/04/2021" is day first, but not read in English, where it may be either.
    """
    for match in DATE.finditer(text) if may_hold_date(text) else ():
        if (found := _date_of(match, language)) is not None:
            return found
    return None


def read_date_near(text: str, language: str | None, near: date) -> date | None:
    """Read the first date in a text; one without a year is the one nearest to `near`."""
    if full := read_date(text, language):
        return full
    for match in DATE.finditer(text):
        groups = match.groupdict()
        for form in "123":
            month, day = groups.get(f"month{form}"), groups.get(f"day{form}")
            if month and day:
                number = _month_number(month, language)
                days = (_valid_date(year, number, int(day)) for year in range(near.year - 1, near.year + 2))
                return min(filter(None, days), key=lambda one: abs(one - near), default=None)
    return None


def is_date_line(line: str, language: str | None = None) -> bool:
    """Tell whether a line says a full date and nothing else but a word or two ("Published on", a time)."""
    if len(line) > _LONGEST_DATE_LINE or read_date(line, language) is None:
        return False
    return sum(map(str.isalpha, DATE.sub("", line))) <= _MOST_OTHER_LETTERS


def _date_of(match: re.Match[str], language: str | None) -> date | None:
    groups = match.groupdict()
    if groups["numeric"]:
        return _numeric_date(groups["numeric"], groups["sep"], language)
    for form in "1234":
        year, month, day = (groups.get(f"{part}{form}") for part in ("year", "month", "day"))
        if year and month and day:
            return _valid_date(int(year), _month_number(month, language), int(day))
    return None


def _numeric_date(text: str, separator: str, language: str | None) -> date | None:
    first, second, year = map(int, text.split(separator))
    if second > 12:
        first, second = second, first
    elif language in {"en", None} and separator == "/" and first <= 12 and first != second:
        return None
    return _valid_date(year, second, first)


def _month_number(name: str, language: str | None) -> int:
    if name.isdigit():
        return int(name)
    # The one name that two of these languages give to different months.
    if language == "hr" and name.casefold() == "listopada":
        return 10
    return _MONTHS[re.sub(r"\s+", " ", name.lower())]


def _valid_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:  # 31 February
        return None
