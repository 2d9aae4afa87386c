"""`tocsin settings` and the page that is made of it."""

import socket
from pathlib import Path

import pytest

from services.cli.settings_page import settings_page
from services.cli.up import refuse_taken_port
from shared.errors import RefusedError
from shared.settings import Settings
from tests.services.command_line import CommandLine


@pytest.fixture
def tocsin(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(capsys)


def test_the_page_in_docs_is_what_the_settings_say(tocsin: CommandLine) -> None:
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    # `tocsin settings --markdown > docs/settings.md` brings it up to date.
    assert page.read_text() == tocsin("settings", "--markdown").out == settings_page()


def test_every_setting_is_on_the_page_with_what_it_is() -> None:
    for name, field in Settings.model_fields.items():
        (line,) = (
            line for line in settings_page().splitlines() if line.startswith(f"| `TOCSIN_{name.upper()}`")
        )
        assert field.description
        assert field.description in line


def test_the_page_names_no_folder_of_the_machine_that_made_it() -> None:
    assert str(Path.home()) not in settings_page()


def test_each_value_says_where_it_comes_from(
    tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("geheim\n")
    monkeypatch.setenv("TOCSIN_POLL_MIN_SECONDS", "5.5")
    monkeypatch.setenv("TOCSIN_API_TOKEN_FILE", str(tmp_path / "token"))
    rows = {row["variable"]: row for row in tocsin("settings", "--json").json}
    assert (rows["TOCSIN_POLL_MIN_SECONDS"]["value"], rows["TOCSIN_POLL_MIN_SECONDS"]["source"]) == (
        "5.5",
        "environment",
    )
    assert rows["TOCSIN_API_TOKEN"]["source"] == "file"
    assert rows["TOCSIN_POLL_MAX_SECONDS"]["source"] == "default"


def test_no_secret_is_shown(tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgresql://desk:geheim@db.example/tocsin")
    monkeypatch.setenv("TOCSIN_REDIS_URL", "redis://:geheim@broker.example/0")
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "geheim" * 6)
    for arguments in (("settings",), ("settings", "--json")):
        ran = tocsin(*arguments)
        assert "geheim" not in ran.out
        assert "db.example" in ran.out


def test_the_listing_fits_the_terminal(tocsin: CommandLine) -> None:
    assert max(map(len, tocsin("settings").out.splitlines())) <= 80


def test_a_value_that_cannot_be_used_is_refused_naming_its_variable(
    tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_POLL_MIN_SECONDS", "often")
    assert "TOCSIN_POLL_MIN_SECONDS" in tocsin.refused("settings")


def test_a_file_that_cannot_be_read_is_refused_naming_its_variable(
    tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOCSIN_API_TOKEN_FILE", str(tmp_path / "none"))
    assert "TOCSIN_API_TOKEN_FILE: cannot read" in tocsin.refused("settings")
    (tmp_path / "picture").write_bytes(b"\xff\xd8")
    monkeypatch.setenv("TOCSIN_API_TOKEN_FILE", str(tmp_path / "picture"))
    assert "not UTF-8" in tocsin.refused("settings")


def test_a_database_that_is_no_postgresql_is_refused(
    tocsin: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "mysql://desk:geheim@db.example/tocsin")
    refused = tocsin.refused("topic", "list")
    assert "TOCSIN_DATABASE_URL" in refused
    assert "geheim" not in refused


def test_up_refuses_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RefusedError, match=f"TOCSIN_API_PORT {port}"):
            refuse_taken_port(port)
