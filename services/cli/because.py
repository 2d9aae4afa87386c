"""Which words satisfied which clauses, in one line."""

from shared.domain.topics.evidence import Evidence

_SHOWN_EVIDENCE = 3


def because(evidence: tuple[Evidence, ...]) -> str:
    """Say in one line which words satisfied which clauses."""
    told = [f'{piece.clause} → "{piece.text}" in {piece.zone}' for piece in evidence[:_SHOWN_EVIDENCE]]
    more = len(evidence) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")
