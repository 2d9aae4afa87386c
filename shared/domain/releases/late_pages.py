"""When a page that did not come in time is asked for again, and whether a feed's pages are worth asking for."""

from datetime import datetime, timedelta

# For so long a page may still come; the waits between the attempts double: a dozen requests in all.
LATE_FOR = timedelta(hours=24)
_FIRST_WAIT = timedelta(seconds=10)
# So many pages running that held no more than their entries show that the feed gives whole texts.
NEEDED_VOTES, REMEMBERED_VOTES = 4, 8
# After so long the next entry's page is asked for again, to learn whether that still holds.
_VOTES_HOLD = timedelta(days=14)
SAME_LENGTH_PART = 1.2


def next_late_attempt(attempts: int, late_until: datetime, now: datetime) -> datetime | None:
    """Give when to ask again after so many late attempts, or None where that would be too late: given up."""
    at = now + _FIRST_WAIT * 2**attempts
    return at if at <= late_until else None


def page_vote(entry_text: str, page_text: str) -> str:
    """Give a feed's vote for one page that was read: "s" where it held the same as its entry, "m" where more."""
    return "s" if len(page_text) <= len(entry_text) * SAME_LENGTH_PART else "m"


def gives_whole_texts(votes: str, voted_at: datetime | None, now: datetime) -> bool:
    """Tell from a feed's last votes whether its short entries are whole, so that their pages need no fetch."""
    if voted_at is None or now - voted_at > _VOTES_HOLD:
        return False
    return votes.endswith("s" * NEEDED_VOTES)
