"""mitmweb in front of an emulator, and a Chromium to look at both with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.support.browser import Browser
from tests.support.mitmweb import arguments
from tests.support.ports import free_port
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator, EmulatorConfig, EmulatorThread


class Shown(NamedTuple):
    emulator: Emulator
    proxy: Proxy
    browser: Browser
    web_url: str


@contextmanager
def mitmweb_in_chromium(
    chromium: Path,
    folder: Path,
    *options: str,
    config: EmulatorConfig = EmulatorConfig(),  # noqa: B008 - immutable
    environment: Mapping[str, str] | None = None,
) -> Iterator[Shown]:
    """options: mitmweb's.  config: the emulator's."""
    port = free_port()
    with (
        EmulatorThread(config, state_dir=folder / "emulator") as emulator,
        Proxy(
            emulator, folder, *arguments(port), *options, verb="web", environment=environment
        ) as proxy,
        Browser(chromium, folder / "profile") as browser,
    ):
        yield Shown(emulator, proxy, browser, f"http://127.0.0.1:{port}")
