"""The lines of Codex's config.toml, for a proxy of this machine.

The catalogue tells Codex how much GigaChat's models hold; its own web search is OpenAI's.
"""

from string import Template

FILE = "~/.codex/config.toml"

_LINES = Template("""\
model = "$model"
model_provider = "gigachat"
web_search = "disabled"

[model_providers.gigachat]
name = "GigaGate"
base_url = "$url/v1"
env_key = "GIGA_KEY"
wire_api = "responses"
model_catalog_url = "$url/v1/codex/models"
""")


def lines(url: str, model: str) -> str:
    """url: http://host:port"""
    return _LINES.substitute(url=url, model=model)
