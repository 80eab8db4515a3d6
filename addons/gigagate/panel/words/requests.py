"""The words of the list of requests."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "dialect": ("API", "API"),
    "gigachat_api": ("GigaChat's API", "API GigaChat"),
    "outcome": ("Outcome", "Итог"),
    "duration": ("Duration", "Длительность"),
    "cost": ("Cost", "Стоимость"),
    "attempts": ("Attempts", "Попытки"),
    "rewrites": ("Rewrites", "Замены"),
    "message": ("Message", "Сообщение"),
    "path": ("Path", "Путь"),
    "search": ("Search", "Поиск"),
    "only_errors": ("only errors", "только ошибки"),
    "live": ("live", "в реальном времени"),
    "no_requests": (
        "No request fits, or none has come yet.",
        "Подходящих запросов нет, или их ещё не было.",
    ),
    "no_rewrites": ("Nothing had to be changed.", "Ничего менять не пришлось."),
    "in_mitmweb": ("The conversation in mitmweb", "Разговор в mitmweb"),
}
