"""When a subscription is told: the options of `subscribe` and `subscription edit`, and what they change."""

from datetime import timedelta
from typing import Annotated, Any, Literal

import typer

from shared.domain.alerts.timing_options import NONE, TimingOptions

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


def checked_timing(options: TimingOptions) -> TimingOptions:
    """Give the options; raises BadParameter for two that exclude each other."""
    if options.gather and options.digest and options.digest != NONE:
        raise typer.BadParameter("--gather and --digest are two ways to wait: choose one")
    return options


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
