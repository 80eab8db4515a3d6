"""What to put into each client so that it speaks to this proxy, as docs/clients.md has it."""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Setup(NamedTuple):
    client: str
    place: str
    """The file it goes into, or "" for a command."""
    text: str


_CLAUDE_CODE = """{
  "env": {
    "ANTHROPIC_BASE_URL": "@root",
    "ANTHROPIC_AUTH_TOKEN": "@key",
    "ANTHROPIC_MODEL": "@model",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL": "@light",
    "CLAUDE_CODE_MAX_CONTEXT_TOKENS": "131072",
    "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "8192",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"
  }
}"""
_CODEX = """model = "@model"
model_provider = "gigachat"
web_search = "disabled"

[model_providers.gigachat]
name = "GigaGate"
base_url = "@root/v1"
env_key = "GIGA_KEY"
wire_api = "responses"
model_catalog_url = "@root/v1/codex/models\""""
_GEMINI = """GOOGLE_GEMINI_BASE_URL=@root
GEMINI_API_KEY=@key"""
_OPENCODE = """{
  "$schema": "https://opencode.ai/config.json",
  "enabled_providers": ["gigachat"],
  "model": "gigachat/@model",
  "agent": { "title": { "disable": true } },
  "provider": {
    "gigachat": {
      "npm": "@ai-sdk/openai-compatible",
      "name": "GigaChat",
      "options": { "baseURL": "@root/v1", "apiKey": "@key" },
      "models": {
        "@model": {
          "attachment": true,
          "modalities": { "input": ["text", "image"], "output": ["text"] },
          "limit": { "context": 128000, "output": 8192 }
        },
        "gigachat": { "limit": { "context": 128000, "output": 8192 } }
      }
    }
  }
}"""
_CONTINUE = """name: GigaChat
version: 1.0.0
schema: v1
models:
  - name: GigaChat
    provider: openai
    model: @model
    apiBase: @root/v1
    apiKey: @key
    roles: [chat, edit, apply]
    capabilities: [tool_use]
    defaultCompletionOptions:
      contextLength: 128000"""
_PYTHON = """from openai import OpenAI

client = OpenAI(base_url="@root/v1", api_key="@key")
answer = client.chat.completions.create(
    model="@model", messages=[{"role": "user", "content": "Привет!"}]
)
print(answer.choices[0].message.content)"""
_CURL = """curl @root/v1/chat/completions -H "Authorization: Bearer @key" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "@model", "messages": [{"role": "user", "content": "Привет!"}]}'"""

_SETUPS = (
    Setup("Claude Code", "~/.claude/settings.json", _CLAUDE_CODE),
    Setup("Codex", "~/.codex/config.toml", _CODEX),
    Setup("Gemini CLI", "~/.gemini/.env", _GEMINI),
    Setup("opencode", "~/.config/opencode/opencode.json", _OPENCODE),
    Setup("Continue", "~/.continue/config.yaml", _CONTINUE),
    Setup("Python", "", _PYTHON),
    Setup("curl", "", _CURL),
)


_VALUE = re.compile(r"@(root|model|light|key)\b")


def setups(root: str, model: str, light: str, key: str) -> Iterator[Setup]:
    """Each client's settings.  root: http://host:port; key: what to write as the key."""
    values = {"root": root, "model": model, "light": light, "key": key}
    for one in _SETUPS:
        yield one._replace(text=_VALUE.sub(lambda found: values[found[1]], one.text))
