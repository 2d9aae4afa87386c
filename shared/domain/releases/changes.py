"""What a revision changed, word by word."""

from difflib import SequenceMatcher

MOST_WORDS = 5_000
MOST_CHANGES = 100


def describe_changes(before: str, after: str) -> tuple[dict[str, str], ...]:
    """List the stretches of words that differ, as {"from", "to"} pairs in the order of the text.

    At most 100 pairs; texts over 5,000 words are compared line by line, which keeps the time bounded.
    """
    lines = max(len(before), len(after)) > MOST_WORDS * 8
    left, right = (before.splitlines(), after.splitlines()) if lines else (before.split(), after.split())
    joint = "\n" if lines else " "
    matcher = SequenceMatcher(a=left, b=right, autojunk=True)
    changed = [
        {"from": joint.join(left[i1:i2]), "to": joint.join(right[j1:j2])}
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]
    return tuple(changed[:MOST_CHANGES])
