"""Runs `tocsin` commands in this process and takes down what they print."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from services.cli.main import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """`tocsin` on one database, with the loopback as the operator's own network."""

    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Ran:
        status: int | str | None = 0
        try:
            main(arguments)
        except SystemExit as end:
            status = end.code
        captured = self.capsys.readouterr()
        assert isinstance(status, int | None)
        return Ran(status or 0, captured.out, captured.err)

    def refused(self, *arguments: str) -> str:
        """Run a command that must be refused; give its one line."""
        ran = self(*arguments)
        assert ran.status == 1, ran
        assert ran.out == ""
        lines = ran.err.splitlines()
        assert len(lines) == 1, ran.err
        return lines[0]


def command_line(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> CommandLine:
    """Give `tocsin` on this database."""
    monkeypatch.setenv("TOCSIN_DATABASE_URL", database_url)
    monkeypatch.setenv("TOCSIN_REDIS_URL", "redis://127.0.0.1:1/0")  # No command of these asks the broker.
    monkeypatch.setenv("TOCSIN_ALLOWED_NETWORKS", "127.0.0.0/8")
    return CommandLine(capsys)
