"""The only way out: one guarded HTTP client, `fetch` for feeds and pages, `post` for webhooks."""

from shared.http.egress import GuardedClient, leads_home, open_client
from shared.http.fetch import (
    FEED_ACCEPT,
    FEED_BYTES,
    HOST_GAP_SECONDS,
    PAGE_ACCEPT,
    FetchRequest,
    fetch,
)
from shared.http.post import PostRequest, post
from shared.http.ways import Way

__all__ = [
    "FEED_ACCEPT",
    "FEED_BYTES",
    "HOST_GAP_SECONDS",
    "PAGE_ACCEPT",
    "FetchRequest",
    "GuardedClient",
    "PostRequest",
    "Way",
    "fetch",
    "leads_home",
    "open_client",
    "post",
]
