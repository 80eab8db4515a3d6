"""A conversation: the API remembers nothing, so each request carries all that was said before.

What is resent unchanged is found in GigaChat's prompt cache and costs nothing: the proxy gives
each conversation a steady session id for that.  `cached_tokens` tells how much it was.
"""

import os

from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")

messages: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "Ты — проводник по Эрмитажу. " * 20},
]
for question in ("С чего начать?", "А что потом?", "И где там кофе?"):
    messages.append({"role": "user", "content": question})
    answer = client.chat.completions.create(model="gigachat", messages=messages)
    text = answer.choices[0].message.content or ""
    messages.append({"role": "assistant", "content": text})
    print(f"> {question}\n{text}")
    if answer.usage and answer.usage.prompt_tokens_details:
        cached = answer.usage.prompt_tokens_details.cached_tokens
        print(f"  {answer.usage.prompt_tokens} prompt tokens, {cached} of them cached")
