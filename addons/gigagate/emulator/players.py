"""Small players that hold up the model's end of a conversation with real clients.

Each looks at the conversation and answers or passes; PLAYERS is the order in which they are asked:

    forced      function_call names a function: call it
    agent       functions are offered: one that suits each step of the task, then the end
    cline_xml   the same in Cline's protocol in text: <write_to_file>, then <attempt_completion>
    painter     the builtin text2image: an <img> tag
    structured  response_format json_schema, or the system message asks for JSON of a schema:
                a value of that schema
    echo        always: says what it heard
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from gigagate.emulator import cline_text
from gigagate.emulator.arguments import Hints, Kind, example, inlined, steps_of
from gigagate.emulator.model import Answer, FunctionCall

FILE_ID_MARK = "00000000-0000-4000-8000-00000000f11e"
"""Stands in an <img> tag for the file that the painter's picture becomes."""

_SCHEMA_FOLLOWS = re.compile(r"\bJSON[^{}]{0,100}schema\W*?(?=\{)", re.IGNORECASE)
_TASK = re.compile(r"<task>\s*(.*?)\s*</task>", re.DOTALL)
_REMINDER = re.compile(r"<(system-reminder|environment_context)>.*?</\1>\s*", re.DOTALL)
"""Here the client speaks in the user's place; Qwen Code and Codex tell their directory so."""

_DONE = "Готово ✅"
_FINISHERS = ("attempt_completion", "final_result", "finish")
_RUNNERS = (
    *("run_commands", "execute_command", "run_shell_command", "bash", "Bash"),
    *("exec_command", "shell_command"),
)
_BY_KIND: Mapping[Kind, Sequence[str]] = {
    "run": _RUNNERS,
    "edit": ("editor", "edit", "replace", "Edit", "exec_command", "shell_command"),
    "write": (
        "editor",
        "write",
        "write_file",
        "write_to_file",
        "create_file",
        "Write",
        "apply_patch",
        *_RUNNERS,
    ),
    "read": ("read_files", "read_file", "read", "Read", "view", "exec_command", "shell_command"),
    "other": (),
}
"""The names clients give to functions that do such a thing, the best first."""


