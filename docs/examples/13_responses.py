"""OpenAI's Responses API: an answer that refers to the one before it, and a stream of events.

The proxy keeps responses for an hour (responses.store), so the history need not be sent again.
"""

import os

from openai import OpenAI

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")

first = client.responses.create(
    model="gigachat",
    instructions="Отвечай одним предложением.",
    input="Меня зовут Анна.",
)
print(first.output_text)

with client.responses.stream(
    model="gigachat",
    previous_response_id=first.id,
    input="Как меня зовут?",
) as stream:
    for event in stream:
        if event.type == "response.output_text.delta":
            print(event.delta, end="", flush=True)
    second = stream.get_final_response()

assert second.usage
print(f"\n— {second.status}, refers to {second.previous_response_id}")
print(f"— {second.usage.input_tokens} tokens in, {second.usage.output_tokens} out")
