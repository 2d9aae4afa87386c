"""What is set for endpoints (`tocsin endpoint edit`), as the files of topics hold it."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.domain.alerts.signing import SECRET_BYTES, new_secret
from shared.domain.alerts.timing_options import NONE, parse_length, print_length
from shared.domain.web.feed_address import endpoint_url
from shared.errors import RefusedError
from shared.store.database import Transaction
from shared.store.endpoint_settings import (
    DEFAULT_CONCURRENCY,
    list_endpoint_settings,
    load_endpoint_settings,
    mark_endpoint_set,
)
from shared.store.subscriptions import add_endpoint


class ListedEndpoint(BaseModel):
    """One receiver with what is set for it; what is None stays as it is, `none` and a rate of 0 take it back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    concurrency: Annotated[int, Field(ge=1, le=100)] | None = None
    rate: Annotated[float, Field(ge=0, le=10_000)] | None = None
    fallback: str | None = None
    heartbeat: str | None = None

    def checked(self) -> "ListedEndpoint":
        """Give it with its addresses as they are stored; raises RefusedError for what cannot be set."""
        url = endpoint_url(self.url)
        fallback = self.fallback if self.fallback in {None, NONE} else endpoint_url(self.fallback or "")
        if fallback == url:
            raise RefusedError(url, "cannot tell of its own failures; name another fallback")
        if self.heartbeat not in {None, NONE}:
            parse_length(self.heartbeat or "")
        return self.model_copy(update={"url": url, "fallback": fallback})

    def as_row(self) -> dict[str, Any]:
        """Give it as YAML has it."""
        return self.model_dump(mode="json", exclude_none=True)


def list_endpoints(transaction: Transaction) -> list[ListedEndpoint]:
    """List the endpoints of which something is set other than by default, and only that; addresses in full."""
    stored = list_endpoint_settings(transaction)
    urls = {one.id: one.url for one in stored}
    listed = [
        ListedEndpoint(
            url=one.url,
            concurrency=_unless(DEFAULT_CONCURRENCY, one.settings.concurrency),
            rate=one.settings.rate,
            fallback=urls[one.settings.fallback_id] if one.settings.fallback_id else None,
            heartbeat=print_length(one.settings.heartbeat) if one.settings.heartbeat else None,
        )
        for one in stored
    ]
    return [one for one in listed if one != ListedEndpoint(url=one.url)]


def _unless(default: int, value: int) -> int | None:
    return None if value == default else value


def set_listed(transaction: Transaction, listed: Sequence[ListedEndpoint]) -> list[tuple[str, str]]:
    """Set endpoints as listed; give the address and the secret of each that this made, a fallback too."""
    made: list[tuple[str, str]] = []
    for one in listed:
        endpoint_id = _endpoint(transaction, one.url, made)
        before = load_endpoint_settings(transaction, endpoint_id)
        settings = before
        if one.concurrency is not None:
            settings = replace(settings, concurrency=one.concurrency)
        if one.rate is not None:
            settings = replace(settings, rate=one.rate or None)
        if one.fallback is not None:
            fallback_id = None if one.fallback == NONE else _endpoint(transaction, one.fallback, made)
            settings = replace(settings, fallback_id=fallback_id)
        if one.heartbeat is not None:
            every = None if one.heartbeat == NONE else parse_length(one.heartbeat)
            settings = replace(settings, heartbeat=every)
        if settings != before:
            mark_endpoint_set(transaction, endpoint_id, settings)
    return made


def _endpoint(transaction: Transaction, url: str, made: list[tuple[str, str]]) -> UUID:
    secret = new_secret(os.urandom(SECRET_BYTES))
    endpoint_id, is_new = add_endpoint(transaction, url, secret)
    if is_new:
        made.append((url, secret))
    return endpoint_id
