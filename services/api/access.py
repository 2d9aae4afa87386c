"""Who may ask: the bearer token, or without one this machine alone."""

import secrets
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.middleware.trustedhost import TrustedHostMiddleware

from shared.domain.web.url import host_of

_bearer = HTTPBearer(auto_error=False, description="TOCSIN_API_TOKEN; without one only this machine may ask.")
_Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]

Access = Callable[..., None]


def keep_strangers_out(app: FastAPI, token: str) -> None:
    """Answer to loopback names alone where there is no token.

    A page elsewhere must not reach this machine through a name of its own (DNS rebinding).
    """
    if not token:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"])


def require_token(token: str) -> Access:
    """Make the check of a request's bearer token."""

    def check(request: Request, bearer: _Bearer) -> None:
        _refuse_other_sites(request)
        _compare(token, bearer.credentials if bearer else "")

    return check


def require_token_or_parameter(token: str) -> Access:
    """Make the check for what is only read, and by programs that send no header: `?token=` will do."""

    def check(
        request: Request,
        bearer: _Bearer,
        given: Annotated[str, Query(alias="token", description="Instead of the header.")] = "",
    ) -> None:
        _refuse_other_sites(request)
        _compare(token, bearer.credentials if bearer else given)

    return check


def _compare(token: str, given: str) -> None:
    if token and not secrets.compare_digest(token.encode(), given.encode()):
        raise HTTPException(401, "The token is missing or wrong: send it as Authorization: Bearer …")


def _refuse_other_sites(request: Request) -> None:
    # A browser says which page made it ask; a page elsewhere may not act for the person in front of it.
    origin = request.headers.get("origin")
    if origin and host_of(origin) != host_of(f"http://{request.headers.get('host', '')}"):
        raise HTTPException(403, "A page of another site may not ask")
