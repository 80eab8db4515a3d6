"""An agent's task from its first request to its last, told by a table: for pictures and for tests
that look at a whole conversation.

It reads, fails the same way three times, is refused once, sums its history up and ends well.
"""

from collections.abc import Sequence
from typing import Any

import requests

from gigagate.emulator import Emulator

INSTRUCTIONS = (
    """\
Ты — агент, который правит код в папке проекта.

# Правила
1. Сначала прочитай, потом меняй.
2. После каждой правки запускай тесты.
3. В конце коротко расскажи, что сделано.

"""
    + "Пиши просто, называй вещи своими именами, не меняй того, о чём не просили.\n" * 60
)
TASK = """\
Скидка считается неверно: за 3 книги по 500 ₽ со скидкой 10 % выходит 1485 ₽. Исправь.
<environment_details>
# Открытые файлы
shop/cart.py
tests/test_cart.py

# Папка проекта
shop/__init__.py
shop/cart.py
shop/prices.py
tests/test_cart.py
pyproject.toml

# Время
29.11.2026, 12:00 (Europe/Moscow, UTC+3:00)
</environment_details>"""
CODE = """\
def total(prices: list[int], discount: int) -> int:
    \"\"\"Сумма со скидкой, в рублях.\"\"\"
    total = sum(prices)
    return total - discount * total // 1000
"""
FAILED = """\
FAILED tests/test_cart.py::test_discount - assert 1485 == 1350
1 failed, 7 passed in 0.12s"""
MISSING = "cat: shop/discounts.py: No such file or directory"
SUMMARY = "Пересказ: в shop/cart.py скидка делится на 1000 вместо 100; файла discounts.py нет."
THE_END = """\
Готово. **Ошибка** была в `shop/cart.py`: процент делился на 1000.

| до | после |
|---|---|
| 1485 ₽ | 1350 ₽ |

```python
return total - discount * total // 100
```

Все 8 тестов проходят ✅"""


def _tool(name: str, description: str, *arguments: str) -> dict[str, Any]:
    properties = {one: {"type": "string", "description": f"{one}."} for one in arguments}
    parameters = {"type": "object", "properties": properties, "required": list(arguments)}
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}


TOOLS = [
    _tool("read_file", "Read a file of the project. " * 60, "path"),
    _tool("edit_file", "Replace a text in a file. " * 60, "path", "old_string", "new_string"),
    _tool("run_command", "Run a command in the project's folder.", "command"),
]


def _call(name: str, **arguments: str) -> dict[str, Any]:
    return {"function_call": {"name": name, "arguments": arguments}}


_MISSED = _call("read_file", path="shop/discounts.py")
_EDIT = _call(
    "edit_file",
    path="shop/cart.py",
    old_string="    total = sum(prices)\n    return total - discount * total // 1000",
    new_string="    total = sum(prices)\n    return total - discount * total // 100",
)
STEPS: list[tuple[dict[str, Any], str]] = [
    (_call("read_file", path="shop/cart.py"), CODE * 80),
    (_call("read_file", path="uv.lock"), '[[package]]\nname = "shop"\n' * 4000),
    (_call("run_command", command="pytest -q"), FAILED * 300),
    (_MISSED, MISSING),
    (_MISSED, MISSING),
    (_MISSED, MISSING),
    (_call("run_command", command="git log -p"), "-    return total // 1000\n+    ...\n" * 6000),
    ({"text": SUMMARY}, ""),
    (_EDIT, "Заменено: 1 место."),
    (_call("run_command", command="pytest -q"), "8 passed in 0.11s"),
    ({"text": THE_END}, ""),
]
"""What GigaChat answers, and what its call brings; without one, the agent begins anew from it."""


class AgentRun:
    def __init__(
        self,
        url: str,
        emulator: Emulator,
        model: str = "GigaChat-2-Max",
        program: str = "cline/3.40",
        steps: Sequence[tuple[dict[str, Any], str]] = STEPS,
    ) -> None:
        """url: of an OpenAI API."""
        self._url = f"{url}/chat/completions"
        self._model, self._program = model, program
        self._emulator = emulator
        self._talk: list[dict[str, Any]] = [_user(TASK)]
        self._left = list(steps)

    def run(self, steps: int = len(STEPS)) -> None:
        """The next ones, or all that are left."""
        for _ in range(min(steps, len(self._left))):
            self.step()

    def step(self) -> None:
        answer, result = self._left.pop(0)
        if "edit_file" in str(answer):
            self._is_refused()
        self._emulator.script.add(answer)
        message = self._asked().json()["choices"][0]["message"]
        if result:
            call = message["tool_calls"][0]["id"]
            told = {"role": "tool", "tool_call_id": call, "content": result}
            self._talk += [message, told]
        else:
            self._talk = [_user(TASK), _user(f"Раньше было так. {SUMMARY}")]

    def _is_refused(self) -> None:
        body = '{"status": 422, "message": "Invalid params: tools"}'
        self._emulator.faults.add(path="/chat/completions", status=422, body=body)
        self._asked()

    def _asked(self) -> requests.Response:
        system = {"role": "system", "content": INSTRUCTIONS}
        chat = {"model": self._model, "messages": [system, *self._talk], "tools": TOOLS}
        headers = {"Authorization": "Bearer any", "User-Agent": self._program}
        return requests.post(self._url, json=chat, headers=headers, timeout=30)


def _user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}
