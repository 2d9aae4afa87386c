"""The words by which press releases introduce their boilerplate, in the languages they are written in."""

import re

_END = r"\s*[:：]?"
# A name begins with a capital, a quote, or a letter of a script without capitals.
_NAMED = r"(?-i:[^\W\d_a-zа-яё]|[\"“«„'’])"


def _any(*forms: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE)


def _run_in(forms: tuple[str, ...], followed_by: str) -> re.Pattern[str]:
    words = "|".join(f"(?:{form})" for form in forms)
    return re.compile(rf"(?:{words})\s*(?:{followed_by})\s*\S", re.IGNORECASE)


_OF_A_NAME = rf"(?:the|el|la|los|las|lo|le|les|l['’]|die|der|das|den|dem|o|a|os|as|il|gli|de|het)?\s?{_NAMED}"
_INSTITUTION = (
    "(?:company|foundation|charity|institute|agency|group|association|organi[sz]ation|museum"
    "|société|entreprise|fondation|institut|agence|groupe|musée|empresa|compañía|fundación|instituto|agencia|grupo"
    "|asociación|organización|museo|companhia|fundação|agência|associação|organização|azienda|società|fondazione"
    "|istituto|agenzia|gruppo|associazione|organizzazione|компании|фонде|банке|группе|холдинге|корпорации|организации"
    r"|институте|ассоциации|предприятии|музее|проекте)\b"
)
_THE = r"(?:the|our|la|el|le|l['’]|a|o|il|della|dell['’]|del|du|de la|de l['’])"
_ON = "(?:about|à propos de|à propos|acerca de|sobre|informazioni su(?:l|lla|ll['’])?|chi è|об?)"
_ABOUT_THE_INSTITUTION = rf"{_ON}\s?(?:{_THE}\s?)?{_INSTITUTION}"
_ABOUT = (
    _ABOUT_THE_INSTITUTION,
    rf"about (?:us|{_OF_A_NAME}.*)",
    r"à propos (?:de\s|d['’]|du\s|des\s).*",
    "qui sommes-nous.*",
    rf"(?:acerca|sobre) (?:del?\s|d[ao]s?\s)?{_OF_A_NAME}.*",
    "quiénes somos.*|quem somos.*|chi siamo.*",
    rf"über (?:uns|{_OF_A_NAME}.*)",
    "zum unternehmen|unternehmensprofil|company profile|corporate profile|profil de l['’]entreprise",
    r"(?:informazioni su|a proposito di|profilo di|chi è) ?.*",
    rf"over (?:ons|{_OF_A_NAME}.*)",
    rf"(?:об?) (?:нас|компании|фонде|банке|группе|холдинге|корпорации|организации|институте|{_NAMED}.*).*",
    "справка|справочно|о нас|про нас|про компанію.*",
    r"نبذة (?:عن|حول).*",
    r"(?:عن|حول) (?:ال|شركة|مؤسسة|منظمة|هيئة|صندوق|بنك).*",
    "(?:关于|關於).{1,18}|公司简介|公司簡介|机构简介|.{1,20}について|会社概要|.{1,20} 소개",
)
_NOTES = (
    r"(?:editor['’]?s['’]? )?notes? (?:to|for) (?:the )?(?:editors?|journalists|media|newsrooms?)",
    r"editor(?:s['’]?|['’]s|ial) notes?",
    "notes? (?:aux?|à la|à l['’](?:attention|intention) des?) (?:rédactions?|rédacteurs|éditeurs|journalistes)",
    "notas? (?:al?|para)(?: la| las| los)? (?:editor(?:es)?|redactor(?:es)?|redacci[óo]n|redacciones|periodistas)",
    "notas? (?:à|aos?|para)(?: a| as| o| os)? (?:editor(?:es)?|redator(?:es)?|redação|redações|jornalistas)",
    "hinweise? (?:für|an) (?:die )?(?:redaktion(?:en)?|redakteure|journalist(?:en|innen.*)|medien)",
    "redaktionelle hinweise?",
    r"not[ae] (?:per|ai|alle|alla|per le|per i) ?(?:redazion[ei]|redattori|giornalisti|editori)",
    r"(?:примечани[ея]|к сведению) (?:для )?(?:редакторов|редактора|редакций|редакции|журналистов|сми)",
    r"ملاحظ(?:ة|ات) (?:للمحررين|إلى المحررين|للسادة المحررين|للصحفيين)",
    "编者注|編者注|编者按|編者按|致编辑|编辑注|编辑备注|给编辑的说明|記者注|편집자 주",
)
_PRESS = "(?:media|press|news|investor|pr|public relations|communications?)"
_CONTACT = (
    (
        rf"(?:{_PRESS}(?: and {_PRESS})? )?(?:contacts?|enquir(?:y|ies)|inquir(?:y|ies))"
        "(?: (?:information|details|for .*|persons?))?"
    ),
    rf"{_PRESS} (?:office|relations)",
    "for (?:more|further|additional) (?:information|details)(?:,? (?:please )?(?:contact|call|write|e-?mail))?",
    "contacts? (?:presse|médias?|media)|service (?:de )?presse|relations presse",
    r"pour (?:plus|de plus amples|tout(?:e)?) (?:d['’]\s?)?(?:informations?|renseignements?)",
    "contactos?(?: (?:de|para|con) (?:la )?(?:prensa|medios.*|los medios|comunicación|imprensa|media))?",
    "oficina de prensa|gabinete de prensa|para (?:más|mayor) información",
    "(?:presse|medien)?kontakte?(?: für .{3,40})?|(?:ihr )?ansprechpartner(?:in)?(?: für .{3,40})?",
    "rückfragen(?: an)?|rückfragehinweis|pressestelle|medienstelle|weitere informationen",
    "kontakt und information",
    "contat(?:o|os|ti|to)(?: (?:de|para|per|stampa|media|com a|a|la) ?.{0,30})?|ufficio stampa",
    "assessoria de (?:imprensa|comunicação)",
    "(?:per|para) (?:ulteriori|maggiori|mais) informa(?:zioni|ções)",
    "(?:контакты|контактная информация|контактное лицо)(?: (?:для )?(?:сми|прессы|журналистов))?",
    "пресс-служба|пресс-центр|дополнительная информация",
    "(?:للتواصل|للاستفسار|للاستفسارات|لمزيد من المعلومات|للمزيد من المعلومات).{0,40}",
    "(?:معلومات الاتصال|جهة الاتصال|جهات الاتصال).{0,40}",
    "المكتب الإعلامي|المكتب الصحفي",
    "(?:媒体|媒體|新闻|新聞)?(?:联系人|联络人|聯絡人|联系方式|联络方式|聯絡方式|联系|联络|聯絡|咨询|查询)|新闻处|报道に関する.{0,12}|お問い合わせ先?|문의처?",
)
_FORWARD_LOOKING = (
    r"(?:cautionary|important) (?:statement|note|information) (?:regarding|on|about|concerning) forward.{0,40}",
    r"forward[- ]looking (?:statements?|information)|safe[- ]harbou?r",
    r"(?:déclarations?|énoncés?|informations?) prospecti(?:ve|f)s?|informations? de nature prévisionnelle",
    "(?:declaraciones|manifestaciones|información) (?:prospectivas?|de futuro|a futuro)",
    "previsiones de futuro",
    "zukunftsgerichtete[nr]? (?:aussagen?|informationen)|vorausschauende[nr]? aussagen?",
    "in die zukunft gerichtete[nr]? aussagen?",
    r"declarações (?:prospectivas|prospetivas|futuras)|afirmações prospectivas|informações prospectivas",
    r"dichiarazioni (?:previsionali|prospettiche|a carattere previsionale)|informazioni prospettiche",
    "(?:прогнозны[ех]|перспективны[ех]) (?:заявлени[яй]|утверждени[яй])",
    "заявлени[яй] (?:прогнозного|перспективного) характера|заявлени[яй] о будущем",
    "(?:بيانات|تصريحات|إفادات|عبارات) (?:تطلعية|استشرافية|مستقبلية)|البيانات التطلعية",
    "البيانات الاستشرافية|التصريحات المستقبلية",
    "前瞻性(?:陈述|聲明|声明|陳述|说明)|将来の見通し|미래예측진술|toekomstgerichte verklaringen",
)
FORWARD_STEMS = (
    "forward", "safe", "prospe", "prévision", "de futuro", "a futuro", "zukunft", "vorausschau", "futuras",
    "previsional", "прогноз", "перспектив", "будущ", "تطلع", "استشراف", "مستقبل", "前瞻", "将来", "미래", "toekomst",
)  # fmt: skip
_SMALL_PRINT = (
    r"(?:©|\(c\)|copyright\b).{0,120}",
    ".{0,60}(?:all rights reserved|tous droits réservés|todos los derechos reservados).{0,60}",
    ".{0,60}(?:alle rechte vorbehalten|todos os direitos reservados|tutti i diritti riservati).{0,60}",
    ".{0,60}(?:все права защищены|جميع الحقوق محفوظة|版权所有|版權所有).{0,60}",
    r"(?:follow|find|join|like) us (?:on|at)\b.{0,160}|suivez[- ]nous .{0,160}|síg(?:ue|a)nos .{0,160}",
    "folgen sie uns .{0,160}|siga[- ]nos .{0,160}|seguici .{0,160}",
    "(?:подписывайтесь|следите) .{0,160}|تابعونا .{0,160}|关注我们.{0,80}",
    r"(?:logo|photo|picture|image|video|foto|multimedia)s?\s*[-–—:]\s*https?://\S+",
    r"source:? (?-i:[A-ZÀ-ÖØ-Þ]).{2,80}|view original content.*|cision view original content.*",
    r"(?:press|media) kit.{0,20}https?://\S+",
)
ABOUT_HEADING = _any(*_ABOUT)
NOTES_HEADING = _any(*(form + _END for form in _NOTES))
CONTACT_HEADING = _any(*(form + _END for form in _CONTACT))
FORWARD_LOOKING = _any(*_FORWARD_LOOKING)
SMALL_PRINT = _any(*_SMALL_PRINT)
# "About Acme: Acme makes …" in one paragraph; a dash or a colon must follow a short name.
ABOUT_RUN_IN = re.compile(
    r"(?:about|à propos (?:de|du|des)|à propos d['’]|acerca del?|sobre|über|informazioni su|over|об?|نبذة عن|关于|關於)"
    rf"\s*{_OF_A_NAME}[^:：.!?]{{1,60}}[:：]\s*\S|{_ABOUT_THE_INSTITUTION}\s*[:：]\s*\S",
    re.IGNORECASE,
)
NOTES_RUN_IN = _run_in(_NOTES, "[:：]")
CONTACT_RUN_IN = re.compile(
    "|".join(f"(?:{form})" for form in _CONTACT).join(
        (r"(?:", r")\s*(?:[:：,]|visit|see|besuchen|visite[zr]?|unter)\s*\S")
    ),
    re.IGNORECASE,
)
# "-ENDS-", "### FIN ###": what follows is for the newsroom.
END_MARK = re.compile(
    r"[\s\-–—*#=/.]*(?:(?<=[\-–—*#=/.])\s*(?:ends?|fin|ende|fine|fim|конец|30|完)\s*(?=[\-–—*#=/.])|(?-i:ENDS|ENDE|FIN|FINE|FIM)"
    r"|انتهى)[\s\-–—*#=/.]*",
    re.IGNORECASE,
)
