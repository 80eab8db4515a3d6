"""The words of the models' view."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "models": ("Models", "Модели"),
    "default_model": ("Default model", "Модель по умолчанию"),
    "light_model": ("For names of small models", "Для имён малых моделей"),
    "embedding_model": ("For embeddings", "Для эмбеддингов"),
    "aliases": ("Aliases", "Псевдонимы"),
    "aliases_note": (
        "A client's name, or a pattern with *, and the model it means here.",
        "Имя у клиента или шаблон с * и модель, которая за ним стоит.",
    ),
    "no_aliases": (
        "None of your own yet; the usual names are known.",
        "Своих пока нет; обычные имена известны.",
    ),
    "alias": ("A client's name, or a pattern with *", "Имя у клиента или шаблон с *"),
    "means": ("GigaChat's model", "Модель GigaChat"),
    "fallback": ("Stand-ins", "Замены"),
    "fallback_note": (
        "Models that answer in order when one is switched off, is not there or stays busy.",
        "Модели, которые по порядку отвечают вместо той, что отключена, отсутствует или занята.",
    ),
    "no_fallback": (
        "None yet: the client is told that its model is not there.",
        "Пока нет: клиент узнает, что его модель недоступна.",
    ),
    "fallback_of": ("Model", "Модель"),
    "fallback_to": ("Models in its place, with commas", "Модели вместо неё, через запятую"),
    "known_models": ("What GigaChat has", "Что есть у GigaChat"),
    "window": ("Context window, tokens", "Окно контекста, токенов"),
    "max_output": ("Longest answer, tokens", "Самый длинный ответ, токенов"),
    "pictures": ("Reads pictures", "Читает картинки"),
    "price": ("₽ per million tokens", "₽ за миллион токенов"),
    "saved": ("Saved; in use now.", "Сохранено и уже действует."),
    "saved_unused": (
        "Saved, and not in use. {why}",
        "Сохранено, но не действует. {why}",
    ),
    "set_by": (
        "Set by {variable}, which wins over the file.",
        "Задано переменной {variable}: она важнее файла.",
    ),
    "undone": ("Taken back.", "Отменено."),
    "saved_to": (
        "Written to {file}; comments stay.",
        "Записывается в {file}; комментарии сохраняются.",
    ),
}
