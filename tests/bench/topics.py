"""One hundred simple topics over the words of the generated releases; each release meets about one."""

from tests.bench.phrases import PLACES

TOPICS = 100
# Three a language: a phrase, words with a phrase, and alternatives without a word.
_QUERIES = (
    (
        '"night train to {p}"',
        'recycling AND "wind farm near {p}"',
        '("council of {p}" OR "authority of {p}") -vaccine',
    ),
    (
        '"train de nuit vers {p}"',
        'recyclage AND "en mer au large de {p}"',
        '("municipal de {p}" OR "portuaire de {p}") -vaccin',
    ),
    (
        '"tren nocturno a {p}"',
        'reciclaje AND "marino cerca de {p}"',
        '("ayuntamiento de {p}" OR "portuaria de {p}") -vacuna',
    ),
    (
        '"Nachtzug nach {p}"',
        'Windpark AND "Rathaus von {p}"',
        '("Stadtrat von {p}" OR "Hafenbehörde von {p}") -Impfstudie',
    ),
)


def topic_queries(count: int = TOPICS) -> list[tuple[str, str]]:
    """Give (name, query) of so many topics, in every language by turns."""
    return [(f"topic {n}", _query(n)) for n in range(count)]


def _query(number: int) -> str:
    queries = _QUERIES[number % len(_QUERIES)]
    nth = number // len(_QUERIES)
    return queries[nth % len(queries)].format(p=PLACES[nth % len(PLACES)])
