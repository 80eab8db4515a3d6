"""The words of the views of the proxy itself: settings, doctor, log."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "settings": ("Settings", "Настройки"),
    "doctor": ("Doctor", "Проверка"),
    "log": ("Log", "Журнал"),
    "setting": ("Setting", "Настройка"),
    "value": ("Value", "Значение"),
    "by_default": ("by default", "по умолчанию"),
    "not_default": ("only what was changed", "только изменённые"),
    "files_read": ("Files: {files}", "Файлы: {files}"),
    "no_files": ("No file of settings was read.", "Файлов настроек нет."),
    "files_refused": (
        "The files say otherwise.",
        "В файлах записано другое.",
    ),
    "run_doctor": ("Check again", "Проверить снова"),
    "checking": ("Checking; this takes a few seconds …", "Проверяю; это займёт несколько секунд …"),
    "checked": ("Checked", "Проверено"),
    "found": ("Found", "Результат"),
    "fine": ("fine", "в порядке"),
    "broken": ("broken", "не работает"),
    "worth_knowing": ("worth knowing", "обратите внимание"),
    "no_log": ("Nothing yet.", "Пока ничего."),
    "follow": ("follow", "следить"),
    "log_of_worker": (
        "The log of worker {worker}, the process that answers this page; each worker has its own.",
        "Журнал процесса {worker}, который отвечает этой странице; у каждого процесса свой.",
    ),
}
