"""`/v1/releases` and `/v1/search`: the stored press releases."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.api.listing import After, Listing, Most, Row, Since, list_page, load_row
from shared.store.catalog import list_view
from shared.store.database import Database
from shared.store.listings import list_sightings
from shared.store.searching import search_releases

Language = Annotated[str | None, Query(description="Two-letter code of the text.", max_length=8)]


def release_routes(database: Database) -> APIRouter:
    """Make the routes."""
    router = APIRouter(tags=["releases"])

    @router.get("/releases", summary="List releases, the newest first")
    def list_releases(
        language: Language = None,
        publisher: Annotated[str | None, Query()] = None,
        story_id: Annotated[UUID | None, Query()] = None,
        since: Since = None,
        cursor: After = None,
        limit: Most = 50,
    ) -> Listing:
        where = {"language": language, "publisher": publisher, "story_id": story_id}
        with database.begin() as transaction:
            return list_page(transaction, "releases", where=where, since=since, after=cursor, most=limit)

    @router.get("/releases/{release}", summary="Show a release: its revisions, sightings and matches")
    def show(release: UUID) -> Row:
        where = {"release_id": release}
        with database.begin() as transaction:
            return load_row(transaction, "releases", release, "release") | {
                "revisions": list_view(transaction, "revisions", where=where, order="revision"),
                "sightings": list_sightings(transaction, release),
                "matches": list_view(transaction, "matches", where=where, order="matched_at"),
            }

    @router.get("/search", summary="Search the texts, the best first: a convenience, not the matcher")
    def search(
        query: Annotated[str, Query(alias="q", min_length=1, max_length=1000)],
        language: Language = None,
        limit: Most = 20,
    ) -> Listing:
        with database.begin() as transaction:
            found = search_releases(transaction, query, language=language, most=limit)
        return Listing(items=found, next=None)

    return router
