"""What the Dockerfile and docker-compose.yml promise, read from the files: no Docker is needed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BASE_IMAGES = {"python:3.13-slim", "postgres:18", "redis:8"}
OURS = "tocsin:local"
ONE_SHOTS = {"secrets", "migrate", "demo-setup"}
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()

every_service = pytest.mark.parametrize("name", SERVICES)
long_running = pytest.mark.parametrize("name", sorted(SERVICES.keys() - ONE_SHOTS))


def dockerfile_images() -> Iterator[str]:
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE))
    yield from set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) - stages


def test_only_the_three_base_images_are_named() -> None:
    named = set(dockerfile_images()) | {service["image"] for service in SERVICES.values()}
    assert named == BASE_IMAGES | {OURS}


def test_the_services_of_the_design_are_there() -> None:
    assert SERVICES.keys() >= {"db", "redis", "migrate", "ingest", "worker", "deliver", "api"}


def test_the_demo_comes_only_with_its_profile() -> None:
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["demo"]} == {
        "demo-office",
        "demo-receiver",
        "demo-setup",
    }


def test_every_secret_is_read_from_a_file_that_is_made_at_the_first_start() -> None:
    environment = SERVICES["deliver"]["environment"]
    for name in ("api_token", "secret_key", "database_url", "reader_database_url", "redis_url"):
        assert environment[f"TOCSIN_{name.upper()}_FILE"] == f"/secrets/tocsin/{name}"
        assert f"TOCSIN_{name.upper()}" not in environment


@long_running
def test_what_runs_is_restarted_checked_and_given_time_to_stop(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["stop_grace_period"]


@every_service
def test_every_service_is_bounded(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"]
    assert service["cpus"]
    assert service["logging"]["options"]["max-size"]
    assert service["logging"]["options"]["max-file"]


@every_service
def test_no_service_can_change_its_root_or_gain_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert service.get("user") != "root"


@every_service
def test_any_service_may_be_scaled_and_run_twice_on_a_machine(name: str) -> None:
    assert "container_name" not in SERVICES[name]


def test_only_the_api_has_a_port_and_on_loopback() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(ports) == ["api"]
    assert all(port.startswith("127.0.0.1:") for port in ports["api"])


def test_no_secret_has_a_value_in_the_file() -> None:
    for service in SERVICES.values():
        for name, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|TOKEN|SECRET|_URL", name):
                assert name.endswith("_FILE"), name
                assert value.startswith("/secrets/")


def test_the_database_and_the_broker_have_no_way_out() -> None:
    networks = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["networks"]
    for name in ("db", "redis", "worker"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert networks["inside"]["internal"]


def test_one_shots_are_waited_for_until_they_have_ended() -> None:
    # `up --wait` takes an ended container for a failure unless another service waits for its end.
    waited_for = {
        name
        for service in SERVICES.values()
        for name, condition in (service.get("depends_on") or {}).items()
        if condition["condition"] == "service_completed_successfully"
    }
    assert waited_for == ONE_SHOTS


def test_a_worker_has_longer_to_stop_than_it_takes() -> None:
    from shared.queue import queue_app  # noqa: PLC0415 - imports Celery

    soft_seconds = queue_app("redis://127.0.0.1:1/0").conf.worker_soft_shutdown_timeout
    for name in ("worker", "deliver"):
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > 2 * soft_seconds


def test_the_image_runs_as_a_fixed_user_without_a_shell() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("FROM ") :]
    assert "USER 10001:10001" in last
    assert "STOPSIGNAL SIGTERM" in last
    assert 'ENTRYPOINT ["/venv/bin/tocsin"]' in last
    assert "LABEL" in last


def test_dependencies_are_installed_by_hash_before_any_code_is_copied() -> None:
    assert DOCKERFILE.index("--require-hashes") < DOCKERFILE.index("COPY services")
    assert not re.search(r"COPY \. ", DOCKERFILE)


def test_the_builder_is_sent_only_what_the_image_is_made_of() -> None:
    first = next(
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"
    )
    assert first == "*"
