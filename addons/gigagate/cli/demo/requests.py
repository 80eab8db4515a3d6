"""What the demo asks, as a client would write it, and what GigaChat is made to answer."""

from typing import Any, NamedTuple

from gigagate.cli.demo.client import Answer


class Scene(NamedTuple):
    title: str
    about: str
    body: dict[str, Any]
    answer: str

    def problems(self, answer: Answer) -> list[str]:
        """What is wrong with an answer; nothing, if all is right."""
        streamed = bool(self.body.get("stream"))
        wants_usage = not streamed or "stream_options" in self.body
        checks = {
            f"status {answer.status}: {answer.error}": answer.status != 200,
            "the text is not what GigaChat said, byte for byte": answer.text != self.answer,
            f"finish_reason is {answer.finish_reason}, not stop": answer.finish_reason != "stop",
            "the answer broke off": not answer.complete,
            "the stream came in one piece": streamed and answer.pieces < 2,
            "usage is missing": wants_usage and not answer.usage,
        }
        return [problem for problem, found in checks.items() if found]


CLINE_SYSTEM = """You are Cline, a highly skilled software engineer.

TOOL USE
Tools are written in XML-style tags, one tool a message:
<write_to_file>
<path>File path here</path>
<content>
Your file content here
</content>
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
)
