"""How well releases are told apart: our decisions on the hand-labelled pairs, beside three simple rules."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from itertools import combinations
from uuid import UUID

from rensa import RMinHash

from shared.domain.releases.filing import Candidate, KnownReleases, plan_filing
from shared.domain.releases.identity import Revised, fold_title, identify
from shared.domain.releases.near_copy import near_text
from shared.domain.releases.siblings import LEAST_TERMS, StoryText, judge_siblings, story_terms
from tests.evaluate.release_pairs import Pair, Text, load_pairs, load_texts

_WEEK = timedelta(days=7)
_PLAIN_JACCARD = 0.7


@dataclass(frozen=True, slots=True)
class Score:
    """How many pairs are rightly and wrongly said to be something, and how many are missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def print_identity() -> None:
    """Print what our decisions and the three rules make of the pairs."""
    pairs = load_pairs()
    languages = {text.draft.language for pair in pairs for text in (pair.first, pair.second)}
    print(f"\nOne release, one story: {len(pairs)} hand-labelled pairs in {len(languages)} languages")
    ours = [said_of(pair) for pair in pairs]
    _print_confusion(pairs, ours)
    _print_scores(pairs, ours)
    _print_every_pair()


def said_of(pair: Pair) -> str:
    """Say what our line makes of a pair: same, translation, rewrite or none."""
    return "same" if is_same(pair) else story_of(pair.first, pair.second)


def is_same(pair: Pair) -> bool:
    """File the texts one after the other, as they came, and see whether they are one release."""
    texts = [text for text in (pair.first, pair.second, pair.later) if text is not None]
    filings = plan_filing(
        [_candidate(text) for text in texts],
        KnownReleases(),
        [UUID(int=n) for n in range(1, 4)][: len(texts)],
    )
    one = len({filing.release_id for filing in filings}) == 1
    rang = pair.later is not None and isinstance(filings[-1].decision, Revised)
    return one and not rang


def story_of(first: Text, second: Text) -> str:
    """Say what makes two releases one story, where they would be found to be compared at all."""
    one, other = story_text(first), story_text(second)
    if len(set(story_terms(one)) & set(story_terms(other))) < LEAST_TERMS:
        return "none"
    sibling = judge_siblings(one, other)
    return sibling.kind if sibling else "none"


def story_text(text: Text) -> StoryText:
    draft = text.draft
    assert draft.published_at is not None
    return StoryText(
        near_text(draft.title, draft.body, draft.zones),
        draft.language,
        draft.publisher,
        text.site,
        draft.url,
        draft.published_at,
    )


def _candidate(text: Text) -> Candidate:
    feed = UUID(bytes=blake2b(text.feed.encode(), digest_size=16).digest())
    key = blake2b(text.guid.encode(), digest_size=16).digest()
    return Candidate(
        fetch_id=UUID(int=1),
        feed_id=feed,
        entry_key=key,
        guid=text.guid,
        feed=text.feed,
        draft=text.draft,
        identity=identify(text.draft, str(feed), key.hex()),
        site=text.site,
    )


def same_title(pair: Pair) -> bool:
    """Apply the rule of Media Cloud's fetcher: the same title within a week is one story."""
    one, other = pair.first.draft, pair.second.draft
    assert one.published_at is not None
    assert other.published_at is not None
    return (
        fold_title(one.title) == fold_title(other.title)
        and abs(one.published_at - other.published_at) < _WEEK
    )


def same_guid(pair: Pair) -> bool:
    """Apply the rule of most readers: one guid, one release."""
    return pair.first.guid == pair.second.guid


def plain_minhash(pair: Pair) -> bool:
    """Fold whatever shares seven shingles of ten, boilerplate and all, whoever published it."""
    one, other = (_sketch(text.draft.body) for text in (pair.first, pair.second))
    return bool(one.jaccard(other) >= _PLAIN_JACCARD)


def _sketch(body: str) -> RMinHash:
    words = body.casefold().split()
    sketch = RMinHash(num_perm=128, seed=1)
    sketch.update([" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))])
    return sketch


def score(pairs: Sequence[Pair], says: Callable[[Pair], bool], label: str) -> Score:
    """Count what a rule says of pairs with and without a label."""
    said = [(says(pair), pair.label == label) for pair in pairs]
    return Score(
        right=sum(yes and is_so for yes, is_so in said),
        wrong=sum(yes and not is_so for yes, is_so in said),
        missed=sum(not yes and is_so for yes, is_so in said),
    )


def _print_confusion(pairs: Sequence[Pair], ours: Sequence[str]) -> None:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for pair, said in zip(pairs, ours, strict=True):
        counts[pair.kind][said] += 1
    print(f"\n{'kind of pair':<18}{'label':<13}{'same':>6}{'transl.':>9}{'rewrite':>9}{'none':>6}")
    for kind, said_counts in counts.items():
        label = next(pair.label for pair in pairs if pair.kind == kind)
        figures = [said_counts[name] for name in ("same", "translation", "rewrite", "none")]
        print(f"{kind:<18}{label:<13}{figures[0]:>6}{figures[1]:>9}{figures[2]:>9}{figures[3]:>6}")
    for pair, said in zip(pairs, ours, strict=True):
        if said != pair.label:
            print(f"  wrong: {pair.kind}: {pair.first.id} / {pair.second.id} is {pair.label}, said {said}")


def _print_scores(pairs: Sequence[Pair], ours: Sequence[str]) -> None:
    said = {id(pair): one for pair, one in zip(pairs, ours, strict=True)}
    rules: list[tuple[str, str, Callable[[Pair], bool]]] = [
        ("the same release: ours", "same", lambda pair: said[id(pair)] == "same"),
        ("  same title in 7 days", "same", same_title),
        ("  same guid", "same", same_guid),
        ("  plain MinHash, 0.7", "same", plain_minhash),
        ("a translation: ours", "translation", lambda pair: said[id(pair)] == "translation"),
        ("a rewrite: ours", "rewrite", lambda pair: said[id(pair)] == "rewrite"),
    ]
    print(f"\n{'':<26}{'precision':>10}{'recall':>8}{'wrong':>7}{'missed':>8}")
    for name, label, says in rules:
        found = score(pairs, says, label)
        print(f"{name:<26}{found.precision:>10.3f}{found.recall:>8.3f}{found.wrong:>7}{found.missed:>8}")


def _print_every_pair() -> None:
    """Compare every text with every other: what is linked and not labelled is wrong."""
    texts = list(load_texts().values())
    labelled = {
        frozenset((p.first.id, p.second.id)) for p in load_pairs() if p.label in {"translation", "rewrite"}
    }
    wrong = defaultdict(list)
    for one, other in combinations(texts, 2):
        said = story_of(one, other)
        kin = {one.event or one.of.rpartition("-")[0], other.event or other.of.rpartition("-")[0]}
        if said != "none" and frozenset((one.id, other.id)) not in labelled and (len(kin) > 1 or "" in kin):
            wrong[said].append(f"{one.id} / {other.id}")
    count = len(texts) * (len(texts) - 1) // 2
    print(f"\nEvery text with every other ({count:,} pairs), linked although of different events:")
    for kind in ("translation", "rewrite"):
        print(f"  {kind}: {len(wrong[kind])} {'; '.join(wrong[kind][:5])}")
