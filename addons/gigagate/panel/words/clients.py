"""The words of the clients' view."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "clients": ("Clients", "Клиенты"),
    "add_client": ("New client", "Новый клиент"),
    "client_name": ("Name", "Имя"),
    "name_rule": (
        "Letters, digits and . _ @ - only; a letter or digit first.",
        "Только буквы, цифры и . _ @ -; первой идёт буква или цифра.",
    ),
    "name_taken": ("There is a client of that name.", "Клиент с таким именем уже есть."),
    "issue": ("Issue the key", "Выпустить ключ"),
    "budget": ("Budget", "Бюджет"),
    "budget_of": ("The budget of {name}", "Бюджет: {name}"),
    "rotate": ("New key", "Новый ключ"),
    "revoke": ("Revoke", "Отозвать"),
    "revoked": ("revoked", "отозван"),
    "revoked_now": (
        "Revoked: the key is refused from now on.",
        "Отозван: ключ больше не принимается.",
    ),
    "changed_now": ("Saved.", "Сохранено."),
    "expired": ("expired", "истёк"),
    "expires": ("Last day (UTC)", "Последний день (UTC)"),
    "until": ("until {day}", "до {day}"),
    "per_minute": ("Requests a minute", "Запросов в минуту"),
    "per_day": ("Tokens a day", "Токенов в день"),
    "per_month": ("Roubles a month", "Рублей в месяц"),
    "zero_is_none": ("Empty or 0: no limit.", "Пусто или 0: без ограничения."),
    "may_use": ("Models", "Модели"),
    "may_use_models": (
        "Models: names or patterns, with commas",
        "Модели: имена или шаблоны через запятую",
    ),
    "all_models": ("all", "все"),
    "last_days": ("Tokens, 30 days", "Токены за 30 дней"),
    "tokens_by_day": ("Tokens of {name} by day", "Токены по дням: {name}"),
    "days_note": ("Days in UTC, the last thirty.", "Дни по UTC, последние тридцать."),
    "no_clients": (
        "No client has been made here yet. The first one makes the proxy ask everybody for a key.",
        "Здесь ещё нет ни одного клиента. С первым прокси начнёт спрашивать ключ у всех.",
    ),
    "other_clients": ("Others that have used the proxy", "Другие, кто пользовался прокси"),
    "no_key_asked": ("no key was asked for", "ключ не спрашивали"),
    "gone_client": ("earlier or internal", "прежний или внутренний"),
    "key_of": ("The key of {name}", "Ключ для {name}"),
    "shown_once": (
        "It is shown this once: only its hash is kept.",
        "Он показывается один раз: хранится только его хеш.",
    ),
    "rotate_sure": (
        "The old key of {name} stops working at once.",
        "Старый ключ {name} сразу перестанет действовать.",
    ),
    "revoke_sure": (
        "The key of {name} is refused from now on.",
        "Ключ {name} больше не будет приниматься.",
    ),
}
