"""The words of the overview."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "overview": ("Overview", "Обзор"),
    "period": ("Period", "Период"),
    "today": ("24 hours", "24 часа"),
    "week": ("7 days", "7 дней"),
    "month": ("30 days", "30 дней"),
    "errors_of": ("failed: {errors} ({share} %)", "с ошибкой: {errors} ({share} %)"),
    "cached_of": ("{share} % of prompts cached, free", "{share} % запросов из кэша"),
    "roubles_note": ("by the price list", "по прайс-листу"),
    "first_token_note": ("on average, of streamed answers", "в среднем, у потоковых ответов"),
    "in_progress_of": ("in progress: {requests}", "выполняется: {requests}"),
    "waiting_of": ("waiting: {requests}", "ждут: {requests}"),
    "slots": ("Slots in use", "Занято слотов"),
    "uptime": ("running for", "работает"),
    "workers": ("workers", "процессы"),
    "access": ("Access to GigaChat", "Доступ к GigaChat"),
    "only_credential": ("The authorization key", "Ключ авторизации"),
    "of_clients": ("Each client brings its own key.", "Каждый клиент приходит со своим ключом."),
    "usable": ("in use", "работает"),
    "set_aside": ("set aside", "отложен"),
    "credential_trouble": ("trouble", "сбоит"),
    "token": ("Access token", "Токен доступа"),
    "token_left": ("for another {time}", "ещё {time}"),
    "no_token": ("none yet", "ещё нет"),
    "refresh": ("Get a new token", "Получить новый токен"),
    "refreshed": ("A new token is there.", "Получен новый токен."),
    "by_client": ("By client, since ever", "По клиентам, за всё время"),
    "by_model": ("By model, since ever", "По моделям, за всё время"),
}
