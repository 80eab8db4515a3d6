"""Anthropic's SDK, with another base URL and nothing else changed: a tool, then a stream.

The address is without /v1.  Claude Code goes the same way: see docs/clients.md.
"""

import os
from typing import Any

from anthropic import Anthropic

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1").removesuffix("/v1")
client = Anthropic(base_url=base_url, api_key="anything")
WEATHER: Any = {
    "name": "weather",
    "description": "The weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}
messages: Any = [{"role": "user", "content": "Какая погода в Казани? Спроси weather."}]
asked = client.messages.create(model="gigachat", max_tokens=500, tools=[WEATHER], messages=messages)
results = []
for block in asked.content:
    if block.type == "tool_use":
        print(f"the model calls {block.name}({block.input})")
        result = {"type": "tool_result", "tool_use_id": block.id, "content": "+7, дождь"}
        results.append(result)

messages += [
    {"role": "assistant", "content": asked.content},
    {"role": "user", "content": results or "Спасибо."},
]
with client.messages.stream(
    model="gigachat", max_tokens=500, tools=[WEATHER], messages=messages
) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)
    answer = stream.get_final_message()
print(f"\n— {answer.model}, {answer.stop_reason}, {answer.usage.output_tokens} tokens")
