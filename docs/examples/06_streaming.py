"""A stream: words as they come, and the usage at the end.

`stream.close()` (or Ctrl-C) in the middle is fine: the proxy leaves GigaChat at once.
"""

import os
import time

from openai import OpenAI

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")

started = time.monotonic()
first: float | None = None
stream = client.chat.completions.create(
    model="gigachat",
    messages=[{"role": "user", "content": "Расскажи короткую сказку про прокси-сервер."}],
    stream=True,
    stream_options={"include_usage": True},
)
for chunk in stream:
    if chunk.choices and (text := chunk.choices[0].delta.content):
        first = first or time.monotonic() - started
        print(text, end="", flush=True)
    if chunk.usage:
        print(f"\n— {chunk.usage.completion_tokens} tokens; the first after {first or 0:.2f} s")
