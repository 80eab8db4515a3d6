"""Parameters of a request, and what becomes of them: docs/compatibility.md has the whole table.

GigaChat refuses temperature 0; the proxy sends what means the same.  Stop sequences, which
GigaChat does not have, are obeyed by the proxy.
"""

import os
from typing import Any

from openai import OpenAI

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")
ask = "Продолжи через запятую цвета радуги: красный, оранжевый, жёлтый"

variants: dict[str, dict[str, Any]] = {
    "steady": {"temperature": 0},
    "lively": {"temperature": 1.3, "top_p": 0.9},
    "short": {"max_tokens": 5},
    "until the first comma": {"stop": [","]},
}
for name, parameters in variants.items():
    answer = client.chat.completions.create(
        model="gigachat",
        messages=[{"role": "user", "content": ask}],
        **parameters,
    )
    choice = answer.choices[0]
    print(f"{name:22} {choice.finish_reason:7} {choice.message.content}")
