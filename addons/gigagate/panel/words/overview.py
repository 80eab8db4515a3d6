"""The words of the overview."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "overview": ("Overview", "Обзор"),
    "today": ("24 hours", "24 часа"),
    "week": ("7 days", "7 дней"),
    "month": ("30 days", "30 дней"),
    "roubles": ("Roubles", "Рубли"),
    "first_token": ("To the first token", "До первого токена"),
    "in_progress": ("in progress", "выполняется"),
    "slots": ("slots in use", "занято мест"),
    "queue": ("in the queue", "в очереди"),
    "token": ("Access token", "Токен доступа"),
    "token_left": ("{minutes} min left", "осталось {minutes} мин"),
    "no_token": ("none yet", "ещё нет"),
    "refresh": ("Get a new one", "Получить новый"),
    "refreshed": ("A new token is there.", "Получен новый токен."),
    "by_client": ("By client", "По клиентам"),
    "by_model": ("By model", "По моделям"),
    "uptime": ("running for", "работает"),
}
