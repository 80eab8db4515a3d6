"""Dockerfile, compose.yaml and the systemd unit, as far as that can be told without running them.

The container's own command and health check do run here, against a real proxy.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml
from tests.support.proxy import ROOT, Proxy, settings_environment

from gigagate.emulator.thread import EmulatorThread
from gigagate.hooks.process import shutdown
from gigagate.settings.environment import NAMES, PREFIXES, comma_separated

NETWORK = {"GIGAGATE_CLIENT_KEYS": "anna:key-of-anna", "GIGAGATE_ALLOWED_HOSTS": "gigagate"}
UNIT = (ROOT / "config" / "gigagate.service").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())


def instructions() -> Iterator[tuple[str, str]]:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            name, _, value = line.partition(" ")
            yield name, value.strip()


DOCKERFILE = list(instructions())
VALUES = dict(DOCKERFILE)
HEALTHCHECK = json.loads(VALUES["HEALTHCHECK"].partition("CMD ")[2])
COMMAND = json.loads(VALUES["ENTRYPOINT"]) + json.loads(VALUES["CMD"])


def here(command: list[str]) -> list[str]:
    return [sys.executable if word == "python" else word for word in command]


def test_the_image_runs_as_nobody_in_particular() -> None:
    names = [name for name, _ in DOCKERFILE]
    uid, gid = map(int, VALUES["USER"].split(":"))
    assert uid > 0 < gid
    assert names[-1] == "CMD"
    assert names.index("USER") > max(i for i, name in enumerate(names) if name in ("RUN", "COPY"))
    assert f"-o {uid} -g {gid} {VALUES['VOLUME']}" in VALUES["RUN"]
    assert f"GIGAGATE_STATE_DIR={VALUES['VOLUME']}" in VALUES["ENV"]


def test_the_image_is_made_of_what_it_needs_and_no_secret() -> None:
    sources = [value.split()[0] for name, value in DOCKERFILE if name == "COPY"]
    assert sources == ["requirements.txt", "addons", "config"]
    assert all((ROOT / source).exists() for source in sources)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert [line for line in ignored if line.startswith("!")] == [f"!{name}" for name in sources]
    assert "*" in ignored, "what is not named stays out, .env and .git among it"
    assert VALUES["FROM"] == "python:3.13-slim"


def test_the_container_listens_only_with_keys_and_names(tmp_path: Path) -> None:
    with EmulatorThread(state_dir=tmp_path / "emulator") as emulator:
        environment = settings_environment(emulator, tmp_path)
        refused = subprocess.run(
            here(COMMAND), env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        assert refused.returncode == 2
        assert "GIGAGATE_CLIENT_KEYS and GIGAGATE_ALLOWED_HOSTS" in refused.stderr
        with Proxy(emulator, tmp_path, command=here(COMMAND), environment=NETWORK) as proxy:
            assert is_healthy(proxy.port)
            models = requests.get(
                f"{proxy.base_url}/models",
                headers={"Host": "gigagate:4000", "Authorization": "Bearer key-of-anna"},
                timeout=20,
            )
            assert models.status_code == 200
            assert proxy.stop() == 0
            assert not is_healthy(proxy.port)


def is_healthy(port: int) -> bool:
    command = [word.replace("4000", str(port)) for word in here(HEALTHCHECK)]
    return subprocess.run(command, stderr=subprocess.DEVNULL, timeout=20).returncode == 0


def test_compose_shows_the_proxy_to_this_machine_only() -> None:
    services = COMPOSE["services"]
    for port in services["gigagate"]["ports"]:
        assert port.startswith("127.0.0.1:")
    assert "ports" not in services["valkey"]
    assert [name for name, service in services.items() if "profiles" not in service] == ["gigagate"]
    assert {name: service.get("profiles") for name, service in services.items()} == {
        "gigagate": None,
        "valkey": ["valkey"],
        "prometheus": ["prometheus"],
    }


def test_what_compose_names_is_there() -> None:
    proxy = COMPOSE["services"]["gigagate"]
    assert proxy["build"] == "."
    assert proxy["read_only"] is True
    volumes = [v for service in COMPOSE["services"].values() for v in service.get("volumes", ())]
    for source, target, *_ in (volume.split(":") for volume in volumes):
        assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
        assert target.startswith("/")
    assert f"state:{VALUES['VOLUME']}" in proxy["volumes"]
    scraped = yaml.safe_load((ROOT / "config" / "prometheus.yml").read_text())
    assert scraped["scrape_configs"][0]["static_configs"] == [{"targets": ["localhost:4000"]}]
    assert COMPOSE["services"]["prometheus"]["network_mode"] == "service:gigagate"


def test_what_compose_reads_from_dotenv_stops_no_start() -> None:
    """All of .env reaches the proxy too, which refuses names like its own that it does not know."""
    wanted = re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text())
    wanted += [secret["environment"] for secret in COMPOSE["secrets"].values()]
    assert len(wanted) > 2
    unknown = {name for name in wanted if name.startswith(PREFIXES)} - {*NAMES}
    assert unknown == set()


def test_the_name_other_containers_use_stays_when_others_are_allowed() -> None:
    hosts = COMPOSE["services"]["gigagate"]["environment"]["GIGAGATE_ALLOWED_HOSTS"]
    assert comma_separated(hosts.replace("${GIGAGATE_ALLOWED_HOSTS:-}", "")) == ["gigagate"]
    both = comma_separated(hosts.replace("${GIGAGATE_ALLOWED_HOSTS:-}", "proxy.example"))
    assert both == ["gigagate", "proxy.example"]


def test_running_answers_may_finish() -> None:
    grace = COMPOSE["services"]["gigagate"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > shutdown.PATIENCE
    (stop,) = (line for line in UNIT.splitlines() if line.startswith("TimeoutStopSec="))
    assert int(stop.partition("=")[2]) > shutdown.PATIENCE


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """With this checkout in place of the one to be installed."""
    path = tmp_path / "gigagate.service"
    path.write_text(UNIT.replace("/opt/gigagate/run.sh", f'"{ROOT}/run.sh"'))
    return path


def test_an_admin_asks_the_service_as_its_own_user_and_in_its_own_folder() -> None:
    script = (ROOT / "config" / "as-service.sh").read_text()
    for name in ("DynamicUser", "User", "StateDirectory", "StateDirectoryMode", "UMask"):
        (line,) = (line for line in UNIT.splitlines() if line.startswith(f"{name}="))
        assert f"--property={line}" in script
    for line in ("EnvironmentFile=/etc/gigagate.env", "ExecStart=/opt/gigagate/run.sh serve"):
        assert line in UNIT
    assert "--property=EnvironmentFile=/etc/gigagate.env" in script
    assert '/opt/gigagate/run.sh "$@"' in script
    assert "=/var/lib/gigagate " in script, "what %S/gigagate is for the system's services"


def systemd_analyze(*words: str) -> "subprocess.CompletedProcess[str]":
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    return subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, timeout=60, check=False
    )


def test_systemd_understands_the_unit(unit: Path) -> None:
    verified = systemd_analyze("verify", "--man=no", str(unit))
    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_unit_leaves_the_service_little(unit: Path) -> None:
    """10 is no protection at all; systemd calls 2 and less fine."""
    shown = systemd_analyze("security", "--offline=yes", "--threshold=20", str(unit))
    assert shown.returncode == 0, shown.stdout or shown.stderr
