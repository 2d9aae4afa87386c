"""Random topics and random texts in nine languages, to compare two ways of matching them."""

import random

from shared.domain.releases.draft import Zone
from shared.domain.topics.concepts import ConceptEntry, Concepts, PhraseRule
from shared.domain.topics.evidence import MatchText, TopicMatch, TopicQuery
from shared.domain.topics.match import Matcher, match_query
from shared.domain.topics.query import Query, print_query
from shared.domain.topics.query_parser import parse_query
from shared.domain.topics.snippet import snippet
from shared.errors import QueryError

WORDS = {
    "en": [
        "port",
        "ports",
        "strike",
        "strikes",
        "ferry",
        "the",
        "of",
        "US",
        "us",
        "WHO",
        "who",
        "police",
        "policing",
        "seized",
        "weapons",
        "arms",
        "U.N.",
        "un",
    ],
    "fr": [
        "grève",
        "grèves",
        "l’ONU",
        "saisie",
        "saisies",
        "armes",
        "le",
        "la",
        "trafic",
        "migrants",
        "police",
        "port",
        "Électricité",
        "é",
    ],
    "ar": [
        "الشرطة",
        "والشرطة",
        "شرطة",
        "ميناء",
        "الميناء",
        "للميناء",
        "أسلحة",
        "الأسلحة",
        "ضبط",
        "في",
        "من",
        "أن",
        "إرهاب",
    ],
    "zh": ["海", "关", "海关", "查获", "走私", "武器", "的", "港口", "警方", "oil"],
    "de": [
        "Bürger",
        "Buerger",
        "Waffe",
        "Waffen",
        "Häfen",
        "Hafen",
        "Streik",
        "der",
        "die",
        "Straße",
        "STRASSE",
    ],
    "tr": ["ışık", "IŞIK", "İstanbul", "liman", "limanı", "grev", "silah", "silahlar", "Ankara'da"],
    "uk": ["п'ять", "порт", "порту", "зброя", "зброї", "їжа", "поліція"],
    "th": ["ท่าเรือ", "ตำรวจ", "อาวุธ", "ยาเสพติด"],
    None: ["port", "police", "㆒人", "一人", "ｶﾞ", "ガ", "ﬁre", "fire"],
}
# What says that something is absent, what only looks like it, and the end of a sentence.
SAID = {
    "en": ["no sign of", "was not a", "rather than", "ruled out", "not ruled out", "is not an isolated", "."],
    "fr": ["ni", "sans lien avec", "n’est pas un", "n’est pas un cas isolé", "et non seulement", "est écartée", "!"],
    "ar": ["لا صحة", "وليس", "وليس فقط", "لم تقع", "؟"],
    "zh": ["并非", "不是", "不是第一次", "无关", "未发生", "。"],
    "de": ["weder", "keine Hinweise auf", "ist ausgeschlossen"],
}  # fmt: skip
EVERY_WORD = sorted({word for words in WORDS.values() for word in words})
CONCEPTS = Concepts(
    (
        ConceptEntry("weapons", (("en", "seized weapons"), ("fr", "saisie d’armes"), ("zh", "走私武器"))),
        ConceptEntry("arms", (("ar", "أسلحة"), ("en", "seized arms")), ("weapons",)),
        ConceptEntry("strike", (("en", "port strike"), ("de", "Streik"), ("en", "WHO strike")), ("unrest",)),
        ConceptEntry("unrest", (("fr", "grève"), ("en", "the police"))),
        ConceptEntry(
            "seizure",
            (("en", "seized"), ("en", "police"), ("en", "policing"), ("fr", "saisie"), ("zh", "走私")),
            ("weapons",),
            rules=(
                PhraseRule("en", "seized", ("weapons", "the port"), ("WHO", "seized arms")),
                PhraseRule("en", "policing", (), ("ferry",), inflects=False),
                PhraseRule("fr", "saisie", ("armes", "police")),
                PhraseRule("zh", "走私", ("武器",)),
            ),
        ),
    )
)  # fmt: skip
FIELDS = ("title", "lead", "body", "all", "tag", "place")


def a_leaf(rng: random.Random) -> str:
    word = rng.choice(EVERY_WORD)
    return rng.choice(
        [
            word, word, word,
            f"={word}",
            f'"{word} {rng.choice(EVERY_WORD)}"',
            f"{word[:3]}*",
            f"~{rng.choice(['weapons', 'strike', 'unrest', 'seizure'])}",
        ]
    )  # fmt: skip


def a_side(rng: random.Random) -> str:
    return rng.choice([a_leaf(rng), f"({a_leaf(rng)} OR {a_leaf(rng)})"])


def a_clause(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.3:
        return a_leaf(rng)
    one, two, three = (a_clause(rng, depth - 1) for _ in range(3))
    return rng.choice(
        [
            f"({one} AND {two})",
            f"({one} OR {two})",
            f"({one} -({two}))",
            f"AT LEAST {rng.randint(1, 3)} OF ({one}, NOT {two}, {three})",
            f"({a_side(rng)} {rng.choice(['NEAR', 'ONEAR'])}/{rng.randint(0, 6)} {a_side(rng)})",
            f"{rng.choice(FIELDS)}:({a_leaf(rng)} OR NOT {a_leaf(rng)})",
            f"(lang:{rng.choice(['en', 'fr', 'ar', 'zh'])} OR {one})",
            f"(feed:wire AND {one})",
        ]
    )


def a_topic(rng: random.Random, number: int) -> TopicQuery:
    return TopicQuery(str(number), f"topic {number}", a_clause(rng, rng.randint(0, 3)))


def a_query(rng: random.Random) -> Query | None:
    """Make a query, None where what chance wrote down means nothing."""
    try:
        return parse_query(a_clause(rng, rng.randint(0, 3)), CONCEPTS)
    except QueryError:
        return None


def some_words(rng: random.Random, language: str | None, most: int) -> str:
    glue = rng.choice([" ", " ", "\n", ", ", ""]) if language in {"zh", "th"} else " "
    mixed = WORDS[language] * 3 + EVERY_WORD + SAID.get(language or "", []) * 4
    return glue.join(rng.choice(mixed) for _ in range(rng.randint(0, most)))


def a_text(rng: random.Random) -> MatchText:
    language = rng.choice(list(WORDS))
    body = "\n".join(some_words(rng, language, rng.choice([12, 50])) for _ in range(rng.randint(1, 4)))
    cut = rng.randint(0, len(body))
    return MatchText(
        title=some_words(rng, language, 6),
        body=body,
        dateline=rng.choice(["", "PORT STRIKE"]),
        language=language,
        tags=tuple(some_words(rng, language, 2) for _ in range(rng.randint(0, 2))),
        zones=rng.choice(
            [(), (Zone("lead", 0, cut),), (Zone("lead", 0, cut), Zone("boilerplate", cut, len(body)))]
        ),
        feeds=rng.choice([(), ("Wire service",)]),
    )


def one_by_one(matcher: Matcher, text: MatchText) -> tuple[TopicMatch, ...]:
    """Read every topic, one after the other, without an index."""
    found = []
    for topic in matcher.topics:
        try:
            evidence = match_query(parse_query(topic.query, matcher.concepts), text)
        except QueryError:
            continue
        if evidence is not None:
            found.append(TopicMatch(topic.id, topic.version, evidence, snippet(text, evidence)))
    return tuple(found)


def print_topic(number: int, query: Query) -> TopicQuery:
    """Make a topic of a query; its concepts by their ids."""
    return TopicQuery(str(number), f"topic {number}", print_query(query))
