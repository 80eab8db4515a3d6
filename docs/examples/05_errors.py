"""Errors come in OpenAI's form, so OpenAI's client raises its own classes.

`message` says what happened, whose fault it is and what to do; `code` is for programs.
"""

import os

import openai

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = openai.OpenAI(base_url=base_url, api_key="anything", max_retries=0)


def attempt(title: str, **request: object) -> None:
    print(f"{title}:")
    try:
        client.post("/chat/completions", cast_to=object, body=request)
    except openai.APIStatusError as error:
        print(f"  {type(error).__name__} {error.status_code} {error.code}: {error.message[:160]}")
    else:
        print("  no error")


hello = [{"role": "user", "content": "Привет"}]
attempt("No messages", model="gigachat", messages=[])
attempt("A wrong type", model="gigachat", messages=hello, temperature="hot")
attempt("A role that does not exist", model="gigachat", messages=[{"role": "wizard"}])
attempt("What GigaChat cannot do", model="gigachat", messages=hello, modalities=["audio"])

try:
    client.models.retrieve("no-such-model")
except openai.NotFoundError as error:
    print(f"A model that does not exist:\n  {error.message[:160]}")
