"""Six made-up publishers, each with 30 releases in its language, and which of their paragraphs are boilerplate.

Each has habits that real ones have: people who take turns as the contact, a year or a date inside a standing
paragraph, an "About" that is rewritten one day, a mission that stands at the end under no heading. And each
says again what is no boilerplate: monthly figures that differ by their numbers, a background that comes back
in some releases, a short heading.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

RELEASES = 30
# A background paragraph comes back in about one release of four.
_BACKGROUND_PART = 0.25
_REWRITTEN_AT = 18


@dataclass(frozen=True, slots=True)
class Office:
    """One publisher: `sentences` have slots, `standing` holds its boilerplate as (paragraph, how often)."""

    name: str
    language: str
    titles: tuple[str, ...]
    sentences: tuple[str, ...]
    slots: dict[str, tuple[str, ...]]
    twin: str
    backgrounds: tuple[str, ...]
    heading: str
    standing: tuple[tuple[str, float], ...]
    rewritten: tuple[str, str]
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelledRelease:
    """A release whose every paragraph is known to be boilerplate or not."""

    title: str
    paragraphs: tuple[str, ...]
    is_boilerplate: tuple[bool, ...]


def releases_of(office: Office, seed: int = 1) -> Iterator[LabelledRelease]:
    """Give the releases of an office in order; the same ones for the same seed."""
    chance = random.Random(f"{office.name}/{seed}")
    for number in range(RELEASES):
        told = list(_told(office, chance, number))
        standing = list(_standing(office, chance, number))
        yield LabelledRelease(
            _filled(chance.choice(office.titles), office, chance, number),
            tuple(told + standing),
            (False,) * len(told) + (True,) * len(standing),
        )


def _told(office: Office, chance: random.Random, number: int) -> Iterator[str]:
    yield _filled(office.twin, office, chance, number)
    for _ in range(chance.randint(3, 6)):
        chosen = chance.sample(office.sentences, chance.randint(2, 3))
        joint = "" if office.language == "zh" else " "
        yield joint.join(_filled(sentence, office, chance, number) for sentence in chosen)
    if chance.random() < 0.5:
        yield office.heading
        yield _filled(chance.choice(office.sentences), office, chance, number)
    if chance.random() < _BACKGROUND_PART:
        yield chance.choice(office.backgrounds)


def _standing(office: Office, chance: random.Random, number: int) -> Iterator[str]:
    before, after = office.rewritten
    for paragraph, often in office.standing:
        if chance.random() < often:
            filled = _filled(paragraph, office, chance, number)
            yield filled.replace(before, after) if number >= _REWRITTEN_AT else filled
    yield from chance.choice(office.contacts).split("\n")


def _filled(pattern: str, office: Office, chance: random.Random, number: int) -> str:
    text = pattern
    for name, values in office.slots.items():
        while f"{{{name}}}" in text:
            text = text.replace(f"{{{name}}}", chance.choice(values), 1)
    while "{n}" in text:
        text = text.replace("{n}", str(chance.randint(2, 980)), 1)
    day, month = 1 + number % 28, office.slots["month"][number % 12]
    return (
        text.replace("{day}", str(day)).replace("{this}", month).replace("{year}", str(2021 + number // 12))
    )


def _months(names: str) -> tuple[str, ...]:
    return tuple(names.split())


ENGLISH = Office(
    name="Office of National Accounts",
    language="en",
    titles=("Consumer prices in {this} {year}", "Trade figures for {this} {year}", "{region}: {n} new firms"),
    twin="Consumer prices rose by {n} points in {this} {year}, after {n} points in the month before, led by {thing}.",
    sentences=(
        "Spending on {thing} grew most in {region}, where {n} firms answered the survey.",
        "“We see the first signs of a turn in {region},” said {person}, who leads the survey.",
        "In {region} the number of people at work fell by {n}, mainly in the trade with {thing}.",
        "Exports of {thing} were worth {n} million, the most since {month}.",
        "{person} will present the figures for {region} to the committee on Thursday.",
        "Households paid {n} per cent more for {thing} than a year ago, and less for {thing}.",
        "The smallest change was seen in {region}: prices for {thing} stayed where they were in {month}.",
    ),
    slots={
        "thing": ("timber", "heating oil", "bread", "used cars", "school books", "coffee", "rents", "fruit"),
        "region": ("the north", "Westport", "the islands", "Hartwell", "the lake district", "Eastmoor"),
        "person": ("Ada Hollis", "Peter Nwosu", "Margaret Lind", "Tom Ashby"),
        "month": _months(
            "January February March April May June July August September October November December"
        ),
    },
    backgrounds=(
        "The port of Westport was closed for seven weeks after the fire, and its trade moved to Hartwell.",
        "In spring the government lowered the tax on heating oil for households that earn less than the median.",
    ),
    heading="Regional figures",
    standing=(
        ("Notes to editors", 0.95),
        (
            "1. The index is compiled from about 180,000 prices collected in shops and online; it is not revised.",
            0.9,
        ),
        ("2. The next figures will be published on {day} {this} {year} at 09:30.", 0.9),
        (
            "The Office of National Accounts produces the official statistics of the country. It was founded in 1946.",
            1,
        ),
        ("Follow us on social media for the figures of the day.", 0.8),
        ("© {year} Office of National Accounts. All rights reserved.", 1),
    ),
    rewritten=("It was founded in 1946.", "It employs four hundred people at two sites."),
    contacts=(
        "Media contact: Jane Doe, +44 20 7946 0123, press@accounts.example",
        "Media contact: Oliver Grant, +44 20 7946 0177, press@accounts.example",
        "Media contact: Ruth Baker, +44 20 7946 0199, press@accounts.example",
    ),
)
FRENCH = Office(
    name="Ministère des rivières",
    language="fr",
    titles=(
        "Crue de la {river} : point de situation",
        "{n} digues contrôlées en {this}",
        "Une aide pour {place}",
    ),
    twin="En {this} {year}, les services ont relevé {n} dépassements sur la {river}, contre {n} le mois précédent.",
    sentences=(
        "À {place}, {n} habitants ont quitté leur logement pendant la nuit.",
        "« Nous ne laisserons personne seul face à l’eau », a déclaré {person} lors d’une visite à {place}.",
        "Le niveau de la {river} a baissé de {n} centimètres depuis {month}.",
        "Les travaux sur les digues de {place} coûteront {n} millions et dureront jusqu’en {month}.",
        "{person} réunira les maires de la {river} pour préparer l’hiver.",
        "Une cellule d’écoute est ouverte à la mairie de {place} pour les familles touchées.",
        "Les agriculteurs de {place} ont perdu {n} hectares de blé et demandent une avance.",
    ),
    slots={
        "river": ("Moselle", "Loire", "Garonne", "Meurthe", "Charente", "Dordogne"),
        "place": ("Pont-Neuf", "Saint-Avre", "Laval-sur-Loue", "Mirecourt", "Grandpré", "Les Ormes"),
        "person": ("Claire Vasseur", "Hugo Lambert", "Nadia Benali", "Paul Rivière"),
        "month": _months(
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
        ),
    },
    backgrounds=(
        "Le plan Digues prévoit de reconstruire en dix ans les ouvrages endommagés par les crues de l’an dernier.",
        "Trois entreprises sont mises en cause dans l’effondrement du barrage ; le procès s’ouvrira à l’automne.",
    ),
    heading="Les chiffres clés",
    standing=(
        (
            (
                "Le ministère des rivières veille sur les cours d’eau, les digues et les zones inondables du pays. "
                "Il compte douze directions régionales."
            ),
            1,
        ),
        (
            "Toutes les cartes sont publiées chaque matin sur le site du ministère et peuvent être reprises librement.",
            0.85,
        ),
        ("Suivez-nous sur les réseaux sociaux et abonnez-vous à la lettre des rivières.", 0.9),
    ),
    rewritten=("Il compte douze directions régionales.", "Il a été créé par le décret du 4 mars 1998."),
    contacts=(
        "Contact presse\nCamille Roche, 01 99 00 12 34\npresse@rivieres.example",
        "Contact presse\nLouis Martel, 01 99 00 12 56\npresse@rivieres.example",
    ),
)
SPANISH = Office(
    name="Fundación Puertas",
    language="es",
    titles=(
        "{n} familias reciben ayuda en {place}",
        "Informe de {this}: {thing}",
        "Nueva escuela en {place}",
    ),
    twin="Durante {this} de {year} la fundación atendió a {n} personas en {place}, frente a {n} del mes anterior.",
    sentences=(
        "En {place} se repartieron {n} lotes de {thing} entre las familias afectadas.",
        "«En {place} la gente no pide {thing}, pide trabajo», dijo {person} en la presentación.",
        "El ayuntamiento de {place} cederá un local de {n} metros para el taller de {thing}.",
        "{person} viajará en {month} a {place} para inaugurar el comedor.",
        "Las voluntarias han recogido {n} firmas a favor de la ley de {thing}.",
        "Según el estudio, uno de cada {n} jóvenes de {place} ha dejado los estudios desde {month}.",
        "La red de {thing} llegará a otros {n} pueblos antes de que acabe el año.",
    ),
    slots={
        "place": ("Villaverde", "Puerto Claro", "San Telmo", "La Rambla", "Monteagudo", "Alcira"),
        "thing": ("vivienda", "alimentos", "costura", "medicinas", "lectura", "agua potable"),
        "person": ("Lucía Ferrer", "Andrés Molina", "Inés Pardo", "Tomás Vidal"),
        "month": _months(
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
        ),
    },
    backgrounds=(
        "El incendio del barrio de Levante dejó sin casa a cuatrocientas personas; la causa sigue en investigación.",
        "La ley de acogida fue aprobada por el parlamento regional con los votos de todos los grupos menos uno.",
    ),
    heading="Cifras principales",
    standing=(
        (
            "Puertas es una fundación sin ánimo de lucro que acompaña a quienes llegan y a quienes los reciben.",
            1,
        ),
        ("Sobre Fundación Puertas", 0.9),
        (
            (
                "Fundación Puertas trabaja desde 1987 en siete provincias con el apoyo de más de dos mil socios. "
                "Sus cuentas son públicas."
            ),
            1,
        ),
        ("Para más información: www.puertas.example", 0.9),
    ),
    rewritten=("Sus cuentas son públicas.", "Sus cuentas las revisa cada año una auditora externa."),
    contacts=(
        "Contacto de prensa: Marta Gil, 910 000 123, prensa@puertas.example",
        "Contacto de prensa: Jorge Sáez, 910 000 145, prensa@puertas.example",
    ),
)
GERMAN = Office(
    name="Nordwerk AG",
    language="de",
    titles=(
        "Nordwerk eröffnet Werk in {place}",
        "Zahlen für {this} {year}",
        "{person} übernimmt die Leitung",
    ),
    twin="Im {this} {year} lieferte Nordwerk {n} Anlagen aus, nach {n} im Vormonat; am stärksten wuchs {place}.",
    sentences=(
        "In {place} entstehen {n} neue Stellen, die meisten davon in der Fertigung von {thing}.",
        "„Mit {thing} bauen wir in {place} dort, wo unsere Kunden sind“, sagte {person} bei der Eröffnung.",
        "Der Auftrag über {thing} hat einen Wert von {n} Millionen und läuft bis {month}.",
        "Die Gewerkschaft hatte die Verlagerung von {place} nach {place} kritisiert.",
        "{person} stellt die Pläne für {place} im {month} dem Stadtrat vor.",
        "Bei {thing} sank der Verbrauch um {n} Tonnen gegenüber dem Vorjahr.",
        "Der Rückruf betrifft {n} Geräte, die zwischen {month} und {month} verkauft wurden.",
    ),
    slots={
        "place": ("Altmünde", "Reichenau", "Kaltenberg", "Seeheim", "Niederfeld", "Harsleben"),
        "thing": ("Pumpen", "Turbinen", "Wärmespeichern", "Ventilen", "Rotorblättern", "Messgeräten"),
        "person": ("Karin Vogt", "Jens Albers", "Miriam Kaya", "Rolf Steiner"),
        "month": _months(
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
        ),
    },
    backgrounds=(
        "Im Streit um die Leitung durch das Moor hatte das Verwaltungsgericht den Bau im vergangenen Jahr gestoppt.",
        "Nordwerk und die Stadt Altmünde verhandeln seit zwei Jahren über den Verkauf des alten Hafengeländes.",
    ),
    heading="Die wichtigsten Zahlen",
    standing=(
        ("Über Nordwerk", 1),
        (
            (
                "Nordwerk mit Sitz in Altmünde baut Anlagen für Wasser und Wärme und beschäftigt 4.200 Menschen. "
                "Die Aktie wird in Frankfurt gehandelt."
            ),
            1,
        ),
        (
            (
                "Diese Mitteilung enthält zukunftsgerichtete Aussagen, die auf heutigen Annahmen der Leitung beruhen. "
                "Die Ergebnisse können davon wesentlich abweichen; eine Pflicht zur Aktualisierung besteht nicht."
            ),
            0.9,
        ),
        ("Die nächste Hauptversammlung findet am {day}. {this} {year} in Altmünde statt.", 0.85),
    ),
    rewritten=("Die Aktie wird in Frankfurt gehandelt.", "Das Unternehmen wurde 1911 gegründet."),
    contacts=(
        "Pressekontakt\nSabine Ohm, Telefon +49 999 1234-56, presse@nordwerk.example",
        "Pressekontakt\nLars Brandt, Telefon +49 999 1234-78, presse@nordwerk.example",
    ),
)
ARABIC = Office(
    name="هيئة الموانئ",
    language="ar",
    titles=("{n} سفينة في ميناء {place}", "تقرير شهر {this}", "افتتاح رصيف جديد في {place}"),
    twin="استقبلت الموانئ خلال شهر {this} {year} نحو {n} سفينة مقابل {n} سفينة في الشهر السابق.",
    sentences=(
        "وبلغت كميات {thing} التي مرت عبر ميناء {place} نحو {n} ألف طن.",
        "وقال {person} إن العمل في {place} سيستمر حتى شهر {month}.",
        "وأوضح {person} أن الخط الجديد سيربط {place} بعدد من المدن الساحلية.",
        "وتراجعت واردات {thing} بنسبة {n} في المئة مقارنة بالعام الماضي.",
        "ويتوقع أن يوفر المشروع في {place} نحو {n} فرصة عمل للشباب.",
        "وشارك في التدريب {n} عاملا من مستودعات {thing}.",
        "وزار {person} مدينة {place} للاطلاع على أعمال التوسعة قبل شهر {month}.",
    ),
    slots={
        "place": ("المرسى", "رأس النخل", "الجزيرة", "باب البحر", "السلام", "الخليج"),
        "thing": ("الحبوب", "الأخشاب", "السيارات", "الأسماك", "المعادن", "التمور"),
        "person": ("سالم الهاشمي", "ليلى منصور", "يوسف العطار", "هدى الكيلاني"),
        "month": _months("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
    },
    backgrounds=(
        "وكانت السلطات قد أوقفت العمل في الرصيف القديم بعد حادث الانهيار الذي وقع في الصيف الماضي.",
        "ويأتي ذلك بعد اتفاق وقعته الهيئة مع شركتين أجنبيتين لتطوير المنطقة الحرة.",
    ),
    heading="أبرز الأرقام",
    standing=(
        ("نبذة عن هيئة الموانئ", 1),
        (
            "تتولى هيئة الموانئ إدارة سبعة موانئ تجارية وتشرف على سلامة الملاحة في المياه الإقليمية. تأسست عام 1974.",
            1,
        ),
        ("تابعونا على وسائل التواصل الاجتماعي لمعرفة آخر الأخبار.", 0.85),
    ),
    rewritten=("تأسست عام 1974.", "ويعمل فيها ثلاثة آلاف موظف."),
    contacts=(
        "للتواصل الإعلامي: رنا سعيد، هاتف +971 4 000 1234، media@ports.example",
        "للتواصل الإعلامي: فادي خليل، هاتف +971 4 000 1256، media@ports.example",
    ),
)
CHINESE = Office(
    name="海河银行",
    language="zh",
    titles=("海河银行公布{this}数据", "海河银行在{place}开设分行", "{person}谈{thing}"),
    twin="{year}年{this}，海河银行新增贷款{n}亿元，上月为{n}亿元，增长主要来自{thing}。",
    sentences=(
        "{place}的{n}家企业获得了用于{thing}的贷款。",
        "“我们希望让{place}更多的家庭受益于{thing}”，{person}表示。",
        "与去年同期相比，{thing}的需求下降了百分之{n}。",
        "{person}将于{month}在{place}介绍新的计划。",
        "该行在{place}的分行本月接待了{n}位客户，其中多数咨询{thing}。",
        "监管部门要求在{month}之前完成对{thing}业务的检查。",
        "{place}的农户通过手机申请了{n}笔贷款，平均两天到账。",
    ),
    slots={
        "place": ("临江", "北岭", "东湖", "青石", "安平", "柳州湾"),
        "thing": ("住房", "绿色能源", "小微企业", "农业机械", "教育", "港口建设"),
        "person": ("陈立", "王雪梅", "周明远", "林佳"),
        "month": tuple(f"{number}月" for number in range(1, 13)),
    },
    backgrounds=(
        "去年夏天的洪水造成临江一带上千家商铺停业，重建工作至今仍在进行。",
        "此前，该行与三家保险公司就共同设立救助基金达成了协议。",
    ),
    heading="主要数字",
    standing=(
        ("海河银行成立于1992年，总部设在临江，在全国设有二百多家分行，为个人和企业提供金融服务。", 1),
        (
            "本新闻稿可能包含前瞻性陈述，这些陈述以管理层目前的判断为依据，实际结果可能与之有重大差异，本行不承担更新的义务。",
            0.9,
        ),
    ),
    rewritten=("总部设在临江，", "股票在香港上市，"),
    contacts=(
        "媒体联系人：刘静，电话 +86 10 0000 1234，media@haihe.example",
        "媒体联系人：赵阳，电话 +86 10 0000 1256，media@haihe.example",
    ),
)
OFFICES: Sequence[Office] = (ENGLISH, FRENCH, SPANISH, GERMAN, ARABIC, CHINESE)
