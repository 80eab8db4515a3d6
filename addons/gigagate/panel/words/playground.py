"""The words of the playground."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "playground": ("Playground", "Песочница"),
    "system": ("System prompt", "Системный промпт"),
    "question": ("Your message", "Ваше сообщение"),
    "first_question": ("Hello! Who are you?", "Привет! Кто ты?"),
    "temperature": ("Temperature", "Температура"),
    "max_tokens": ("Most tokens", "Не больше токенов"),
    "picture": ("Picture", "Картинка"),
    "tool": ("With a sample tool (get_weather)", "С примером инструмента (get_weather)"),
    "ask": ("Ask", "Спросить"),
    "stop": ("Stop", "Остановить"),
    "answer": ("Answer", "Ответ"),
    "thinking": ("waiting for the answer …", "жду ответа …"),
    "same_request": ("The same request", "Тот же запрос"),
    "changed": ("What was changed", "Что изменено"),
}
