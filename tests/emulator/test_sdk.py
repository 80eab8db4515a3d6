"""Sber's own client, unchanged, over TLS: what it cannot read would be no GigaChat."""

from collections.abc import Iterator

import pytest
from gigachat.exceptions import ResponseError

from gigachat import GigaChat
from gigagate.emulator import EmulatorThread

pytestmark = pytest.mark.filterwarnings("ignore:`verify=<str>` is deprecated:DeprecationWarning")
WEATHER = {
    "name": "weather",
    "description": "Погода",
    "parameters": {
        "type": "object",
        "properties": {"location": {"type": "string"}},
        "required": ["location"],
    },
}


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorThread]:
    with EmulatorThread() as running:
        yield running


@pytest.fixture(scope="module")
def sdk(emulator: EmulatorThread) -> Iterator[GigaChat]:
    with GigaChat(
        base_url=emulator.base_url,
        auth_url=emulator.auth_url,
        credentials=emulator.authorization_key,
        ca_bundle_file=str(emulator.ca_file),
        model="GigaChat-2",
    ) as client:
        yield client


def test_chat(sdk: GigaChat) -> None:
    answer = sdk.chat("Привет")
    assert "«Привет»" in answer.choices[0].message.content
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_stream(sdk: GigaChat) -> None:
    chunks = list(sdk.stream("Привет 👋"))
    assert "«Привет 👋»" in "".join(c.choices[0].delta.content for c in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert chunks[-1].usage is not None


def test_functions(sdk: GigaChat) -> None:
    messages = [{"role": "user", "content": "Какая погода в городе Тверь?"}]
    request = {"messages": messages, "functions": [WEATHER]}
    message = sdk.chat(request).choices[0].message
    assert message.function_call.arguments == {"location": "Тверь"}
    assert message.functions_state_id
    messages += [
        message.model_dump(exclude_none=True, exclude={"functions_state_id"}),
        {"role": "function", "name": "weather", "content": '{"degrees":5}'},
    ]
    last = sdk.chat(request).choices[0]
    assert last.finish_reason == "stop"
    assert "degrees" in last.message.content


def test_function_calls_stream(sdk: GigaChat) -> None:
    request = {"messages": [{"role": "user", "content": "Погода?"}], "functions": [WEATHER]}
    calls = [c.choices[0].delta.function_call for c in sdk.stream(request)]
    assert [c.name for c in calls if c] == ["weather"]


def test_models(sdk: GigaChat) -> None:
    assert "GigaChat-2-Max" in [m.id_ for m in sdk.get_models().data]
    assert sdk.get_model("GigaChat-2").id_ == "GigaChat-2"


def test_embeddings_and_tokens(sdk: GigaChat) -> None:
    assert len(sdk.embeddings(["раз", "два"]).data) == 2
    assert sdk.tokens_count(["1234567890"], model="GigaChat-2")[0].tokens == 2


def test_files(sdk: GigaChat) -> None:
    file = sdk.upload_file(("a.txt", b"hi", "text/plain"))
    assert sdk.get_file(file.id_).filename == "a.txt"
    assert [f.id_ for f in sdk.get_files().data] == [file.id_]
    assert sdk.delete_file(file.id_).deleted


def test_balance(sdk: GigaChat) -> None:
    assert sdk.get_balance().balance[0].value == 900000


def test_a_revoked_token_is_renewed_by_the_sdk(emulator: EmulatorThread, sdk: GigaChat) -> None:
    sdk.chat("Привет")
    calls = emulator.oauth_calls
    emulator.revoke_tokens()
    assert sdk.chat("Привет").choices
    assert emulator.oauth_calls == calls + 1


def test_errors(sdk: GigaChat) -> None:
    with pytest.raises(ResponseError, match="No such model"):
        sdk.chat({"model": "gpt-5", "messages": [{"role": "user", "content": "?"}]})
