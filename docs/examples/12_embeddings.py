"""Embeddings: texts become vectors, and near meanings lie near each other."""

import math
import os

from openai import OpenAI

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")

texts = ["кот спит на диване", "кошка дремлет на софе", "биржа закрылась ростом"]
answer = client.embeddings.create(model="Embeddings", input=texts)
vectors = [one.embedding for one in answer.data]


def cosine(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b))


print(f"{len(vectors)} vectors of {len(vectors[0])} numbers, {answer.usage.total_tokens} tokens")
for text, vector in zip(texts[1:], vectors[1:], strict=True):
    print(f"{cosine(vectors[0], vector):6.3f}  «{texts[0]}» and «{text}»")
