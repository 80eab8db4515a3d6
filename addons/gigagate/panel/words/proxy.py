"""The words of the views of the proxy itself: settings, doctor, log."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "settings": ("Settings", "Настройки"),
    "doctor": ("Doctor", "Проверка"),
    "log": ("Log", "Журнал"),
    "setting": ("Setting", "Настройка"),
    "variable": ("Variable", "Переменная"),
    "value": ("Value", "Значение"),
    "not_default": (
        "only what differs from the default",
        "только отличия от значений по умолчанию",
    ),
    "run_doctor": ("Check again", "Проверить снова"),
    "checking": ("Checking …", "Проверяю …"),
    "no_log": ("Nothing yet.", "Пока ничего."),
}
