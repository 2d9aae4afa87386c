"""`tocsin feed …`: the addresses that are polled."""

import ssl
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from services.cli.files import read_bounded
from services.cli.found_feed import FoundFeed
from services.cli.looking import Wish, lies_in_own_network, look_at
from services.cli.output import Json, Row, cell, print_json, print_object, print_rows
from services.cli.stack import open_stack
from shared.clock import now
from shared.domain.alerts.timing_options import parse_until
from shared.domain.feeds.listing import ListingRule, css_rule, rule_from_text, xpath_rule
from shared.domain.feeds.opml import OpmlFeed, read_opml, write_opml
from shared.domain.polling.feed_options import FINGERPRINT, KEYS, change_options, conditions_wanted
from shared.domain.web.feed_address import web_url
from shared.domain.web.url import host_of, masked_url
from shared.errors import RefusedError, TocsinError
from shared.settings import Settings
from shared.store.cards import forget_card, mark_feeds_steered
from shared.store.catalog import list_view
from shared.store.database import Transaction
from shared.store.feeds import (
    NewFeed,
    add_feeds,
    feed_host,
    find_feed,
    list_feed_addresses,
    load_feed_options,
    mark_feed,
    mark_feed_conditions,
    mark_feed_options,
    mark_feed_removed,
)

app = typer.Typer(help="The addresses that are polled.", no_args_is_help=True)

Feed = Annotated[str, typer.Argument(metavar="FEED", help="A feed's id, address or unique title.")]
_POLLS_SHOWN = 10
_EVENTS_SHOWN = 10
_BODY_SHOWN = 500
_NO_FEEDS = "No feeds are watched; `tocsin feed add URL` adds one."


def add_to(root: typer.Typer) -> None:
    """Register the commands."""
    root.add_typer(app, name="feed")


