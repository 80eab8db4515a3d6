"""The words of the models' view."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "models": ("Models", "Модели"),
    "window": ("Context window", "Окно контекста"),
    "max_output": ("Longest answer", "Самый длинный ответ"),
    "pictures": ("pictures", "картинки"),
    "price": ("₽ per million tokens", "₽ за миллион токенов"),
    "known_models": (
        "What GigaChat has, and what is known of it",
        "Что есть у GigaChat и что об этом известно",
    ),
    "default_model": ("Default model", "Модель по умолчанию"),
    "light_model": ("For names of small models", "Для имён малых моделей"),
    "embedding_model": ("For embeddings", "Для эмбеддингов"),
    "aliases": ("Aliases of your own", "Собственные псевдонимы"),
    "alias": ("A client's name, or a pattern with *", "Имя у клиента или шаблон с *"),
    "means": ("GigaChat's model", "Модель GigaChat"),
    "saved": ("Saved; in use within two seconds.", "Сохранено; действует через две секунды."),
    "undone": ("Taken back.", "Отменено."),
    "saved_to": (
        "Written to {file}; comments stay.",
        "Записывается в {file}; комментарии сохраняются.",
    ),
}
