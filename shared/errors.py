"""The one family of exceptions: what a function could not do, about what, and the next step."""


class TocsinError(Exception):
    """Say in one clear line what could not be done.

    `subject` is the thing concerned (a URL, a name, an id), `reason` says what is wrong with it and what
    to do. The command line prints both and exits 1; nothing else may reach a user.
    """

    def __init__(self, subject: str, reason: str) -> None:
        super().__init__(f"{subject}: {reason}" if subject else reason)
        self.subject = subject
        self.reason = reason


class SettingsError(TocsinError):
    """A setting has a value that cannot be used."""


class NotFoundError(TocsinError):
    """No feed, topic, endpoint, release or alert goes by this name, URL or id."""


class RefusedError(TocsinError):
    """The request is understood and will not be carried out."""


class QueryError(TocsinError):
    """A topic's query cannot be used; `column` counts characters from 1."""

    def __init__(self, query: str, column: int, reason: str) -> None:
        super().__init__("", f"column {column}: {reason}")
        self.query = query
        self.column = column


class DocumentError(TocsinError):
    """A document holds nothing that could be read as a feed."""


class ServiceError(TocsinError):
    """A service that Tocsin stands on (database, broker, embedded server) does not answer."""