@app.command()
def add(
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="A feed's address, or its site's.")],
    title: Annotated[str, typer.Option(help="What to call the feed, whatever it calls itself.")] = "",
    page: Annotated[
        bool, typer.Option("--page", help="It has no feed: take the links of the page's list as entries.")
    ] = False,
    css: Annotated[
        str, typer.Option(metavar="SELECTOR", help="With --page: the links, or the blocks around them.")
    ] = "",
    xpath: Annotated[str, typer.Option(metavar="EXPRESSION", help="With --page: the same as XPath.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Take the best of several feeds, or the page's links, unasked.")
    ] = False,
    no_check: Annotated[bool, typer.Option("--no-check", help="Take the address as it is.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="What the first document holds does not ring.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Watch feeds; a site's address is searched for its feed."""
    wish = Wish(check=not no_check, yes=yes, rule=_rule(page, css, xpath))
    if title and len(urls) > 1:
        raise typer.BadParameter("--title names one feed; add the feeds one by one")
    with open_stack() as stack:
        feeds, refused = _resolve(urls, stack.settings, wish)
        with stack.database.begin() as transaction:
            rows = _add(transaction, feeds, title, quiet)
    _print_added(rows, as_json=as_json, single=len(urls) == 1)
    if len(urls) == 1 and refused:
        raise refused[0]
    if refused:
        reasons = "; ".join(str(error) for error in refused)
        raise RefusedError("", f"{len(refused)} of {len(urls)} were not added: {reasons}")


def _resolve(
    urls: Sequence[str], settings: Settings, wish: Wish
) -> tuple[list[FoundFeed], list[TocsinError]]:
    """Give the feeds behind the addresses, and what refused the others: one bad address stops no other."""
    feeds: list[FoundFeed] = []
    refused: list[TocsinError] = []
    for url in urls:
        try:
            feeds.append(look_at(web_url(url), settings, wish))
        except TocsinError as error:
            refused.append(error)
    return feeds, refused


def _rule(page: bool, css: str, xpath: str) -> ListingRule | None:
    if css and xpath:
        raise typer.BadParameter("--css and --xpath say the same thing in two ways; give one of them")
    if (css or xpath) and not page:
        raise typer.BadParameter("--css and --xpath are for a page; give --page too")
    if css:
        return css_rule(css)
    if xpath:
        return xpath_rule(xpath)
    return ListingRule() if page else None


def _add(
    transaction: Transaction, feeds: Sequence[FoundFeed], title: str, quiet: bool
) -> list[dict[str, Any]]:
    new = [
        NewFeed(f.url, host_of(f.url), title, starts_quiet=quiet, own_network=f.own_network, page=f.rule)
        for f in feeds
    ]
    added = add_feeds(transaction, new)
    return [
        _load(transaction, feed_id)
        | {"is_new": is_new, "found_on": masked_url(feed.page) or None, "found": feed.said or None}
        for feed, (feed_id, is_new) in zip(feeds, added, strict=True)
    ]


def _load(transaction: Transaction, feed_id: UUID) -> dict[str, Any]:
    (feed,) = list_view(transaction, "feeds", where={"id": feed_id})
    (settings,) = list_view(transaction, "feed_settings", where={"feed_id": feed_id})
    return feed | {name: value for name, value in settings.items() if name != "feed_id"}


def _print_added(rows: Sequence[dict[str, Any]], *, as_json: bool, single: bool) -> None:
    if as_json and not single:
        print_json({"feeds": rows})
        return
    for row in rows:
        said = "Added" if row["is_new"] else "Watched already"
        where = f", found on {row['found_on']}" if row["found_on"] else ""
        found = f"\n  {row['found']}" if row["found"] else ""
        print_object(row, as_json=as_json, text=f"{said}: {row['url']}{where}\n  id {row['id']}{found}")


@app.command(name="list")
def list_feeds(as_json: Json = False) -> None:
    """List the feeds with what their last poll found."""
    with open_stack() as stack, stack.database.begin() as transaction:
        rows = list_view(transaction, "feeds", order="title, url")
    columns = (
        "title",
        "kind",
        "url",
        "state",
        "last_outcome",
        *(["quiet"] if any(map(_silence, rows)) else []),
    )
    shown = rows if as_json else [row | {"quiet": _silence(row)} for row in rows]
    print_rows(shown, columns, as_json=as_json, empty=_NO_FEEDS)


def _silence(row: Row) -> str:
    """Give the middle of "publishes about 14 a working day; nothing for 9 h; chance 0.01 %"."""
    return str(row["quiet"]).partition("; ")[2].partition("; ")[0]


@app.command()
def show(feed: Feed, as_json: Json = False) -> None:
    """Show one feed, its last polls, what happened to it, and its gaps."""
    with open_stack() as stack, stack.database.begin() as transaction:
        feed_id = find_feed(transaction, feed)
        row = _load(transaction, feed_id)
        where = {"feed_id": feed_id}
        polls = list_view(transaction, "polls", where=where, order="started_at DESC", most=_POLLS_SHOWN)
        gaps = list_view(transaction, "gaps", where=where, order="to_at DESC")
        events = list_view(
            transaction, "feed_events", where=where, order="at DESC, id DESC", most=_EVENTS_SHOWN
        )
        failing = next(iter(list_view(transaction, "failing_bodies", where=where)), None)
        (host,) = list_view(transaction, "hosts", where={"host": feed_host(transaction, feed_id)})
        card = next(iter(list_view(transaction, "feed_cards", where=where)), None)
    if as_json:
        more = {
            "host": host,
            "card": card,
            "polls": polls,
            "gaps": gaps,
            "events": events,
            "failing_body": failing,
        }
        print_json(row | more)
        return
    row |= {name: value for name, value in host.items() if value and name != "host"}
    row["card"] = card["words"] if card else "too little is known yet"
    print_object(row, as_json=False, text="\n".join(f"{name:16} {cell(row[name])}" for name in row))
    columns = ("started_at", "outcome", "status", "new_entries", "detail")
    print_rows(polls, columns, as_json=False, empty="Never polled; `tocsin once` polls it now.")
    if events:
        print_rows(events, ("at", "type", "detail"), as_json=False, empty="")
    if gaps:
        print_rows(gaps, ("from_at", "to_at", "reason"), as_json=False, empty="")
    if failing:
        typer.echo(f"In place of a feed, at the last failure ({cell(failing['failed_at'])}):")
        typer.echo(failing["start"][:_BODY_SHOWN])


@app.command()
def pause(
    feed: Feed,
    until: Annotated[
        str, typer.Option(metavar="WHEN", help="From now on, 12h or 3d, or a date or instant; else for good.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Stop polling a feed until it is resumed."""
    ends = parse_until(until, now(), "UTC") if until else None
    _mark(feed, "paused", "Paused", as_json=as_json, until=ends)


@app.command()
def resume(feed: Feed, as_json: Json = False) -> None:
    """Poll a paused feed again, at once."""
    _mark(feed, "active", "Resumed", as_json=as_json)


@app.command(name="set")
def set_options(
    feed: Feed,
    assignments: Annotated[
        list[str],
        typer.Argument(metavar="KEY=VALUE...", help=f"What to set: {KEYS}; nothing after = unsets."),
    ],
    as_json: Json = False,
) -> None:
    """Set how one feed is asked, within which limits and how often; its next poll obeys."""
    others, conditions = conditions_wanted([_with_certificates(one) for one in assignments])
    with open_stack() as stack, stack.database.begin() as transaction:
        feed_id = find_feed(transaction, feed)
        options = change_options(load_feed_options(transaction, feed_id), others)
        mark_feed_options(transaction, feed_id, options)
        if not options.guids and any(one.partition("=")[0].strip() == "guids" for one in others):
            forget_card(transaction, feed_id)
        mark_feeds_steered(transaction, [feed_id], at_once=True)
        if conditions is not None:
            mark_feed_conditions(transaction, feed_id, "" if conditions else "switched off by hand")
        row = _load(transaction, feed_id)
    print_object(row, as_json=as_json, text=f"Set: {row['url']}\n  {_settings_in_words(row)}")


def _with_certificates(assignment: str) -> str:
    """Put the certificates of a file in the place of its name: the poller may run on another machine."""
    key, _, value = (part.strip() for part in assignment.partition("="))
    if key.lower() != "trust" or not value or value.lower().startswith(FINGERPRINT):
        return assignment
    pem = read_bounded(Path(value)).decode("ascii", "replace")
    try:
        ssl.create_default_context(cadata=pem)
    except ssl.SSLError as error:
        raise RefusedError(value, f"holds no certificates in PEM: {error.reason or error}") from error
    return f"{key}={pem}"


def _settings_in_words(row: Row) -> str:
    options = "  ".join(f"{name} {cell(value)}" for name, value in row["options"].items())
    off = f"  no conditional requests: {row['conditions_off']}" if row["conditions_off"] else ""
    return f"{options}{off}".strip() or "as all feeds"


def _mark(feed: str, state: str, said: str, *, as_json: bool, until: datetime | None = None) -> None:
    with open_stack() as stack, stack.database.begin() as transaction:
        feed_id = find_feed(transaction, feed)
        mark_feed(transaction, feed_id, state, until)
        row = _load(transaction, feed_id)
    print_object(row, as_json=as_json, text=f"{said}: {row['url']}")


@app.command()
def remove(feed: Feed, as_json: Json = False) -> None:
    """Stop watching a feed; what it published stays, and adding it again goes on where it was."""
    with open_stack() as stack, stack.database.begin() as transaction:
        feed_id = find_feed(transaction, feed)
        row = _load(transaction, feed_id)
        mark_feed_removed(transaction, feed_id)
    print_object(row, as_json=as_json, text=f"Removed: {row['url']}; its releases stay.")


@app.command(name="import")
def import_opml(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="An OPML list; - reads it from stdin.")],
    quiet: Annotated[
        bool, typer.Option("--quiet", help="What the first documents hold does not ring.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Watch every feed of an OPML list, with its folders; the addresses are taken as they are."""
    listed = read_opml(read_bounded(file), str(file))
    with open_stack() as stack:
        feeds, refused = _usable(listed, stack.settings, quiet)
        with stack.database.begin() as transaction:
            added = sum(is_new for _, is_new in add_feeds(transaction, feeds))
    counts = {"added": added, "known": len(feeds) - added, "refused": [str(error) for error in refused]}
    text = f"Added {added} feeds; {len(feeds) - added} were watched already."
    print_object(counts, as_json=as_json, text=text)
    if refused:
        raise RefusedError(str(file), f"{len(refused)} addresses were not added: {refused[0]}")


def _usable(
    listed: Sequence[OpmlFeed], settings: Settings, quiet: bool
) -> tuple[list[NewFeed], list[RefusedError]]:
    feeds: list[NewFeed] = []
    refused: list[RefusedError] = []
    for one in listed:
        try:
            url = web_url(one.url)
            rule_from_text(one.page)
        except RefusedError as error:
            refused.append(error)
            continue
        own = lies_in_own_network(url, settings.allowed_networks)
        feeds.append(NewFeed(url, host_of(url), one.title, quiet, own, one.folder, one.page or None))
    return feeds, refused


@app.command(name="export")
def export_opml(as_json: Json = False) -> None:
    """Print every feed as OPML, addresses in full: they may hold passwords."""
    with open_stack() as stack, stack.database.begin() as transaction:
        feeds = [OpmlFeed(*address) for address in list_feed_addresses(transaction)]
    if as_json:
        print_json([asdict(feed) for feed in feeds])
    else:
        sys.stdout.write(write_opml(feeds))
