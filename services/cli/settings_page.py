"""`tocsin settings`: what each variable is now, from where, and the page docs/settings.md."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.output import Json, print_rows
from shared.domain.web.url import masked_url
from shared.settings import Settings, load_settings

PREFIX = "TOCSIN_"
_ADDRESSES = frozenset({"database_url", "reader_database_url", "redis_url", "broker_url", "proxy"})
_SECRETS = frozenset({"api_token", "secret_key"})
# The folder is another on every machine; the page is one.
_SAID_DEFAULTS = {"data_dir": "the user's data folder"}

_BEFORE = """\
# Settings

Tocsin reads its settings from the environment, once, when a command starts; a value that cannot be used stops it
with one line that names the variable. `tocsin settings` shows what each is now and where that comes from.

Each can be given as a file instead: `TOCSIN_API_TOKEN_FILE=/run/secrets/token` is the value that the file holds, so
that no process listing and no `docker inspect` shows it. The variable itself comes first where both are set.

| variable | default | what it is |
|---|---|---|
"""
_AFTER = """
## Your own database and broker

Without `TOCSIN_DATABASE_URL` and `TOCSIN_REDIS_URL`, Tocsin runs its own PostgreSQL 18 and Valkey in
`TOCSIN_DATA_DIR`. With one of them set, it uses yours in its place:

```sh
export TOCSIN_DATABASE_URL='postgresql://tocsin:password@db.example/tocsin'
export TOCSIN_REDIS_URL='redis://:password@broker.example:6379/0'
tocsin migrate
tocsin up
```

`tocsin migrate` brings the database to the current schema; run it once after every upgrade. Its user owns the
database and may create roles: it makes `tocsin_reader`, which `tocsin sql` and `tocsin psql` log in as, and which sees
the views and changes nothing. The role gets the password in `TOCSIN_READER_DATABASE_URL` where that is set, else a
generated one. Whoever only reads needs only `TOCSIN_READER_DATABASE_URL`.

This page is what `tocsin settings --markdown` prints.
"""


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command(name="settings")(settings)


def settings(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/settings.md.")] = False,
    as_json: Json = False,
) -> None:
    """Show every setting: its value, where it comes from, and what it is."""
    if markdown:
        typer.echo(settings_page(), nl=False)
        return
    rows = _rows(load_settings(), os.environ)
    print_rows(rows, ("variable", "value", "source"), as_json=as_json, empty="")


def settings_page() -> str:
    """Write docs/settings.md from the settings themselves."""
    lines = (
        f"| `{PREFIX}{name.upper()}` | {_default(name) or 'empty'} | {field.description} |\n"
        for name, field in Settings.model_fields.items()
    )
    return _BEFORE + "".join(lines) + _AFTER


def _rows(values: Settings, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "variable": f"{PREFIX}{name.upper()}",
            "value": _shown(name, getattr(values, name)),
            "source": _source(name, environment),
            "default": _default(name),
            "description": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]


def _source(name: str, environment: Mapping[str, str]) -> str:
    given = {variable.upper() for variable in environment}
    variable = f"{PREFIX}{name.upper()}"
    if variable in given:
        return "environment"
    return "file" if f"{variable}_FILE" in given else "default"


def _default(name: str) -> str:
    return _SAID_DEFAULTS.get(name) or _plain(Settings.model_fields[name].default)


def _shown(name: str, value: object) -> str:
    """Write a value as it may be seen by whoever looks over a shoulder."""
    text = _plain(value)
    if name in _SECRETS:
        return "***" if text else ""
    return masked_url(text) if text and name in _ADDRESSES else text


def _plain(value: object) -> str:
    match value:
        case float():
            return str(value).removesuffix(".0")
        case str() | Path():
            return str(value)
        case Iterable():
            return ",".join(map(str, value))
        case _:
            return str(value)
