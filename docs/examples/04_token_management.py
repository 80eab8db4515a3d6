"""Access tokens look after themselves: fetched once, shared by all processes, renewed in time.

Your program never sees one.  `GET /` tells how the proxy's is doing, without telling the token;
GigaChat's own endpoints for counting tokens of text and for the balance are passed through.
"""

import os

from openai import OpenAI

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")

for number in range(3):  # three requests, one access token
    client.chat.completions.create(
        model="gigachat", messages=[{"role": "user", "content": f"Вопрос {number}"}]
    )

root = base_url.removesuffix("/v1")
state = client.get(f"{root}/", cast_to=object, options={"headers": {"Accept": "application/json"}})
assert isinstance(state, dict)
token = state["token"]
print(f"Access token: valid for {token['seconds_left']} s, from {token['source']}")

texts = ["Съешь же ещё этих мягких французских булок", "да выпей чаю"]
counted = client.post("/tokens/count", cast_to=object, body={"model": "GigaChat-2", "input": texts})
assert isinstance(counted, list)
for text, one in zip(texts, counted, strict=True):
    print(f"{one['tokens']:3} tokens, {one['characters']:3} characters: {text}")
