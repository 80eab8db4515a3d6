"""What is measured: one row per proxy, all in front of the same fake GigaChat.

Each is set up as its own documentation says, with nothing turned off that a user would have on,
except what would call out of this machine.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import mitmproxy.version
from tests.bench.scenarios import Scenario
from tests.bench.traffic import MODEL

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".cache" / "bench"
"""Where install_peers.sh puts each peer's own environment."""

_BIN = Path(sys.executable).parent
_NGINX = Path("/usr/sbin/nginx")
_ENTRY = ROOT / "addons" / "gigachat_proxy.py"
_WORKERS = 2
_KEY = "YmVuY2g6c2VjcmV0"
"""base64 of bench:secret, an authorization key in form only."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one target runs: its port and folder, and the upstream it serves."""

    port: int
    folder: Path
    upstream_port: int
    ca_file: Path

    @property
    def upstream(self) -> str:
        return f"https://localhost:{self.upstream_port}"


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    version: Callable[[], str]
    needs: Path
    """Where this is missing, the target is skipped."""
    command: Callable[[Place], Sequence[str]] | None
    """None: no proxy at all, the client itself speaks TLS to the upstream."""
    environment: Callable[[Place], Mapping[str, str]] = lambda place: {}
    prepare: Callable[[Place], None] = lambda place: None
    """Make `place.folder` what a start finds; called before each."""
    translates: bool = False
    """Takes what OpenAI clients send; otherwise the body goes to GigaChat as it is."""
    least_clients: int = 1
    """One connection alone shows nothing of many processes."""

    def is_asked(self, scenario: Scenario) -> bool:
        return scenario.clients >= self.least_clients and self.name not in scenario.without


def _mitmdump(place: Place, *more: str) -> Sequence[str]:
    return [
        str(_BIN / "mitmdump"),
        *("--mode", f"reverse:{place.upstream}", "--listen-host", "127.0.0.1"),
        *("-p", str(place.port)),
        *more,
    ]


def _bare_mitmdump(place: Place) -> Sequence[str]:
    return _mitmdump(place, "--set", f"ssl_verify_upstream_trusted_ca={place.ca_file}")


def _streaming_mitmdump(place: Place) -> Sequence[str]:
    return [*_bare_mitmdump(place), "--set", "stream_large_bodies=1"]


def _ours(place: Place) -> Sequence[str]:
    """What run.sh executes."""
    return [sys.executable, "-m", "gigagate", "serve", "-p", str(place.port)]


def _our_workers(place: Place) -> Sequence[str]:
    return [*_ours(place), "--workers", str(_WORKERS)]


def _gigachat_settings(place: Place) -> Mapping[str, str]:
    """The names of Sber's SDK, which gpt2giga and we share."""
    return {
        "GIGACHAT_CREDENTIALS": _KEY,
        "GIGACHAT_SCOPE": "GIGACHAT_API_PERS",
        "GIGACHAT_BASE_URL": f"{place.upstream}/v1",
        "GIGACHAT_AUTH_URL": f"{place.upstream}/api/v2/oauth",
        "GIGACHAT_CA_BUNDLE_FILE": str(place.ca_file),
    }


def _our_settings(place: Place) -> Mapping[str, str]:
    """The peers have no limit: ours must not be what is measured."""
    config = place.folder / "gigachat.yaml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("limits: {slots: 256}\n")
    return {
        **_gigachat_settings(place),
        "GIGAGATE_CONFIG": str(config),
        "GIGAGATE_STATE_DIR": str(place.folder / "state"),
        "PYTHONPATH": str(ROOT / "addons"),
    }


def _forget_our_token(place: Place) -> None:
    """Each start pays for its OAuth call, as the peers' do; yesterday's token would be void."""
    for file in (place.folder / "state").glob("tokens.*"):
        file.unlink()


def _gpt2giga(place: Place) -> Sequence[str]:
    return [str(PEERS / "gpt2giga/bin/gpt2giga")]


def _gpt2giga_settings(place: Place) -> Mapping[str, str]:
    return {
        **_gigachat_settings(place),
        "GPT2GIGA_HOST": "127.0.0.1",
        "GPT2GIGA_PORT": str(place.port),
    }


