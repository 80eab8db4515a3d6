"""The words about a conversation in the reader's language: the English ones are the keys.

The language is set around the making of a page; without that it is English.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from gigagate.views.text import count, digits

_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def spoken_in(language: str) -> Iterator[None]:
    """language: "en" or "ru"."""
    before = _LANGUAGE.set(language)
    try:
        yield
    finally:
        _LANGUAGE.reset(before)


def language() -> str:
    return _LANGUAGE.get()


def t(english: str, **values: object) -> str:
    """values: what stands in its braces."""
    text = RUSSIAN.get(english, english) if _LANGUAGE.get() == "ru" else english
    return text.format(**values) if values else text


def many(number: int, what: str) -> str:
    """many(2, "step") -> "2 steps"; in Russian the number comes last, so that no case is needed."""
    if _LANGUAGE.get() == "ru":
        return f"{RUSSIAN[f'{what}s']}: {digits(number)}"
    return count(number, what) + _FURTHER.get(what, "")


_FURTHER: Mapping[str, str] = {"change": " on the way", "request": " beside it"}
"""What follows the thing that is counted, in English."""

RUSSIAN: Mapping[str, str] = {
    # the page
    "What the agent did": "Что делал агент",
    "Times are UTC. Folded parts open with a click.": (
        "Время по UTC. Свёрнутое открывается щелчком."
    ),
    # two side by side
    "worth a look": "стоит взглянуть",
    "the first": "первая",
    "the second": "вторая",
    "Another task": "Другая задача",
    "Other tools": "Другие функции",
    "Tokens of each step's prompt": "Токены запроса на каждом шаге",
    # sums
    "steps": "шаги",
    "tokens asked": "токенов в запросах",
    "of them cached": "из них из кэша",
    "tokens answered": "токенов в ответах",
    "cost": "стоимость",
    "GigaChat's time": "время GigaChat",
    "errors": "ошибки",
    # worth a look
    "The history was compacted": "История сжата",
    "The client changed its history": "Клиент изменил историю",
    "An error": "Ошибка",
    "The context window is over {share} full": "Окно контекста занято больше чем на {share}",
    "{times} times the same": "Одно и то же, раз: {times}",
    "{what} at step {steps}.": "{what}: шаг {steps}.",
    "{what}: {quoted}, step {steps}.": "{what}: {quoted}, шаг {steps}.",
    # curves
    "Tokens of each step's prompt; step {step} fills {share} of a window of {window}": (
        "Токены запроса на каждом шаге; шаг {step} занимает {share} окна в {window}"
    ),
    "Cost so far, in roubles": "Стоимость нарастающим итогом, в рублях",
    "Seconds of each step": "Секунды на каждый шаг",
    "system": "системный промпт",
    "tools": "функции",
    "history": "история",
    "new": "новое",
    "cached": "из кэша",
    "whole answer": "весь ответ",
    "first token": "первый токен",
    "step {step}": "шаг {step}",
    "compacted": "сжатие",
    "branched": "другая история",
    # a step
    "raw": "в mitmweb",
    "about {tokens} tokens": "около {tokens} токенов",
    "{prompt} ({cached} cached) → {completion} tokens": (
        "{prompt} ({cached} из кэша) → {completion} токенов"
    ),
    "{prompt} → {completion} tokens": "{prompt} → {completion} токенов",
    "{seconds} s": "{seconds} с",
    "model": "модель",
    "asked by": "API клиента",
    "GigaChat's API": "API GigaChat",
    "{part}, tokens": "{part}, токенов",
    "answer": "ответ",
    "context window": "окно контекста",
    "{share} of {window}": "{share} из {window}",
    "{share} of the context window: {parts}": "{share} окна контекста: {parts}",
    "in the queue": "в очереди",
    "all of it": "всё вместе",
    "attempts": "попытки",
    "no answer": "нет ответа",
    "status": "статус",
    "The very same request once more": "Тот же самый запрос ещё раз",
    "The client compacted its history": "Клиент сжал историю",
    "{how}: {kept} of {all} messages kept, after step {after}.": (
        "{how}: сохранено сообщений {kept} из {all}, после шага {after}."
    ),
    "Instructions": "Инструкции",
    "Other instructions": "Другие инструкции",
    "What it changed": "Что изменилось",
    "user": "пользователь",
    "assistant": "ассистент",
    "thinking": "размышление",
    "arguments": "аргументы",
    "result": "результат",
    "… {lines} the same …": "… без изменений, {lines} …",
    # what is counted
    "characters": "символов",
    "lines": "строк",
    "changes": "изменений по пути",
    "requests": "запросов рядом с разговором",
}
