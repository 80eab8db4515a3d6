"""The words of the clients' view."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "clients": ("Clients", "Клиенты"),
    "add_client": ("New client", "Новый клиент"),
    "budget": ("Budget", "Бюджет"),
    "rotate": ("New key", "Новый ключ"),
    "revoke": ("Revoke", "Отозвать"),
    "revoked": ("revoked", "отозван"),
    "expired": ("expired", "истёк"),
    "expires": ("Last day (UTC)", "Последний день (UTC)"),
    "per_minute": ("Requests a minute", "Запросов в минуту"),
    "per_day": ("Tokens a day", "Токенов в день"),
    "per_month": ("Roubles a month", "Рублей в месяц"),
    "zero_is_none": ("0 or nothing: no limit.", "0 или пусто: без ограничения."),
    "no_clients": ("No client has been made here yet.", "Здесь ещё не заведено ни одного клиента."),
    "fixed_clients": ("From GIGAGATE_CLIENT_KEYS: {names}", "Из GIGAGATE_CLIENT_KEYS: {names}"),
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
