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
    "path": ("Path", "Путь"),
    "messages": ("Messages", "Сообщения"),
    "only_errors": ("only errors", "только ошибки"),
    "live": ("live", "в реальном времени"),
    "no_requests": (
        "No request has come yet. Set up a client, and its requests appear here.",
        "Запросов ещё не было. Настройте клиента, и его запросы появятся здесь.",
    ),
    "rows_of": ("{rows} of {all}", "{rows} из {all}"),
    "rows_wait": ("new: {rows}", "новых: {rows}"),
    "no_rewrites": ("Nothing had to be changed.", "Ничего менять не пришлось."),
    "in_mitmweb": ("All conversations in mitmweb", "Все разговоры в mitmweb"),
}
