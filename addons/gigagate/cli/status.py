"""status, stats, token, models: asked of a proxy that runs, found by what it left in the state
directory; models are asked of GigaChat itself."""

import argparse
import json
import sys
from typing import Any

from gigagate import outbound, running, trust, upstream_models
from gigagate.cli import COMMAND
from gigagate.client_certificate import ClientCertificate
from gigagate.core import strict_json
from gigagate.errors import GigaGateError, SettingsError
from gigagate.running import Running
from gigagate.settings import Settings
from gigagate.store.redis_server import RedisServer
from gigagate.telemetry import summary
from gigagate.tokens import open_source

SECONDS = 30.0
MAX_ANSWER = 16 * 1024 * 1024


def main(verb: str, args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} {verb}")
    parser.add_argument("--json", action="store_true", help="for programs")
    if verb == "token":
        parser.add_argument("--refresh", action="store_true", help="get a new access token")
    chosen = parser.parse_args(args)
    settings = Settings.load(key_needed=verb == "models")
    try:
        if verb == "models":
            return models(settings, as_json=chosen.json)
        proxies = running.find(settings.state_dir)
        if not proxies:
            raise NotRunning(f"no proxy is running (none is named in {settings.state_dir})")
        if verb == "status":
            told = [ask(proxy, "GET", "/") for proxy in proxies]
            show(told, "\n\n".join(map(summary.status, told)), as_json=chosen.json)
        elif verb == "stats":
            sums = ask(proxies[0], "GET", "/stats")
            show(sums, summary.statistics(sums), as_json=chosen.json)
        else:
            token(proxies, refresh=chosen.refresh, as_json=chosen.json)
    except (NotRunning, GigaGateError) as error:
        print(f"gigagate: {error}", file=sys.stderr)
        return 1
    return 0


class NotRunning(Exception):
    """There is no proxy to ask, or it does not answer."""


def ask(proxy: Running, method: str, path: str) -> Any:
    """The proxy's JSON.  Raises NotRunning."""
    headers = {"Authorization": f"Bearer {proxy.key}", "Accept": "application/json"}
    url = proxy.url + path
    try:
        answer = outbound.ask(method, url, headers=headers, seconds=SECONDS, limit=MAX_ANSWER)
        told = strict_json.loads(answer.body)
    except (outbound.OutboundError, ValueError) as error:
        raise NotRunning(f"the proxy at {proxy.url} does not answer") from error
    if answer.status >= 400:
        raise NotRunning(told["error"]["message"])
    return told


def token(proxies: list[Running], *, refresh: bool, as_json: bool) -> None:
    """Its state; the token itself is never shown."""
    told = []
    for proxy in proxies:
        if refresh:
            told.append(ask(proxy, "POST", "/token/refresh"))
        else:
            told.append(ask(proxy, "GET", "/")["token"])
    show(told, "\n".join(summary.token(of) for of in told), as_json=as_json)


def models(settings: Settings, *, as_json: bool) -> int:
    """Raises GigaGateError."""
    if settings.auth_mode == "passthrough" or not settings.login:
        raise SettingsError(f"GIGACHAT_AUTH_KEY: not set; {summary.OF_CLIENTS}")
    ca_file = trust.bundle(settings)
    server = RedisServer(settings.store) if settings.store else None
    files = settings.login.certificate
    certificate = ClientCertificate(files) if files else None
    source = open_source(settings, settings.login, ca_file, server, certificate=certificate)
    names = upstream_models.fetch(settings.upstream, ca_file, source.obtain(), certificate)
    aliases = dict(settings.models.aliases)
    lines = [*names, *(f"{alias} -> {model}" for alias, model in aliases.items())]
    show({"models": names, "aliases": aliases}, "\n".join(lines), as_json=as_json)
    return 0


def show(value: object, text: str, *, as_json: bool) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2) if as_json else text)
