"""Asking a person, where there is one: off a terminal nothing is asked, and the flag to use is named."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer
from rich.console import Console

from shared.errors import RefusedError

stderr = Console(stderr=True, highlight=False)


def on_terminal() -> bool:
    """Tell whether a person can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def choose(subject: str, things: str, options: Sequence[str], *, flag: str) -> int:
    """Give the position of the option that is taken: the only one, or the one that a person names.

    Raises RefusedError off a terminal, with every option and `flag`.
    """
    if len(options) == 1:
        return 0
    if not on_terminal():
        raise RefusedError(
            subject, f"has {len(options)} {things}: {', '.join(options)}; name one of them, or {flag}"
        )
    for number, option in enumerate(options, 1):
        stderr.print(f"{number:3}  {option}", markup=False)
    number = 0
    while not 1 <= number <= len(options):
        number = typer.prompt(f"Which one (1 to {len(options)})", type=int, default=1, err=True)
    return number - 1


def confirm(warning: str, question: str, *, flag: str) -> None:
    """Go on only where a person says yes to a question; raises RefusedError off a terminal or at no."""
    if not on_terminal():
        raise RefusedError("", f"{warning}; {flag}")
    stderr.print(f"{warning[0].upper()}{warning[1:]}.", markup=False)
    if not typer.confirm(question, err=True):
        raise RefusedError("", "nothing was changed")


@contextmanager
def watching_progress(doing: str) -> Iterator[None]:
    """Show on a terminal's standard error what takes a while."""
    with stderr.status(doing):
        yield
