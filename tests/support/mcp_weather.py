"""A server of the Model Context Protocol on its standard input: one tool, and words of its own.

    python mcp_weather.py

Started by the clients under test, so it imports nothing of the project.
"""

import json
import sys
from typing import Any

TOOL = {
    "name": "forecast",
    "description": "The weather of tomorrow.",
    "inputSchema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "weather", "version": "1"},
        }
    if method == "tools/list":
        return {"tools": [TOOL]}
    if method == "tools/call":
        said = f"{params['arguments']['city']}: +5, ветер 3 м/с 🌬"
        return {"content": [{"type": "text", "text": said}], "isError": False}
    return {}


for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked:
        result = answer(asked["method"], asked.get("params") or {})
        told = {"jsonrpc": "2.0", "id": asked["id"], "result": result}
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
