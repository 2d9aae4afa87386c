"""What pages write around their lists of releases, in the languages they write in."""

import re

_PAGER = re.compile(
    r"[\d\s.…«»‹›<>|←→↑↓·/-]+"
    r"|(?:«|‹|<|←|→)?\s*(?:next|previous|prev|newer|older|first|last|more|load more|show more|view all|see all"
    r"|all news|back|top|(?:next|previous|older|newer) (?:page|posts|entries|news)|all press releases"
    r"|suivante?|précédente?|page suivante|page précédente|toutes les actualités|retour|voir tout"
    r"|weiter|zurück|nächste(?: seite)?|vorherige(?: seite)?|alle anzeigen"
    r"|siguiente|anterior|próxima|ver todas?|ver todos|successiva|precedente|volgende|vorige"
    r"|далее|назад|следующая|предыдущая|все новости|التالي|السابق|الصفحة التالية|عرض الكل"
    r"|下一页|上一页|首页|尾页|末页|更多|次へ|前へ|다음|이전)\s*(?:»|›|>|→)?",
    re.IGNORECASE,
)
_READ_MORE = re.compile(
    r"[\[(«]?\s*(?:read (?:more|on|the (?:full )?(?:release|article|story|text))|more|full (?:text|release|story)"
    r"|continue(?: reading)?|learn more|details|view|open|see more|find out more|click here|here|download|pdf"
    r"|lire(?: la suite| plus)?|en savoir plus|suite|plus|voir|weiterlesen|mehr(?: lesen| erfahren)?|zum artikel"
    r"|leer más|ver más|más(?: información)?|seguir leyendo|leggi(?: tutto| di più)?|ler mais|saiba mais|leia mais"
    r"|lees (?:meer|verder)|läs mer|devamı|czytaj więcej|читать(?: далее| полностью)?|подробнее"
    r"|اقرأ المزيد|المزيد|قراءة المزيد|التفاصيل|إقرأ المزيد|阅读(?:全文|更多)|查看(?:全文|详情)|详情|全文"
    r"|続きを読む|詳細|더보기)\s*[\])»›>→….:]*",
    re.IGNORECASE,
)
_SIDE_HEADING = re.compile(
    r"(?:the )?(?:most (?:read|viewed|popular|shared)|popular|trending|related|see also|read also|tags?|topics"
    r"|categories|archives?|follow us|share|(?:quick|useful) links|in this section|contacts?|newsletter|upcoming events"
    r"|les plus lus|à lire aussi|voir aussi|liens utiles|à ne pas manquer|dans cette rubrique"
    r"|meistgelesen\w*|am meisten gelesen|siehe auch|beliebt\w*"
    r"|lo más (?:leído|visto)|(?:las |los )?más (?:leíd[ao]s|vist[ao]s)|ver también|enlaces"
    r"|i più letti|le più lette|leggi anche|mais lid[ao]s|veja também|meest gelezen"
    r"|самое читаемое|популярное|читайте также|en çok okunan\w*|najczęściej czytane"
    r"|الأكثر قراءة|الأكثر مشاهدة|مواضيع ذات صلة|روابط(?: مهمة)?|اقرأ أيضا"
    r"|热门\w*|排行\w*|点击排行|阅读排行|相关\w*|友情链接|人気\w*|関連\w*)"
    r"(?:\s+(?:news|articles?|releases?|stories|posts|links|actualités|noticias|artikel))?\s*:?",
    re.IGNORECASE,
)
_LANGUAGE_NAMES = frozenset({
    "english", "français", "francais", "deutsch", "español", "espanol", "italiano", "português",
    "portugues", "nederlands", "polski", "русский", "українська", "العربية", "عربي", "中文", "简体中文",
    "繁體中文", "日本語", "한국어", "türkçe", "ελληνικά", "svenska", "dansk", "suomi", "norsk", "čeština",
    "magyar", "română", "فارسی", "עברית", "हिन्दी", "ไทย", "eesti", "latviešu", "lietuvių", "slovenčina",
    "slovenščina", "hrvatski",
})  # fmt: skip
_CODE = re.compile(r"[a-z]{2}(?:-[a-z]{2})?", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_WORD = re.compile(r"[^\W\d_]+")


def is_pager_text(text: str) -> bool:
    """Tell whether a link's text only leads on or back: numbers, arrows, "next", "older posts"."""
    return bool(text) and bool(_PAGER.fullmatch(text))


def is_read_more(text: str) -> bool:
    """Tell whether a link's text says nothing of what it leads to: "read more", "details"."""
    return not _WORD.search(text) or bool(_READ_MORE.fullmatch(text))


def is_side_heading(text: str) -> bool:
    """Tell whether a heading stands over what is beside the list: "most read", "tags"."""
    return bool(_SIDE_HEADING.fullmatch(text))


def is_language_name(text: str) -> bool:
    """Tell whether a link's text names a language, as a switch between translations does."""
    return text.casefold() in _LANGUAGE_NAMES or bool(_CODE.fullmatch(text))


def count_words(text: str) -> float:
    """Count words; two Chinese, Japanese or Korean characters are about one."""
    chinese = len(_CHINESE.findall(text))
    return chinese / 2 + len(_WORD.findall(_CHINESE.sub(" ", text)))
