"""The words of the sessions' views."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "sessions": ("Sessions", "Сессии"),
    "sessions_off": (
        "Conversations are found among the requests that mitmweb or the console keeps: start "
        "GigaGate with ./run.sh web.",
        "Разговоры собираются из запросов, которые хранит mitmweb или консоль: запустите GigaGate "
        "командой ./run.sh web.",
    ),
    "no_sessions": ("No conversation has been kept yet.", "Ни одного разговора пока не сохранено."),
    "session": ("Session", "Сессия"),
    "steps": ("Steps", "Шаги"),
    "fullest": ("Window", "Окно"),
    "worth_a_look": ("Worth a look", "Стоит взглянуть"),
    "search_in_session": ("Search in the session", "Поиск по сессии"),
    "steps_found": ("{count} of {all} steps", "{count} из {all} шагов"),
    "is_answering": ("GigaChat is answering: {seconds} s", "GigaChat отвечает: {seconds} с"),
    "all_sessions": ("All sessions", "Все сессии"),
}
