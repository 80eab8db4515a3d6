"""How a request ends, in words: a finish reason, or the code of an error."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "outcome_stop": ("answered", "ответ получен"),
    "outcome_length": ("cut at its limit of tokens", "обрезан по лимиту токенов"),
    "outcome_tool_calls": ("calls a tool", "вызывает инструмент"),
    "outcome_function_call": ("calls a function", "вызывает функцию"),
    "outcome_content_filter": ("refused by GigaChat's filter", "отклонён фильтром GigaChat"),
    "outcome_client_gone": ("the client left", "клиент отключился"),
    "outcome_": ("done", "выполнен"),
    "error_invalid_request": ("The request is not as it should be", "Запрос составлен неверно"),
    "error_unsupported_feature": ("GigaChat cannot do that", "GigaChat этого не умеет"),
    "error_context_length_exceeded": (
        "Longer than the model's context window",
        "Не помещается в окно контекста модели",
    ),
    "error_invalid_api_key": ("The client's key is wrong", "Неверный ключ клиента"),
    "error_host_not_allowed": ("Not allowed from there", "Отсюда нельзя"),
    "error_not_found": ("There is no such thing", "Такого нет"),
    "error_method_not_allowed": ("Not possible in this way", "Так нельзя"),
    "error_request_timeout": ("The request did not arrive in time", "Запрос не пришёл вовремя"),
    "error_request_too_large": ("The request is too large", "Запрос слишком большой"),
    "error_rate_limit_exceeded": ("Too many requests", "Слишком много запросов"),
    "error_budget_exhausted": ("The budget is used up", "Бюджет исчерпан"),
    "error_model_not_allowed": (
        "The model is not allowed to this client",
        "Эта модель клиенту не разрешена",
    ),
    "error_upstream_rejected": ("GigaChat refuses the request", "GigaChat отклонил запрос"),
    "error_no_slot": ("No slot became free in time", "Слот не освободился вовремя"),
    "error_upstream_unavailable": ("GigaChat cannot be reached", "GigaChat недоступен"),
    "error_upstream_untrusted": (
        "GigaChat's certificate is not trusted",
        "Сертификату GigaChat нельзя доверять",
    ),
    "error_proxy_refused": (
        "The company's proxy refuses the connection",
        "Прокси компании не пропускает соединение",
    ),
    "error_upstream_timeout": ("GigaChat did not answer in time", "GigaChat не ответил вовремя"),
    "error_upstream_protocol_error": ("GigaChat's answer broke off", "Ответ GigaChat оборвался"),
    "error_upstream_credentials_rejected": (
        "GigaChat rejects the proxy's key",
        "GigaChat не принимает ключ прокси",
    ),
    "error_token_unavailable": ("No access token can be had", "Не удаётся получить токен доступа"),
    "error_not_ready": ("The proxy is starting or ending", "Прокси запускается или завершается"),
    "error_internal_error": (
        "The proxy failed; its log says why",
        "Ошибка прокси; причина в журнале",
    ),
    "error_store": ("The store cannot be used", "Хранилище недоступно"),
    "error_insufficient_quota": (
        "The tokens paid for are used up",
        "Оплаченные токены закончились",
    ),
    "error_model_not_found": ("There is no such model", "Такой модели нет"),
    "error_model_unavailable": (
        "GigaChat has switched the model off",
        "GigaChat отключил эту модель",
    ),
    "error_permission_denied": ("Not open to this account", "Учётной записи это недоступно"),
    "error_upstream_failed": ("GigaChat failed", "Сбой на стороне GigaChat"),
    "error_generation_failed": (
        "GigaChat did not finish its answer",
        "GigaChat не довёл ответ до конца",
    ),
    "error_previous_response_not_found": (
        "The answer it goes on from is not kept any more",
        "Ответ, который нужно продолжить, уже не хранится",
    ),
    "error_link_refused": (
        "The link to the picture is not valid",
        "Ссылка на картинку недействительна",
    ),
    "error_upgrade_refused": ("WebSocket is not spoken here", "WebSocket здесь не поддерживается"),
    "error_headers_too_large": (
        "The head of the request is too large",
        "Заголовки запроса слишком большие",
    ),
    "error_too_many_connections": ("Too many connections", "Слишком много соединений"),
}
