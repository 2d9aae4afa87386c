"""The table of topics: how much of the labelled set rings, and how much of what rings is right, by language."""

from tests.evaluate.labelled_releases import HALVES, Half, Quality, load_topics, measure


def print_topics() -> None:
    """Print recall and precision by language, for the half that the lexicon was tuned with and the held-out one."""
    for half in HALVES:
        _print_half(half, measure(half))


def _print_half(half: Half, by_language: dict[str, Quality]) -> None:
    releases = sum(quality.releases for quality in by_language.values())
    print(f"\nTopics, {half.replace('_', '-')} half: {len(load_topics())} topics, {releases} releases")
    print("language  releases  right  wrong  missed  recall  precision")
    for language, quality in {**by_language, "all": _sum(by_language)}.items():
        print(
            f"{language:<8}  {quality.releases:>8}  {quality.found:>5}  {quality.wrong:>5}  {quality.missed:>6}"
            f"  {quality.recall:>6.3f}  {quality.precision:>9.3f}"
        )


def _sum(by_language: dict[str, Quality]) -> Quality:
    each = by_language.values()
    return Quality(
        sum(one.releases for one in each),
        sum(one.found for one in each),
        sum(one.wrong for one in each),
        sum(one.missed for one in each),
    )
