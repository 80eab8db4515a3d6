import pytest

from gigagate.core.http import Head
from gigagate.core.paths import normalise
from gigagate.dialects.gemini import endpoints as gemini
from gigagate.dialects.openai import chat, files, models
from gigagate.errors import MethodNotAllowed, NotFound
from gigagate.routes import Route, dialect_of, find


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


@pytest.mark.parametrize("verb", ["fooBar", "generatecontent", "predict"])
def test_a_verb_that_is_in_no_table_is_no_wrong_method(verb: str) -> None:
    with pytest.raises(NotFound, match=f"There is no /v1beta/models/x:{verb} here"):
        found("POST", f"/v1beta/models/x:{verb}")


@pytest.mark.parametrize("path", ["/v1/nothing", "/", "/v1", "/v1beta", "/v1/chat"])
def test_an_unknown_path_is_named_and_told_what_exists(path: str) -> None:
    with pytest.raises(NotFound) as raised:
        found("GET", path)
    assert path in raised.value.message
    assert "POST /v1/chat/completions" in raised.value.message
    assert "GET /v1/models/{id}" in raised.value.message


GOOGLES_KEY = {"x-goog-api-key": "[hidden]"}


@pytest.mark.parametrize(
    ("method", "path", "headers", "dialect"),
    [
        ("POST", "/v1beta/models/gemini-pro:generateContent", {}, "gemini"),
        ("POST", "/v1/models/gemini-pro:streamGenerateContent?alt=sse", {}, "gemini"),
        ("POST", "/v1/v1beta/models/x:countTokens", {}, "gemini"),
        ("POST", "/v1beta/v1beta/models/x:embedContent", {}, "gemini"),
        ("POST", "/v1alpha/models/x%2Fy:batchEmbedContents/", {}, "gemini"),
        ("GET", "/v1beta/models", {}, "gemini"),
        ("GET", "/v1/models", GOOGLES_KEY, "gemini"),
        ("GET", "/v1/models/x", GOOGLES_KEY, "gemini"),
        ("GET", "/v1/models?key=[hidden]", {}, "gemini"),
        ("GET", "/v1/models", {"x-goog-api-client": "x"}, "gemini"),
        ("POST", "/v1beta/cachedContents", {}, "gemini"),
        ("GET", "/v1/cachedContents", GOOGLES_KEY, "gemini"),
        ("GET", "/v1/files", GOOGLES_KEY, "gemini"),
        ("POST", "/upload/v1/files", GOOGLES_KEY, "gemini"),
        ("GET", "/v1/files", {}, "openai"),
        ("GET", "/v1beta/openai/files", GOOGLES_KEY, "openai"),
        ("GET", "/v1/batches", {"x-goog-api-client": "x"}, "gemini"),
        ("GET", "/v1/models", {}, "openai"),
        ("GET", "/v1/models?monkey=1", {}, "openai"),
        ("GET", "/v1/models", {"anthropic-version": "1", **GOOGLES_KEY}, "anthropic"),
        ("POST", "/v1/chat/completions", GOOGLES_KEY, "openai"),
        ("POST", "/v1beta/openai/chat/completions", GOOGLES_KEY, "openai"),
        ("POST", "/v1/responses", GOOGLES_KEY, "responses"),
    ],
)
def test_which_api_a_request_speaks(
    method: str, path: str, headers: dict[str, str], dialect: str
) -> None:
    assert dialect_of(Head(method, path, headers)).name == dialect


@pytest.mark.parametrize(
    ("path", "translate", "item"),
    [
        ("/v1beta/models/gemini-pro:generateContent", gemini.generate, "gemini-pro"),
        (
            "/v1/models/GigaChat-2-Max:2.0.30.01:generateContent",
            gemini.generate,
            "GigaChat-2-Max:2.0.30.01",
        ),
        ("/v1/v1beta/models/a%2Fb:streamGenerateContent?alt=sse", gemini.stream, "a/b"),
        ("/v1beta/models/models/x:countTokens", gemini.count, "models/x"),
    ],
)
def test_geminis_endpoints_are_found(path: str, translate: object, item: str) -> None:
    route = found("POST", path)
    assert (route.endpoint.translate, route.item) == (translate, item)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("POST", "/v1/models", "GET"),
        ("DELETE", "/v1/models/x", "GET"),
        ("DELETE", "/v1/models/GigaChat-2-Max:2.0.30.01", "GET"),
        ("GET", "/v1beta/models/x:generateContent", "POST"),
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
