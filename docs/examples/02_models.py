"""Which models there are: the aliases of the proxy first, then GigaChat's own list."""

import os

from openai import OpenAI

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")

for model in client.models.list():
    print(f"{model.id:24} {model.owned_by}")

one = client.models.retrieve("GigaChat-2-Max")
print(f"One of them by its name: {one.id}")
