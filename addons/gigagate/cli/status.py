"""status, stats, token, models: asked of a proxy that runs, found by what it left in the state
directory; models are asked of GigaChat itself."""

import argparse
import json
import sys
from itertools import chain
from pathlib import Path
from typing import Any

from gigagate import outbound, running, trust, upstream_models
from gigagate.cli import COMMAND
from gigagate.client_certificate import ClientCertificate
from gigagate.core import key_owner, strict_json
from gigagate.errors import GigaGateError, SettingsError, UpstreamRejected
from gigagate.running import Running
from gigagate.settings import Settings
from gigagate.settings.upstream import Opened
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
    """The token's state, or that of each credential's; the token itself is never shown."""
    told, lines = [], []
    for proxy in proxies:
        of_first = ask(proxy, "POST", "/token/refresh") if refresh else None
        state = ask(proxy, "GET", "/")
        told.append(of_first or state["token"])
        several = [
            f"{one['name']}: {summary.token(one['token'])}"
            for one in state["credentials"]
            if one["name"]
        ]
        lines += several or [summary.token(told[-1])]
    show(told, "\n".join(lines), as_json=as_json)


def models(settings: Settings, *, as_json: bool) -> int:
    """Raises GigaGateError, of several credentials if none opens GigaChat."""
    opened = settings.opened
    if not opened:
        raise SettingsError(f"GIGACHAT_AUTH_KEY: not set; {summary.OF_CLIENTS}")
    ca_file = trust.bundle(settings)
    server = RedisServer(settings.store) if settings.store else None
    of_each: dict[str, list[str]] = {}
    failures: dict[str, GigaGateError] = {}
    for one in opened:
        try:
            of_each[one.name] = models_of(one, settings, ca_file, server)
        except GigaGateError as error:
            failures[one.name] = error
    if not of_each:
        raise next(iter(failures.values()))
    names = list(dict.fromkeys(chain(*of_each.values())))
    aliases = dict(settings.models.aliases)
    told: dict[str, object] = {"models": names, "aliases": aliases}
    lines = list(names)
    if settings.credentials:
        told["credentials"] = {
            **{name: {"models": listed} for name, listed in of_each.items()},
            **{name: {"error": error.message} for name, error in failures.items()},
        }
        lines = [f"{name}: {', '.join(listed)}" for name, listed in of_each.items()]
        lines += [f"{name}: {error.message}" for name, error in failures.items()]
    lines += [f"{alias} -> {model}" for alias, model in aliases.items()]
    show(told, "\n".join(lines), as_json=as_json)
    return 0


def models_of(
    opened: Opened, settings: Settings, ca_file: Path | None, server: RedisServer | None
) -> list[str]:
    """Raises GigaGateError."""
    files = opened.login.certificate
    certificate = ClientCertificate(files) if files else None
    source = open_source(
        settings,
        opened.login,
        ca_file,
        server,
        upstream=opened.upstream,
        owner=key_owner.of(opened.login.kind, opened.name),
        certificate=certificate,
    )
    token = source.obtain()
    try:
        return upstream_models.fetch(opened.upstream, ca_file, token, certificate)
    except UpstreamRejected:  # perhaps an old one, from the store or the settings
        source.reject(token.value)
        return upstream_models.fetch(opened.upstream, ca_file, source.obtain(), certificate)


def show(value: object, text: str, *, as_json: bool) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2) if as_json else text)
