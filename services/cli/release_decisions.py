"""`tocsin release merge | split | erase`: what a person decides on what is one release."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from services.cli.asking import confirm
from services.cli.output import Json, print_json, print_object
from services.cli.stack import Stack, open_stack
from shared.errors import NotFoundError
from shared.store.catalog import list_view
from shared.store.database import Transaction
from shared.store.erasing import erase_release
from shared.store.feeds import find_feed
from shared.store.merging import merge_releases, split_release
from shared.store.names import looks_like_id

_Release = Annotated[str, typer.Argument(metavar="RELEASE", help="A release's id.")]
_Other = Annotated[str, typer.Argument(metavar="OTHER", help="The id of the release that goes into it.")]
_Feeds = Annotated[
    list[str] | None,
    typer.Argument(metavar="[FEED]...", help="Whose sightings leave it; an id, URL or title."),
]
_Yes = Annotated[bool, typer.Option("--yes", help="Erase without asking.")]


def merge(release: _Release, other: _Other, as_json: Json = False) -> None:
    """Make one release of two; the decision holds, and nothing rings for it."""
    with open_stack() as stack, stack.database.begin() as transaction:
        moved = merge_releases(
            transaction, find_release(transaction, release), find_release(transaction, other)
        )
    text = f"One release: {moved.release_id}, with {moved.sightings} sightings more."
    if moved.cancelled:
        text += f"\n{moved.cancelled} alerts that would have told it twice are cancelled."
    print_object(asdict(moved), as_json=as_json, text=text)


def split(release: _Release, feeds: _Feeds = None, as_json: Json = False) -> None:
    """Make two releases of one: undo a merge, or let the sightings of some feeds leave it."""
    with open_stack() as stack, stack.database.begin() as transaction:
        release_id = find_release(transaction, release)
        moved = split_release(transaction, release_id, [find_feed(transaction, feed) for feed in feeds or ()])
    if as_json:
        print_json({"releases": [asdict(one) for one in moved]})
        return
    typer.echo(
        "\n".join(f"A release of its own: {one.release_id}, with {one.sightings} sightings." for one in moved)
    )


def erase(release: _Release, yes: _Yes = False, as_json: Json = False) -> None:
    """Erase a release for good: its texts, its evidence, and what messages say of it; it does not come back."""
    with open_stack() as stack:
        release_id = _agreed(stack, release, yes=yes)
        with stack.database.begin() as transaction:
            erased = erase_release(transaction, release_id)
    text = (
        f"Erased. {erased.digests} digests keep it from coming back; {erased.emptied} messages lost their words, "
        f"{erased.cancelled} alerts are cancelled."
    )
    if erased.told_anew:
        text += (
            f"\n{erased.told_anew} alerts of other releases were to be told by the same message: told anew."
        )
    print_object(asdict(erased) | {"release_id": release_id}, as_json=as_json, text=text)


def _agreed(stack: Stack, release: str, *, yes: bool) -> UUID:
    with stack.database.begin() as transaction:
        release_id = find_release(transaction, release)
    if not yes:
        confirm("this erases the release for good", "Erase it?", flag="--yes erases it unasked")
    return release_id


def find_release(transaction: Transaction, name: str) -> UUID:
    """Find a stored release by its id; raises NotFoundError with the next step."""
    found = list_view(transaction, "releases", where={"id": name}) if looks_like_id(name) else []
    if not found:
        raise NotFoundError(name, "no release has this id; `tocsin release list` shows them")
    release_id: UUID = found[0]["id"]
    return release_id
