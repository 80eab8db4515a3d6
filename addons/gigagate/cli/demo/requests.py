"""What the demo asks, as a client would write it, and what GigaChat is made to answer."""

import json
from typing import Any, NamedTuple

from gigagate.cli.demo.client import Heard


class Scene(NamedTuple):
    title: str
    about: str
    body: dict[str, Any]
    text: str = ""
    """GigaChat's answer."""
    call: tuple[str, dict[str, Any]] | None = None
    """Or the function it calls, and the arguments."""

    @property
    def script(self) -> dict[str, Any]:
        """The answer in the emulator's words."""
        if self.call is None:
            return {"text": self.text}
        name, arguments = self.call
        return {"function_call": {"name": name, "arguments": arguments}}

    def problems(self, answer: Heard) -> list[str]:
        """What is wrong with an answer; nothing, if all is right."""
        if answer.status != 200:
            return [f"status {answer.status}: {answer.error}"]
        streamed = bool(self.body.get("stream"))
        called = (answer.tool, json.loads(answer.arguments)) if answer.tool else None
        reason = "tool_calls" if self.call else "stop"
        checks = {
            "the text is not what GigaChat said, byte for byte": answer.text == self.text,
            f"the call is {called}, not {self.call}": called == self.call,
            f"finish_reason is {answer.finish_reason}, not {reason}": (
                answer.finish_reason == reason
            ),
            "the answer broke off": answer.complete,
            "the stream came in one piece": not streamed or bool(called) or answer.pieces > 1,
            "usage is missing": bool(answer.usage)
            or (streamed and "stream_options" not in self.body),
        }
        return [problem for problem, right in checks.items() if not right]


CLINE_SYSTEM = """You are Cline. One tool a message, in XML:
<write_to_file>
<path>…</path>
<content>…</content>
</write_to_file>"""

SCENES = (
    Scene(
        "A plain request",
        "curl, or any script: one question, one answer in JSON.",
        {
            "model": "gigachat",
            "messages": [{"role": "user", "content": "What is a reverse proxy?"}],
        },
        "A server that stands in front of another one and answers in its name.",
    ),
    Scene(
        "Streamed, in Russian",
        "A chat client: another provider's model name, temperature 0, two system messages.",
        {
            "model": "gpt-4o",
            "messages": [
                {"role": "system", "content": "Отвечай кратко."},
                {"role": "user", "content": "Почему небо голубое?"},
                {"role": "system", "content": "Пиши по-русски."},
            ],
            "temperature": 0,
            "stream": True,
        },
        "Воздух рассеивает короткие волны света сильнее длинных — поэтому днём небо голубое, "
        "а закат красный. 🌇",
    ),
    Scene(
        "As Cline asks",
        "Content in parts, as Cline always sends it, and its XML protocol in the answer's text.",
        {
            "model": "GigaChat-2-Max",
            "messages": [
                {"role": "system", "content": CLINE_SYSTEM},
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "<task>\nCreate hello.txt\n</task>"},
                        {"type": "text", "text": "# task_progress List (Optional)"},
                        {"type": "text", "text": "<environment_details>\n# Current Mode\nACT MODE"},
                    ],
                },
            ],
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        },
        "<write_to_file>\n<path>hello.txt</path>\n<content>\nПривет, мир! 👋\n</content>\n"
        "</write_to_file>",
    ),
    Scene(
        "With a tool",
        "An agent offers a function, GigaChat calls it.",
        {
            "model": "gigachat-pro",
            "messages": [{"role": "user", "content": "Какая погода в Казани?"}],
            "tools": [
                {
                    "type": "function",
                    "function": {
                        "name": "get_weather",
                        "description": "Weather in a city",
                        "parameters": {
                            "type": "object",
                            "properties": {"city": {"type": "string"}},
                            "required": ["city"],
                            "additionalProperties": False,
                        },
                    },
                }
            ],
            "tool_choice": "auto",
            "stream": True,
        },
        call=("get_weather", {"city": "Казань"}),
    ),
)