def _litellm(place: Place) -> Sequence[str]:
    return [
        str(PEERS / "litellm/bin/litellm"),
        *("--config", "config.yaml", "--host", "127.0.0.1", "--port", str(place.port)),
    ]


def _litellm_settings(place: Place) -> Mapping[str, str]:
    return {
        "GIGACHAT_AUTH_URL": f"{place.upstream}/api/v2/oauth",
        "SSL_CERT_FILE": str(place.ca_file),
        "LITELLM_MASTER_KEY": "sk-bench",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }


def _write_litellm_config(place: Place) -> None:
    parameters = {
        "model": f"gigachat/{MODEL}",
        "api_base": f"{place.upstream}/v1",
        "api_key": _KEY,
    }
    config = {
        "model_list": [{"model_name": MODEL, "litellm_params": parameters}],
        "litellm_settings": {"telemetry": False},
    }
    (place.folder / "config.yaml").write_text(json.dumps(config))


def _nginx(place: Place) -> Sequence[str]:
    return [str(_NGINX), "-p", str(place.folder), "-c", str(place.folder / "nginx.conf")]


def _write_nginx_config(place: Place) -> None:
    temporary = "\n".join(
        f"  {kind}_temp_path {place.folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (place.folder / "nginx.conf").write_text(f"""\
daemon off;
master_process off;
pid {place.folder}/pid;
error_log stderr;
events {{ worker_connections 1024; }}
http {{
  access_log off;
{temporary}
  keepalive_requests 1000000;
  upstream gigachat {{
    server 127.0.0.1:{place.upstream_port};
    keepalive 64;
    keepalive_requests 1000000;
  }}
  server {{
    listen 127.0.0.1:{place.port};
    client_max_body_size 100m;
    client_body_buffer_size 16m;
    location / {{
      proxy_pass https://gigachat;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_ssl_name localhost;
      proxy_ssl_verify on;
      proxy_ssl_trusted_certificate {place.ca_file};
    }}
  }}
}}
""")


def _mitmproxy_version() -> str:
    return f"mitmproxy {mitmproxy.version.VERSION}"


def _our_version() -> str:
    commit = _output("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    return f"GigaGate {commit} on {_mitmproxy_version()}"


def _installed(package: str) -> Callable[[], str]:
    ask = f"import importlib.metadata as m; print(m.version({package!r}))"
    return lambda: f"{package} {_output(str(PEERS / package / 'bin/python'), '-c', ask)}"


def _nginx_version() -> str:
    return _output(str(_NGINX), "-v").removeprefix("nginx version: ")


def _output(*command: str) -> str:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True
    )
    return done.stdout.strip()


TARGETS = {
    target.name: target
    for target in (
        Target("direct", lambda: "the fake GigaChat itself, over TLS", ROOT, None),
        Target("mitmdump", _mitmproxy_version, _BIN / "mitmdump", _bare_mitmdump),
        Target("mitmdump-streaming", _mitmproxy_version, _BIN / "mitmdump", _streaming_mitmdump),
        Target(
            "gigagate",
            _our_version,
            _ENTRY,
            _ours,
            environment=_our_settings,
            prepare=_forget_our_token,
            translates=True,
        ),
        Target(
            "gigagate-workers",
            lambda: f"the same with --workers {_WORKERS}",
            _ENTRY,
            _our_workers,
            environment=_our_settings,
            prepare=_forget_our_token,
            translates=True,
            least_clients=2,
        ),
        Target(
            "gpt2giga",
            _installed("gpt2giga"),
            PEERS / "gpt2giga/bin/gpt2giga",
            _gpt2giga,
            environment=_gpt2giga_settings,
            translates=True,
        ),
        Target(
            "litellm",
            _installed("litellm"),
            PEERS / "litellm/bin/litellm",
            _litellm,
            environment=_litellm_settings,
            prepare=_write_litellm_config,
            translates=True,
        ),
        Target("nginx", _nginx_version, _NGINX, _nginx, prepare=_write_nginx_config),
    )
}
