"""Google's SDK, with another base URL: an answer, a stream, and a function it calls itself.

The address is without /v1.  Gemini CLI goes the same way: see docs/clients.md.
"""

import os

from google import genai
from google.genai.types import GenerateContentConfig, HttpOptions

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1").removesuffix("/v1")
client = genai.Client(api_key="anything", http_options=HttpOptions(base_url=base_url))


def weather(city: str) -> str:
    """The weather in a city."""
    print(f"the SDK calls weather({city!r})")
    return "+7, дождь"


brief = GenerateContentConfig(system_instruction="Отвечай одним предложением.")
answer = client.models.generate_content(
    model="gigachat", contents="Почему небо голубое?", config=brief
)
print(answer.text)

for chunk in client.models.generate_content_stream(
    model="gigachat", contents="Расскажи короткую сказку.", config=brief
):
    print(chunk.text or "", end="", flush=True)
print()

chat = client.chats.create(model="gigachat", config=GenerateContentConfig(tools=[weather]))
answer = chat.send_message("Какая погода в Казани? Спроси weather.")
print(answer.text)
usage = answer.usage_metadata
if usage:
    print(f"— {answer.model_version}, {usage.total_token_count} tokens")
