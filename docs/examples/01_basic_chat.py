"""A question and its answer: OpenAI's client, with another base URL and nothing else changed."""

import os

from openai import OpenAI

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")  # GigaChat's key is the proxy's

answer = client.chat.completions.create(
    model="gigachat",
    messages=[
        {"role": "system", "content": "Отвечай одним предложением."},
        {"role": "user", "content": "Почему небо голубое?"},
    ],
)
print(answer.choices[0].message.content)
print(f"— {answer.model}, {answer.choices[0].finish_reason}")
