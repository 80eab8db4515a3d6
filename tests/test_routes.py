import pytest

from gigagate.core.http import Head
from gigagate.core.paths import normalise
from gigagate.dialects.openai import chat, files, models
from gigagate.errors import MethodNotAllowed, NotFound
from gigagate.routes import Route, find


def found(method: str, path: str) -> Route:
    return find(Head(method, path, {}))


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("/v1/chat/completions", "/chat/completions"),
        ("/chat/completions", "/chat/completions"),
        ("/v1/chat/completions/", "/chat/completions"),
        ("//v1//chat/completions", "/chat/completions"),
        ("/v1/v1/chat/completions", "/chat/completions"),
        ("/v1/chat/completions/chat/completions", "/chat/completions"),
        ("/v1/chat/completions/v1/chat/completions/", "/chat/completions"),
        ("/api/v1/chat/completions", "/chat/completions"),
        ("/v1/chat/completions?beta=true", "/chat/completions"),
        ("/v1/models", "/models"),
        ("/models/", "/models"),
        ("/v1/chat/completions/models", "/models"),
        ("/v1/models/GigaChat-2", "/models/GigaChat-2"),
        ("/v1/models/openai%2FGPT-5", "/models/openai%2FGPT-5"),
        ("/v1/models/v1", "/models/v1"),
        ("/V1/models", "/V1/models"),
        ("/", "/"),
        ("", "/"),
        ("/v1", "/"),
        ("/v1/files", "/files"),
    ],
)
def test_paths_have_one_canonical_form(path: str, canonical: str) -> None:
    assert normalise(path) == canonical
    assert normalise(canonical) == canonical


@pytest.mark.parametrize(
    ("method", "path", "translate", "item"),
    [
        ("POST", "/v1/chat/completions", chat.translate, ""),
        ("GET", "/v1/models", models.listed, ""),
        ("GET", "/v1/models/GigaChat-2-Max:2.0.30.01", models.one, "GigaChat-2-Max:2.0.30.01"),
        ("GET", "/v1/models/openai%2FGPT-5", models.one, "openai/GPT-5"),
        ("GET", "/v1/models/openai/GPT-5", models.one, "openai/GPT-5"),
        ("POST", "/v1/files", files.upload, ""),
        ("GET", "/v1/files/", files.listed, ""),
        ("GET", "/v1/files/f-1", files.look_at, "f-1"),
        ("DELETE", "/files/f-1", files.delete, "f-1"),
        ("GET", "/v1/files/f-1/content", files.fetch, "f-1"),
        ("GET", "/v1/files/f%2F1/content?signature=x", files.fetch, "f/1"),
        ("GET", "/v1/files/content", files.look_at, "content"),
    ],
)
def test_endpoints_are_found(method: str, path: str, translate: object, item: str) -> None:
    route = found(method, path)
    assert (route.endpoint.translate, route.item) == (translate, item)


@pytest.mark.parametrize("path", ["/v1/files/..", "/v1/files/%2E%2e/content", "/v1/models/."])
def test_dots_are_nobodys_name(path: str) -> None:
    with pytest.raises(NotFound):
        found("GET", path)


@pytest.mark.parametrize("path", ["/v1/nothing", "/", "/v1", "/v1beta/models", "/v1/chat"])
def test_an_unknown_path_is_named_and_told_what_exists(path: str) -> None:
    with pytest.raises(NotFound) as raised:
        found("GET", path)
    assert path in raised.value.message
    assert "POST /v1/chat/completions" in raised.value.message
    assert "GET /v1/models/{id}" in raised.value.message


@pytest.mark.parametrize(
    ("path", "dialect"),
    [
        ("/v1beta/models/gemini-pro:generateContent", "Gemini"),
        ("/v1/models/gemini-pro:streamGenerateContent", "Gemini"),
    ],
)
def test_a_dialect_to_come_is_told_as_such(path: str, dialect: str) -> None:
    with pytest.raises(
        NotFound, match=f"not speak {dialect}|not speak OpenAI's {dialect}"
    ) as raised:
        found("POST", path)
    assert "yet" in raised.value.message
    assert "set your client to Chat Completions" in raised.value.message


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("POST", "/v1/models", "GET"),
        ("DELETE", "/v1/models/x", "GET"),
        ("get", "/v1/models", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(method: str, path: str, allowed: str) -> None:
    with pytest.raises(MethodNotAllowed, match=f"{method} .* use {allowed}"):
        found(method, path)


def test_a_very_long_path_is_shortened() -> None:
    with pytest.raises(NotFound) as raised:
        found("GET", "/x" * 10_000)
    assert len(raised.value.message) < 1000


@pytest.mark.parametrize(
    "item",
    [
        "..",
        "%2e%2e",
        "..%2F..%2Fmodels",
        "a%2F..%2Fb",
        "%252e%252e",
        "..%5Cx",
        "%25252e%25252e%2fx",
    ],
)
@pytest.mark.parametrize("path", ["/v1/files/{}", "/v1/files/{}/content", "/v1/models/{}"])
def test_an_id_that_a_server_could_read_as_a_way_up_is_none(path: str, item: str) -> None:
    with pytest.raises(NotFound):
        found("GET", path.format(item))


def test_an_id_may_have_a_slash_and_dots() -> None:
    assert found("GET", "/v1/models/openai/gpt-4.1..x").item == "openai/gpt-4.1..x"
