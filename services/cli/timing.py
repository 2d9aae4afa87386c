"""When a subscription is told: the options of `subscribe` and `subscription edit`, and what they change."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any, Literal

import typer

from shared.domain.holding import Timing
from shared.domain.timing_options import parse_clock, parse_length, parse_quiet, parse_zone

_NONE = "none"

Gather = Annotated[
    int | None,
    typer.Option(min=0, max=1440, metavar="MINUTES", help="Gather for so long after the first; 0 ends it."),
]
DigestAt = Annotated[
    str | None, typer.Option("--digest", metavar="HH:MM", help="One digest a day at this time; or none.")
]
Zone = Annotated[
    str | None, typer.Option(metavar="ZONE", help="The time zone of --digest and --quiet: Europe/Paris.")
]
Quiet = Annotated[
    str | None, typer.Option(metavar="FROM-TO", help="Send nothing from 22:00-07:00, tell it after; or none.")
]
Ttl = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="List what could not be sent for so long (12h), do not send it; or none."
    ),
]

Per = Annotated[
    Literal["release", "story"] | None,
    typer.Option(help="story: a translation or rewrite of what was told joins it; release: each rings."),
]


@dataclass(frozen=True, slots=True)
class TimingOptions:
    """The options as they were given; None: not given."""

    gather: int | None = None
    digest: str | None = None
    zone: str | None = None
    quiet: str | None = None
    ttl: str | None = None

    @property
    def given(self) -> bool:
        """Tell whether any of them was given."""
        return self != TimingOptions()

    def change(self, timing: Timing, ttl: timedelta | None) -> tuple[Timing, timedelta | None]:
        """Give the timing with what was asked for; raises RefusedError or BadParameter for what cannot be."""
        if self.gather and self.digest and self.digest != _NONE:
            raise typer.BadParameter("--gather and --digest are two ways to wait: choose one")
        if self.gather is not None:
            timing = replace(timing, gather=timedelta(minutes=self.gather), digest_at=None)
        if self.digest is not None:
            at = None if self.digest == _NONE else parse_clock(self.digest)
            timing = replace(timing, digest_at=at, gather=timedelta() if at else timing.gather)
        if self.zone is not None:
            timing = replace(timing, zone=parse_zone(self.zone))
        if self.quiet is not None:
            timing = replace(timing, quiet=None if self.quiet == _NONE else parse_quiet(self.quiet))
        if self.ttl is not None:
            ttl = None if self.ttl == _NONE else parse_length(self.ttl)
        return timing, ttl


def timing_words(row: dict[str, Any]) -> str:
    """Say when a subscription is told, from its row of the view."""
    words = {
        "digest": f"as one digest a day at {row['digest_at']} {row['zone']}",
        "gather": f"{row['gather_minutes']} minutes after the first, together",
        "instant": "at once",
    }[row["tells"]]
    if row["quiet_from"]:
        words += f", quiet from {row['quiet_from']} to {row['quiet_to']} {row['zone']}"
    if row["ttl_seconds"]:
        words += f", not sent after {timedelta(seconds=row['ttl_seconds'])}"
    if row["muted_until"]:
        words += f", muted until {row['muted_until']:%Y-%m-%d %H:%M} UTC"
    return words
