"""The settings that docs/clients.md gives for a client, as its reader would copy them."""

import re
from pathlib import Path

from tests.support.proxy import Proxy

CLIENTS = Path(__file__).parents[2] / "docs" / "clients.md"
DOCUMENTED_URL = "http://localhost:4000"


def settings_of(client: str, proxy: Proxy) -> str:
    """The first block of code below the client's heading, with this proxy's address in it."""
    block = blocks_of(client, proxy)[0]
    assert proxy.base_url in block
    return block


def blocks_of(client: str, proxy: Proxy) -> list[str]:
    """Every block of code below it, likewise."""
    _, section = CLIENTS.read_text().split(f"\n## {client}\n", 1)
    section, *_ = section.split("\n## ", 1)
    found = re.findall(r"^```\w+\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return [block.replace(DOCUMENTED_URL, proxy.url) for block in found]
