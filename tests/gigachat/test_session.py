import re
from typing import Any

from gigagate.core.http import ClientRequest
from gigagate.core.policy import Policy
from gigagate.gigachat.session import session_id, uuid_form

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
FIRST_STEP = [
    {"role": "system", "content": "You are Cline."},
    {"role": "user", "content": "Сделай файл"},
]
NEXT_STEP = [
    *FIRST_STEP,
    {"role": "assistant", "content": "ok"},
    {"role": "user", "content": "more"},
]


def derived(
    messages: list[dict[str, Any]] = FIRST_STEP,
    *,
    model: str = "GigaChat-2",
    client: str = "",
    policy: Policy | None = None,
    **headers: str,
) -> str | None:
    request = ClientRequest("POST", "/v1/chat/completions", headers, b"", client)
    return session_id(request, {"model": model, "messages": messages}, policy or Policy())


def test_every_step_of_a_conversation_has_the_same_session() -> None:
    assert derived(FIRST_STEP) == derived(NEXT_STEP)
    assert UUID4.fullmatch(derived(FIRST_STEP) or "")


def test_other_conversations_models_and_clients_have_others() -> None:
    user = {"role": "user", "content": "Сделай файл"}
    sessions = [
        derived(),
        derived([user]),
        derived([{"role": "system", "content": "Other"}, user]),
        derived([FIRST_STEP[0], {"role": "user", "content": "Other"}]),
        derived(model="GigaChat-2-Max"),
        derived(client="anna"),
        derived([{"role": "assistant", "content": "no user, no system"}]),
    ]
    assert len(set(sessions)) == len(sessions)


def test_the_clients_own_header_wins() -> None:
    assert derived(**{"x-session-id": "mine"}) == "mine"
    assert derived(policy=Policy(prompt_cache=False), **{"x-session-id": "mine"}) == "mine"


def test_the_setting_turns_it_off() -> None:
    assert derived(policy=Policy(prompt_cache=False)) is None


def test_half_a_surrogate_pair_is_no_error() -> None:
    assert UUID4.fullmatch(derived([{"role": "user", "content": "\ud83d"}]) or "")


def test_a_random_uuid_keeps_its_digits() -> None:
    assert uuid_form("0f8fad5bd9cb469fa16570867728950e") == "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert uuid_form("abc") == "00000000-0000-4000-8000-000000000abc"


def test_what_no_header_may_hold_is_no_session() -> None:
    made = derived()
    for own in ("", "\udcff", "сессия", "two words", "a" * 201):
        assert derived(**{"x-session-id": own}) == made
