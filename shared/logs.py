"""Structured logs: the same ids on every hop, one line an event, on standard error."""

import logging
import sys
from typing import Literal, cast

import structlog

Log = structlog.stdlib.BoundLogger


def configure_logs(log_format: Literal["console", "json"], level: int = logging.INFO) -> None:
    """Send every log, ours and the libraries', to standard error in one form."""
    shared_steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared_steps, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared_steps, processor=renderer)
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in (
        "httpx",
        "aiohttp",
        "celery",
        "kombu",
        "htmldate",
        "alembic",
        "asyncio",
        "uvicorn",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get_log(name: str) -> Log:
    """Give the log of one service or part, named as in its command line."""
    return cast("Log", structlog.get_logger(name))
