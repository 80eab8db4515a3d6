"""What the page says of each client is what docs/clients.md says, for this proxy's own address."""

import json
from pathlib import Path

import pytest
import yaml

from gigagate.status_page.setups import setups

DOCUMENT = (Path(__file__).parents[2] / "docs" / "clients.md").read_text()
DOCUMENTED = {
    one.client: one
    for one in setups("http://localhost:4000", "GigaChat-2-Max", "GigaChat-2", "anything")
}


@pytest.mark.parametrize(
    "client", [name for name, one in DOCUMENTED.items() if one.place], ids=str.lower
)
def test_it_is_what_the_documents_say(client: str) -> None:
    assert f"\n{DOCUMENTED[client].text}\n```" in DOCUMENT
    assert DOCUMENTED[client].place in DOCUMENT


def test_values_of_the_proxy_are_put_in() -> None:
    for one in setups("http://10.0.0.1:4100", "My-Model", "Small", 'a"key'):
        assert "10.0.0.1:4100" in one.text
        assert "localhost" not in one.text
        assert not any(word in one.text for word in ("@root", "@model", "@light", "@key"))


def test_files_are_valid() -> None:
    json.loads(DOCUMENTED["Claude Code"].text)
    json.loads(DOCUMENTED["opencode"].text)
    assert yaml.safe_load(DOCUMENTED["Continue"].text)["models"][0]["provider"] == "openai"
    compile(DOCUMENTED["Python"].text, "python", "exec")
