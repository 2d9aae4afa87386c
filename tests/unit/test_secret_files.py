"""The compose stack's secrets: made once, apart, and taken from the operator where he gives them."""

import hashlib
from pathlib import Path

from services.cli.secret_files import GIVEN_NAMES, write_demo_settings, write_secrets


def volumes(folder: Path) -> Path:
    for name in ("tocsin", "db", "redis"):
        (folder / name).mkdir(parents=True)
    return folder


def read_all(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    folder = volumes(tmp_path)
    assert write_secrets(folder, None) == list(GIVEN_NAMES)
    first = read_all(folder)

    assert write_secrets(folder, None) == []
    assert read_all(folder) == first


def test_no_two_secrets_and_no_two_stacks_are_alike(tmp_path: Path) -> None:
    stacks = [volumes(tmp_path / name) for name in ("one", "two")]
    for folder in stacks:
        write_secrets(folder, None)
    made = [(folder / "tocsin" / name).read_text() for folder in stacks for name in GIVEN_NAMES]

    assert len(set(made)) == len(made)


def test_the_database_and_the_broker_see_only_their_own(tmp_path: Path) -> None:
    folder = volumes(tmp_path)
    write_secrets(folder, None)

    assert [p.name for p in (folder / "db").iterdir()] == ["password"]
    assert [p.name for p in (folder / "redis").iterdir()] == ["users.acl"]
    assert (folder / "tocsin" / "redis_password").read_text().strip() not in (
        folder / "redis" / "users.acl"
    ).read_text()


def test_nobody_but_the_owner_may_read_the_services_secrets(tmp_path: Path) -> None:
    folder = volumes(tmp_path)
    write_secrets(folder, None)

    assert {p.stat().st_mode & 0o777 for p in (folder / "tocsin").iterdir()} == {0o400}


def test_a_given_password_is_taken_and_escaped_in_the_address(tmp_path: Path) -> None:
    folder, given = volumes(tmp_path / "volumes"), tmp_path / "given"
    given.mkdir()
    (given / "database_password").write_text("p@ss/word:1\n")
    write_secrets(folder, given)

    assert (folder / "db" / "password").read_text() == "p@ss/word:1\n"
    assert "tocsin:p%40ss%2Fword%3A1@db:5432" in (folder / "tocsin" / "database_url").read_text()


def test_redis_knows_the_digest_of_the_password_that_the_services_use(tmp_path: Path) -> None:
    folder = volumes(tmp_path)
    write_secrets(folder, None)
    password = (folder / "tocsin" / "redis_password").read_text().strip()

    assert hashlib.sha256(password.encode()).hexdigest() in (folder / "redis" / "users.acl").read_text()


def test_the_demo_s_settings_can_be_closed_again(tmp_path: Path) -> None:
    write_demo_settings(tmp_path, allowed_networks="172.30.0.0/16", poll_min_seconds="1")
    write_demo_settings(tmp_path, allowed_networks="", poll_min_seconds="60")

    assert read_all(tmp_path) == {"allowed_networks": "\n", "poll_min_seconds": "60\n"}
