"""The settings that docs/clients.md gives for a client, as its reader would copy them."""

import re
from pathlib import Path

from tests.support.proxy import Proxy

CLIENTS = Path(__file__).parents[2] / "docs" / "clients.md"
DOCUMENTED_URL = "http://localhost:4000/v1"


def settings_of(client: str, proxy: Proxy) -> str:
    """The first block of code below the client's heading, with this proxy's address in it."""
    _, section = CLIENTS.read_text().split(f"\n## {client}\n", 1)
    block = re.search(r"^```\w+\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert block is not None
    assert DOCUMENTED_URL in block[1]
    return block[1].replace(DOCUMENTED_URL, proxy.base_url)
