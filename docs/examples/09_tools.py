"""A tool: the model asks for it, your program runs it, the model answers with what it gave."""

import json
import os

from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam

base_url = os.environ.get("GIGAGATE_URL", "http://localhost:4000/v1")
client = OpenAI(base_url=base_url, api_key="anything")


def weather(city: str) -> dict[str, object]:
    return {"city": city, "celsius": -7, "sky": "снег"}


tools: list[ChatCompletionToolParam] = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "Погода в городе сейчас",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string", "description": "Город"}},
                "required": ["city"],
            },
        },
    }
]
messages: list[ChatCompletionMessageParam] = [
    {"role": "user", "content": "Нужна ли шапка в Твери?"}
]
for _ in range(5):
    answer = client.chat.completions.create(model="gigachat", messages=messages, tools=tools)
    message = answer.choices[0].message
    messages.append(message.to_dict())  # type: ignore[arg-type]
    if not message.tool_calls:
        print(message.content)
        break
    for call in message.tool_calls:
        if call.type == "function":
            print(f"the model calls {call.function.name}({call.function.arguments})")
            result = weather(**json.loads(call.function.arguments))
            content = json.dumps(result, ensure_ascii=False)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