class Conversation:
    """A well-formed request, seen by a player."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.messages: Sequence[dict[str, Any]] = body["messages"]
        self.functions: Sequence[dict[str, Any]] = body.get("functions") or ()
        self.choice = body.get("function_call") or "auto"

    @cached_property
    def _task_index(self) -> int:
        """Where the task stands: in <task> tags, or else the last thing the user said."""
        users = [i for i, m in enumerate(self.messages) if m["role"] == "user"]
        tagged = [i for i in users if _TASK.search(self.messages[i]["content"])]
        told = [i for i in users if _REMINDER.sub("", self.messages[i]["content"])]
        return tagged[0] if tagged else told[-1] if told else -1

    @cached_property
    def task(self) -> str:
        if self._task_index < 0:
            return ""
        content: str = self.messages[self._task_index]["content"]
        tagged = _TASK.search(content)
        return tagged[1] if tagged else _REMINDER.sub("", content)

    @property
    def tagged(self) -> bool:
        return bool(_TASK.search(self.messages[self._task_index]["content"]))

    @property
    def since_task(self) -> Sequence[dict[str, Any]]:
        return self.messages[self._task_index + 1 :]

    @property
    def calls(self) -> int:
        """How many functions have been called for this task."""
        return sum("function_call" in m for m in self.since_task)

    @property
    def hints(self) -> Hints:
        return self.steps[0]

    @cached_property
    def steps(self) -> Sequence[Hints]:
        system = [m["content"] for m in self.messages if m["role"] == "system"]
        users = [m["content"] for m in self.messages if m["role"] == "user"]
        reminders = [found[0] for found in _REMINDER.finditer("\n".join(users))]
        functions = json.dumps(self.functions, ensure_ascii=False)
        return steps_of(self.task, "\n".join((*system, *reminders, functions)))

    @property
    def schema_in_words(self) -> dict[str, Any] | None:
        """The first that the system message shows as the form of the answer."""
        first = self.messages[0]
        found = _SCHEMA_FOLLOWS.search(first["content"]) if first["role"] == "system" else None
        if found is None:
            return None
        try:
            schema, _ = json.JSONDecoder().raw_decode(first["content"], found.end())
        except ValueError:
            return None
        return schema if isinstance(schema, dict) else None

    def step(self, done: int) -> Hints | None:
        """What is to be done when so much is done."""
        return self.steps[done] if done < len(self.steps) else None

    def function(self, names: Sequence[str]) -> dict[str, Any] | None:
        offered = {f["name"]: f for f in self.functions}
        return next((offered[n] for n in names if n in offered), None)


Player = Callable[[Conversation], Answer | None]


def play(body: dict[str, Any]) -> Answer:
    conversation = Conversation(body)
    return next(answer for player in PLAYERS if (answer := player(conversation)))


def forced(talk: Conversation) -> Answer | None:
    if not isinstance(talk.choice, dict):
        return None
    function = talk.function([talk.choice["name"]]) or {"name": talk.choice["name"]}
    return _call(function, talk.hints)


def agent(talk: Conversation) -> Answer | None:
    if not talk.functions or talk.choice == "none":
        return None
    finisher = talk.function(_FINISHERS)
    step = talk.step(talk.calls)
    if step and (function := _suitable(talk, step)):
        return _call(function, step)
    if finisher:
        return _call(finisher, talk.hints)
    return (structured(talk) or Answer(text=_finished(talk))) if talk.calls else None


def cline_xml(talk: Conversation) -> Answer | None:
    if talk.functions or not talk.tagged:
        return None
    step = talk.step(sum(m["role"] == "assistant" for m in talk.since_task))
    return Answer(text=cline_text.call(step) if step else cline_text.END)


def painter(talk: Conversation) -> Answer | None:
    offered = not talk.functions or talk.function(["text2image"])
    asked = re.match(r"\s*(нарисуй|draw|paint)\b", talk.task, re.IGNORECASE)
    if not (asked and offered) or "function_call" not in talk.body or talk.choice == "none":
        return None
    tag = f'<img src="{FILE_ID_MARK}" fuse="true"/>'
    return Answer(text=f"{tag} Вот что получилось 🎨", functions_state_id=True)


def structured(talk: Conversation) -> Answer | None:
    wanted = talk.body.get("response_format") or {"type": "text"}
    schema = wanted.get("schema") if wanted["type"] == "json_schema" else talk.schema_in_words
    if schema is None:
        return None
    value = example(inlined(schema, schema), talk.hints)
    return Answer(text=json.dumps(value, ensure_ascii=False))


def echo(talk: Conversation) -> Answer:
    last = talk.messages[-1]
    if last["role"] == "function":
        return Answer(text=_finished(talk))
    seen = len(last.get("attachments") or ())
    files = f" Файлов вижу: {seen} 🖼️." if seen else ""
    return Answer(text=f"Здравствуйте! 👋 Вы написали: «{talk.task[:500]}».{files} Это эмулятор.")


PLAYERS: Sequence[Player] = (forced, agent, cline_xml, painter, structured, echo)


def _suitable(talk: Conversation, step: Hints) -> dict[str, Any] | None:
    """The function that the step's words name, by itself or its kind, or the only one."""
    if found := talk.function(_BY_KIND[step.kind]):
        return found
    named = [f for f in talk.functions if re.search(rf"\b{re.escape(f['name'])}\b", step.task)]
    if named:
        return named[0]
    useful = [f for f in talk.functions if "parameters" in f and f["name"] not in _FINISHERS]
    return useful[0] if len(useful) == 1 == len(talk.functions) and not talk.calls else None


def _call(function: dict[str, Any], hints: Hints) -> Answer:
    arguments = example(function.get("parameters") or {"type": "object"}, hints)
    return Answer(function_call=FunctionCall(function["name"], arguments))


def _finished(talk: Conversation) -> str:
    results = [m["content"] for m in talk.messages if m["role"] == "function"]
    return f"{_DONE} Функция ответила: {results[-1][:300]}" if results else _DONE
