"""Writes a release of the demo from its number: the same seed, office and number give the same words."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from services.demo.texts import OfficeTexts, StoryTexts, office_texts

# Each rings on some release of every office, so that a newcomer sees all four languages.
DEMO_TOPICS: tuple[tuple[str, str], ...] = (
    ("Terrorism", "terrorism OR terrorisme OR terrorismo OR الإرهاب"),
    ("Asset freezes", '"asset freeze" OR "gel des avoirs" OR "congelación de activos" OR "تجميد الأصول"'),
    (
        "Human trafficking",
        '"human trafficking" OR "traite des êtres humains" OR "trata de personas" OR "الاتجار بالبشر"',
    ),
    (
        "Health alerts",
        '("health alert" OR "alerte sanitaire" OR "alerta sanitaria" OR "تنبيه صحي") NOT simulacro',
    ),
    ("Oil spills", '(oil AND spill) OR "marée noire" OR (vertido AND petróleo) OR "تسرب نفطي"'),
    ("Cybercrime", 'cybercrime OR cybercriminalité OR ciberdelincuencia OR "الجرائم الإلكترونية"'),
)


@dataclass(frozen=True, slots=True)
class DemoRelease:
    """A release as the office has it on its page; `paragraphs` ends with the paragraph about the office."""

    language: str
    office: str
    office_path: str
    slug: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def path(self) -> str:
        return f"/{self.office_path}/{self.slug}"


@lru_cache(maxsize=512)
def write_release(seed: int, office: int, number: int, *, corrected: bool = False) -> DemoRelease:
    """Write release `number` of an office (an index into `office_texts()`).

    The corrected version differs in its title where that holds the figure, in its lead, and by a
    paragraph of its own that names both figures.
    """
    texts = office_texts()[office]
    # Not a secret: a seeded stream makes the demo the same on every machine.
    chance = Random(f"{seed}:{texts.language}:{number}")  # noqa: S311 - reproducible sample text
    turn, place = divmod(number, len(texts.stories))
    story = _story_of(texts, seed, turn, place)
    pattern = _choose_pattern(chance, texts, story, turn)
    values = _fill_slots(chance, texts)
    if corrected:
        values |= {"before": values["n"], "n": _other_figure(int(values["n"]))}
        pattern = (*pattern, texts.correction)
    title, lead, *rest = (part.format(**values) for part in pattern)
    first = f"{values['seat'].upper()} – {lead}"
    slug = f"{story.topic}-{number}"
    paragraphs = (first, *rest, texts.about)
    return DemoRelease(texts.language, texts.office, texts.path, slug, title, paragraphs)


def _story_of(texts: OfficeTexts, seed: int, turn: int, place: int) -> StoryTexts:
    # Shuffled turns: every story comes once before any comes again.
    chance = Random(f"{seed}:{texts.language}:turn {turn}")  # noqa: S311 - reproducible sample text
    return chance.sample(texts.stories, len(texts.stories))[place]


def _choose_pattern(chance: Random, texts: OfficeTexts, story: StoryTexts, turn: int) -> tuple[str, ...]:
    # The same lead and facts meet again after six turns only: two releases must not look like copies.
    wording = turn % len(story.leads)
    left_out = turn % len(story.facts)
    facts = [fact for index, fact in enumerate(story.facts) if index != left_out]
    chance.shuffle(facts)
    ending = [chance.choice(texts.closings)] if chance.random() < 0.6 else []
    return (
        story.titles[wording],
        story.leads[wording],
        facts[0],
        chance.choice(texts.quotes),
        facts[1],
        *ending,
    )


def _fill_slots(chance: Random, texts: OfficeTexts) -> dict[str, str]:
    chosen = {name: chance.choice(values) for name, values in texts.slots.items()}
    seat = chance.choice([place for place in texts.slots["place"] if place != chosen["place"]])
    # An Arabic counted noun follows the last two digits: 11 to 99 take one form, so {m} ends in 20 to 90.
    many = 100 * chance.randint(1, 9) + 10 * chance.randint(2, 9)
    reference = f"{chance.randint(1000, 9999)}/{chance.randint(20, 29)}"
    return {**chosen, "seat": seat, "n": str(chance.randint(11, 99)), "m": str(many), "ref": reference}


def _other_figure(figure: int) -> str:
    return str(figure + 7 if figure < 90 else figure - 7)
