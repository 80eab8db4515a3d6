"""doctor: everything the proxy needs, one line each, and after each what to do if it is not there.

Exit code 0 if the proxy would work, 1 if not.  Shows no secret.
"""

import argparse
import json
import os
import shutil
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from importlib import metadata
from pathlib import Path

from gigagate import mitmproxy_range, running, trust
from gigagate.cli import COMMAND, codex_config
from gigagate.cli.doctor_access import Finding, Way
from gigagate.errors import GigaGateError, SettingsError
from gigagate.running import DEFAULT_HOST, DEFAULT_PORT
from gigagate.settings import Settings
from gigagate.settings.upstream import Opened
from gigagate.store.redis_server import RedisServer
from gigagate.telemetry import summary
from gigagate.tokens import open_store

CLOCK_SECONDS = 120
"""A clock off by more makes tokens look expired, or makes us use expired ones."""


def main(verb: str, args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} doctor")
    parser.add_argument("--json", action="store_true", help="for programs")
    as_json = parser.parse_args(args).json
    findings = []
    for finding in examine(lambda: Settings.load()):
        findings.append(finding)
        if not as_json:
            print(line(finding), flush=True)
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings], ensure_ascii=False, indent=2))
    return int(any(finding.fine is False for finding in findings))


def line(finding: Finding) -> str:
    mark = {True: "ok  ", False: "FAIL", None: "note"}[finding.fine]
    return f"{mark}  {finding.what:10} {finding.told}"


def examine(load: Callable[[], Settings]) -> Iterator[Finding]:
    yield python()
    yield mitmproxy_version()
    try:
        settings = load()
    except SettingsError as error:
        yield Finding("settings", False, error.message)
        return
    yield Finding("settings", True, f"state directory {settings.state_dir}")
    for warning in settings.warnings:
        yield Finding("settings", None, warning)
    yield from map(exposed, filter(_others_may_read, settings.sources))
    yield from Examination(settings).findings()


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", True, version)


def mitmproxy_version() -> Finding:
    version = metadata.version("mitmproxy")
    if untested := mitmproxy_range.doubt(version):
        return Finding("mitmproxy", None, untested)
    return Finding("mitmproxy", True, version)


def exposed(file: Path) -> Finding:
    return Finding("settings", None, f"other users of this machine may read {file}: chmod 600 it")


def _others_may_read(file: Path) -> bool:
    """A file of this user's that may hold secrets; config/gigachat.yaml may not."""
    if os.name != "posix" or file.suffix == ".yaml" or not file.is_file():
        return False
    status = file.stat()
    return status.st_uid == os.getuid() and bool(status.st_mode & stat.S_IROTH)


def _has_codex() -> bool:
    """Whether Codex is on this machine: nobody else needs its lines."""
    return bool(shutil.which("codex")) or Path(codex_config.FILE).expanduser().parent.is_dir()


class Examination:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.upstream = settings.upstream
        self.ca_file: Path | None = None

    def findings(self) -> Iterator[Finding]:
        certificates = self.certificates()
        yield certificates
        if certificates.fine is not False:
            yield from self.access()
        else:
            yield Finding("GigaChat", None, "not asked, before its certificate can be checked")
        yield self.store()
        yield self.port()
        if _has_codex():
            yield self.codex()

    def access(self) -> Iterator[Finding]:
        """Each way into GigaChat; where clients bring their keys, what can be said without one."""
        settings, default = self.settings, self.settings.models.default
        opened = settings.opened or (Opened("", settings.login, self.upstream, settings.slots),)
        ways = [Way(one, self.ca_file, default) for one in opened]
        for way in ways:
            yield from way.handshakes()
        yield self.clock(next((way.server_date for way in ways if way.server_date), ""))
        if not settings.opened:
            yield Finding("OAuth", None, f"not asked: {summary.OF_CLIENTS}")
            return
        for way in ways:
            yield from way.access()

    def certificates(self) -> Finding:
        if not self.upstream.verify:
            return Finding("CA", False, f"{trust.NOT_VERIFIED} Remove the setting.")
        try:
            self.ca_file = trust.bundle(self.settings)
        except GigaGateError as error:
            return Finding("CA", False, error.message)
        if self.ca_file is None:
            return Finding("CA", None, "nothing to verify: the addresses are plain http")
        source = self.upstream.ca_bundle_file or "the Russian Trusted Root CA"
        return Finding("CA", True, f"public authorities and {source}")

    def clock(self, server_date: str) -> Finding:
        try:
            theirs = parsedate_to_datetime(server_date).timestamp()
        except ValueError:
            return Finding("clock", None, "not checked: the servers do not tell the time")
        off = time.time() - theirs
        if abs(off) > CLOCK_SECONDS:
            ahead = "ahead of" if off > 0 else "behind"
            told = f"{abs(off):.0f} s {ahead} the server's. Set this machine's clock"
            return Finding("clock", False, told)
        return Finding("clock", True, "agrees with the server's")

    def store(self) -> Finding:
        address = self.settings.store
        store = open_store(self.settings, RedisServer(address) if address else None)
        try:
            store.acquire("doctor", "doctor", 1)
            store.release("doctor", "doctor")
        except GigaGateError as error:
            told = f"{error.message} The proxy works without it, but each process asks OAuth"
            return Finding("store", False, told)
        return Finding("store", True, "can be written")

    def codex(self) -> Finding:
        proxies = running.find(self.settings.state_dir)
        url = proxies[0].url if proxies else f"http://localhost:{DEFAULT_PORT}"
        told = f"takes these lines in {codex_config.FILE}, and GIGA_KEY from the environment"
        lines = codex_config.lines(url, self.settings.models.default)
        return Finding("Codex", None, f"{told} ({self.client_key()}):\n\n{lines}")

    def client_key(self) -> str:
        if self.settings.auth_mode != "shared":
            return "its own GigaChat authorization key"
        return "a key of GIGAGATE_CLIENT_KEYS" if self.settings.client_keys else "any text"

    def port(self) -> Finding:
        proxies = running.find(self.settings.state_dir)
        if proxies:
            return Finding("port", True, f"a proxy listens on {proxies[0].url}/v1")
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((DEFAULT_HOST, DEFAULT_PORT))
            except OSError:
                told = f"{DEFAULT_PORT} is taken by another program. Start with another one"
                return Finding("port", False, f"{told}: {COMMAND} -p {DEFAULT_PORT + 1}")
        return Finding("port", True, f"{DEFAULT_PORT} is free")
