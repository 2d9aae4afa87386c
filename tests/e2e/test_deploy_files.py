"""What `deploy/` promises: overrides that render, manifests that the API would take, figures that exist."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from services.api.metrics import write_metrics
from tests.services.line import Line

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = "1.34"
OBJECTS: list[tuple[str, dict[str, Any]]] = [
    (f"{file.name}: {document['kind']} {document['metadata']['name']}", document)
    for file in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    if file.name != "kustomization.yaml"
    for document in yaml.safe_load_all(file.read_text())
]
RULES = yaml.safe_load((DEPLOY / "prometheus" / "tocsin.rules.yml").read_text())["groups"][0]["rules"]
PANELS = json.loads((DEPLOY / "grafana" / "tocsin.json").read_text())["panels"]
# Known to every Prometheus: whether a target could be read.
OF_PROMETHEUS = {"up"}


@pytest.fixture(scope="module")
def pods() -> dict[str, dict[str, Any]]:
    return {
        document["metadata"]["name"]: document["spec"]["template"]["spec"]
        for _, document in OBJECTS
        if document["kind"] in {"Deployment", "Job"}
    }


@pytest.mark.parametrize("document", [d for _, d in OBJECTS], ids=[name for name, _ in OBJECTS])
def test_a_manifest_is_what_the_api_takes(document: dict[str, Any]) -> None:
    assert kubernetes_validate.validate(document, KUBERNETES, strict=True) == KUBERNETES


def test_every_file_of_the_folder_is_applied() -> None:
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())["resources"]
    files = {file.name for file in (DEPLOY / "kubernetes").glob("*.yaml")} - {"kustomization.yaml"}
    assert set(listed) == files


def test_no_pod_can_change_its_root_or_gain_rights(pods: dict[str, dict[str, Any]]) -> None:
    assert pods.keys() == {"migrate", "ingest", "worker", "deliver", "api"}
    for pod in pods.values():
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["securityContext"]["runAsNonRoot"]
        assert container["resources"]["limits"]["memory"]


def test_what_runs_is_asked_for_its_work(pods: dict[str, dict[str, Any]]) -> None:
    for name, service in (("ingest", "ingest"), ("worker", "process"), ("deliver", "deliver")):
        probe = pods[name]["containers"][0]["livenessProbe"]["exec"]["command"]
        assert probe == ["/venv/bin/python", "-m", "services.cli.health", service]


@pytest.mark.skipif(not shutil.which("docker"), reason="needs docker's command line, not its engine")
@pytest.mark.parametrize("override", sorted((DEPLOY / "compose").glob("*.yml")), ids=lambda file: file.stem)
def test_an_override_renders(override: Path) -> None:
    command = [
        "docker",
        "compose",
        "-f",
        "docker-compose.yml",
        "-f",
        str(override),
        "config",
        "--format",
        "json",
    ]
    rendered = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    services = json.loads(rendered)["services"]
    assert "redis" not in services
    for name in ("ingest", "worker", "deliver", "api"):
        assert "redis" not in services[name]["depends_on"]
        assert any(volume["target"] == "/own" for volume in services[name]["volumes"])


def expressions() -> dict[str, str]:
    rules = {f"alert {rule['alert']}": rule["expr"] for rule in RULES}
    panels = {
        f"panel {panel['title']}, {target['refId']}": target["expr"]
        for panel in PANELS
        for target in panel["targets"]
    }
    return rules | panels


def test_every_figure_that_is_watched_is_one_that_is_served(database_url: str) -> None:
    line = Line(database_url)
    text = write_metrics(line.database, line.bell).decode()  # type: ignore[arg-type]
    line.close()
    served = {family.name for family in text_string_to_metric_families(text)}
    for where, expression in expressions().items():
        named = set(re.findall(r"\btocsin_[a-z_]+|\bup\b", expression)) - OF_PROMETHEUS
        bare = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in named}
        assert bare <= served, where


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert len(rule["annotations"]["description"]) > 20


@pytest.mark.skipif(not shutil.which("promtool"), reason="needs promtool")
def test_promtool_takes_the_rules() -> None:
    file = DEPLOY / "prometheus" / "tocsin.rules.yml"
    subprocess.run(["promtool", "check", "rules", str(file)], check=True)
