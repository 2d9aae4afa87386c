"""Errors as problem details (RFC 9457): what is wrong, about what, and the next step, in one shape."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.errors import NotFoundError, QueryError, RefusedError, ServiceError, TocsinError

_STATUSES: tuple[tuple[type[TocsinError], int, str], ...] = (
    (NotFoundError, 404, "Not found"),
    (QueryError, 422, "The query cannot be used"),
    (RefusedError, 409, "Refused"),
    (ServiceError, 503, "A service does not answer"),
)


def problem(status: int, title: str, detail: str, **members: object) -> JSONResponse:
    """Make the answer; `members` are extensions of this problem (RFC 9457, section 3.2)."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **members}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def answer_with_problems(app: FastAPI) -> None:
    """Make every error that a request can meet a problem detail."""

    @app.exception_handler(TocsinError)
    def ours(_: Request, error: TocsinError) -> JSONResponse:
        status, title = next(
            ((status, title) for kind, status, title in _STATUSES if isinstance(error, kind)),
            (400, "Refused"),
        )
        column = {"column": error.column} if isinstance(error, QueryError) else {}
        return problem(status, title, str(error), **column)

    @app.exception_handler(HTTPException)
    def http(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), str(error.detail))

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        wrong = [{"at": ".".join(map(str, one["loc"])), "detail": one["msg"]} for one in error.errors()]
        first = wrong[0]
        return problem(422, "Not understood", f"{first['at']}: {first['detail']}", errors=wrong)
